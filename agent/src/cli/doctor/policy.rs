//! A policy is in force: the reader and this program both accept it.

use super::{Examination, Finding};
use crate::acknowledge;
use crate::cli::Failure;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let Some(enrolment) = &examination.enrolment else {
        return Finding::Skipped("the device is not enrolled");
    };
    let mut trust = match enrolment.trust(&examination.context.paths) {
        Ok(trust) => trust,
        Err(error) => return Finding::of_failure(&Failure::from(error)),
    };
    let accepted = match trust.accept(&examination.documents, examination.context.now()) {
        Ok(accepted) => accepted,
        Err(refusal) => return Finding::Bad(format!("nothing is collected: {refusal}")),
    };
    match acknowledge::awaited(examination.context.paths.state(), &accepted) {
        Ok(None) => {}
        Ok(Some(awaited)) => return Finding::Bad(format!("nothing is collected: {}", awaited.message)),
        Err(error) => return Finding::Bad(error.to_string()),
    }
    match examination.context.reader(None).status(&examination.documents) {
        Ok(status) => match status.refused {
            Some(refused) => Finding::Bad(format!("nothing is collected: {}", refused.message)),
            None if status.policy == Some(accepted.reference()) => Finding::Good(format!(
                "version {} with {} fields, usable until {}",
                accepted.reference().version,
                accepted.policy().fields().len(),
                accepted.fresh_until()
            )),
            None => Finding::Tampered("the reader accepts another policy than this program".to_owned()),
        },
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
