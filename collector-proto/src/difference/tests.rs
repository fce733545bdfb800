use super::*;
use crate::catalog::{FieldId, fields};
use crate::value::Value;
use proptest::collection::btree_map;
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
        match between(Section::Package, Some(&old), new.clone()) {
            SectionBody::Full { rows, .. } => prop_assert_eq!(rows, new),
            SectionBody::Unchanged { digest: same } => {
                prop_assert_eq!(same, digest);
                prop_assert_eq!(section_digest(&mut old.clone()), digest);
            }
            SectionBody::Difference { digest: after, base, upsert, remove } => {
                prop_assert_eq!(base, section_digest(&mut old.clone()));
                let mut rows = apply(Section::Package, old, upsert, &remove).unwrap();
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
    match between(Section::Package, Some(&old), new) {
        SectionBody::Difference { upsert, remove, .. } => {
            assert_eq!(upsert.len(), 1);
            assert_eq!(remove, ["deb:package-3:amd64:1"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_that_share_a_key_or_lack_one_travel_in_full() {
    let old = vec![package("kernel", "1"), package("kernel", "1"), package("a", "1"), package("b", "1")];
    let mut new = old.clone();
    new.push(package("kernel", "3"));
    assert!(matches!(between(Section::Package, Some(&old), new), SectionBody::Full { .. }));
    let keyless = keyless();
    assert!(matches!(between(Section::Package, Some(&old), vec![keyless]), SectionBody::Full { .. }));
}

/// Distributions keep several kernels.
#[test]
fn several_versions_of_one_package_are_told_apart() {
    let mut old: Vec<Row> = (0..50).map(|n| package(&format!("package-{n}"), "1")).collect();
    old.extend([package("kernel", "1"), package("kernel", "2")]);
    let mut new = old.clone();
    new.push(package("kernel", "3"));
    new.retain(|row| *row != package("kernel", "1"));
    match between(Section::Package, Some(&old), new) {
        SectionBody::Difference { upsert, remove, .. } => {
            assert_eq!(upsert, [package("kernel", "3")]);
            assert_eq!(remove, ["deb:kernel:amd64:1"]);
        }
        other => panic!("{other:?}"),
    }
}

/// A part that a row lacks is empty in the key; a row without any has none.
#[test]
fn keys_are_unambiguous() {
    let row = |parts: &[(FieldId, &str)]| {
        let mut row = Row::new();
        for (field, text) in parts {
            row.insert(*field, Value::Text((*text).to_owned()));
        }
        row.key(Section::Package)
    };
    let (kind, name, user) = (fields::PACKAGE_TYPE, fields::PACKAGE_NAME, fields::X_PACKAGE_USER);
    assert_eq!(row(&[(kind, "deb"), (name, "a:b%")]).as_deref(), Some("deb:a%3Ab%25"));
    assert_eq!(row(&[(name, "a"), (user, "anna")]).as_deref(), Some(":a:::anna"));
    assert_eq!(row(&[(kind, "deb")]).as_deref(), Some("deb"));
    assert_eq!(keyless().key(Section::Package), None);
}

fn keyless() -> Row {
    let mut row = Row::new();
    row.insert(fields::PACKAGE_INSTALL_SCOPE, Value::Text("global".to_owned()));
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
        let without = |these: &BTreeMap<String, u8>, others: &BTreeMap<String, u8>| -> BTreeMap<_, _> {
            these.iter().filter(|(name, version)| others.get(*name) != Some(version)).map(|(n, v)| (n.clone(), *v)).collect()
        };
        let upsert = without(&new, &old);
        let remove: Vec<_> =
            rows(&without(&old, &new)).iter().map(|row| row.key(Section::Package).unwrap()).collect();
        prop_assert_eq!(apply(Section::Package, rows(&old), rows(&upsert), &remove), Ok(rows(&new)));
        // Nothing to do changes nothing.
        prop_assert_eq!(apply(Section::Package, rows(&old), vec![], &[]), Ok(rows(&old)));
    }
}

#[test]
fn rows_without_keys_or_with_one_key_cannot_be_told_apart() {
    let keyless = keyless();
    let twice = vec![package("a", "1"), package("a", "1")];
    assert_eq!(apply(Section::Package, vec![keyless.clone()], vec![], &[]), Err(BadDifference::NoKey));
    assert_eq!(apply(Section::Package, vec![], vec![keyless], &[]), Err(BadDifference::NoKey));
    assert_eq!(apply(Section::Package, twice.clone(), vec![], &[]), Err(BadDifference::Doubled));
    assert_eq!(apply(Section::Package, vec![], twice, &[]), Err(BadDifference::Doubled));
    let gone = ["deb:z:amd64:1".to_owned()];
    assert_eq!(apply(Section::Package, vec![package("a", "1")], vec![], &gone), Err(BadDifference::Remove));
}
