//! Documents that the reader refused, as it keeps and tells them.

use crate::catalog::{Attack, DocumentKind};
use crate::messages::{NamedDocument, RefusedDocument};
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};

/// What is kept of documents that were refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedDocuments {
    /// One entry for each attack on each kind of document, in the order of their first time.
    pub entries: Vec<RefusedEntry>,
    /// When the collector gave documents that were accepted, for the first time since; `None` while it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub well_since: Option<UtcTime>,
}

/// What was refused in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedEntry {
    /// What it looked like.
    pub attack: Attack,
    /// The document that it was about.
    pub document: DocumentKind,
    /// The first that was offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<NamedDocument>,
    /// What the device held then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<NamedDocument>,
    /// When that was first refused.
    pub first: UtcTime,
    /// When it last was.
    pub last: UtcTime,
    /// How often.
    pub count: u64,
    /// That it is the agent's word alone: the reader saw nothing of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_agent: bool,
    /// Whether the agent says that the collector has confirmed a report with it.
    pub told: bool,
}

impl RefusedEntry {
    /// As a report tells of it.
    pub fn to_tell(&self) -> RefusedDocument {
        RefusedDocument {
            attack: self.attack,
            document: self.document,
            offered: self.offered,
            held: self.held,
            first: self.first.to_day(),
            last: self.last.to_day(),
        }
    }
}
