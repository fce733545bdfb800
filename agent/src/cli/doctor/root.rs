//! The root of trust lives on for long enough that somebody can renew it.

use super::{Examination, Finding};
use collector_proto::limits::WARN_DAYS;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let now = examination.context.now();
    let mut trust = match examination.context.trust(device) {
        Ok(trust) => trust,
        Err(failure) => return Finding::of_failure(&failure),
    };
    // Walks to the newest root that was given; whether the rest is in force is the policy's check.
    trust.recognise(&device.documents, now);
    let (version, expires) = (trust.root().version, trust.root().expires);
    let left = expires.days_since(now);
    let renew = "whoever runs the collector renews it with `candor-collector root new-version`";
    match left {
        WARN_DAYS.. => Finding::Good(format!("version {version}, until {expires}")),
        0.. => Finding::Doubtful(format!(
            "version {version} expires on {expires}, in {left} days; then nothing is collected. {renew}"
        )),
        _ => {
            Finding::Bad(format!("version {version} expired on {expires}, so nothing is collected. {renew}"))
        }
    }
}
