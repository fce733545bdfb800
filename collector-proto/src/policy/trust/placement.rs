//! Placements: the signed word that a device belongs to another group from now on.
//!
//! A placement is for one device and is signed by the policy role's threshold, off line, since another group's policy may let more be
//! known: whoever hands the documents over can move no device. It moves the device and widens nothing by itself: the versions of
//! the other group's policy come after those that stand ([`crate::policy::Announcements`]).

use super::accept::Trust;
use super::documents::Documents;
use super::refusal::{BadPlacement, Refusal};
use super::root::Role;
use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::{Document, Envelope, KeyId, VerifyError};
use crate::limits::MAX_INTEGER;
use crate::policy::PolicyDocument;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// That one device belongs to another group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementDocument {
    /// Format version.
    pub v: Version1,
    /// Always `placement`.
    #[serde(rename = "type")]
    pub kind: PlacementKind,
    /// Id of the device's collector.
    pub collector: String,
    /// The device.
    pub device_id: Uuid,
    /// Rises with each placement of the device, from 1: 0 is its enrolment.
    pub number: u64,
    /// The group that it belongs to from now on.
    pub group: String,
    /// The group in which it was before.
    pub from: String,
}

impl Document for PlacementDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.placement.v1+json";
}

/// The word `placement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PlacementKind {
    /// `placement`
    #[default]
    #[serde(rename = "placement")]
    Placement,
}

/// Which placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementRef {
    /// Its number.
    pub number: u64,
    /// Digest of its PAE.
    pub sha256: Digest,
}

/// A placement that was taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// Its number.
    pub number: u64,
    /// The signed document.
    pub document: Envelope,
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The device whose placements count; without one none does.
    pub device: Option<Uuid>,
    /// Its group.
    pub group: String,
    /// The placement that brought it there; `None` where that was its enrolment.
    pub placed: Option<Placed>,
}

impl Place {
    /// Where an enrolment puts a device.
    pub fn of_enrolment(device: Uuid, group: String) -> Self {
        Self { device: Some(device), group, placed: None }
    }

    /// Number of the placement that brought the device there, 0 where that was its enrolment.
    pub fn number(&self) -> u64 {
        self.placed.as_ref().map_or(0, |placed| placed.number)
    }
}

/// A group, whoever is in it.
impl From<String> for Place {
    fn from(group: String) -> Self {
        Self { device: None, group, placed: None }
    }
}

impl PlacementDocument {
    /// Whether it names a group and a number that placements have.
    pub fn is_sound(&self) -> bool {
        (1..=MAX_INTEGER.unsigned_abs()).contains(&self.number) && !self.group.is_empty()
    }
}

impl Trust {
    /// Moves to the group that the documents' placement names, if there is one; gives what is then the least that is accepted.
    pub(super) fn take_placement(&mut self, documents: &Documents) -> Result<Option<PlacementRef>, Refusal> {
        let Some(envelope) = &documents.placement else { return Ok(None) };
        let (document, offered) = self.verify_placement(envelope)?;
        match self.floor.placement {
            Some(accepted) if offered.number < accepted.number => {
                let (offered, accepted) = (offered.number, accepted.number);
                return Err(Refusal::PlacementRollback { offered, accepted });
            }
            Some(accepted) if offered.number == accepted.number && offered != accepted => {
                return Err(Refusal::PlacementEquivocation(offered.number));
            }
            _ => {}
        }
        // A device that was off while it was moved twice is given the second placement alone. And where new keys have made it forget
        // its placement, it may be somewhere that nobody else knows of.
        let before = self.floor.placement.map_or(0, |accepted| accepted.number);
        let follows = self.place.number() == before && offered.number == before + 1;
        if follows && document.from != self.place.group {
            return Err(Refusal::Placement(BadPlacement::OtherGroup(document.from)));
        }
        self.place.group = document.group;
        self.place.placed = Some(Placed { number: offered.number, document: envelope.clone() });
        Ok(Some(offered))
    }

    fn verify_placement(&self, envelope: &Envelope) -> Result<(PlacementDocument, PlacementRef), Refusal> {
        let verified = self.root.verify::<PlacementDocument>(Role::Policy, envelope);
        let verified = verified.map_err(|error| match error {
            VerifyError::NotUnderstood(what) => Refusal::NotUnderstood { document: "placement", what },
            error => Refusal::Placement(BadPlacement::Unverified(error)),
        })?;
        let sha256 = verified.digest();
        let document = verified.into_document();
        if !document.is_sound() {
            return Err(Refusal::Placement(BadPlacement::Unsound));
        }
        if Some(document.device_id) != self.place.device || document.collector != self.root.collector {
            return Err(Refusal::Placement(BadPlacement::OtherDevice));
        }
        let reference = PlacementRef { number: document.number, sha256 };
        Ok((document, reference))
    }

    /// Holds a policy that needs somebody's approval to the placement that brought the device under it. Whoever approved the policy did
    /// so for the devices that were in its group, so a device that is moved there needs their signature as well, however long ago
    /// it was moved: a collector could otherwise move it first and publish afterwards.
    pub(super) fn check_placement_approved(&self, policy: &PolicyDocument) -> Result<(), Refusal> {
        let Some(placed) = &self.place.placed else { return Ok(()) };
        let verified = self.root.verify::<PlacementDocument>(Role::Policy, &placed.document);
        let signers: BTreeSet<KeyId> =
            verified.map(|verified| verified.signers().clone()).unwrap_or_default();
        let missing = self.root.missing_approval(policy, &signers);
        if missing.is_empty() { Ok(()) } else { Err(Refusal::Placement(BadPlacement::NotApproved(missing))) }
    }
}
