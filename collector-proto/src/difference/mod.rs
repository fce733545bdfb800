//! Differences between two states of the rows of a section in a part: what travels, and what it makes of the rows it builds on.
//!
//! Both sides use this module, so that what the agent writes is what the collector applies.

use crate::catalog::Section;
use crate::digest::Digest;
use crate::messages::{Part, Salt, SectionBody};
use crate::value::{Row, section_digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows of a section of a part, and the salt of their digest. Both are kept and deleted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaltedRows {
    /// The salt.
    pub salt: Salt,
    /// The rows.
    pub rows: Vec<Row>,
}

/// The sections of a part.
pub type Sections = BTreeMap<Section, SaltedRows>;

impl SaltedRows {
    /// The digest by which heads and differences name the rows. Sorts them.
    pub fn digest(&mut self) -> Digest {
        section_digest(&self.salt, &mut self.rows)
    }
}

/// One section as it travels, and as it stands afterwards. With a base, which the collector holds, rows that did not change
/// are named by their digest and go on under their salt; what changed gets the new salt, and is a difference where that is
/// shorter.
pub fn between(
    section: Section,
    base: Option<&SaltedRows>,
    mut rows: Vec<Row>,
    salt: Salt,
) -> (SectionBody, SaltedRows) {
    rows.sort_unstable();
    let full = |rows: Vec<Row>| (SectionBody::Full { salt, rows: rows.clone() }, SaltedRows { salt, rows });
    let Some(base) = base else { return full(rows) };
    let mut base = base.clone();
    let base_digest = base.digest();
    if base.rows == rows {
        return (SectionBody::Unchanged { digest: base_digest }, base);
    }
    let (Some(old), Some(new)) = (keys_of(section, &base.rows), keys_of(section, &rows)) else {
        return full(rows);
    };
    let upsert: Vec<Row> =
        new.iter().filter(|(key, row)| old.get(*key) != Some(row)).map(|(_, row)| (*row).clone()).collect();
    let remove: Vec<String> = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
    let digest = section_digest(&salt, &mut rows);
    let difference = SectionBody::Difference { salt, base: base_digest, digest, upsert, remove };
    let (whole, after) = full(rows);
    if length(&difference) < length(&whole) { (difference, after) } else { (whole, after) }
}

/// A part as it stands after what travelled of it. `before` is what stood; a section that is not named is gone.
pub fn after(mut before: Sections, part: &Part) -> Result<Sections, BadDifference> {
    let mut after = Sections::new();
    for (section, body) in &part.sections {
        let mut base = |named: Digest| {
            let base = before.remove(section).ok_or(BadDifference::NoBase)?;
            let mut base = base;
            if base.digest() == named { Ok(base) } else { Err(BadDifference::NoBase) }
        };
        let standing = match body {
            SectionBody::Full { salt, rows } => {
                let mut full = SaltedRows { salt: *salt, rows: rows.clone() };
                full.rows.sort_unstable();
                full
            }
            SectionBody::Unchanged { digest } => base(*digest)?,
            SectionBody::Difference { salt, base: named, digest, upsert, remove } => {
                let rows = apply(*section, base(*named)?.rows, upsert.clone(), remove)?;
                let mut changed = SaltedRows { salt: *salt, rows };
                if changed.digest() != *digest {
                    return Err(BadDifference::Digest);
                }
                changed
            }
        };
        after.insert(*section, standing);
    }
    Ok(after)
}

/// Why a difference cannot be applied. Never names a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDifference {
    /// The rows that it builds on are not here.
    #[error("the rows that a part builds on are not here")]
    NoBase,
    /// The rows afterwards are not those that it names.
    #[error("a difference does not lead to the rows that it names")]
    Digest,
    /// A row lacks a part of its key, so it cannot be told from the others.
    #[error("a row of the difference, or one that it builds on, has no key")]
    NoKey,
    /// Two rows have one key.
    #[error("a key appears twice in the difference or in the rows that it builds on")]
    Doubled,
    /// A removed row is not there, or is put back by the same difference.
    #[error("the difference removes a row that is not there, or puts one back")]
    Remove,
}

/// The rows after the change, sorted. `upsert` replaces the row of the same key or adds one.
pub fn apply(
    section: Section,
    base: Vec<Row>,
    upsert: Vec<Row>,
    remove: &[String],
) -> Result<Vec<Row>, BadDifference> {
    let mut rows = by_key(section, base)?;
    let upsert = by_key(section, upsert)?;
    for key in remove {
        if rows.remove(key).is_none() || upsert.contains_key(key) {
            return Err(BadDifference::Remove);
        }
    }
    rows.extend(upsert);
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_unstable();
    Ok(rows)
}

/// Rows by their keys; `None` where a row lacks its key or two rows share one.
fn keys_of(section: Section, rows: &[Row]) -> Option<BTreeMap<String, &Row>> {
    let mut keyed = BTreeMap::new();
    for row in rows {
        if keyed.insert(row.key(section)?, row).is_some() {
            return None;
        }
    }
    Some(keyed)
}

fn by_key(section: Section, rows: Vec<Row>) -> Result<BTreeMap<String, Row>, BadDifference> {
    let mut keyed = BTreeMap::new();
    for row in rows {
        let key = row.key(section).ok_or(BadDifference::NoKey)?;
        if keyed.insert(key, row).is_some() {
            return Err(BadDifference::Doubled);
        }
    }
    Ok(keyed)
}

/// Length as written; what cannot be written is never the shorter one.
fn length(body: &SectionBody) -> usize {
    serde_json::to_vec(body).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests;
