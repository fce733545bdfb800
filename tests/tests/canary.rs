//! A machine whose every field holds a unique marker, and many policies: no marker of a denied field shows up on standard
//! output or error (at RUST_LOG=trace), in any file of the state directory, or at the collector.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, fixture, repository};
use collector_proto::catalog::{FieldId, LegalBasis, Platform, Section, TreatmentKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// How many random policies are run, beside the one that asks for nothing but the minimum and the one for everything.
const POLICIES: u64 = 14;

/// Markers by field, as the fixture lists them.
fn markers() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read(repository().join("tests/fixtures/roots/canary.markers.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Fields that a policy on the basis of legitimate interest may ask for, kept or hashed.
fn candidates() -> Vec<FieldId> {
    FieldId::all()
        .filter(|field| !field.field().source(Platform::Linux).touches.is_empty())
        .filter(|field| {
            let bases = field.field().bounds.legal_bases;
            bases.is_empty() || bases.contains(&LegalBasis::LegitimateInterest)
        })
        .filter(|field| {
            field.field().allows(TreatmentKind::Keep) || field.field().allows(TreatmentKind::Hmac)
        })
        .collect()
}

/// A repeatable sequence of numbers below 100 (the multiplier is Knuth's).
fn chances(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    }
}

/// The starter policy's head with other fields to collect.
fn policy(fields: &[FieldId]) -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    let mut text = head.to_owned();
    for field in fields {
        let treat =
            if field.field().allows(TreatmentKind::Keep) { "\"keep\"" } else { "{ hmac = \"tenant\" }" };
        writeln!(text, "[[collect]]\nfields = [\"{field}\"]\npurposes = [\"inventory\"]\ntreat = {treat}\n")
            .unwrap();
    }
    text
}

/// Everything that could carry a value away: file names and contents below a folder.
fn bytes_below(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        into.push((
            format!("the name of {}", path.display()),
            path.to_string_lossy().into_owned().into_bytes(),
        ));
        if path.is_dir() {
            bytes_below(&path, into);
        } else if let Ok(bytes) = std::fs::read(&path) {
            into.push((path.display().to_string(), bytes));
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Runs a cycle and the person's commands under the policy, then looks for markers everywhere.
fn run_under(granted: &[FieldId]) {
    let collector = Collector::with_policy(&policy(granted));
    let mut agent = Agent::enrolled_reading(&collector, fixture("canary"));
    agent.set("RUST_LOG", "trace");
    let mut places = Vec::new();
    // What a person types in is shown to that person, and nowhere else unless it is asked for.
    let typed = ["custody", "out", "--condition", "CANARY-x-custody-condition"];
    places.push(("stderr of custody out".to_owned(), agent.run(&typed).exits(0).err.into_bytes()));
    for arguments in [
        &["run", "--once"][..],
        &["run", "--once"],
        &["status"],
        &["doctor"],
        &["preview"],
        &["notice"],
        &["notice", "--format", "html"],
        &["sent", "show", "1"],
        &["sent", "verify"],
    ] {
        let said = agent.run(arguments).exits(0);
        places.push((format!("stdout of {arguments:?}"), said.out.into_bytes()));
        places.push((format!("stderr of {arguments:?}"), said.err.into_bytes()));
    }
    bytes_below(&agent.state(), &mut places);
    // Where the person put it themselves.
    places.retain(|(place, _)| !place.ends_with("/reader/custody.json"));
    let stored = collector.stored_payloads();
    assert_eq!(stored.len(), 2);
    assert_eq!(stored, agent.payloads(), "the collector stored other bytes than the ledger holds");
    assert_eq!(
        collector.stored_parts(),
        agent.parts(),
        "the collector stored other parts than the ledger holds"
    );
    places.extend(
        collector
            .stored_parts()
            .iter()
            .chain(&stored)
            .map(|bytes| ("a stored report".to_owned(), bytes.clone())),
    );
    places.push(("the collector's log".to_owned(), collector.log().into_bytes()));
    bytes_below(&collector.data(), &mut places);

    let granted: BTreeSet<&str> = granted.iter().map(|field| field.name()).collect();
    let markers = markers();
    for (field, texts) in markers.iter().filter(|(field, _)| !granted.contains(field.as_str())) {
        for (place, bytes) in &places {
            for text in texts {
                assert!(!holds(bytes, text), "{text} of the denied field {field} is in {place}");
            }
        }
    }
    for (place, bytes) in &places {
        assert!(!holds(bytes, "CANARY-never"), "something that no field reads is in {place}");
        if place.starts_with("stderr") || place.contains("log") {
            assert!(!holds(bytes, "CANARY"), "a collected value is in {place}");
        }
    }
    // The search finds what it should: a granted field that is kept and read arrives.
    for field in ["os.name", "x.custody.condition"].into_iter().filter(|field| granted.contains(field)) {
        let arrived = |text: &String| collector.stored_parts().iter().any(|part| holds(part, text));
        assert!(markers[field].iter().any(arrived), "{field} did not arrive");
    }
}

#[test]
fn nothing_denied_leaves_or_stays() {
    let candidates = candidates();
    assert!(candidates.len() > 25, "too few fields to draw from: {}", candidates.len());
    for seed in 0..POLICIES {
        let mut chance = chances(seed + 1);
        let density = [15, 50, 85][usize::try_from(seed % 3).unwrap()];
        let mut granted: Vec<FieldId> = candidates.iter().copied().filter(|_| chance() < density).collect();
        if granted.is_empty() {
            granted.push(candidates[0]);
        }
        run_under(&granted);
    }
}

#[test]
fn nothing_denied_leaves_when_all_of_a_section_is_denied() {
    for denied in Section::ALL {
        let granted: Vec<FieldId> =
            candidates().into_iter().filter(|field| field.section() != *denied).collect();
        // A few sections are enough at full width; the random policies cover mixtures.
        if ["os", "host", "network", "package", "device"].contains(&denied.name()) {
            run_under(&granted);
        }
    }
}
