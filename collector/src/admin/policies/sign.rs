//! Signs a policy with an offline key.

use super::{Following, GivenPolicy, PolicyError, checked};
use crate::admin::{Actor, Admin, Operation};
use crate::policies::history;
use crate::store::DocumentStore;
use collector_proto::envelope::{Document as _, Envelope, SigningKey, pae_digest};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::author::{Diagnostic, Wildcard, compile_bytes};
use collector_proto::policy::trust::Role;
use collector_proto::policy::{Announcements, Policy, PolicyDocument, PolicyRef};
use collector_proto::time::UtcTime;
use std::sync::Arc;

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
    /// What it changes against the version before it, if there is one.
    pub(crate) following: Option<Following>,
}

/// Compiles and signs an author's file, or adds a signature to a signed policy; `name` stands for the file in findings.
/// It is compared with `previous`, or else with the group's published policy.
pub(crate) async fn sign(
    admin: &Admin,
    actor: &Actor,
    key: &SigningKey,
    bytes: &[u8],
    name: &str,
    previous: Option<&GivenPolicy>,
) -> Result<SignedPolicy, PolicyError> {
    let store = admin.enter(actor, Operation::SignPolicy)?;
    let (root, now) = (store.current_root().await?, admin.now());
    let (role, threshold) = root.document().role(Role::Policy);
    if !role.contains(key.public()) {
        return Err(PolicyError::ForeignKey(key.public().id().clone()));
    }
    let (envelope, policy, warnings, wildcards) =
        if let Ok(signed) = Envelope::parse(bytes, MAX_DOCUMENT_BYTES) {
            let (envelope, policy) = add_signature(signed, key)?;
            (envelope, policy, Vec::new(), Vec::new())
        } else {
            let compiled = compile_bytes(bytes, name, now)?;
            let sealed = key.seal(compiled.policy.document()).map_err(PolicyError::Write)?;
            (sealed.to_envelope(), compiled.policy, compiled.warnings, compiled.wildcards)
        };
    let size = envelope.to_json().len();
    if size > MAX_DOCUMENT_BYTES {
        return Err(PolicyError::TooLarge(size));
    }
    let is_good = |key| envelope.verify::<PolicyDocument>(std::slice::from_ref(key), 1).is_ok();
    let signatures = role.iter().filter(|key| is_good(key)).count();
    let following = if let Some(previous) = previous {
        Some(Following::between(&previous.policy, &policy, now))
    } else {
        follows_published(store, &envelope, &policy, now).await?
    };
    Ok(SignedPolicy { envelope, signatures, threshold, warnings, wildcards, following })
}

/// Compares with the published version, unless this is that one, which gets another signature, or an earlier one.
async fn follows_published(
    store: &dyn DocumentStore,
    envelope: &Envelope,
    policy: &Policy,
    now: UtcTime,
) -> Result<Option<Following>, PolicyError> {
    let (group, version) = (&policy.document().group, policy.document().version);
    let current = store.current_policy(group).await?;
    let Some(current) = current.filter(|current| current.reference.version < version) else {
        return Ok(None);
    };
    let sha256 = pae_digest(PolicyDocument::PAYLOAD_TYPE, &envelope.unverified_payload()?);
    let reference = PolicyRef { version, sha256 };
    let stand = history(store, group).await?.with(reference, Arc::new(policy.clone()), now);
    // Where too many wait, publishing says so.
    let announced = stand.as_ref().and_then(Announcements::newest);
    Ok(announced.map(|announced| Following::published(&current, policy, announced, now)))
}

/// Signs the very bytes that were signed before, once they are found to be an acceptable policy.
fn add_signature(mut signed: Envelope, key: &SigningKey) -> Result<(Envelope, Policy), PolicyError> {
    if signed.payload_type() != PolicyDocument::PAYLOAD_TYPE {
        return Err(PolicyError::Type);
    }
    let payload = signed.unverified_payload()?;
    let policy = checked(PolicyDocument::read(&payload)?)?;
    let signature = key.sign_payload(PolicyDocument::PAYLOAD_TYPE, &payload);
    signed.add_signatures(&Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &payload, &[signature]));
    Ok((signed, policy))
}
