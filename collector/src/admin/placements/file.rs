//! The file that goes from the collector to whoever signs, and back.

use super::PlacementError;
use collector_proto::contract::{self, Version1};
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::policy::diff::{Change, diff};
use collector_proto::policy::trust::PlacementDocument;
use collector_proto::policy::{Policy, PolicyDocument};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Placements, one for each device, and the policies of the groups that they are about: who signs off line has to see what a move
/// changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlacementFile {
    v: Version1,
    pub(super) placements: Vec<Envelope>,
    pub(super) policies: Vec<Envelope>,
}

/// The devices that are moved from one group to another.
pub(super) type Routes = BTreeMap<(String, String), Vec<PlacementDocument>>;

impl PlacementFile {
    pub(super) fn of(
        documents: &[PlacementDocument],
        policies: Vec<Envelope>,
    ) -> Result<Self, PlacementError> {
        let unsigned = |document| {
            let body = serde_json::to_vec(document).map_err(PlacementError::Write)?;
            Ok(Envelope::assemble(PlacementDocument::PAYLOAD_TYPE, &body, &[]))
        };
        let placements = documents.iter().map(unsigned).collect::<Result<_, PlacementError>>()?;
        Ok(Self { v: Version1, placements, policies })
    }

    pub(super) fn standing(placements: Vec<Envelope>, policies: Vec<Envelope>) -> Self {
        Self { v: Version1, placements, policies }
    }

    /// Reads a file.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PlacementError> {
        Ok(contract::read(bytes)?)
    }

    /// The file's bytes.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, PlacementError> {
        serde_json::to_vec(self).map_err(PlacementError::Write)
    }

    /// What the placements say, whoever signed them.
    pub(super) fn routes(&self) -> Result<Routes, PlacementError> {
        let mut routes = Routes::new();
        for envelope in &self.placements {
            let document = PlacementDocument::read(&envelope.unverified_payload()?)?;
            let route = (document.from.clone(), document.group.clone());
            routes.entry(route).or_default().push(document);
        }
        Ok(routes)
    }

    /// The newest policy of a group in the file, whoever signed it.
    pub(super) fn policy_of(&self, group: &str) -> Option<Policy> {
        let of_group = self.policies.iter().filter_map(opened);
        of_group
            .filter(|policy| policy.document().group == group)
            .max_by_key(|policy| policy.document().version)
    }

    /// What a move from one group to another changes; `None` where the first had no policy.
    pub(super) fn changes(&self, from: &str, to: &str) -> Option<Vec<Change>> {
        Some(diff(&self.policy_of(from)?, &self.policy_of(to)?))
    }
}

fn opened(envelope: &Envelope) -> Option<Policy> {
    Policy::check(PolicyDocument::read(&envelope.unverified_payload().ok()?).ok()?).ok()
}
