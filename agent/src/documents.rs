//! `documents.json`: what the collector last gave. Nothing in it is believed; the reader and candor verify it each time.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::contract::{Contract, Version1};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::policy::trust::{Documents, Refusal, Trust};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

/// The file. One of a newer format is treated as missing.
#[derive(Serialize, Deserialize)]
struct DocumentsFile {
    #[serde(default)]
    v: Version1,
    /// The contract number of the collector's last answer: what is newer than that is not sent to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collector_contract: Option<Contract>,
    #[serde(flatten)]
    documents: Documents,
}

/// Reads the kept documents; none are kept before enrolment. A file that holds none is as good as no file: the
/// collector gives them again.
pub(crate) fn load(paths: &Paths) -> Result<Documents, FileError> {
    match durable::read_json::<DocumentsFile>(&paths.documents(), MAX_READER_REQUEST_BYTES) {
        Ok(file) => Ok(file.map(|file| file.documents).unwrap_or_default()),
        Err(error @ (FileError::Malformed { .. } | FileError::TooLong { .. } | FileError::Newer { .. })) => {
            tracing::warn!(%error, "the kept policy is not used; the collector is asked for it");
            Ok(Documents::default())
        }
        Err(error) => Err(error),
    }
}

/// Keeps what the collector gave, and what it understands.
pub(crate) fn store(
    paths: &Paths,
    documents: Documents,
    collector: Option<Contract>,
) -> Result<(), FileError> {
    let file = DocumentsFile { v: Version1, collector_contract: collector, documents };
    durable::replace_json(&paths.documents(), "documents", &file)
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
    trust.accept(kept, now).ok()?;
    trust.accept(offered, now).err().filter(|refusal| match refusal {
        Refusal::Root { .. }
        | Refusal::NoPolicy
        | Refusal::PolicySignature(_)
        | Refusal::OtherGroup(_)
        | Refusal::Rollback { .. }
        | Refusal::Equivocation(_)
        | Refusal::Timestamp(_)
        | Refusal::TimestampRollback(_)
        | Refusal::NotCurrent { .. } => true,
        Refusal::RootExpired(_)
        | Refusal::NotUnderstood { .. }
        | Refusal::PolicyContent(_)
        | Refusal::PolicyExpired(_)
        | Refusal::NotYetEffective(_)
        | Refusal::Stale { .. }
        | Refusal::ClockBehind { .. } => false,
    })
}
