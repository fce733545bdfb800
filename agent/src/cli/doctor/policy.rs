//! A policy is in force: the reader and this program both accept it.

use super::{Examination, Finding};
use crate::cli::{Failure, confinement};
use crate::verdict;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let context = examination.context;
    let mut trust = match context.trust(device) {
        Ok(trust) => trust,
        Err(failure) => return Finding::of_failure(&failure),
    };
    let reader = context.observer(None);
    let verdict = match verdict::take(&reader, device, &mut trust, context.now()) {
        Ok(verdict) => verdict,
        Err(error) => return Finding::of_failure(&error.into()),
    };
    let accepted = match verdict.in_force() {
        Ok(accepted) => accepted,
        Err(refused) => return Finding::Bad(format!("nothing is collected: {refused}")),
    };
    if let Err(too_weak) = confinement::suffices(context, accepted.terms().document()) {
        return Finding::Bad(format!("nothing is collected: {too_weak}"));
    }
    match device.status(&reader) {
        Ok(status) => match status.refused {
            Some(refused) => Finding::Bad(format!("nothing is collected: {}", refused.message)),
            None if status.policy == Some(accepted.versions()) => Finding::Good(format!(
                "version {} with {} fields, usable until {}",
                accepted.versions().version,
                accepted.terms().fields().len(),
                accepted.fresh_until()
            )),
            None => Finding::Tampered("the reader accepts another policy than this program".to_owned()),
        },
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
