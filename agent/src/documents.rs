//! `cache/documents.json`: what the collector last gave. Nothing in it is believed; the reader and candor verify it each time.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::contract::{Contract, Version1};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::policy::Announcements;
use collector_proto::policy::trust::{Documents, Refusal, Trust};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// The file, and what it holds. One of a newer format is treated as missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct HeldDocuments {
    #[serde(default)]
    v: Version1,
    /// The contract number of the collector's last answer: what is newer than that is not sent to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collector_contract: Option<Contract>,
    /// The collector has said since that what is in force needs a newer program: these documents are of the past, whatever
    /// their dates say, until it gives others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    superseded: bool,
    #[serde(flatten)]
    documents: Documents,
}

impl HeldDocuments {
    /// What the collector just gave, and the contract that its answer named.
    pub(crate) fn given(documents: Documents, collector_contract: Option<Contract>) -> Self {
        Self { v: Version1, collector_contract, superseded: false, documents }
    }

    /// The contract number of the collector's last answer.
    pub(crate) fn collector_contract(&self) -> Option<Contract> {
        self.collector_contract
    }

    /// Whether the collector said that what is in force needs a newer program.
    pub(crate) fn is_superseded(&self) -> bool {
        self.superseded
    }

    /// Remembers of an answer without documents which contract it named and whether it said that these are superseded. Gives
    /// what has to be stored, if that is anything new.
    pub(crate) fn after_refusal(&self, contract: Option<Contract>, superseded: bool) -> Option<Self> {
        let collector_contract = contract.or(self.collector_contract);
        let superseded = self.superseded || superseded;
        let is_new = (collector_contract, superseded) != (self.collector_contract, self.superseded);
        is_new.then(|| Self { collector_contract, superseded, ..self.clone() })
    }
}

impl Deref for HeldDocuments {
    type Target = Documents;

    fn deref(&self) -> &Documents {
        &self.documents
    }
}

/// Reads the kept documents; none are kept before enrolment. A file that holds none is as good as no file: the
/// collector gives them again.
pub(crate) fn load(paths: &Paths) -> Result<HeldDocuments, FileError> {
    match durable::read_json(&paths.documents(), MAX_READER_REQUEST_BYTES) {
        Ok(file) => Ok(file.unwrap_or_default()),
        Err(error @ (FileError::Malformed { .. } | FileError::TooLong { .. } | FileError::Newer { .. })) => {
            tracing::warn!(%error, "the kept policy is not used; the collector is asked for it");
            Ok(HeldDocuments::default())
        }
        Err(error) => Err(error),
    }
}

/// Keeps what the collector gave and said.
pub(crate) fn store(paths: &Paths, held: &HeldDocuments) -> Result<(), FileError> {
    durable::replace_json(&paths.documents(), "documents", held)
}

/// Why what the collector gave must not take the place of what is kept: it is forged, incomplete or older, while what is
/// kept still serves. A refusal that genuine and current documents call for, such as an expiry, does not count.
pub(crate) fn why_worse(
    offered: &Documents,
    kept: &Documents,
    trust: &Trust,
    now: UtcTime,
) -> Option<Refusal> {
    let mut trust = trust.clone();
    // With this the kept policy is the least that is accepted from here on.
    trust.accept(kept, &mut Announcements::default(), now).ok()?;
    trust.accept(offered, &mut Announcements::default(), now).err().filter(|refusal| match refusal {
        Refusal::Root { .. }
        | Refusal::NoPolicy
        | Refusal::PolicySignature(_)
        | Refusal::OtherGroup(_)
        | Refusal::Rollback { .. }
        | Refusal::Equivocation(_)
        | Refusal::Placement(_)
        | Refusal::PlacementRollback { .. }
        | Refusal::PlacementEquivocation(_)
        | Refusal::Timestamp(_)
        | Refusal::TimestampRollback(_)
        | Refusal::NotCurrent { .. }
        | Refusal::LeftOut(_) => true,
        Refusal::RootExpired(_)
        | Refusal::NotUnderstood { .. }
        | Refusal::PolicyContent(_)
        | Refusal::PolicyExpired(_)
        | Refusal::Stale { .. }
        | Refusal::ClockBehind { .. } => false,
    })
}
