//! Signs a policy with an offline key.

use super::{Following, GivenPolicy, PolicyError, Signers, checked};
use crate::admin::{Actor, Admin, Operation};
use crate::policies::history;
use crate::store::DocumentStore;
use crate::verify::TrustRoot;
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
    /// How many holders of policy keys signed it.
    pub(crate) signatures: usize,
    /// How many devices demand.
    pub(crate) threshold: usize,
    /// Whose approval it needs beyond that, because of what it collects, and does not have yet.
    pub(crate) lacking: Vec<String>,
    /// Warnings of the author's compiler; none where a signature was added.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What the author's patterns stand for in the signed document; none where a signature was added.
    pub(crate) wildcards: Vec<Wildcard>,
    /// What it changes against the version before it, if there is one.
    pub(crate) following: Option<Following>,
}

/// Compiles and signs an author's file, or adds a signature to a signed policy; `name` stands for the file in findings. It takes the root in force and
/// nothing else of a collector. It is compared with `previous`, or else with what is published where there is a collector to ask.
pub(crate) async fn sign(
    root: &TrustRoot,
    key: &SigningKey,
    (bytes, name): (&[u8], &str),
    previous: Option<&GivenPolicy>,
    published: Option<(&Admin, &Actor)>,
    now: UtcTime,
) -> Result<SignedPolicy, PolicyError> {
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
    let signers = Signers::of(root.document(), &envelope);
    let lacking = root.document().missing_approval(policy.document(), &signers.keys);
    let following = match (previous, published) {
        (Some(previous), _) => Some(Following::between(&previous.policy, &policy, now)),
        (None, Some((admin, actor))) => {
            let store = admin.enter(actor, Operation::SignPolicy)?;
            follows_published(store, &envelope, &policy, now).await?
        }
        (None, None) => None,
    };
    Ok(SignedPolicy {
        envelope,
        signatures: signers.parties,
        threshold,
        lacking,
        warnings,
        wildcards,
        following,
    })
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
    let reference = PolicyRef::new(version, sha256);
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
