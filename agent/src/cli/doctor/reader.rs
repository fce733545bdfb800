//! The reader is there and answers.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::reader_client::ReaderError;
use collector_proto::catalog::SandboxLevel;
use collector_proto::disclosure::Split;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let reader = examination.context.observer(None);
    let status = match &examination.device {
        Ok(Some(device)) => device.status(&reader),
        // It answers that as well.
        Ok(None) => reader.status(&examination.documents()),
        Err(failure) => return Finding::of_failure(failure),
    };
    match status {
        Ok(status) => {
            let level = status.sandbox.level();
            let split = match status.sandbox.split {
                Split::Enforced => "it runs as another user than candor",
                Split::NotEnforced => {
                    "it runs as the same user as candor, so whoever takes candor over can read what it reads"
                }
            };
            let found = format!(
                "{reader} trusts root version {}; the system enforces its permit: {level}; {split}",
                status.root.version
            );
            let is_good = level == SandboxLevel::Full && status.sandbox.split == Split::Enforced;
            if is_good { Finding::Good(found) } else { Finding::Doubtful(found) }
        }
        Err(ReaderError::Refused(_)) if matches!(examination.device, Ok(None)) => {
            Finding::Good(format!("{reader} answers; it trusts no root before enrolment"))
        }
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
