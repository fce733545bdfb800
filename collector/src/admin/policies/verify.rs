//! Who signed a policy, and whether devices would take it.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::verify::{TrustRoot, VerifiedPolicy};
use collector_proto::envelope::{Envelope, KeyId, PublicKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::{Role, RootDocument, bundle};
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;

/// A policy that devices under a root would take.
pub(crate) struct Verification {
    pub(crate) policy: VerifiedPolicy,
    /// Who signed it.
    pub(crate) signed_by: Signers,
    /// Their keys, and what people call each holder.
    pub(crate) named: Vec<(KeyId, Option<String>)>,
    /// How many have to.
    pub(crate) threshold: usize,
}

/// Who signed a policy, of those whose signature counts.
pub(crate) struct Signers {
    /// Their keys.
    pub(crate) keys: BTreeSet<KeyId>,
    /// How many holders they are.
    pub(crate) parties: usize,
}

impl Signers {
    /// Who of a root's policy keys signed an envelope.
    pub(crate) fn of(root: &RootDocument, envelope: &Envelope) -> Self {
        let (keys, _) = root.role(Role::Policy);
        let is_good =
            |key: &&PublicKey| envelope.verify::<PolicyDocument>(std::slice::from_ref(*key), 1).is_ok();
        let keys: BTreeSet<KeyId> = keys.iter().filter(is_good).map(|key| key.id().clone()).collect();
        let parties = root.count(&keys);
        Self { keys, parties }
    }
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
    let (_, threshold) = root.document().role(Role::Policy);
    let signed_by = Signers::of(root.document(), &envelope);
    let holder = |key: &KeyId| root.document().holder_of(key).map(|(_, holder)| holder.name.clone());
    let named = signed_by.keys.iter().map(|key| (key.clone(), holder(key))).collect();
    let policy = VerifiedPolicy::verify(envelope, root, now)?;
    Ok(Verification { policy, signed_by, named, threshold })
}

/// A root of trust out of its envelope or an enrolment bundle, which is what people who have no collector hold.
pub(crate) fn root(bytes: &[u8]) -> Result<TrustRoot, PolicyError> {
    let given = Envelope::parse(bytes.trim_ascii(), 3 * MAX_DOCUMENT_BYTES)?;
    let envelope = bundle::unverified(&given).map_or(given, |bundle| bundle.root);
    TrustRoot::from_envelope(envelope).map_err(PolicyError::Root)
}
