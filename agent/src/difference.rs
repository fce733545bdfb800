//! What of a section has to travel: nothing, the changed rows, or all rows. Pure.

use crate::ledger::baseline::Rows;
use collector_proto::catalog::Section;
use collector_proto::messages::SectionBody;
use collector_proto::value::{Row, section_digest};
use std::collections::{BTreeMap, BTreeSet};

/// The sections as they travel. With a baseline, which the collector holds, what is unchanged is named by its digest
/// and what changed is a difference where that is shorter; without one every section is full.
pub fn against(baseline: Option<&Rows>, sections: &Rows) -> BTreeMap<Section, SectionBody> {
    sections
        .iter()
        .map(|(section, rows)| {
            let base = baseline.and_then(|rows| rows.get(section));
            (*section, body(*section, base.map(Vec::as_slice), rows.clone()))
        })
        .collect()
}

/// The rows after a difference.
pub fn apply(section: Section, base: &[Row], upsert: &[Row], remove: &[String]) -> Vec<Row> {
    let replaced: BTreeSet<String> =
        upsert.iter().filter_map(|row| row.key(section)).chain(remove.iter().cloned()).collect();
    let stays = |row: &&Row| row.key(section).is_none_or(|key| !replaced.contains(&key));
    base.iter().filter(stays).chain(upsert).cloned().collect()
}

fn body(section: Section, base: Option<&[Row]>, mut rows: Vec<Row>) -> SectionBody {
    let digest = section_digest(&mut rows);
    let Some(base) = base else { return SectionBody::Full { digest, rows } };
    let base_digest = section_digest(&mut base.to_vec());
    if base_digest == digest {
        return SectionBody::Unchanged { digest };
    }
    let (Some(old), Some(new)) = (by_key(section, base), by_key(section, &rows)) else {
        return SectionBody::Full { digest, rows };
    };
    let upsert: Vec<Row> =
        new.iter().filter(|(key, row)| old.get(*key) != Some(row)).map(|(_, row)| (*row).clone()).collect();
    let remove: Vec<String> = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
    let difference = SectionBody::Difference { digest, base: base_digest, upsert, remove };
    let full = SectionBody::Full { digest, rows };
    if length(&difference) < length(&full) { difference } else { full }
}

/// Rows by their keys; `None` where a row lacks its key or two rows share one.
fn by_key(section: Section, rows: &[Row]) -> Option<BTreeMap<String, &Row>> {
    let mut keyed = BTreeMap::new();
    for row in rows {
        if keyed.insert(row.key(section)?, row).is_some() {
            return None;
        }
    }
    Some(keyed)
}

/// Length as written; what cannot be written is never the shorter one.
fn length(body: &SectionBody) -> usize {
    serde_json::to_vec(body).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::catalog::fields;
    use collector_proto::value::Value;
    use proptest::prelude::*;

    fn package(name: &str, version: &str) -> Row {
        let mut row = Row::new();
        for (field, text) in [
            (fields::PACKAGE_TYPE, "deb"),
            (fields::PACKAGE_NAME, name),
            (fields::PACKAGE_ARCHITECTURE, "amd64"),
            (fields::PACKAGE_VERSION, version),
        ] {
            row.insert(field, Value::Text(text.to_owned()));
        }
        row
    }

    fn packages(list: &BTreeMap<String, String>) -> Vec<Row> {
        list.iter().map(|(name, version)| package(name, version)).collect()
    }

    fn list() -> impl Strategy<Value = BTreeMap<String, String>> {
        proptest::collection::btree_map("[a-c:%]{1,2}", "[0-9]{1,30}", 0..12)
    }

    proptest! {
        #[test]
        fn a_difference_applied_gives_the_new_rows(old in list(), new in list()) {
            let (old, mut new) = (packages(&old), packages(&new));
            let digest = section_digest(&mut new);
            match body(Section::Package, Some(&old), new.clone()) {
                SectionBody::Full { rows, .. } => prop_assert_eq!(rows, new),
                SectionBody::Unchanged { digest: same } => {
                    prop_assert_eq!(same, digest);
                    prop_assert_eq!(section_digest(&mut old.clone()), digest);
                }
                SectionBody::Difference { digest: after, base, upsert, remove } => {
                    prop_assert_eq!(base, section_digest(&mut old.clone()));
                    let mut rows = apply(Section::Package, &old, &upsert, &remove);
                    prop_assert_eq!(section_digest(&mut rows), after);
                    prop_assert_eq!(rows, new);
                }
            }
        }
    }

    #[test]
    fn one_new_package_of_many_travels_alone() {
        let old: Vec<Row> = (0..100).map(|n| package(&format!("package-{n}"), "1")).collect();
        let mut new = old.clone();
        new.push(package("curl", "7.88.1-10"));
        new.remove(3);
        match body(Section::Package, Some(&old), new) {
            SectionBody::Difference { upsert, remove, .. } => {
                assert_eq!(upsert.len(), 1);
                assert_eq!(remove, ["deb:package-3:amd64"]);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_that_share_a_key_or_lack_one_travel_in_full() {
        let old = vec![package("kernel", "1"), package("kernel", "2"), package("a", "1"), package("b", "1")];
        let mut new = old.clone();
        new.push(package("kernel", "3"));
        assert!(matches!(body(Section::Package, Some(&old), new), SectionBody::Full { .. }));
        let mut keyless = Row::new();
        keyless.insert(fields::PACKAGE_VERSION, Value::Text("1".to_owned()));
        assert!(matches!(body(Section::Package, Some(&old), vec![keyless]), SectionBody::Full { .. }));
    }
}
