//! The organisation's key of keyed hashes is there, where the policy has fields hashed with it.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::cli::tenant_key::{hashed_fields, missing};
use crate::verdict;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let context = examination.context;
    let reader = context.observer(None);
    let status = match device.status(&reader) {
        Ok(status) => status,
        Err(error) => return Finding::of_failure(&Failure::from(error)),
    };
    if let Some(key) = status.tenant_keys.last() {
        return Finding::Good(format!("`{}`, version {}, since {}", key.id, key.version, key.since));
    }
    let mut trust = match context.trust(device) {
        Ok(trust) => trust,
        Err(failure) => return Finding::of_failure(&failure),
    };
    let verdict = match verdict::take(&reader, device, &mut trust, context.now()) {
        Ok(verdict) => verdict,
        Err(error) => return Finding::of_failure(&error.into()),
    };
    match verdict.accepted().map_or(0, hashed_fields) {
        0 => Finding::Good("none, and the policy needs none".to_owned()),
        fields => Finding::Doubtful(missing(fields)),
    }
}
