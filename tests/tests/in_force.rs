//! What is in force on a device while its collector announces one version after the other: real programs, a collector that publishes
//! what it wants, and a device that goes by its own instants.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, inventory};
use collector_proto::disclosure::request::{Disclose, RecordShown};
use collector_proto::disclosure::{Answer, DisclosureAnswer};
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use serde_json::Value;

const DAY: i64 = 86_400;

/// The inventory with this number, and these fields more.
fn policy(version: u32, more: &[&str]) -> String {
    let inventory = inventory(version);
    let fields: Vec<String> = more.iter().map(|field| format!("\"{field}\"")).collect();
    if fields.is_empty() {
        return inventory;
    }
    format!("{inventory}\n[[collect]]\nfields = [{}]\npurposes = [\"inventory\"]\n", fields.join(", "))
}

/// A device that reports under version 1.
fn device() -> (Collector, Agent) {
    let collector = Collector::with_policy(&policy(1, &[]));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    (collector, agent)
}

fn status(agent: &Agent) -> Value {
    agent.run(&["status", "--format", "json"]).exits(0).json()
}

/// The newest report that the collector keeps.
fn newest(collector: &Collector) -> Value {
    let mut reports: Vec<Value> = collector.reports();
    reports.sort_by_key(|report| report["seq"].as_u64());
    reports.pop().unwrap()
}

/// What the reader reads now for a report, asked past the agent.
fn disclosed(agent: &Agent) -> DisclosureAnswer {
    match agent.ask_reader(Disclose { documents: agent.documents(), given: false, at_once: true }) {
        Answer::Disclosure(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_coming_policy_keeps_the_old_permit_running() {
    let (collector, agent) = device();
    collector.publish(&policy(2, &["user.name"]));
    let _ = agent.cycle().exits(0);
    let report = newest(&collector);
    assert_eq!((&report["seq"], &report["policy"]["version"]), (&2.into(), &1.into()), "{report}");
    assert_eq!(report["policy"]["coming"][0]["version"], 2, "{report}");
    assert!(!report.to_string().contains("user.name"), "{report}");
    // It came with that cycle, and is shown before the next one.
    assert_eq!(status(&agent)["policy"]["coming"][0]["from"], Value::Null);
    let _ = agent.cycle().exits(0);
    let status = status(&agent);
    assert_eq!((&status["policy"]["version"], &status["refused"]), (&1.into(), &Value::Null), "{status}");
    assert!(status["policy"]["coming"][0]["from"].is_string(), "{status}");
    let told = agent.run(&["status"]).exits(0).out;
    assert!(told.contains("version 2, in force from "), "{told}");
    // What the policy says is shown with what is coming.
    let shown = agent.run(&["policy", "show", "--format", "json"]).exits(0).json();
    assert_eq!(shown["policy"]["coming"], status["policy"]["coming"], "{shown}");
    let told = agent.run(&["policy", "show"]).exits(0).out;
    assert!(told.contains("  Coming: version 2, in force from "), "{told}");
}

#[test]
fn a_forced_widening_waits_on_the_device_whatever_the_collector_says() {
    let (collector, agent) = device();
    let hasty = policy(2, &["user.name"]).replace("notice_period = \"7d\"", "notice_period = \"1s\"");
    collector.publish(&hasty);
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    assert_eq!(disclosed(&agent).policy.unwrap().version, 1);
    agent.let_pass(6);
    assert_eq!(disclosed(&agent).policy.unwrap().version, 1, "the longer period holds");
    agent.let_pass(1);
    let answer = disclosed(&agent);
    assert_eq!(answer.policy.map(|policy| (policy.version, policy.coming.len())), Some((2, 0)));
}

#[test]
fn a_third_version_leaves_the_second_its_date() {
    let (collector, agent) = device();
    collector.publish(&policy(2, &["user.name"]));
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    let before = status(&agent)["policy"]["coming"][0].clone();
    agent.let_pass(3);
    let moved = status(&agent)["policy"]["coming"][0]["from"].clone();
    assert_ne!(moved, before["from"]);
    collector.publish(&policy(3, &["user.name", "x.package.user"]));
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    let coming = status(&agent)["policy"]["coming"].clone();
    assert_eq!((&coming[0]["version"], &coming[0]["from"]), (&2.into(), &moved), "{coming}");
    assert_eq!(coming[1]["version"], 3);
    let later = |from: &Value| UtcTime::parse(from.as_str().unwrap()).unwrap();
    assert!(later(&coming[1]["from"]) > later(&moved).plus_seconds(2 * DAY.unsigned_abs()), "{coming}");
    agent.let_pass(4);
    let policy = disclosed(&agent).policy.unwrap();
    assert_eq!((policy.version, policy.coming[0].version), (2, 3));
}

#[test]
fn what_narrows_holds_with_the_next_cycle() {
    let (collector, agent) = device();
    assert!(newest(&collector).to_string().contains("host.name"));
    let named = "[[collect]]\nfields = [\"host.name\"]\npurposes = [\"inventory\"]\n";
    let narrower = policy(2, &[]).replace(named, "");
    assert_ne!(narrower, policy(2, &[]));
    collector.publish(&narrower);
    let _ = agent.cycle().exits(0);
    let report = newest(&collector);
    assert_eq!((&report["seq"], &report["policy"]["version"]), (&2.into(), &2.into()), "{report}");

    let read = agent.run(&["preview", "--format", "json"]).exits(0).out;
    assert!(read.contains("host.arch") && !read.contains("host.name"), "{read}");
    assert_eq!(report["policy"]["coming"], serde_json::json!([]), "nothing of it waits");
}

#[test]
fn the_history_says_what_came_what_it_changed_and_from_when_it_holds() {
    let (collector, agent) = device();
    collector.publish(&policy(2, &["user.name"]));
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    let history = agent.run(&["policy", "history", "--format", "json"]).exits(0).json();
    let (first, second) = (&history["versions"][0], &history["versions"][1]);
    assert_eq!((&first["policy"]["version"], &first["reports"]), (&1.into(), &3.into()), "{history}");
    for version in [first, second] {
        for member in ["came", "shown", "from"] {
            assert!(version[member].is_string(), "{member}: {version}");
        }
        assert_eq!(version["signed_by"].as_array().map(Vec::len), Some(1), "{version}");
    }
    let told = agent.run(&["policy", "history"]).exits(0).out;
    assert!(told.contains("Wider:") && told.contains("user.name"), "{told}");
    // A line that somebody changed shows.
    let path = agent.state().join("reader/history.jsonl");
    let kept = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, kept.replacen("\"version\":1", "\"version\":9", 1)).unwrap();
    let said = agent.run(&["policy", "history"]).exits(4);
    assert!(said.err.contains("not whole"), "{}", said.err);
}

#[test]
fn what_was_shown_is_said_of_the_newest_version_alone() {
    let (collector, agent) = device();
    let first = status(&agent)["policy"].clone();
    collector.publish(&policy(2, &["user.name"]));
    let _ = agent.cycle().exits(0);
    let first: PolicyRef =
        serde_json::from_value(serde_json::json!({ "version": 1, "sha256": first["sha256"] })).unwrap();
    let answer = agent.ask_reader(RecordShown { policy: first });
    assert!(
        matches!(&answer, Answer::Refused(refusal) if refusal.code == "other_policy_shown"),
        "{answer:?}"
    );
}

#[test]
fn what_waits_leaves_though_more_was_announced_since() {
    let named =
        "fields = [\"network.interface.name\", \"x.network.interface.kind\"]\npurposes = [\"inventory\"]";
    let filter = "where = { \"network.interface.name\" = { exclude = [\"docker*\"] } }";
    let filtered = |policy: String| policy.replace(named, &format!("{named}\n{filter}"));
    assert_ne!(filtered(policy(1, &[])), policy(1, &[]));
    let mut collector = Collector::with_policy(&filtered(policy(1, &[])));
    let agent = Agent::enrolled(&collector);
    collector.kill();
    let _ = agent.cycle().exits(5);
    collector.serve();
    collector.publish(&filtered(policy(2, &["user.name"])));
    let _ = agent.cycle().exits(0);
    assert_eq!((agent.unreceipted(), collector.stored_payloads().len()), (0, 2));
}

#[test]
fn a_first_policy_that_comes_with_a_run_is_shown_before_the_next_one_reads() {
    let mut collector = Collector::initialised();
    collector.serve();
    let agent = Agent::enrolled(&collector);
    collector.publish(&policy(1, &[]));
    let said = agent.cycle().exits(3);
    assert!(said.err.contains("Run `candor run --once` again"), "{}", said.err);
    assert!(!agent.state().join("notice/index.html").exists());
    let _ = agent.cycle().exits(0);
    assert!(agent.state().join("notice/index.html").exists());
    assert_eq!(agent.reports().len(), 1);
}

#[test]
fn what_the_reader_forgot_it_is_told_again() {
    let (_collector, agent) = device();
    std::fs::remove_file(agent.state().join("reader/versions.json")).unwrap();
    let _ = agent.cycle().exits(3);
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.reports().len(), 2);
}
