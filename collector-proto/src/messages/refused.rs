//! Documents that a device refused, as a report's head tells of them: which attack it looked like, what was offered and what the device
//! held, and on which days. No value of the device, and no instant: a cycle's hour would say when the device was on.

use crate::catalog::{Attack, DocumentKind};
use crate::digest::Digest;
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};

/// Most entries of a report. A device has one for each attack on each kind of document that makes sense.
pub const MAX_REFUSED_DOCUMENTS: usize = 24;

/// What names a document. A timestamp has no number, and of what cannot be read nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDocument {
    /// Its number, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Digest of its PAE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// Documents that were refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedDocument {
    /// What it looked like.
    pub attack: Attack,
    /// The document that it was about.
    pub document: DocumentKind,
    /// The first that was offered so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<NamedDocument>,
    /// What the device held then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<NamedDocument>,
    /// The day on which it was first refused, as its first instant.
    pub first: UtcTime,
    /// The last such day.
    pub last: UtcTime,
}

impl RefusedDocument {
    /// Whether what this says is told by what that says.
    pub fn is_told_by(&self, told: &Self) -> bool {
        (self.attack, self.document, self.first) == (told.attack, told.document, told.first)
            && self.last <= told.last
    }
}

/// At most [`MAX_REFUSED_DOCUMENTS`], counted while they are read.
pub(super) fn bounded<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<RefusedDocument>, D::Error> {
    crate::json::bounded_list(d, MAX_REFUSED_DOCUMENTS)
}
