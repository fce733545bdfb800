//! The documents that say whom to believe and what is current.

use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::{Document, Envelope, KeyId, PublicKey};
use crate::policy::Named;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

crate::catalog::vocabulary! {
    /// What a key may sign.
    Role {
        /// Roots. Offline.
        Root = "root",
        /// Policies. Offline.
        Policy = "policy",
        /// Timestamps. Online.
        Timestamp = "timestamp",
        /// Receipts and device records. Online.
        Receipt = "receipt",
    }
}

/// The root of trust of one collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootDocument {
    /// Format version.
    pub v: Version1,
    /// Always `root`.
    #[serde(rename = "type")]
    pub kind: RootKind,
    /// Rises by exactly one with every rotation.
    pub version: u64,
    /// From then on the root is refused.
    pub expires: UtcTime,
    /// Id of the collector, the audience of reports.
    pub collector: String,
    /// Every key by its thumbprint.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// Which keys may sign what, and how many must.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub roles: BTreeMap<Role, RoleKeys>,
}

impl Document for RootDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.root.v1+json";
}

/// The word `root`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RootKind {
    /// `root`
    #[default]
    #[serde(rename = "root")]
    Root,
}

/// The keys of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// Thumbprints, each in [`RootDocument::keys`].
    pub keyids: BTreeSet<KeyId>,
    /// How many distinct keys must sign, at least 1.
    pub threshold: usize,
}

impl RootDocument {
    /// The keys of a role and its threshold.
    pub fn role(&self, role: Role) -> (Vec<PublicKey>, usize) {
        let Some(named) = self.roles.get(&role) else { return (Vec::new(), 1) };
        let keys = named.keyids.iter().filter_map(|id| self.keys.get(id).cloned()).collect();
        (keys, named.threshold.max(1))
    }

    /// Whether every role exists with enough distinct keys, and every key stands under its own thumbprint.
    pub(super) fn is_sound(&self) -> bool {
        self.keys.iter().all(|(id, key)| key.id() == id)
            && Role::ALL.iter().all(|role| {
                self.roles.get(role).is_some_and(|named| {
                    named.threshold >= 1
                        && named.keyids.len() >= named.threshold
                        && named.keyids.iter().all(|id| self.keys.contains_key(id))
                })
            })
    }
}

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
}
