//! The clock does not stand before an instant that a signed document proved to have passed.

use super::{Examination, Finding};
use crate::cli::Failure;

/// Ordinary drift, in seconds.
const TOLERANCE: i64 = 300;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let now = examination.context.now();
    match device.status(&examination.context.observer(None)) {
        Ok(status) if now.seconds_since(status.floor.max_time_seen) < -TOLERANCE => Finding::Bad(format!(
            "the clock shows {now}, but it was already {}; set the clock",
            status.floor.max_time_seen
        )),
        Ok(_) => Finding::Good(now.to_string()),
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
