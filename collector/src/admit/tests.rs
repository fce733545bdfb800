use super::difference::{BadDifference, apply};
use collector_proto::catalog::{Section, fields};
use collector_proto::value::{Row, Value};
use proptest::collection::btree_map;
use proptest::prelude::*;
use std::collections::BTreeMap;

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

fn rows(packages: &BTreeMap<String, u8>) -> Vec<Row> {
    let mut rows: Vec<_> =
        packages.iter().map(|(name, version)| package(name, &version.to_string())).collect();
    rows.sort_unstable();
    rows
}

proptest! {
    /// Applying the difference between two sets of rows to the first gives the second, whatever they are.
    #[test]
    fn a_difference_turns_one_set_of_rows_into_the_other(
        old in btree_map("[a-e:%]{1,2}", 0_u8..3, 0..12),
        new in btree_map("[a-e:%]{1,2}", 0_u8..3, 0..12),
    ) {
        let upsert: BTreeMap<_, _> =
            new.iter().filter(|(name, version)| old.get(*name) != Some(version)).map(|(n, v)| (n.clone(), *v)).collect();
        let remove: Vec<_> = rows(&old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|(n, v)| (n.clone(), *v)).collect())
            .iter()
            .map(|row| row.key(Section::Package).unwrap())
            .collect();
        prop_assert_eq!(apply(Section::Package, rows(&old), rows(&upsert), &remove), Ok(rows(&new)));
        // Nothing to do changes nothing.
        prop_assert_eq!(apply(Section::Package, rows(&old), vec![], &[]), Ok(rows(&old)));
    }
}

#[test]
fn rows_without_keys_or_with_one_key_cannot_be_told_apart() {
    let keyless = {
        let mut row = Row::new();
        row.insert(fields::PACKAGE_VERSION, Value::Text("1".to_owned()));
        row
    };
    let twice = vec![package("a", "1"), package("a", "2")];
    assert_eq!(apply(Section::Package, vec![keyless.clone()], vec![], &[]), Err(BadDifference::NoKey));
    assert_eq!(apply(Section::Package, vec![], vec![keyless], &[]), Err(BadDifference::NoKey));
    assert_eq!(apply(Section::Package, twice.clone(), vec![], &[]), Err(BadDifference::Doubled));
    assert_eq!(apply(Section::Package, vec![], twice, &[]), Err(BadDifference::Doubled));
    let gone = ["deb:z:amd64".to_owned()];
    assert_eq!(apply(Section::Package, vec![package("a", "1")], vec![], &gone), Err(BadDifference::Remove));
}
