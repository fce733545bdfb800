//! What says which documents are current, and what a device holds of them.

use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::{Document, Envelope};
use crate::policy::Named;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which root something rests on. Written like a [`crate::policy::PolicyRef`], and never taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootRef {
    /// Version of the root.
    pub version: u64,
    /// Digest of the root's PAE.
    pub sha256: Digest,
}

/// What is current, signed often by an online key: it stops a freeze on an old policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampDocument {
    /// Format version.
    pub v: Version1,
    /// Always `timestamp`.
    #[serde(rename = "type")]
    pub kind: TimestampKind,
    /// When it was signed.
    pub issued: UtcTime,
    /// At most 24 hours later.
    pub expires: UtcTime,
    /// The current root.
    pub root: RootRef,
    /// The current and the coming policy of each group.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub policies: BTreeMap<String, Named>,
}

impl Document for TimestampDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.timestamp.v1+json";
}

/// The word `timestamp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TimestampKind {
    /// `timestamp`
    #[default]
    #[serde(rename = "timestamp")]
    Timestamp,
}

/// The documents a device holds: what it was last given, not yet believed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Documents {
    /// Roots after the pinned one, in ascending order. Always written: by it an answer is known to be one.
    pub roots: Vec<Envelope>,
    /// The group's policies, oldest first: the current one and those that are coming.
    #[serde(default)]
    pub policies: Vec<Envelope>,
    /// The timestamp.
    #[serde(default)]
    pub timestamp: Option<Envelope>,
    /// The newest placement of the device, if it was ever moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Envelope>,
}
