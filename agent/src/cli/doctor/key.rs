//! The device key can be read by its owner alone.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::{identity, platform};

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let paths = &examination.context.paths;
    if examination.enrolment.is_none() {
        return Finding::Skipped("the device is not enrolled");
    }
    let key = match identity::load_key(paths) {
        Ok(key) => key,
        Err(error) => return Finding::of_failure(&Failure::from(error)),
    };
    let path = paths.device_key();
    match std::fs::metadata(&path).map(|metadata| platform::shared_beyond_owner(&metadata)) {
        Ok(None) => Finding::Good(format!("{}, its owner's alone", key.public().id())),
        Ok(Some(mode)) => Finding::Bad(format!(
            "{} has mode {mode}: others may have copied it; chmod 600, and enrol the device again",
            path.display()
        )),
        Err(error) => Finding::Bad(format!("{}: {error}", path.display())),
    }
}
