//! Signs a policy with an offline key.

use super::{PolicyError, checked};
use crate::admin::{Actor, Admin, Operation};
use collector_proto::envelope::{Document as _, Envelope, SigningKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::author::{Diagnostic, Wildcard, compile_bytes};
use collector_proto::policy::trust::Role;

/// A policy that was signed.
pub(crate) struct SignedPolicy {
    pub(crate) envelope: Envelope,
    /// How many of the root's policy keys signed it.
    pub(crate) signatures: usize,
    /// How many devices demand.
    pub(crate) threshold: usize,
    /// Warnings of the author's compiler; none where a signature was added.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What the author's patterns stand for in the signed document; none where a signature was added.
    pub(crate) wildcards: Vec<Wildcard>,
}

/// Compiles and signs an author's file, or adds a signature to a signed policy; `name` stands for the file in findings.
pub(crate) async fn sign(
    admin: &Admin,
    actor: &Actor,
    key: &SigningKey,
    bytes: &[u8],
    name: &str,
) -> Result<SignedPolicy, PolicyError> {
    let root = admin.enter(actor, Operation::SignPolicy)?.current_root().await?;
    let (role, threshold) = root.document().role(Role::Policy);
    if !role.contains(key.public()) {
        return Err(PolicyError::ForeignKey(key.public().id().clone()));
    }
    let (envelope, warnings, wildcards) = if let Ok(signed) = Envelope::parse(bytes, MAX_DOCUMENT_BYTES) {
        (add_signature(signed, key)?, Vec::new(), Vec::new())
    } else {
        let compiled = compile_bytes(bytes, name, admin.now())?;
        let sealed = key.seal(compiled.policy.document()).map_err(PolicyError::Write)?;
        (sealed.to_envelope(), compiled.warnings, compiled.wildcards)
    };
    let size = envelope.to_json().len();
    if size > MAX_DOCUMENT_BYTES {
        return Err(PolicyError::TooLarge(size));
    }
    let is_good = |key| envelope.verify::<PolicyDocument>(std::slice::from_ref(key), 1).is_ok();
    let signatures = role.iter().filter(|key| is_good(key)).count();
    Ok(SignedPolicy { envelope, signatures, threshold, warnings, wildcards })
}

/// Signs the very bytes that were signed before, once they are found to be an acceptable policy.
fn add_signature(mut signed: Envelope, key: &SigningKey) -> Result<Envelope, PolicyError> {
    if signed.payload_type() != PolicyDocument::PAYLOAD_TYPE {
        return Err(PolicyError::Type);
    }
    let payload = signed.unverified_payload()?;
    checked(PolicyDocument::read(&payload)?)?;
    let signature = key.sign_payload(PolicyDocument::PAYLOAD_TYPE, &payload);
    signed.add_signatures(&Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &payload, &[signature]));
    Ok(signed)
}
