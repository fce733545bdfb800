//! The journal: what a restore from a backup must not undo, kept off the collector's host.
//!
//! A backup is as old as it is. What happened since and must not be undone (a device was revoked or moved, a token was used, a
//! root or a policy was published) is added to a file elsewhere before anybody is told that it is done, and read again by
//! `restore`. Reports are not in it: their receipts are on the devices, which are asked to send again what is missing.
//!
//! One JSON object a line. Each names the digest of the line before it, so that a line that is missing or changed is found.

mod log;

pub(crate) use log::Journal;
pub use log::{JournalError, read_after};

use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Number of the last line.
    pub n: u64,
    /// Digest of its bytes.
    pub sha256: Digest,
}

/// What is added.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its number in the store that it comes from; `None` for what is not about the store's content. A note is added once,
    /// although a crash may have it delivered again.
    pub id: Option<i64>,
    /// When it happened.
    pub at: UtcTime,
    /// What happened.
    pub entry: Entry,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A device enrolled, and a token was used up by that.
    DeviceEnrolled(EnrolledDevice),
    /// A device was revoked.
    DeviceRevoked {
        /// The device.
        device_id: Uuid,
    },
    /// Unused tokens were taken back.
    TokensRevoked {
        /// Their SHA-256.
        tokens: Vec<String>,
    },
    /// A root of trust was published.
    RootPublished {
        /// The signed document.
        envelope: Envelope,
    },
    /// A policy was published.
    PolicyPublished {
        /// The group.
        group: String,
        /// The signed document.
        envelope: Envelope,
    },
    /// A device was moved to another group.
    DevicePlaced {
        /// The signed document.
        envelope: Envelope,
    },
    /// A backup was made; what stands before this line is in it.
    BackupMade {
        /// Digest of its manifest.
        manifest: Digest,
    },
    /// The store was restored from a backup, and is of another generation since.
    Restored {
        /// Digest of the backup's manifest.
        manifest: Digest,
    },
    /// What a restore lost was accepted.
    LossAccepted {},
    /// Something may have happened since the line before this one that was not written: no journal was set.
    Unwritten {},
}

/// What is on record of a device, without what it reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledDevice {
    /// The device.
    pub device_id: Uuid,
    /// Its group.
    pub group: String,
    /// SHA-256 of the token.
    pub token: String,
    /// When the token would have expired.
    pub token_expires: UtcTime,
    /// Thumbprint of its key.
    pub key_id: String,
    /// Its key, a JWK as JSON.
    pub jwk: String,
    /// What its agent understands.
    pub contract: u16,
    /// Its device record, an envelope as JSON.
    pub record: String,
    /// When it is forgotten, unless it reports.
    pub records_until: UtcTime,
}

/// A line as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct Line<E> {
    n: u64,
    prev: Option<Digest>,
    /// How often the store that wrote it came from a backup. One of an older generation writes no more.
    generation: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    at: UtcTime,
    entry: E,
}

#[cfg(test)]
mod tests;
