//! The ceiling that is set can be read, and is the one in the author's file.

use super::super::ceiling::Drift;
use super::{Examination, Finding};
use crate::cli::Failure;
use collector_proto::catalog::FieldId;
use collector_proto::policy::Ceiling;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    if let Err(finding) = examination.device() {
        return finding;
    }
    let context = examination.context;
    let ceiling = match context.observer(None).ceiling() {
        Ok(ceiling) => ceiling,
        Err(error) => return Finding::of_failure(&Failure::from(error)),
    };
    if let Some(drift) = Drift::of(&ceiling, context) {
        return Finding::Doubtful(drift.told);
    }
    match &ceiling {
        Ceiling::Unset => Finding::Good("none is set".to_owned()),
        Ceiling::Set(terms) => {
            Finding::Good(format!("at most {} of {} fields", terms.allow.len(), FieldId::all().count()))
        }
    }
}
