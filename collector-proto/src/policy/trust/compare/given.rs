//! What one device was given, in a form that can be handed to somebody else.

use super::{by_number, unverified};
use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::Envelope;
use crate::json::bounded_list;
use crate::limits::MAX_ROOT_STEPS;
use crate::policy::PolicyDocument;
use crate::policy::versions::MAX_COMING;
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Most versions that such a file names: one for each day of more than ten years.
pub const MAX_HAD_VERSIONS: usize = 4096;

/// The words `given-documents`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum GivenKind {
    /// `given-documents`
    #[default]
    #[serde(rename = "given-documents")]
    GivenDocuments,
}

/// What a device was given. It holds nothing about the device or its people: no id, no placement, no value.
///
/// ```text
/// {"v":1,"type":"given-documents","written":"2026-11-27T14:00:00Z","collector":"c.example","group":"default",
///  "roots":[{…}],"policies":[{…}],"timestamp":{…},"had":[{"version":7,"sha256":"sha256:…","came":"2026-11-20T08:00:00Z"}]}
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GivenDocuments {
    /// Format version.
    pub v: Version1,
    /// Always `given-documents`.
    #[serde(rename = "type")]
    pub kind: GivenKind,
    /// When it was written.
    pub written: UtcTime,
    /// Id of the collector; `None` of a policy that somebody brought by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<String>,
    /// Group of devices.
    pub group: String,
    /// Roots, oldest first.
    #[serde(default, deserialize_with = "roots")]
    pub roots: Vec<Envelope>,
    /// The group's policies that are kept, oldest first.
    #[serde(deserialize_with = "policies")]
    pub policies: Vec<Envelope>,
    /// The newest timestamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Envelope>,
    /// Every version of the group's policy that the device has had, oldest first.
    #[serde(default, deserialize_with = "had")]
    pub had: Vec<HadVersion>,
}

/// A version that a device had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HadVersion {
    /// Its number.
    pub version: u64,
    /// Digest of its PAE.
    pub sha256: Digest,
    /// When it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<UtcTime>,
}

impl GivenDocuments {
    /// A signed policy by itself, as whoever signed it hands it on; `None` where that is something else.
    pub fn of_policy(envelope: Envelope, written: UtcTime) -> Option<Self> {
        let group = unverified::<PolicyDocument>(&envelope)?.group;
        Some(Self {
            v: Version1,
            kind: GivenKind::GivenDocuments,
            written,
            collector: None,
            group,
            roots: Vec::new(),
            policies: vec![envelope],
            timestamp: None,
            had: Vec::new(),
        })
    }

    /// Every version of the group's policy that is named or held, by number.
    pub(super) fn versions(&self) -> BTreeMap<u64, Digest> {
        let held = by_number::<PolicyDocument>(&self.policies, |policy| policy.version);
        let held = held.into_iter().map(|(version, (digest, _))| (version, digest));
        // What the documents say themselves is worth more than what is said of them.
        self.had.iter().map(|had| (had.version, had.sha256)).chain(held).collect()
    }
}

fn roots<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Envelope>, D::Error> {
    bounded_list(deserializer, MAX_ROOT_STEPS)
}

fn policies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Envelope>, D::Error> {
    bounded_list(deserializer, MAX_COMING + 1)
}

fn had<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HadVersion>, D::Error> {
    bounded_list(deserializer, MAX_HAD_VERSIONS)
}
