//! Golden folders: each tree in `tests/fixtures/roots` with an `expected.json` gives exactly that disclosure.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::Host;
use candor_reader::probe::{self, Own};
use candor_reader::sandbox::Confinement;
use candor_reader::treat::{HashKeys, treat};
use collector_proto::catalog::{LegalBasis, Platform, SandboxLevel};
use collector_proto::keyed_hash::HashKey;
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy};
use std::path::Path;
use uuid::Uuid;

#[test]
fn every_tree_gives_its_disclosure() {
    let mut examined = 0;
    for entry in std::fs::read_dir(support::roots()).unwrap() {
        let folder = entry.unwrap().path();
        let expected = folder.join("expected.json");
        if !expected.exists() {
            continue;
        }
        examined += 1;
        let root = folder.clone();
        // The sandbox holds for a thread.
        let disclosed = std::thread::spawn(move || disclose(&root)).join().unwrap();
        if std::env::var_os("CANDOR_BLESS").is_some() {
            std::fs::write(&expected, &disclosed).unwrap();
        }
        assert_eq!(disclosed, std::fs::read_to_string(&expected).unwrap(), "{}", folder.display());
    }
    assert!(examined >= 1, "no golden folder was found");
}

fn disclose(root: &Path) -> String {
    let document = support::full_policy();
    let policy = Policy::check(document).unwrap();
    let consent = Consent::to([LegalBasis::Consent.name().to_owned()]);
    let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &consent);
    let keys = HashKeys::of(HashKey::of(&[1; 32]), Some(HashKey::of(&[1; 32])));
    let host = Host::at(root);
    // Inside the sandbox, so that what the catalogue declares is also enough.
    let sandbox = Confinement::Kernel.confine(&host, &permit.sources(Platform::current()));
    assert_eq!(sandbox.level(), SandboxLevel::Full, "{sandbox:?}");
    let own = Own { device_id: Some(Uuid::from_u128(1)), ..Own::default() };
    let reading = probe::read(&host, &permit, &own);
    let disclosure = treat(reading, &permit, &keys, None).unwrap();
    let rows = disclosure.rows();
    let mut message = serde_json::json!({ "sections": rows.sections(), "absent": rows.absent });
    if !rows.failed.is_empty() {
        message["failed"] = serde_json::to_value(&rows.failed).unwrap();
    }
    // These keep no date: it is the time stamp of a file or a link, which a checkout does not keep.
    let undated = ["deb", "flatpak", "snap"];
    for row in message["sections"]["package"].as_array_mut().into_iter().flatten() {
        if undated.iter().any(|kind| row["package.type"] == *kind) {
            row.as_object_mut().unwrap().remove("package.installed");
        }
    }
    serde_json::to_string_pretty(&message).unwrap() + "\n"
}
