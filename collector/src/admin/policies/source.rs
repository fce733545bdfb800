//! A policy as it is given: an author's TOML, or an envelope as it is published.

use super::{PolicyError, checked};
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::author::{Diagnostic, compile_bytes};
use collector_proto::policy::{Policy, PolicyDocument};
use collector_proto::time::UtcTime;

/// A policy and what an author would be told about it.
pub(crate) struct GivenPolicy {
    /// The checked policy.
    pub(crate) policy: Policy,
    /// Warnings of the author's compiler; none for an envelope.
    pub(crate) warnings: Vec<Diagnostic>,
    /// Whether it came out of an envelope, whose signatures are not verified here: that takes the root of trust.
    pub(crate) from_envelope: bool,
}

/// Reads a policy of either form. JSON is an envelope, anything else an author's TOML; `name` stands for it in findings.
///
/// Nothing of the collector is read or changed, so that nobody has to say who asks.
pub(crate) fn open(bytes: &[u8], name: &str, now: UtcTime) -> Result<GivenPolicy, PolicyError> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        let payload = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)?.unverified_payload()?;
        let policy = checked(PolicyDocument::read(&payload)?)?;
        return Ok(GivenPolicy { policy, warnings: Vec::new(), from_envelope: true });
    }
    let compiled = compile_bytes(bytes, name, now)?;
    Ok(GivenPolicy { policy: compiled.policy, warnings: compiled.warnings, from_envelope: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Reason;

    #[test]
    fn a_newer_policy_is_not_mistaken_for_a_broken_one() {
        let refused = |body: &str| {
            let envelope = Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, body.as_bytes(), &[]);
            let now = UtcTime::parse("2026-11-22T08:00:00Z").unwrap();
            open(&envelope.to_json(), "policy.json", now).err().map(|error| error.reason())
        };
        assert_eq!(refused(r#"{"v":1,"requires":["hold"]}"#), Some(Reason::NotUnderstood));
        assert_eq!(refused(r#"{"v":2}"#), Some(Reason::NotUnderstood));
        assert_eq!(refused(r#"{"v":1}"#), Some(Reason::Invalid));
    }
}
