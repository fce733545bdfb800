//! The clock does not stand before an instant that a signed document proved to have passed, by the reader's memory or by the ledger:
//! the check of a cycle.

use super::{Examination, Finding};
use crate::cli::Failure;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let context = examination.context;
    let now = context.now();
    let mut trust = match context.trust(device) {
        Ok(trust) => trust,
        Err(failure) => return Finding::of_failure(&failure),
    };
    match device.status(&context.observer(None)) {
        Ok(status) => {
            let seen = status.floor.max_time_seen;
            trust.saw(seen, seen);
        }
        Err(error) => return Finding::of_failure(&Failure::from(error)),
    }
    match trust.check_clock(now) {
        Ok(()) => Finding::Good(now.to_string()),
        Err(refusal) => Finding::Bad(format!("{refusal}; set the clock")),
    }
}
