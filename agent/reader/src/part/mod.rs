//! Treated rows → the parts of a report: by whom they are about and by how long they live.
//!
//! ```text
//! row of package {type, name, version | vendor}     policy: name 90d, vendor 30d
//!   ──► <holder>/90d {type, name, version}
//!   ──► <holder>/30d {type, name, version, vendor}   the key again, so that the row can be told
//! ```

use crate::treat::{HashKeys, Owner};
use collector_proto::catalog::{FieldId, Section, Series, Shape};
use collector_proto::disclosure::PartRows;
use collector_proto::messages::{Holder, PartName};
use collector_proto::policy::{Permit, Standing};
use collector_proto::time::Span;
use collector_proto::value::Row;
use std::collections::BTreeMap;

/// Puts each value into its part. What is about several accounts goes into a part of each.
pub(crate) fn split<S: Standing>(
    sections: BTreeMap<Section, Vec<(Owner, Row)>>,
    permit: &Permit<S>,
    keys: &HashKeys,
) -> PartRows {
    let lives = |field| Some(Lifetime { retention: permit.retention(field)?, series: permit.series(field) });
    parts_of(sections, &lives, keys)
}

/// How long a value of the field lives.
type Lives<'a> = &'a dyn Fn(FieldId) -> Option<Lifetime>;

fn parts_of(sections: BTreeMap<Section, Vec<(Owner, Row)>>, lives: Lives<'_>, keys: &HashKeys) -> PartRows {
    let mut parts = PartRows::new();
    for (section, rows) in sections {
        let mut by_holder: BTreeMap<Holder, Vec<Row>> = BTreeMap::new();
        let mut holders: BTreeMap<Owner, Vec<Holder>> = BTreeMap::new();
        for (owner, row) in rows {
            let holders = holders.entry(owner).or_insert_with_key(|owner| keys.holders(owner));
            for holder in holders.iter() {
                by_holder.entry(*holder).or_default().push(row.clone());
            }
        }
        for (holder, rows) in by_holder {
            for (lifetime, row) in rows_by_lifetime(section, rows, lives) {
                let name = PartName { holder, retention: lifetime.retention, series: lifetime.series };
                parts.entry(name).or_default().entry(section).or_default().push(row);
            }
        }
    }
    parts
}

/// How long a value lives, how often it is sent, and whether a newer one takes its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lifetime {
    retention: Span,
    series: Series,
}

fn rows_by_lifetime(section: Section, rows: Vec<Row>, lives: Lives<'_>) -> Vec<(Lifetime, Row)> {
    let keys: Vec<Option<String>> = rows.iter().map(|row| row.key(section)).collect();
    let mut counted: BTreeMap<&String, usize> = BTreeMap::new();
    for key in keys.iter().flatten() {
        *counted.entry(key).or_default() += 1;
    }
    let is_told = |key: &Option<String>| key.as_ref().is_some_and(|key| counted.get(key) == Some(&1));
    let told: Vec<bool> = keys.iter().map(|key| section.shape() == Shape::Single || is_told(key)).collect();
    let split = rows.into_iter().zip(told);
    split
        .flat_map(|(row, told)| if told { by_lifetime(section, &row, lives) } else { whole(&row, lives) })
        .collect()
}

/// A row that can be told by its key, or is the only one: its values by lifetime, each time with the key.
fn by_lifetime(section: Section, row: &Row, lives: Lives<'_>) -> Vec<(Lifetime, Row)> {
    let mut rows: BTreeMap<Lifetime, Row> = BTreeMap::new();
    for (field, value) in row.iter() {
        let Some(lifetime) = lives(field) else { continue };
        rows.entry(lifetime).or_default().insert(field, value.clone());
    }
    for row_of_part in rows.values_mut() {
        for key in section.key() {
            if let Some(value) = row.value(*key) {
                row_of_part.insert(*key, value.clone());
            }
        }
    }
    rows.into_iter().collect()
}

/// A row that cannot be told from others stays together, and lives as long as the shortest of its values. But for the values that not
/// every report holds: they are a row of their own, or each report would show by the others whether they were read.
fn whole(row: &Row, lives: Lives<'_>) -> Vec<(Lifetime, Row)> {
    let mut rows: BTreeMap<Series, (Lifetime, Row)> = BTreeMap::new();
    for (field, value) in row.iter() {
        let Some(lifetime) = lives(field) else { continue };
        let (whole, row) = rows.entry(lifetime.series).or_insert_with(|| (lifetime, Row::new()));
        *whole = lifetime.min(*whole);
        row.insert(field, value.clone());
    }
    rows.into_values().collect()
}

#[cfg(test)]
mod tests;
