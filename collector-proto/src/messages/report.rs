//! The report: one device's disclosure at one time, as it is signed, kept and sent.

use crate::catalog::{Absence, FieldSet, Section, SourceName};
use crate::contract::{ReadError, Version1, read_closed};
use crate::digest::Digest;
use crate::envelope::Document;
use crate::json::bounded_list;
use crate::limits::{MAX_REPORT_ROWS, MAX_ROWS};
use crate::policy::{FieldName, Versions};
use crate::time::UtcTime;
use crate::value::Row;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A report. `(device_id, stream, seq)` identifies it. It is closed: a member that the reader does not know refuses it.
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
    /// Content by section.
    #[serde(deserialize_with = "bounded_sections")]
    pub sections: BTreeMap<Section, SectionBody>,
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
}

impl Document for Report {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.report.v1+json";

    /// Closed: an ignored member would still be stored, and nobody permitted it.
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        read_closed(bytes)
    }
}

impl Report {
    /// Every field of this program's catalogue that the report names, in rows or as absent.
    pub fn fields(&self) -> FieldSet {
        let in_rows = self.sections.values().flat_map(SectionBody::rows).flat_map(Row::iter);
        in_rows.map(|(field, _)| field).chain(self.absent.keys().filter_map(FieldName::field)).collect()
    }
}

/// One section: all rows, the difference from rows that the collector holds, or only the digest of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenSection", into = "WrittenSection")]
pub enum SectionBody {
    /// Every row.
    Full {
        /// Digest of the rows.
        digest: Digest,
        /// The rows, sorted.
        rows: Vec<Row>,
    },
    /// What changed since the rows whose digest is `base`.
    Difference {
        /// Digest of the rows after the change.
        digest: Digest,
        /// Digest of the rows that the change applies to.
        base: Digest,
        /// Rows that are new or replace the row of the same key.
        upsert: Vec<Row>,
        /// Keys of rows that are gone ([`Row::key`]).
        remove: Vec<String>,
    },
    /// Nothing changed since the rows of this digest.
    Unchanged {
        /// Digest of the rows.
        digest: Digest,
    },
}

impl SectionBody {
    /// Digest of the section's rows after this report.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Full { digest, .. } | Self::Difference { digest, .. } | Self::Unchanged { digest } => {
                *digest
            }
        }
    }

    /// The rows that travel.
    pub fn rows(&self) -> &[Row] {
        match self {
            Self::Full { rows, .. } => rows,
            Self::Difference { upsert, .. } => upsert,
            Self::Unchanged { .. } => &[],
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSection {
    digest: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "most_rows")]
    rows: Option<Vec<Row>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "most_rows")]
    upsert: Option<Vec<Row>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "most_rows")]
    remove: Option<Vec<String>>,
}

/// A list that stands there, of at most [`MAX_ROWS`]. Parsing stops at the first row too many: what a few compressed
/// bytes can name must not be held in memory before it is counted.
fn most_rows<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Vec<T>>, D::Error> {
    bounded_list(d, MAX_ROWS).map(Some)
}

/// Sections of at most [`MAX_REPORT_ROWS`] together, counted after each of them.
fn bounded_sections<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<Section, SectionBody>, D::Error> {
    let mut left = MAX_REPORT_ROWS;
    crate::json::unique_map_with(d, |body: &SectionBody| {
        left = left.checked_sub(body.rows().len()).ok_or("a report has more rows than any may have")?;
        Ok(())
    })
}

impl TryFrom<WrittenSection> for SectionBody {
    type Error = &'static str;

    fn try_from(written: WrittenSection) -> Result<Self, Self::Error> {
        let WrittenSection { digest, rows, base, upsert, remove } = written;
        match (rows, base, upsert, remove) {
            (Some(rows), None, None, None) => Ok(Self::Full { digest, rows }),
            (None, Some(base), Some(upsert), Some(remove)) => {
                Ok(Self::Difference { digest, base, upsert, remove })
            }
            (None, None, None, None) => Ok(Self::Unchanged { digest }),
            _ => Err("a section has rows, or base, upsert and remove, or only its digest"),
        }
    }
}

impl From<SectionBody> for WrittenSection {
    fn from(body: SectionBody) -> Self {
        let empty = |digest| Self { digest, rows: None, base: None, upsert: None, remove: None };
        match body {
            SectionBody::Full { digest, rows } => Self { rows: Some(rows), ..empty(digest) },
            SectionBody::Difference { digest, base, upsert, remove } => {
                Self { base: Some(base), upsert: Some(upsert), remove: Some(remove), ..empty(digest) }
            }
            SectionBody::Unchanged { digest } => empty(digest),
        }
    }
}

/// Reasons of sources that could not be read, by section and source.
pub type FailedSources = BTreeMap<Section, BTreeMap<SourceName, Absence>>;

#[cfg(test)]
mod tests {
    use super::*;

    /// A report with these sections and, behind them, bytes that are not JSON: whoever goes on parsing fails there.
    fn refusal(sections: &str) -> String {
        let digest = Digest::of(b"");
        let report = format!(
            r#"{{"v":1,"aud":"c","device_id":"{}","stream":"s","seq":1,"created":"2026-11-23T00:00:00Z",
            "policy":{{"version":1,"sha256":"{digest}","coming":[]}},"sections":{{{}"#,
            Uuid::nil(),
            sections.replace("DIGEST", &digest.to_string())
        );
        serde_json::from_str::<Report>(&report).unwrap_err().to_string()
    }

    fn many(item: &str, count: usize) -> String {
        vec![item; count].join(",")
    }

    #[test]
    fn parsing_stops_at_the_first_row_too_many() {
        for (name, item) in [("rows", "{}"), ("upsert", "{}"), ("remove", "\"\"")] {
            let of = |count| {
                refusal(&format!(r#""os":{{"digest":"DIGEST","{name}":[{}, no JSON"#, many(item, count)))
            };
            assert!(of(MAX_ROWS).contains("expected"), "{name}: {}", of(MAX_ROWS));
            assert!(of(MAX_ROWS + 1).contains("more than"), "{name}: {}", of(MAX_ROWS + 1));
        }
    }

    #[test]
    fn parsing_stops_at_the_first_section_with_rows_too_many() {
        let section =
            |name, count| format!(r#""{name}":{{"digest":"DIGEST","rows":[{}]}},"#, many("{}", count));
        let of = |second| refusal(&(section("os", MAX_ROWS) + &section("host", second) + "no JSON"));
        let most = MAX_REPORT_ROWS - MAX_ROWS;
        assert!(!of(most).contains("more rows"), "{}", of(most));
        assert!(of(most + 1).contains("more rows"), "{}", of(most + 1));
    }
}
