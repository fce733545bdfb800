//! There is room for the ledger to grow to its bound.

use super::{Examination, Finding};
use crate::platform;
use collector_proto::limits::MAX_LEDGER_BYTES;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    match platform::free_bytes(examination.context.paths.state()) {
        Ok(None) => Finding::Skipped("not known on this system"),
        Ok(Some(free)) if free < MAX_LEDGER_BYTES => Finding::Doubtful(format!(
            "{} MiB are free; the ledger may grow to {} MiB",
            free >> 20,
            MAX_LEDGER_BYTES >> 20
        )),
        Ok(Some(free)) => Finding::Good(format!("{} MiB are free", free >> 20)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::Skipped("there is no state directory yet")
        }
        Err(error) => Finding::Bad(format!("{}: {error}", examination.context.paths.state().display())),
    }
}
