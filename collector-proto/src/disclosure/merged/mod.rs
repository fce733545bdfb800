//! Rows of several parts as people look at them: a row whose values live for different times is one row again.

use super::PartRows;
use crate::catalog::{FieldId, Section, Shape};
use crate::messages::Part;
use crate::value::{Row, Value};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The rows of all parts by section, sorted.
pub fn merged(parts: &PartRows) -> BTreeMap<Section, Vec<Row>> {
    let rows = parts
        .values()
        .flat_map(|sections| sections.iter().map(|(section, rows)| (*section, rows.as_slice())));
    join(rows)
}

/// The same of the rows that travel in parts.
pub fn merged_sections<'p>(parts: impl IntoIterator<Item = &'p Part>) -> BTreeMap<Section, Vec<Row>> {
    join(
        parts
            .into_iter()
            .flat_map(|part| part.sections.iter().map(|(section, body)| (*section, body.rows()))),
    )
}

fn join<'r>(parts: impl Iterator<Item = (Section, &'r [Row])>) -> BTreeMap<Section, Vec<Row>> {
    let mut joined: BTreeMap<Section, Joined> = BTreeMap::new();
    for (section, rows) in parts {
        joined.entry(section).or_default().add(section, rows);
    }
    joined.into_iter().map(|(section, joined)| (section, joined.into_rows())).collect()
}

/// The rows of one section so far.
#[derive(Default)]
struct Joined {
    rows: Vec<Row>,
    /// Where the rows of a key are.
    keyed: BTreeMap<String, Vec<usize>>,
}

impl Joined {
    /// Adds the rows of one part. Within a part two rows are two, whatever their keys are.
    fn add(&mut self, section: Section, rows: &[Row]) {
        let before = self.rows.len();
        for row in rows {
            let key = match section.shape() {
                Shape::Single => Some(String::new()),
                Shape::Table => row.key(section),
            };
            let Some(key) = key else {
                self.rows.push(row.clone());
                continue;
            };
            let places = match self.keyed.entry(key) {
                Entry::Vacant(entry) => entry.insert(Vec::new()),
                Entry::Occupied(entry) => entry.into_mut(),
            };
            let earlier = places.iter().copied().filter(|place| *place < before);
            let joined = earlier.into_iter().find_map(|place| Some((place, both(&self.rows[place], row)?)));
            if let Some((place, both)) = joined {
                self.rows[place] = both;
            } else {
                places.push(self.rows.len());
                self.rows.push(row.clone());
            }
        }
    }

    fn into_rows(mut self) -> Vec<Row> {
        self.rows.sort_unstable();
        // What is about several accounts is in a part of each.
        self.rows.dedup();
        self.rows
    }
}

/// One row of two; `None` where they say different things.
fn both(one: &Row, other: &Row) -> Option<Row> {
    let mut joined = one.clone();
    for (field, value) in other.iter() {
        joined.insert(field, agreed(joined.value(field), field, value)?);
    }
    Some(joined)
}

/// A list may be about several accounts, of which each part has what is about one.
fn agreed(one: Option<&Value>, field: FieldId, other: &Value) -> Option<Value> {
    match (one, other) {
        (None, value) => Some(value.clone()),
        (Some(Value::List(one)), Value::List(other)) if field.section().is_about_accounts() => {
            let mut list = one.clone();
            list.extend(other.iter().filter(|text| !one.contains(text)).cloned());
            // Parts stand in the order of names that say nothing.
            list.sort_unstable();
            Some(Value::List(list))
        }
        (Some(one), other) => (one == other).then(|| other.clone()),
    }
}

#[cfg(test)]
mod tests;
