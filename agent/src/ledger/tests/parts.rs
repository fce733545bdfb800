//! What the ledger keeps of parts, and until when.

use super::*;

/// Lets the reader disclose a row of each of these parts.
fn disclose_parts(fixture: &Fixture, parts: &[(&str, &str)]) {
    let rows: BTreeMap<PartName, serde_json::Value> = parts
        .iter()
        .map(|(name, text)| {
            let row = serde_json::json!({ "package.name": text });
            (part_name(name), serde_json::json!({ "package": [row] }))
        })
        .collect();
    let message = serde_json::from_value(serde_json::json!({ "parts": rows, "absent": {} })).unwrap();
    fixture.answer_with(&fixture.disclosing(None, message));
}

/// Which files hold the text, in the ledger and beside it.
fn files_with(fixture: &Fixture, text: &str) -> Vec<String> {
    let baseline = fixture.paths.baseline();
    let ledger = std::fs::read_dir(fixture.paths.ledger()).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<String> = ledger
        .chain(baseline.exists().then_some(baseline))
        .filter(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(text))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    found
}

/// An address is announced for a day and a name for 90: on the day after the address is nowhere, and the name is.
#[test]
fn attack_h2_each_part_is_removed_at_its_date_and_the_head_stays() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose_parts(&fixture, &[("1d", "SHORT"), ("90d", "LONG")]);
    fixture.cycle(&[], start()).unwrap();
    assert_eq!(files_with(&fixture, "SHORT"), ["0000000001-1.part", "baseline.json"]);
    assert_eq!(files_with(&fixture, "LONG"), ["0000000001-2.part", "baseline.json"]);
    let after = |seconds| {
        let _ = fixture.resend(&[], start().plus_seconds(seconds));
    };
    after(DAY - 1);
    assert_eq!(files_with(&fixture, "SHORT").len(), 2);
    after(DAY);
    assert_eq!(files_with(&fixture, "SHORT"), Vec::<String>::new());
    assert_eq!(files_with(&fixture, "LONG").len(), 2);
    after(90 * DAY);
    assert_eq!(files_with(&fixture, "LONG"), Vec::<String>::new());
    let found = verify(&fixture).unwrap();
    assert_eq!((found.reports, found.receipts), (1, 1), "the head verifies without its parts");
}

#[test]
fn what_waits_unsent_lives_no_longer_than_from_when_it_was_made() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose_parts(&fixture, &[("1d", "SHORT"), ("90d", "LONG")]);
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    // The policy is stale by then, so that the head is sent without the part only once it is fresh again.
    fixture.resend(&[], start().plus_seconds(DAY)).unwrap();
    assert_eq!(files_with(&fixture, "SHORT"), Vec::<String>::new());
    let sent = String::from_utf8_lossy(&fixture.stored_bodies()[0]).into_owned();
    assert!(!sent.contains("SHORT") && sent.contains("LONG"), "{sent}");
    // What the collector does not have is sent in full the next time, and what it has is not.
    fixture.cycle(&[], start().plus_seconds(DAY + 60)).unwrap();
    let sent = String::from_utf8_lossy(&fixture.stored_bodies()[1]).into_owned();
    assert!(sent.contains("SHORT") && !sent.contains("LONG"), "{sent}");
}

#[test]
fn a_place_is_never_a_history() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    for (hour, place) in [(0, "HERE"), (1, "THERE"), (2, "THERE")] {
        disclose_parts(&fixture, &[("30d/latest", place), ("90d", "LONG")]);
        fixture.cycle(&[], start().plus_seconds(hour * 3600)).unwrap();
    }
    assert_eq!(files_with(&fixture, "HERE"), ["0000000002-1.part", "baseline.json"], "only in THERE");
    assert_eq!(files_with(&fixture, "\"HERE"), Vec::<String>::new());
    assert_eq!(files_with(&fixture, "THERE"), ["0000000002-1.part", "baseline.json"]);
}

/// Nothing of a value can be guessed by what is left of it: the salt goes with it.
#[test]
fn rows_are_salted_anew_whenever_they_change() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let mut salts = std::collections::BTreeSet::new();
    for (hour, name) in [(0, "a"), (1, "b"), (2, "a")] {
        disclose_parts(&fixture, &[("90d", name)]);
        fixture.cycle(&[], start().plus_seconds(hour * 3600)).unwrap();
        let baseline = std::fs::read_to_string(fixture.paths.baseline()).unwrap();
        let salt = baseline.split("\"salt\":\"").nth(1).unwrap()[..32].to_owned();
        assert!(salts.insert(salt), "a salt came back");
    }
}

/// The figures of a machine with 50 accounts and three retentions: a head in which nothing changed is below 1 KiB on the wire.
#[test]
fn a_head_in_which_nothing_changed_is_small_however_many_accounts_there_are() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let rows: BTreeMap<String, serde_json::Value> = (0..=50_u64)
        .flat_map(|holder| ["1d", "30d", "90d"].map(|retention| (holder, retention)))
        .map(|(holder, retention)| {
            let row = serde_json::json!({ "package.name": format!("program {holder} for {retention}") });
            (format!("{holder:016x}/{retention}"), serde_json::json!({ "package": [row] }))
        })
        .collect();
    let message = serde_json::from_value(serde_json::json!({ "parts": rows, "absent": {} })).unwrap();
    fixture.answer_with(&fixture.disclosing(None, message));
    let sizes = [0, 3600].map(|seconds| {
        let outcome = fixture.cycle(&[], start().plus_seconds(seconds)).unwrap();
        outcome.receipted[0].1
    });
    assert!(sizes[0] < 24 * 1024 && sizes[1] < 1024, "{sizes:?}");
}
