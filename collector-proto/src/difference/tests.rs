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

const OLD: Salt = Salt::of([1; 16]);
const NEW: Salt = Salt::of([2; 16]);

fn standing(rows: &[Row]) -> SaltedRows {
    SaltedRows { salt: OLD, rows: rows.to_vec() }
}

fn part(sections: impl IntoIterator<Item = (Section, SectionBody)>) -> Part {
    let part = crate::messages::PartName::parse("0123456789abcdef/90d").unwrap();
    Part { v: crate::contract::Version1, part, sections: sections.into_iter().collect() }
}

proptest! {
    /// What travels turns what stood into what stands, on both sides alike.
    #[test]
    fn what_travels_gives_the_new_rows(old in list(), new in list(), known in any::<bool>()) {
        let (old, mut new) = (packages(&old), packages(&new));
        new.sort_unstable();
        let base = standing(&old);
        let (body, stands) = between(Section::Package, known.then_some(&base), new.clone(), NEW);
        prop_assert_eq!(&stands.rows, &new);
        prop_assert_eq!(body.digest(), stands.clone().digest());
        prop_assert_eq!(matches!(body, SectionBody::Unchanged { .. }), known && base.clone().digest() == body.digest());
        let before = if known { Sections::from([(Section::Package, base)]) } else { Sections::new() };
        prop_assert_eq!(after(before, &part([(Section::Package, body)])), Ok([(Section::Package, stands)].into()));
    }
}

#[test]
fn rows_get_a_new_salt_when_they_change_and_keep_theirs_when_they_do_not() {
    let rows = vec![package("a", "1"), package("b", "1")];
    let (same, stands) = between(Section::Package, Some(&standing(&rows)), rows.clone(), NEW);
    assert_eq!(stands.salt, OLD);
    assert_eq!(same, SectionBody::Unchanged { digest: standing(&rows).digest() });
    let (_, stands) = between(Section::Package, Some(&standing(&rows)), vec![package("a", "2")], NEW);
    assert_eq!(stands.salt, NEW);
    assert_ne!(
        standing(&rows).digest(),
        SaltedRows { salt: NEW, rows }.digest(),
        "the salt is not in the digest"
    );
}

#[test]
fn what_builds_on_other_rows_is_not_applied() {
    let stood = || Sections::from([(Section::Package, standing(&[package("a", "1")]))]);
    let unchanged = |digest| part([(Section::Package, SectionBody::Unchanged { digest })]);
    assert_eq!(after(stood(), &unchanged(Digest::of(b"other"))), Err(BadDifference::NoBase));
    assert_eq!(after(Sections::new(), &unchanged(Digest::of(b"other"))), Err(BadDifference::NoBase));
    let base = standing(&[package("a", "1")]).digest();
    let upsert = vec![package("b", "1")];
    let wrong = SectionBody::Difference { salt: NEW, base, digest: base, upsert, remove: vec![] };
    assert_eq!(after(stood(), &part([(Section::Package, wrong)])), Err(BadDifference::Digest));
    assert_eq!(after(stood(), &part([])), Ok(Sections::new()), "a section that is not named is gone");
}

#[test]
fn one_new_package_of_many_travels_alone() {
    let old: Vec<Row> = (0..100).map(|n| package(&format!("package-{n}"), "1")).collect();
    let mut new = old.clone();
    new.push(package("curl", "7.88.1-10"));
    new.remove(3);
    match between(Section::Package, Some(&standing(&old)), new, NEW).0 {
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
    let is_full = |new| {
        matches!(between(Section::Package, Some(&standing(&old)), new, NEW).0, SectionBody::Full { .. })
    };
    assert!(is_full(new) && is_full(vec![keyless()]));
}

/// Distributions keep several kernels.
#[test]
fn several_versions_of_one_package_are_told_apart() {
    let mut old: Vec<Row> = (0..50).map(|n| package(&format!("package-{n}"), "1")).collect();
    old.extend([package("kernel", "1"), package("kernel", "2")]);
    let mut new = old.clone();
    new.push(package("kernel", "3"));
    new.retain(|row| *row != package("kernel", "1"));
    match between(Section::Package, Some(&standing(&old)), new, NEW).0 {
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
