//! Who signed a policy, and whether devices would take it.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::verify::{TrustRoot, VerifiedPolicy};
use collector_proto::contract;
use collector_proto::envelope::{Envelope, KeyId};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::Bundle;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::Role;
use collector_proto::time::UtcTime;

/// A policy that devices under a root would take.
pub(crate) struct Verification {
    pub(crate) policy: VerifiedPolicy,
    /// The root's policy keys that signed it.
    pub(crate) signed_by: Vec<KeyId>,
    /// How many have to.
    pub(crate) threshold: usize,
}

/// Verifies a signed policy under the collector's root.
pub(crate) async fn verify(
    admin: &Admin,
    actor: &Actor,
    envelope: Envelope,
) -> Result<Verification, PolicyError> {
    let root = admin.enter(actor, Operation::ShowPolicies)?.current_root().await?;
    verify_under(&root, envelope, admin.now())
}

/// Verifies a signed policy under a root. Nothing of a collector is read.
pub(crate) fn verify_under(
    root: &TrustRoot,
    envelope: Envelope,
    now: UtcTime,
) -> Result<Verification, PolicyError> {
    let (keys, threshold) = root.document().role(Role::Policy);
    let is_good = |key| envelope.verify::<PolicyDocument>(std::slice::from_ref(key), 1).is_ok();
    let signed_by = keys.iter().filter(|key| is_good(key)).map(|key| key.id().clone()).collect();
    let policy = VerifiedPolicy::verify(envelope, root, now)?;
    Ok(Verification { policy, signed_by, threshold })
}

/// A root of trust out of its envelope or an enrolment bundle, which is what people who have no collector hold.
pub(crate) fn root(bytes: &[u8]) -> Result<TrustRoot, PolicyError> {
    let envelope = match contract::read::<Bundle>(bytes) {
        Ok(bundle) => bundle.root,
        Err(_) => Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)?,
    };
    TrustRoot::from_envelope(envelope).map_err(PolicyError::Root)
}
