//! The versions of a policy that count at one time: the one in force and those that are coming.

use super::PolicyRef;
use crate::digest::Digest;
use crate::json::bounded_list;
use serde::{Deserialize, Deserializer, Serialize};
use std::iter::once;

/// Most versions that wait to take effect. One more than that is too many announcements for anybody to read, and each costs
/// a device a document.
pub const MAX_COMING: usize = 16;

/// The versions that something was made under: `{"version":7,"sha256":"…","coming":[{"version":8,"sha256":"…"}]}`. What they
/// allow is what all of them allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// Number of the placement under which the base came, as in [`PolicyRef`].
    #[serde(default, skip_serializing_if = "crate::json::is_zero")]
    pub placement: u64,
    /// Version of the base: the newest one that took effect by itself.
    pub version: u64,
    /// Digest of its PAE.
    pub sha256: Digest,
    /// The later ones, oldest first.
    #[serde(deserialize_with = "few")]
    pub coming: Vec<PolicyRef>,
}

impl Versions {
    /// A base and what is coming after it, oldest first.
    pub fn new(base: PolicyRef, coming: Vec<PolicyRef>) -> Self {
        Self { placement: base.placement, version: base.version, sha256: base.sha256, coming }
    }

    /// The version in force.
    pub fn base(&self) -> PolicyRef {
        PolicyRef { placement: self.placement, version: self.version, sha256: self.sha256 }
    }

    /// The last one that was announced.
    pub fn newest(&self) -> PolicyRef {
        self.coming.last().copied().unwrap_or_else(|| self.base())
    }

    /// All of them, oldest first.
    pub fn all(&self) -> impl Iterator<Item = PolicyRef> {
        once(self.base()).chain(self.coming.iter().copied())
    }
}

impl From<PolicyRef> for Versions {
    /// A version after which none is coming.
    fn from(base: PolicyRef) -> Self {
        Self::new(base, Vec::new())
    }
}

/// What a timestamp names for a group: `{"current":{…},"coming":[{…}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The version that took effect by the instants of publication. Missing while none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<PolicyRef>,
    /// The later ones, oldest first.
    #[serde(deserialize_with = "few")]
    pub coming: Vec<PolicyRef>,
}

impl Named {
    /// All of them, oldest first.
    pub fn all(&self) -> impl Iterator<Item = PolicyRef> {
        self.current.into_iter().chain(self.coming.iter().copied())
    }

    /// The same as a device goes by them that was moved to the group by a placement, whatever the document says of placements.
    #[must_use]
    pub fn under(self, placement: u64) -> Self {
        let under = |version: PolicyRef| version.under(placement);
        Self { current: self.current.map(under), coming: self.coming.into_iter().map(under).collect() }
    }

    /// The last one that was announced; `None` where the group has no policy.
    pub fn newest(&self) -> Option<PolicyRef> {
        self.coming.last().copied().or(self.current)
    }
}

impl From<PolicyRef> for Named {
    /// A current version after which none is coming.
    fn from(current: PolicyRef) -> Self {
        Self { current: Some(current), coming: Vec::new() }
    }
}

fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PolicyRef>, D::Error> {
    bounded_list(deserializer, MAX_COMING)
}
