//! The reader is there and answers.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::reader_client::ReaderError;
use collector_proto::catalog::SandboxLevel;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let reader = examination.context.reader(None);
    match reader.status(&examination.documents) {
        Ok(status) => {
            let level = status.sandbox.level();
            let found = format!(
                "{} trusts root version {}; the system enforces its permit: {level}",
                reader.program().display(),
                status.root.version
            );
            if level == SandboxLevel::Full { Finding::Good(found) } else { Finding::Doubtful(found) }
        }
        Err(ReaderError::Refused(_)) if examination.enrolment.is_none() => Finding::Good(format!(
            "{} answers; it trusts no root before enrolment",
            reader.program().display()
        )),
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
