//! The report: the head of one device's disclosure at one time. It is what is signed and receipted, and names the parts that
//! hold the values ([`super::Part`]) by their digests, so that a part can be withheld and deleted and the head stay whole.

use super::{PartName, RefusedDocument, refused};
use crate::catalog::{Absence, Section, Series, SourceName};
use crate::contract::{ReadError, Version1, read_closed};
use crate::digest::Digest;
use crate::envelope::Document;
use crate::limits::MAX_REPORT_PARTS;
use crate::policy::{FieldName, Versions};
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A report's head. `(device_id, stream, seq)` identifies it. It is closed: a member that the reader does not know refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Format version.
    pub v: Version1,
    /// Id of the collector that it is for.
    pub aud: String,
    /// The device's random id.
    pub device_id: Uuid,
    /// 128 random bits in hex: renewed when the device's history forks, as after a restored snapshot.
    pub stream: String,
    /// Rises by one from 1 within a stream.
    pub seq: u64,
    /// Digest of the PAE of the stream's report before this one; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
    /// When it was made, to the minute.
    pub created: UtcTime,
    /// The versions of the policy that permitted it.
    pub policy: Versions,
    /// Which reading the parts that are sent at most once a day are from; none where nothing is said of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<DailyReading>,
    /// The parts that changed, with the digests of their bytes.
    #[serde(deserialize_with = "bounded_parts")]
    pub parts: BTreeMap<PartName, Digest>,
    /// The parts that were there and are no more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", deserialize_with = "bounded_names")]
    pub gone: BTreeSet<PartName>,
    /// Digest of all parts as they stand after this report ([`super::StandingParts`]): what did not change is not named.
    pub standing: Digest,
    /// Fields that the policy names and that have no value here, with the reason.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub absent: BTreeMap<FieldName, Absence>,
    /// Sources of a section that could not be read while others of it may have been, with the reason: rows that only they
    /// hold are missing and not gone.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub failed: FailedSources,
    /// Documents that the device refused and has not told of before.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "refused::bounded")]
    pub refused: Vec<RefusedDocument>,
}

/// Which reading of what is sent at most once a day a report goes by, to the minute. No two readings have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DailyReading {
    /// It was read for this report.
    Read(UtcTime),
    /// The day was not over: nothing of it was read, and what stands is from this reading.
    Kept(UtcTime),
}

impl DailyReading {
    /// The reading.
    pub const fn at(self) -> UtcTime {
        match self {
            Self::Read(at) | Self::Kept(at) => at,
        }
    }
}

impl Report {
    /// Whether it tells of what is sent at most once a day as it was read for it. Any other one says nothing of it but that it stands.
    pub const fn read_daily(&self) -> bool {
        matches!(self.daily, Some(DailyReading::Read(_)))
    }

    /// Whether the rows of this part that came with an earlier report are deleted now, for it is never a history: this report names the part
    /// anew, or says that it is no more. One that begins anew without its reading says nothing of it.
    pub fn supersedes(&self, part: &PartName) -> bool {
        let names = || self.parts.contains_key(part) || self.gone.contains(part);
        part.series == Series::Latest && (names() || (self.daily.is_some() && self.begins_anew()))
    }
}

impl Document for Report {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.report.v1+json";

    /// Closed: an ignored member would still be stored, and nobody permitted it.
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        read_closed(bytes)
    }
}

/// At most [`MAX_REPORT_PARTS`], counted while they are read.
fn bounded_parts<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<PartName, Digest>, D::Error> {
    let mut left = MAX_REPORT_PARTS;
    crate::json::unique_map_with(d, |_| {
        left = left.checked_sub(1).ok_or("a report names more parts than any may have")?;
        Ok(())
    })
}

fn bounded_names<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeSet<PartName>, D::Error> {
    let names: Vec<PartName> = crate::json::bounded_list(d, MAX_REPORT_PARTS)?;
    let count = names.len();
    let names: BTreeSet<PartName> = names.into_iter().collect();
    if names.len() == count { Ok(names) } else { Err(serde::de::Error::custom("a part is gone twice")) }
}

/// Reasons of sources that could not be read, by section and source.
pub type FailedSources = BTreeMap<Section, BTreeMap<SourceName, Absence>>;
