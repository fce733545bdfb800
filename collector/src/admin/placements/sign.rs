//! Adds a holder's signature to placements. It takes the root in force and nothing else of a collector.

use super::{Move, PlacementError, PlacementFile};
use crate::verify::TrustRoot;
use collector_proto::envelope::{Document as _, Envelope, KeyId, PublicKey, SigningKey};
use collector_proto::policy::trust::{PlacementDocument, Role};
use std::collections::BTreeSet;

/// Placements that were signed.
pub(crate) struct SignedPlacements {
    pub(crate) file: PlacementFile,
    /// What was signed.
    pub(crate) moves: Vec<Move>,
    /// How many holders of policy keys signed the placement that has the fewest signatures.
    pub(crate) signatures: usize,
    /// How many devices demand.
    pub(crate) threshold: usize,
    /// Whose approval is needed beyond that, because of what the groups' policies collect, and is not there yet.
    pub(crate) lacking: BTreeSet<String>,
}

/// Adds the key's signature to each placement of a file.
pub(crate) fn sign(
    root: &TrustRoot,
    key: &SigningKey,
    mut file: PlacementFile,
) -> Result<SignedPlacements, PlacementError> {
    let root = root.document();
    let (role, threshold) = root.role(Role::Policy);
    if !role.contains(key.public()) {
        return Err(PlacementError::ForeignKey(key.public().id().clone()));
    }
    // What is shown of the move is taken from them.
    for policy in &file.policies {
        root.verify_policy(policy).map_err(|error| PlacementError::Policies(error.to_string()))?;
    }
    let routes = file.routes()?;
    if let Some((_, group)) = routes.keys().find(|(_, group)| file.policy_of(group).is_none()) {
        return Err(PlacementError::NoPolicy(group.clone()));
    }
    let (mut signatures, mut lacking) = (usize::MAX, BTreeSet::new());
    for envelope in &mut file.placements {
        let payload = envelope.unverified_payload()?;
        let signature = key.sign_payload(PlacementDocument::PAYLOAD_TYPE, &payload);
        envelope.add_signatures(&Envelope::assemble(PlacementDocument::PAYLOAD_TYPE, &payload, &[signature]));
        let signers = signers(&role, envelope);
        signatures = signatures.min(root.count(&signers));
    }
    for envelope in &file.placements {
        let document = PlacementDocument::read(&envelope.unverified_payload()?)?;
        if let Some(policy) = file.policy_of(&document.group) {
            lacking.extend(root.missing_approval(policy.document(), &signers(&role, envelope)));
        }
    }
    let moves = routes.into_iter().map(|((from, to), documents)| Move {
        changes: file.changes(&from, &to),
        devices: documents.iter().map(|document| document.device_id).collect(),
        takes_effect: None,
        from,
        to,
    });
    let moves = moves.collect();
    Ok(SignedPlacements { file, moves, signatures, threshold, lacking })
}

fn signers(role: &[PublicKey], envelope: &Envelope) -> BTreeSet<KeyId> {
    let is_good =
        |key: &&PublicKey| envelope.verify::<PlacementDocument>(std::slice::from_ref(*key), 1).is_ok();
    role.iter().filter(is_good).map(|key| key.id().clone()).collect()
}
