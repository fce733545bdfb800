//! Rows know whose they are: an account gets what is about the machine and about itself.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use candor_reader::host::{AccountId, Host};
use candor_reader::treat::Viewer;
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::disclosure::request::{KeepDocuments, Preview, PreviewForEverybody};
use collector_proto::disclosure::{Answer, DisclosureMessage};
use collector_proto::policy::Treatment;
use std::collections::BTreeSet;
use std::path::Path;
use support::{Bench, Signer, now, policy, rule};

const ASKED: &[FieldId] = &[
    fields::PACKAGE_NAME,
    fields::X_BROWSER_NAME,
    fields::X_BROWSER_VERSION,
    fields::X_BROWSER_EXTENSION,
    fields::USER_NAME,
    fields::HOST_NAME,
    fields::X_CUSTODY_CONDITION,
];

/// The browser that the machine has, and one that nobody has a package of.
const FIREFOX: &str = ".mozilla/firefox/x.default/extensions.json";
const LIBREWOLF: &str = ".librewolf/x.default/extensions.json";

fn write(root: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    std::fs::write(root.join(path), text).unwrap();
}

fn extension(root: &Path, path: &str, name: &str) {
    let list = format!(
        r#"{{"addons":[{{"id":"a@b","type":"extension","version":"1","defaultLocale":{{"name":"{name}"}}}}]}}"#
    );
    write(root, path, &list);
}

/// Anna has a program and two browsers, Ben one browser. `None` where this process cannot give files away.
fn machine() -> Option<tempfile::TempDir> {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    write(root, "etc/hostname", "shared\n");
    write(root, "proc/sys/kernel/hostname", "shared\n");
    write(root, "etc/passwd", "anna:x:1000:1000::/home/anna:/bin/sh\nben:x:1001:1001::/home/ben:/bin/sh\n");
    write(
        root,
        "var/lib/dpkg/status",
        "Package: firefox-esr\nStatus: install ok installed\nVersion: 128\nArchitecture: all\n",
    );
    write(root, "home/anna/Applications/Krita-5.2.6-x86_64.AppImage", "");
    extension(root, &format!("home/anna/{FIREFOX}"), "of anna");
    extension(root, &format!("home/anna/{LIBREWOLF}"), "of anna too");
    extension(root, &format!("home/ben/{FIREFOX}"), "of ben");
    for (home, uid) in [("home/anna", 1000), ("home/ben", 1001)] {
        std::os::unix::fs::chown(root.join(home), Some(uid), None).ok()?;
    }
    Some(tree)
}

/// A row's section and its values.
type Shown = (Section, Vec<String>);

fn texts(disclosure: &DisclosureMessage) -> Vec<Shown> {
    let sections = disclosure.sections();
    let rows = sections.iter().flat_map(|(section, rows)| rows.iter().map(|row| (*section, row)));
    rows.map(|(section, row)| (section, row.iter().map(|(_, value)| value.to_plain()).collect())).collect()
}

/// Every row, and in which sections something was left out.
fn seen(viewer: Viewer) -> Option<(Vec<Shown>, BTreeSet<Section>)> {
    let tree = machine()?;
    let mut bench = Bench::on("debian-12");
    let signer = Signer::new(1);
    bench.trust(signer.bundle(1, "staff"));
    bench.host = Host::at(tree.path());
    let rules = ASKED.iter().map(|field| rule(*field, Treatment::Keep)).collect();
    let documents = signer.documents(&policy(rules), vec![], now());
    bench.ask(KeepDocuments { documents });
    if viewer == Viewer::Nobody {
        // Root asks for it, and is not told everything that root may see.
        let Answer::Disclosure(answer) = bench.ask(PreviewForEverybody {}) else { panic!("refused") };
        return Some((texts(&answer.disclosure), answer.left_out));
    }
    (bench.caller, bench.viewer) = (Caller::Other, viewer);
    let Answer::Disclosure(answer) = bench.ask(Preview { documents: None }) else { panic!("refused") };
    Some((texts(&answer.disclosure), answer.left_out))
}

#[test]
fn an_account_sees_the_machine_and_itself() {
    let Some((everything, left_out)) = seen(Viewer::Everyone) else { return };
    let shown = |rows: &[Shown]| {
        rows.iter()
            .map(|(section, texts)| format!("{} {}", section.name(), texts.join("; ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&everything),
        [
            "host shared",
            "package Krita",
            "package firefox-esr",
            "browser of anna 1, of ben 1; Firefox; 128",
            "browser of anna too 1; LibreWolf",
            "user anna",
            "user ben",
        ]
    );
    assert!(left_out.is_empty());

    let (of_ben, left_out) = seen(Viewer::Account(AccountId::Uid(1001))).unwrap();
    let expected = ["host shared", "package firefox-esr", "browser of ben 1; Firefox; 128", "user ben"];
    assert_eq!(shown(&of_ben), expected);
    assert_eq!(left_out, BTreeSet::from([Section::Package, Section::Browser, Section::User]));

    let (of_nobody, left_out) = seen(Viewer::Nobody).unwrap();
    assert_eq!(shown(&of_nobody), ["host shared", "package firefox-esr", "browser Firefox; 128"]);
    assert_eq!(left_out, BTreeSet::from([Section::Package, Section::Browser, Section::User]));
}
