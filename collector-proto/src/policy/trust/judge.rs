//! What documents that a collector just gave are an attack on, where they are refused.
//!
//! Refusing is the acceptance's business. Here its refusal gets a name that people and administrators can act on; one that only says that a newer program is
//! needed, or that an author made a mistake, has none.

use super::{BadPlacement, BadRoot, BadTimestamp, Documents, Refusal, TimestampDocument, Trust};
use crate::catalog::{Attack, DocumentKind};
use crate::envelope::Envelope;
use crate::limits::{MAX_INTEGER, MAX_ROOT_STEPS};
use crate::messages::NamedDocument;
use crate::policy::Announcements;
use crate::time::UtcTime;
use serde::Deserialize;

/// An attack, as far as it can be told from what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub attack: Attack,
    /// On which document.
    pub document: DocumentKind,
    /// What was offered.
    pub offered: Option<NamedDocument>,
    /// What the device holds.
    pub held: Option<NamedDocument>,
}

impl Trust {
    /// Judges documents that the collector just gave, and changes nothing: why they are refused, and which attack that looks like.
    pub fn judge(
        &self,
        documents: &Documents,
        announced: &Announcements,
        now: UtcTime,
    ) -> Result<(), Box<(Refusal, Option<Attempt>)>> {
        let mut trust = self.clone();
        // As far as they can be walked: the rest is measured by the newest. What stops the walk stops the acceptance too.
        let _ = trust.walk_roots(&documents.roots);
        let judged = match trust.verify_timestamp(documents, now) {
            // An old one has expired as well, and says more by being older.
            Err(refusal @ Refusal::TimestampRollback(_)) => Err(refusal),
            Ok(_) | Err(_) => self.receives(documents, now),
        };
        let accept = |()| self.clone().accept(documents, &mut announced.clone(), now).map(drop);
        judged.and_then(accept).map_err(|refusal| {
            let attempt = trust.attempt(&refusal, documents, now);
            Box::new((refusal, attempt))
        })
    }

    fn attempt(&self, refusal: &Refusal, documents: &Documents, now: UtcTime) -> Option<Attempt> {
        let (attack, document) = self.attack(refusal, documents, now)?;
        let (offered, held) = match document {
            DocumentKind::Root => {
                let root = documents.roots.iter().find(|root| !self.is_past(root));
                let named = || documents.timestamp.as_ref().and_then(root_named_by);
                let held = self.root_reference();
                (root.and_then(name_of).or_else(named), Some((held.version, held.sha256)))
            }
            DocumentKind::Policy => {
                let held =
                    self.floor().policies.get(self.group()).map(|policy| (policy.version, policy.sha256));
                (documents.policies.last().and_then(name_of), held)
            }
            DocumentKind::Timestamp => (documents.timestamp.as_ref().and_then(name_of), None),
            DocumentKind::Placement => {
                let held = self.floor().placement.map(|placed| (placed.number, placed.sha256));
                (documents.placement.as_ref().and_then(name_of), held)
            }
            DocumentKind::All => (None, None),
        };
        let held =
            held.map(|(version, sha256)| NamedDocument { version: Some(version), sha256: Some(sha256) });
        Some(Attempt { attack, document, offered, held })
    }

    fn attack(
        &self,
        refusal: &Refusal,
        documents: &Documents,
        now: UtcTime,
    ) -> Option<(Attack, DocumentKind)> {
        use {Attack as A, DocumentKind as D};
        Some(match refusal {
            Refusal::Root { version, reason } => match reason {
                BadRoot::Unreadable | BadRoot::Unverified(_) => (A::Forged, D::Root),
                BadRoot::Skipped => (A::FastForward, D::Root),
                BadRoot::NotHeld(held) if version < held => (A::Rollback, D::Root),
                BadRoot::NotHeld(held) if version == held => (A::OtherContent, D::Root),
                BadRoot::NotHeld(_) if documents.roots.len() > MAX_ROOT_STEPS => (A::EndlessData, D::All),
                BadRoot::NotHeld(_) | BadRoot::Foreign => (A::MixAndMatch, D::Root),
                // The holders of the root's keys signed it: a mistake of theirs.
                BadRoot::Unsound(_) => return None,
            },
            Refusal::RootExpired(_) => (A::Freeze, D::Root),
            Refusal::PolicySignature(_) => (A::Forged, D::Policy),
            Refusal::PolicyExpired(_) => (A::Freeze, D::Policy),
            Refusal::Rollback { .. } => (A::Rollback, D::Policy),
            Refusal::Equivocation(_) => (A::OtherContent, D::Policy),
            Refusal::NotCurrent { named, held } if named == held => (A::OtherContent, D::Policy),
            Refusal::NotCurrent { .. } | Refusal::OtherGroup(_) | Refusal::LeftOut(_) => {
                (A::MixAndMatch, D::Policy)
            }
            Refusal::NoPolicy if self.names_a_policy(documents, now) => (A::MixAndMatch, D::Policy),
            Refusal::Placement(BadPlacement::Unverified(_)) => (A::Forged, D::Placement),
            Refusal::Placement(BadPlacement::OtherDevice | BadPlacement::OtherGroup(_)) => {
                (A::MixAndMatch, D::Placement)
            }
            Refusal::PlacementRollback { .. } => (A::Rollback, D::Placement),
            Refusal::PlacementEquivocation(_) => (A::OtherContent, D::Placement),
            Refusal::Timestamp(BadTimestamp::Missing) => (A::MixAndMatch, D::Timestamp),
            Refusal::Timestamp(BadTimestamp::Unverified(_)) => (A::Forged, D::Timestamp),
            Refusal::Timestamp(BadTimestamp::Expired(_) | BadTimestamp::Life) | Refusal::Stale { .. } => {
                (A::Freeze, D::Timestamp)
            }
            Refusal::TimestampRollback(_) => (A::Rollback, D::Timestamp),
            // What is behind by what was proved before is the clock alone.
            Refusal::ClockBehind { .. } if self.check_clock(now).is_ok() => (A::FastForward, D::Timestamp),
            // Who signs policies signed such a placement: a mistake of theirs, or a signature that is still to come.
            Refusal::Placement(BadPlacement::Unsound | BadPlacement::NotApproved(_))
            | Refusal::ClockBehind { .. }
            | Refusal::NoPolicy
            | Refusal::NotUnderstood { .. }
            | Refusal::PolicyContent(_) => return None,
        })
    }

    fn names_a_policy(&self, documents: &Documents, now: UtcTime) -> bool {
        self.verify_timestamp(documents, now).is_ok_and(|timestamp| {
            timestamp.policies.get(self.group()).is_some_and(|named| named.newest().is_some())
        })
    }
}

#[derive(Deserialize)]
struct Numbered {
    /// Placements call theirs a number.
    #[serde(alias = "number")]
    version: Option<u64>,
}

/// What a document says of itself, signed or not.
fn name_of(envelope: &Envelope) -> Option<NamedDocument> {
    let payload = envelope.unverified_payload().ok()?;
    let version = serde_json::from_slice::<Numbered>(&payload).ok().and_then(|numbered| numbered.version);
    let version = version.filter(|version| *version <= MAX_INTEGER.unsigned_abs());
    Some(NamedDocument { version, sha256: envelope.unverified_digest().ok() })
}

/// The root that a timestamp rests on, as it says.
fn root_named_by(timestamp: &Envelope) -> Option<NamedDocument> {
    let payload = timestamp.unverified_payload().ok()?;
    let named = serde_json::from_slice::<TimestampDocument>(&payload).ok()?.root;
    Some(NamedDocument { version: Some(named.version), sha256: Some(named.sha256) })
}
