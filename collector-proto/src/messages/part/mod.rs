//! A part of a report: rows about one holder that live for one retention. The signed head names it by its digest alone, so
//! that it can be handed out, withheld and deleted by itself.
//!
//! ```text
//! {"v":1,"part":"0f3a…/90d","sections":{"os":{"salt":"…","rows":[…]},
//!  "package":{"salt":"…","base":"sha256:…","digest":"sha256:…","upsert":[…],"remove":["…"]},"network":{"digest":"sha256:…"}}}
//! ```

mod name;
mod salt;

pub use name::{Holder, NotAPartName, PartName};
pub use salt::Salt;

use crate::catalog::{FieldSet, Section};
use crate::contract::{ReadError, Version1, read_closed};
use crate::digest::Digest;
use crate::json::bounded_list;
use crate::limits::{MAX_REPORT_ROWS, MAX_ROWS};
use crate::value::{Row, section_digest};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A part as it travels and is kept. It is closed: a member that the reader does not know refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Format version.
    pub v: Version1,
    /// Its name, as in the head.
    pub part: PartName,
    /// Every section that the part has after the report; one that is not named is gone from it.
    #[serde(deserialize_with = "bounded_sections")]
    pub sections: BTreeMap<Section, SectionBody>,
}

impl Part {
    /// Reads a part: closed, as the head is, for an ignored member would still be stored.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        read_closed(bytes)
    }

    /// Every field in the rows that travel.
    pub fn fields(&self) -> FieldSet {
        self.rows().flat_map(Row::iter).map(|(field, _)| field).collect()
    }

    /// The rows that travel, of every section.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections.values().flat_map(SectionBody::rows)
    }
}

/// One section of a part: all rows, the difference from rows that the collector holds, or only the digest of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenSection", into = "WrittenSection")]
pub enum SectionBody {
    /// Every row.
    Full {
        /// What their digest is salted with.
        salt: Salt,
        /// The rows, sorted.
        rows: Vec<Row>,
    },
    /// What changed since the rows whose digest is `base`.
    Difference {
        /// What the digest of the rows after the change is salted with.
        salt: Salt,
        /// Digest of the rows that the change applies to.
        base: Digest,
        /// Digest of the rows after the change.
        digest: Digest,
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
            Self::Full { salt, rows } => section_digest(salt, &mut rows.clone()),
            Self::Difference { digest, .. } | Self::Unchanged { digest } => *digest,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<Salt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "most_rows")]
    rows: Option<Vec<Row>>,
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
        left = left.checked_sub(body.rows().len()).ok_or("a part has more rows than any report may have")?;
        Ok(())
    })
}

impl TryFrom<WrittenSection> for SectionBody {
    type Error = &'static str;

    fn try_from(written: WrittenSection) -> Result<Self, Self::Error> {
        let WrittenSection { salt, base, digest, rows, upsert, remove } = written;
        match (salt, base, digest, rows, upsert, remove) {
            (Some(salt), None, None, Some(rows), None, None) => Ok(Self::Full { salt, rows }),
            (Some(salt), Some(base), Some(digest), None, Some(upsert), Some(remove)) => {
                Ok(Self::Difference { salt, base, digest, upsert, remove })
            }
            (None, None, Some(digest), None, None, None) => Ok(Self::Unchanged { digest }),
            _ => Err(
                "a section has salt and rows, or salt, base, digest, upsert and remove, or only its digest",
            ),
        }
    }
}

impl From<SectionBody> for WrittenSection {
    fn from(body: SectionBody) -> Self {
        let empty = Self { salt: None, base: None, digest: None, rows: None, upsert: None, remove: None };
        match body {
            SectionBody::Full { salt, rows } => Self { salt: Some(salt), rows: Some(rows), ..empty },
            SectionBody::Difference { salt, base, digest, upsert, remove } => Self {
                salt: Some(salt),
                base: Some(base),
                digest: Some(digest),
                upsert: Some(upsert),
                remove: Some(remove),
                ..empty
            },
            SectionBody::Unchanged { digest } => Self { digest: Some(digest), ..empty },
        }
    }
}

#[cfg(test)]
mod tests;
