//! Applies a difference to the rows it builds on.

use collector_proto::catalog::Section;
use collector_proto::value::Row;
use std::collections::BTreeMap;

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
