//! The device key is there and nobody else's.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::identity;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let paths = &examination.context.paths;
    if examination.enrolment.is_none() {
        return Finding::Skipped("the device is not enrolled");
    }
    // A key that others may have copied is not loaded.
    match identity::load_key(paths) {
        Ok(key) => Finding::Good(key.public().id().to_string()),
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
