//! Software in the homes of persons, some of which the reader may not enter, and what two sections make of one pass.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::Host;
use candor_reader::probe::{self, Own};
use candor_reader::sandbox::Confinement;
use candor_reader::treat::{HashKeys, treat};
use collector_proto::catalog::{FieldId, Platform, Section, SourcePlace, fields};
use collector_proto::disclosure::TreatedRows;
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::{Absence, SourceName};
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, Rule, Treatment};
use collector_proto::value::{Row, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// An account that is not this process's.
const OTHER_USER: u32 = 65_534;

/// What is disclosed of these fields, from inside the sandbox: root has no rights over other persons' files there.
fn disclosed(root: &Path, wanted: &[FieldId]) -> TreatedRows {
    read_under(root, wanted.iter().map(|field| support::rule(*field, Treatment::Keep)).collect()).0
}

/// The same under these rules, and the places that were touched.
fn read_under(root: &Path, rules: Vec<Rule>) -> (TreatedRows, BTreeSet<SourcePlace>) {
    let policy = Policy::check(support::policy(rules)).unwrap();
    let root = root.to_owned();
    std::thread::spawn(move || {
        let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &Consent::default());
        let host = Host::at(&root);
        Confinement::Kernel.confine(&host, &permit.sources(Platform::Linux));
        let keys = HashKeys::of(HashKey::of(&[1; 32]), None);
        let rows =
            treat(probe::read(&host, &permit, &Own::default()), &permit, &keys, None).unwrap().rows().clone();
        (rows, host.touched())
    })
    .join()
    .unwrap()
}

fn texts(found: &TreatedRows, section: Section, field: FieldId) -> Vec<String> {
    let sections = found.sections();
    let rows = sections.get(&section).into_iter().flatten();
    let mut texts: Vec<String> = rows
        .filter_map(|row| match row.value(field)? {
            Value::Text(text) => Some(text.clone()),
            Value::List(texts) => Some(texts.join(", ")),
            _ => None,
        })
        .collect();
    texts.sort();
    texts
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A machine with the homes of anna, who has everything, of ben, who has nothing, and of clara, which is closed.
fn machine() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for home in ["anna", "clara"] {
        let at = |path: &str| format!("home/{home}/{path}");
        put(root.path(), &at("Applications/Krita-5.2.6-x86_64.AppImage"), "");
        put(
            root.path(),
            &at(".mozilla/firefox/x.default/extensions.json"),
            &format!(r#"{{"addons": [{{"id": "{home}", "version": "1", "type": "extension"}}]}}"#),
        );
    }
    fs::create_dir_all(root.path().join("home/ben")).unwrap();
    let closed = root.path().join("home/clara");
    // root without capabilities is held by the owner, everybody else by the mode.
    if std::os::unix::fs::chown(&closed, Some(OTHER_USER), Some(OTHER_USER)).is_ok() {
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    } else {
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    }
    root
}

fn open_again(root: &Path) {
    // So that the directory can be removed.
    fs::set_permissions(root.join("home/clara"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_home_that_may_not_be_entered_is_told_and_the_others_are_read() {
    let root = machine();
    let wanted = [fields::PACKAGE_NAME, fields::X_PACKAGE_USER, fields::X_BROWSER_EXTENSION];
    let found = disclosed(root.path(), &wanted);
    open_again(root.path());
    assert_eq!(texts(&found, Section::Package, fields::X_PACKAGE_USER), ["anna"]);
    assert_eq!(texts(&found, Section::Browser, fields::X_BROWSER_EXTENSION), ["anna 1"]);
    let denied = Absence::DeniedByOs;
    let of = |sources: &[SourceName]| sources.iter().map(|name| (*name, denied)).collect::<BTreeMap<_, _>>();
    assert_eq!(
        found.failed,
        BTreeMap::from([
            (Section::Package, of(&[SourceName::FlatpakUser, SourceName::AppImageUser])),
            (Section::Browser, of(&[SourceName::Chromium, SourceName::Firefox])),
        ])
    );
}

#[test]
fn without_a_rule_that_names_accounts_homes_are_neither_read_nor_told_of() {
    let root = machine();
    put(
        root.path(),
        "var/lib/dpkg/status",
        "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 8\n",
    );
    let rules = |of_accounts: &[FieldId]| {
        [fields::PACKAGE_NAME, fields::PACKAGE_VERSION, fields::X_BROWSER_EXTENSION]
            .map(|field| Rule {
                accounts: of_accounts.contains(&field),
                ..support::rule(field, Treatment::Keep)
            })
            .to_vec()
    };
    let in_homes = |touched: &BTreeSet<SourcePlace>| touched.iter().any(|place| place.is_in_homes());
    let (found, touched) = read_under(root.path(), rules(&[]));
    assert_eq!(texts(&found, Section::Package, fields::PACKAGE_NAME), ["curl"]);
    assert_eq!(found.absent.get(&fields::X_BROWSER_EXTENSION), Some(&Absence::Unavailable));
    assert!(!in_homes(&touched) && found.failed.is_empty(), "{touched:?} {:?}", found.failed);
    // One rule that names them opens the homes for its own field alone.
    let (found, touched) = read_under(root.path(), rules(&[fields::PACKAGE_NAME]));
    open_again(root.path());
    assert_eq!(texts(&found, Section::Package, fields::PACKAGE_NAME), ["Krita", "curl"]);
    assert_eq!(texts(&found, Section::Package, fields::PACKAGE_VERSION), ["8"]);
    assert_eq!(found.absent.get(&fields::X_BROWSER_EXTENSION), Some(&Absence::Unavailable));
    assert!(in_homes(&touched));
}

#[test]
fn homes_that_are_all_closed_are_the_reason_why_there_is_nothing() {
    let root = machine();
    fs::remove_dir_all(root.path().join("home/anna")).unwrap();
    let found = disclosed(root.path(), &[fields::PACKAGE_NAME, fields::X_BROWSER_EXTENSION]);
    open_again(root.path());
    assert_eq!(found.absent.get(&fields::PACKAGE_NAME), Some(&Absence::DeniedByOs));
    assert_eq!(found.absent.get(&fields::X_BROWSER_EXTENSION), Some(&Absence::DeniedByOs));
}

#[test]
fn homes_without_anything_are_no_failure() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("home/ben")).unwrap();
    let found = disclosed(root.path(), &[fields::PACKAGE_NAME, fields::X_BROWSER_EXTENSION]);
    assert!(found.failed.is_empty(), "{:?}", found.failed);
    assert_eq!(found.absent.get(&fields::X_BROWSER_EXTENSION), Some(&Absence::Unavailable));
}

#[test]
fn browsers_alone_give_no_package_and_packages_alone_no_browser() {
    let root = support::roots().join("debian-13-desktop");
    let browsers = disclosed(&root, &[fields::X_BROWSER_NAME]);
    assert!(!browsers.sections().contains_key(&Section::Package));
    let named = ["Chromium", "Firefox", "GNOME Web", "Google Chrome", "LibreWolf"];
    assert_eq!(texts(&browsers, Section::Browser, fields::X_BROWSER_NAME), named);
    let packages = disclosed(&root, &[fields::PACKAGE_ARCHITECTURE]);
    assert!(!packages.sections().contains_key(&Section::Browser));
    let rows = &packages.sections()[&Section::Package];
    assert!(rows.iter().flat_map(Row::iter).all(|(field, _)| field == fields::PACKAGE_ARCHITECTURE));
}

#[test]
fn a_package_source_that_failed_is_told_in_both_sections() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "var/lib/dpkg/status", "junk");
    put(root.path(), "opt/LibreWolf.AppImage", "");
    let found = disclosed(root.path(), &[fields::PACKAGE_NAME, fields::X_BROWSER_NAME]);
    let failed = BTreeMap::from([(SourceName::Dpkg, Absence::Malformed)]);
    assert_eq!(
        found.failed,
        BTreeMap::from([(Section::Package, failed.clone()), (Section::Browser, failed)])
    );
    assert_eq!(texts(&found, Section::Browser, fields::X_BROWSER_NAME), ["LibreWolf"]);
    let found = disclosed(root.path(), &[fields::X_BROWSER_NAME]);
    assert_eq!(found.failed.len(), 1);
    assert!(found.failed.contains_key(&Section::Browser));
}
