//! Differences between two states of a section's rows: what travels, and what it makes of the rows it builds on.
//!
//! Both sides use this module, so that what the agent writes is what the collector applies.

use crate::catalog::Section;
use crate::messages::SectionBody;
use crate::value::{Row, section_digest};
use std::collections::BTreeMap;

/// The sections as they travel. With a baseline, which the collector holds, what is unchanged is named by its digest
/// and what changed is a difference where that is shorter; without one every section is full.
pub fn against(
    baseline: Option<&BTreeMap<Section, Vec<Row>>>,
    sections: &BTreeMap<Section, Vec<Row>>,
) -> BTreeMap<Section, SectionBody> {
    sections
        .iter()
        .map(|(section, rows)| {
            let base = baseline.and_then(|rows| rows.get(section));
            (*section, between(*section, base.map(Vec::as_slice), rows.clone()))
        })
        .collect()
}

/// One section as it travels.
pub fn between(section: Section, base: Option<&[Row]>, mut rows: Vec<Row>) -> SectionBody {
    let digest = section_digest(&mut rows);
    let Some(base) = base else { return SectionBody::Full { digest, rows } };
    let base_digest = section_digest(&mut base.to_vec());
    if base_digest == digest {
        return SectionBody::Unchanged { digest };
    }
    let (Some(old), Some(new)) = (keys_of(section, base), keys_of(section, &rows)) else {
        return SectionBody::Full { digest, rows };
    };
    let upsert: Vec<Row> =
        new.iter().filter(|(key, row)| old.get(*key) != Some(row)).map(|(_, row)| (*row).clone()).collect();
    let remove: Vec<String> = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
    let difference = SectionBody::Difference { digest, base: base_digest, upsert, remove };
    let full = SectionBody::Full { digest, rows };
    if length(&difference) < length(&full) { difference } else { full }
}

/// Why a difference cannot be applied. Never names a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDifference {
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
