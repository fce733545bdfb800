//! The reader is there and answers.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::reader_client::ReaderError;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let reader = examination.context.reader(None);
    match reader.status(&examination.documents) {
        Ok(status) => Finding::Good(format!(
            "{} trusts root version {}",
            reader.program().display(),
            status.root.version
        )),
        Err(ReaderError::Refused(_)) if examination.enrolment.is_none() => Finding::Good(format!(
            "{} answers; it trusts no root before enrolment",
            reader.program().display()
        )),
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
