//! There is room for the ledger to grow to its bound.

use super::{Examination, Finding};
use crate::ledger::bounds;
use crate::platform;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    match platform::free_bytes(examination.context.paths.state()) {
        Ok(None) => Finding::Skipped("not known on this system"),
        Ok(Some(free)) if free < bounds::MAX_BYTES => Finding::Doubtful(format!(
            "{} MiB are free; the ledger may grow to {} MiB",
            free >> 20,
            bounds::MAX_BYTES >> 20
        )),
        Ok(Some(free)) => Finding::Good(format!("{} MiB are free", free >> 20)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::Skipped("there is no state directory yet")
        }
        Err(error) => Finding::Bad(format!("{}: {error}", examination.context.paths.state().display())),
    }
}
