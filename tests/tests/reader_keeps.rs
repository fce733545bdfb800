//! What the reader keeps decides, whatever whoever asks it says and whatever lies in the agent's own state.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, copy};
use collector_proto::digest::Digest;
use collector_proto::disclosure::Answer;
use collector_proto::disclosure::request::{Disclose, Preview, ShowStatus};
use std::fs;
use std::path::Path;

/// A policy as it lies in this repository, edited.
fn inventory(edit: impl FnOnce(String) -> String) -> String {
    let path = candor_tests::repository().join("packaging/policies/inventory.toml");
    edit(fs::read_to_string(path).unwrap())
}

fn refusal(answer: &Answer) -> &str {
    match answer {
        Answer::Refused(refusal) => &refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn attack_m6_nothing_is_disclosed_before_the_reader_knows_of_an_acknowledgement() {
    let collector = Collector::with_policy(&inventory(|policy| {
        policy.replace("require_acknowledgement = false", "require_acknowledgement = true")
    }));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(3);
    let documents = agent.documents();
    let disclose =
        || agent.ask_reader(Disclose { documents: documents.clone(), given: false, at_once: false });
    assert_eq!(refusal(&disclose()), "not_acknowledged");

    // What the agent could write into its own state, as it kept it before.
    let status = agent.ask_reader(ShowStatus { documents: Some(documents.clone()) });
    let Answer::Status(status) = status else { panic!("{status:?}") };
    let forged = serde_json::json!({
        "v": 1, "type": "notice_acknowledgement", "policy": status.policy, "language": "en",
        "at": "2026-11-22T08:00:00Z", "notice": Digest::of(b"notice"), "consent": false,
    });
    fs::write(agent.state().join("acknowledgements.jsonl"), format!("{forged}\n")).unwrap();
    assert_eq!(refusal(&disclose()), "not_acknowledged");
    let _ = agent.cycle().exits(3);
    assert!(agent.ledger_files().is_empty());

    // People look before they acknowledge.
    let looked = agent.ask_reader(Preview { documents: Some(documents.clone()) });
    assert!(matches!(looked, Answer::Disclosure(_)), "{looked:?}");
    let _ = agent.run(&["notice", "--acknowledge"]).exits(0);
    let disclosed = disclose();
    assert!(matches!(disclosed, Answer::Disclosure(_)), "{disclosed:?}");
    let _ = agent.cycle().exits(0);
}

/// The agent's own state as it is, without what the reader keeps.
fn snapshot(agent: &Agent) -> tempfile::TempDir {
    let kept = tempfile::tempdir().unwrap();
    copy(&agent.ledger(), &kept.path().join("ledger"));
    fs::copy(agent.state().join("cache/baseline.json"), kept.path().join("baseline.json")).unwrap();
    kept
}

fn restore(agent: &Agent, snapshot: &Path) {
    let _ = fs::remove_dir_all(agent.ledger());
    copy(&snapshot.join("ledger"), &agent.ledger());
    fs::copy(snapshot.join("baseline.json"), agent.state().join("cache/baseline.json")).unwrap();
}

#[test]
fn attack_m12_a_ledger_that_lost_its_end_is_not_taken_for_a_young_one() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let said = agent.run(&["sent", "verify"]).exits(0);
    assert!(said.out.contains("told of none yet") && said.out.contains("collector has was not compared"));
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    let young = snapshot(&agent);
    let _ = agent.cycle().exits(0);
    let whole = snapshot(&agent);
    let said = agent.run(&["sent", "verify"]).exits(0);
    assert!(said.out.contains("the 3 that the reader was told of"), "{}", said.out);

    // The last entry and the baseline are removed.
    for file in ["ledger/0000000003.report", "ledger/0000000003.receipt", "cache/baseline.json"] {
        fs::remove_file(agent.state().join(file)).unwrap();
    }
    let said = agent.run(&["sent", "verify"]).exits(4);
    assert!(said.err.contains("ends with entry 2, and entry 3 was there before"), "{}", said.err);
    // All of them.
    fs::remove_dir_all(agent.ledger()).unwrap();
    let _ = agent.run(&["sent", "verify"]).exits(4);
    // An older snapshot of both, which by itself is consistent.
    restore(&agent, young.path());
    let said = agent.run(&["sent", "verify"]).exits(4);
    assert!(said.err.contains("an older copy was put in its place"), "{}", said.err);
    let status = agent.run(&["status"]).exits(0);
    assert!(status.out.contains("not whole: the ledger ends with entry 2"), "{}", status.out);
    let doctor = agent.run(&["doctor"]);
    assert_ne!(doctor.code, Some(0), "{}", doctor.all());
    assert!(doctor.out.contains("an older copy was put in its place"), "{}", doctor.out);
    // It goes on from there with other reports than before, and that is found out too, now and later.
    fs::remove_file(agent.state().join("cache/baseline.json")).unwrap();
    for _ in 0..3 {
        let _ = agent.cycle();
        let _ = agent.run(&["sent", "verify"]).exits(4);
    }
    restore(&agent, whole.path());
    let _ = agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn without_the_reader_a_ledger_is_not_called_whole() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    agent.set("CANDOR_READER", "/no/such/reader");
    let said = agent.run(&["sent", "verify"]).exits(1);
    assert!(said.err.contains("unknown whether the last ones are missing"), "{}", said.err);
}

#[test]
fn every_reading_is_on_record_and_says_whether_it_left() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let said = agent.run(&["readings"]).exits(0);
    assert!(said.out.starts_with("Nothing was read"), "{}", said.out);
    let _ = agent.cycle().exits(0);
    let _ = agent.run(&["preview"]).exits(0);
    let readings = agent.run(&["readings", "--format", "json"]).exits(0).json();
    let readings = readings.as_array().unwrap();
    // Nothing is collected before the notice is there.
    assert_eq!(readings[0]["operation"], "preview_for_everybody");
    assert_eq!(readings.len(), 3, "{readings:?}");
    let (report, preview) = (&readings[1], &readings[2]);
    assert_eq!((&report["operation"], &report["report"]), (&"disclose".into(), &"receipted".into()));
    assert_eq!(report["entry"], 1);
    assert_eq!((&preview["operation"], &preview["entry"]), (&"preview".into(), &serde_json::Value::Null));
    for reading in readings {
        let sources: Vec<&str> =
            reading["sources"].as_array().unwrap().iter().map(|source| source.as_str().unwrap()).collect();
        assert!(sources.contains(&"/etc/os-release"), "{sources:?}");
        assert_eq!(reading["policy"], report["policy"]);
    }
    let told = agent.run(&["readings", "--long"]).exits(0).out;
    for said in
        ["for a report", "left as report 1", "did not leave this device", "os.name", "/etc/os-release"]
    {
        assert!(told.contains(said), "{said}: {told}");
    }
    // The notice tells of the same day, of its own reading first.
    let notice = agent.run(&["notice", "--format", "json"]).exits(0).json();
    let day = &notice["last_day"];
    let told = |index: usize| &day["readings"][index];
    assert_eq!((&told(0)["operation"], &told(0)["count"]), (&"preview".into(), &2.into()), "{day}");
    assert_eq!((&told(1)["operation"], &told(1)["outcome"]), (&"disclose".into(), &"confirmed".into()));
    assert_eq!(told(1)["sources"].as_array().map(Vec::len), report["sources"].as_array().map(Vec::len));
}

#[test]
fn the_confined_reader_adds_to_its_journal_what_it_touched() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let answer = agent.ask_reader(Preview { documents: Some(agent.documents()) });
    let Answer::Disclosure(answer) = answer else { panic!("{answer:?}") };
    if answer.sandbox.files {
        let kept = fs::read_to_string(agent.state().join("reader/readings.jsonl")).unwrap();
        assert_eq!(kept.matches("\"touched\"").count(), 3, "{kept}");
    }
}
