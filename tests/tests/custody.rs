//! Check-out and check-in of a shared device: typed in by the person, kept on the device, sent only where the policy asks.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said, repository};
use serde_json::{Value, json};

/// The starter policy's head, and these fields to collect.
fn policy(fields: &str) -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    format!("{head}[[collect]]\nfields = [{fields}]\npurposes = [\"inventory\"]\n")
}

const CUSTODY: &str = r#""x.custody.direction", "x.custody.condition", "x.custody.at""#;

fn custody(agent: &Agent, direction: &str, condition: &str) -> Said {
    agent.run(&["custody", direction, "--condition", condition])
}

fn shown(agent: &Agent) -> Value {
    agent.run(&["custody", "show", "--format", "json"]).exits(0).json()
}

fn last_stored(collector: &Collector) -> Value {
    collector.reports().pop().unwrap()
}

/// The one row of the section in a report.
fn row(report: &Value) -> &Value {
    &report["sections"]["custody"]["rows"][0]
}

#[test]
fn a_hand_over_reaches_the_collector_and_the_next_one_replaces_it() {
    let collector = Collector::with_policy(&policy(&format!(r#""os.name", {CUSTODY}"#)));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    assert_eq!(last_stored(&collector)["absent"]["x.custody.at"], "unavailable");
    assert_eq!(shown(&agent)["handover"], Value::Null);

    let said = custody(&agent, "out", "  scratch on\tthe lid ").exits(0);
    assert!(said.out.contains("checked out at") && said.out.contains("x.custody.condition"), "{}", said.out);
    let taken = shown(&agent);
    assert_eq!(taken["handover"]["condition"], "scratch on the lid");
    assert_eq!(taken["sent"], json!(["x.custody.direction", "x.custody.condition", "x.custody.at"]));
    let preview = agent.run(&["preview", "--format", "json"]).exits(0).json();
    let expected = json!({
        "x.custody.direction": "out",
        "x.custody.condition": "scratch on the lid",
        "x.custody.at": taken["handover"]["at"],
    });
    assert_eq!(preview["sections"]["custody"], json!([expected]));
    let _ = agent.cycle().exits(0);
    assert_eq!(row(&last_stored(&collector)), &expected);

    let said = custody(&agent, "in", "hinge broken").exits(0);
    assert!(said.out.contains("checked in at") && !said.out.contains("scratch"), "{}", said.out);
    let _ = agent.cycle().exits(0);
    let last = last_stored(&collector);
    assert_eq!(
        (&row(&last)["x.custody.direction"], &row(&last)["x.custody.condition"]),
        (&json!("in"), &json!("hinge broken"))
    );
    assert!(!last.to_string().contains("scratch"), "{last}");
    let record = std::fs::read_to_string(agent.state().join("reader/custody.json")).unwrap();
    assert!(record.contains("hinge broken") && !record.contains("scratch"), "{record}");
}

#[test]
fn a_record_that_the_policy_does_not_ask_for_stays_on_the_device() {
    let collector = Collector::with_policy(&policy(r#""os.name""#));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let said = custody(&agent, "out", "CONDITION-marker").exits(0);
    assert!(said.out.contains("the policy does not ask for it"), "{}", said.out);
    assert_eq!((&shown(&agent)["asked"], &shown(&agent)["sent"]), (&json!([]), &json!([])));
    let _ = agent.cycle().exits(0);
    let preview = agent.run(&["preview"]).exits(0);
    for report in collector.reports() {
        let report = report.to_string();
        assert!(!report.contains("CONDITION-marker") && !report.contains("custody"), "{report}");
    }
    assert!(!preview.all().contains("CONDITION-marker"), "{}", preview.all());
}

#[test]
fn a_ceiling_on_the_device_keeps_the_words_back() {
    let collector = Collector::with_policy(&policy(CUSTODY));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    agent.allow_only(&["x.custody.at"]);
    let said = custody(&agent, "out", "CONDITION-marker").exits(0);
    assert!(said.out.contains("x.custody.at;"), "{}", said.out);
    assert_eq!(shown(&agent)["sent"], json!(["x.custody.at"]));
    let _ = agent.cycle().exits(0);
    let last = last_stored(&collector);
    assert_eq!(last["absent"]["x.custody.condition"], "ceiling");
    assert!(!last.to_string().contains("CONDITION-marker"), "{last}");
    agent.set_ceiling("format = 1\n[[allow]]\nfields = [\"*\"]\ntreat = \"drop\"\n");
    let said = agent.run(&["custody", "show"]).exits(0);
    assert!(said.out.contains("limits or a missing consent"), "{}", said.out);
}

#[test]
fn before_the_first_policy_nothing_is_sent_and_the_record_says_so() {
    let collector = Collector::with_policy(&policy(CUSTODY));
    let agent = Agent::enrolled(&collector);
    let _ = std::fs::remove_file(agent.state().join("cache/documents.json"));
    let said = custody(&agent, "out", "as new").exits(0);
    assert!(said.out.contains("Sent       nothing:"), "{}", said.out);
    assert!(shown(&agent)["refused"]["code"].is_string());
}

#[test]
fn a_condition_that_cannot_be_sent_is_wrong_usage_and_replaces_nothing() {
    let collector = Collector::with_policy(&policy(CUSTODY));
    let agent = Agent::enrolled(&collector);
    let _ = custody(&agent, "out", &"é".repeat(256)).exits(0);
    let before = shown(&agent);
    for (bad, told) in [
        ("SECRET".repeat(100), "600 bytes of text; it takes at most 512"),
        (" \t\n".to_owned(), "1 to 512 bytes"),
        ("SECRET\u{1b}[31m".to_owned(), "control characters"),
        ("SECRET\u{202e}".to_owned(), "control characters"),
    ] {
        let said = custody(&agent, "in", &bad).exits(2);
        assert!(said.err.contains(told), "{}", said.err);
        assert!(!said.all().contains("SECRET"), "{}", said.all());
    }
    let _ = agent.run(&["custody", "in"]).exits(2);
    let _ = agent.run(&["custody"]).exits(2);
    assert_eq!(shown(&agent), before);
}

#[test]
fn a_device_that_is_not_enrolled_records_nothing() {
    let agent = Agent::new();
    for said in [custody(&agent, "out", "CONDITION-marker"), agent.run(&["custody", "show"])] {
        let said = said.exits(1);
        assert!(said.err.contains("not enrolled"), "{}", said.err);
        assert!(!said.all().contains("CONDITION-marker"), "{}", said.all());
    }
    assert!(!agent.state().join("reader").exists());
}

#[test]
fn the_words_are_in_no_log() {
    let collector = Collector::with_policy(&policy(CUSTODY));
    let mut agent = Agent::enrolled(&collector);
    agent.set("RUST_LOG", "trace");
    let out = custody(&agent, "out", "CONDITION-marker").exits(0);
    let cycle = agent.cycle().exits(0);
    assert!(row(&last_stored(&collector)).to_string().contains("CONDITION-marker"));
    for log in [&out.err, &cycle.all(), &collector.log()] {
        assert!(!log.contains("CONDITION-marker"), "{log}");
    }
    // A damaged record is named, and costs its own fields only.
    let path = agent.state().join("reader/custody.json");
    std::fs::write(&path, r#"{"v":1,"direction":"out","condition":"CONDITION-mark"#).unwrap();
    let said = agent.run(&["custody", "show"]).exits(1);
    assert!(said.err.contains("custody.json is damaged"), "{}", said.err);
    let _ = agent.cycle().exits(0);
    assert_eq!(last_stored(&collector)["absent"]["x.custody.condition"], "malformed");
}
