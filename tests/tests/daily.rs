//! What shows presence or place, with the real programs: once a day in a report, and a place is never a history on either side.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, fixture, repository};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of the device, how long it runs, where it is, and with consent when somebody was last logged in.
fn policy() -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    format!(
        "{head}[purposes.support]\ndpv = \"TechnicalServiceProvision\"\nlegal_basis = \"consent\"\nfree_to_refuse = true\nretention = \"30d\"\n\
         recipients = [\"it\"]\ntext = {{ en = \"Find your device when you ask for help.\" }}\n\
         [[collect]]\nfields = [\"host.name\", \"x.host.timezone\"]\npurposes = [\"inventory\"]\ntreat = \"keep\"\n\
         [[collect]]\nfields = [\"host.uptime\"]\npurposes = [\"support\"]\ntreat = \"keep\"\n"
    )
}

/// A machine of its own, which can change.
struct Machine {
    agent: Agent,
    root: PathBuf,
    _keep: tempfile::TempDir,
}

impl Machine {
    fn enrolled(collector: &Collector) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("root");
        // With its links as they are: where they lead is nothing to a copy.
        let copied = Command::new("cp").arg("--archive").args([&fixture("debian-12"), &root]).status();
        assert!(copied.unwrap().success());
        let machine =
            Self { agent: Agent::enrolled_reading(collector, root.clone()), root, _keep: directory };
        machine.consent("\"support\"");
        machine
    }

    fn consent(&self, purposes: &str) {
        let file = self.agent.state().join("reader/consent.json");
        std::fs::write(file, format!(r#"{{"v":1,"purposes":[{purposes}]}}"#)).unwrap();
    }

    /// It runs for so long by now, and is somewhere else.
    fn moves(&self, uptime: u64, zone: &str) {
        std::fs::write(self.root.join("proc/uptime"), format!("{uptime}.00 1.00\n")).unwrap();
        let link = self.root.join("etc/localtime");
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(Path::new("/usr/share/zoneinfo").join(zone), link).unwrap();
        std::fs::write(self.root.join("etc/timezone"), format!("{zone}\n")).unwrap();
    }

    /// A day passes: all that the reader counts from is as long ago.
    fn a_day_passes(&self) {
        let path = self.agent.state().join("reader/last_reading.json");
        let mut last: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        last["daily"]["since"] = json!("2026-01-01T00:00:00Z");
        std::fs::write(&path, last.to_string()).unwrap();
    }
}

/// Whether the text is in a part that somebody keeps.
fn is_in(parts: &[Vec<u8>], text: &str) -> bool {
    parts.iter().any(|part| String::from_utf8_lossy(part).contains(text))
}

/// What stands for the only device, as `device show` prints it.
fn stands(collector: &Collector) -> String {
    let devices = collector.json(&["device", "list"]);
    let id = devices.to_string();
    let id = id.split("\"device_id\":\"").nth(1).unwrap()[..36].to_owned();
    collector.json(&["device", "show", &id, "--purpose", "test"]).to_string()
}

#[test]
fn a_second_report_of_a_day_says_nothing_of_presence_or_place() {
    let collector = Collector::with_policy(&policy());
    let machine = Machine::enrolled(&collector);
    machine.moves(12_345, "Europe/Berlin");
    let _ = machine.agent.cycle().exits(0);
    assert!(is_in(&collector.stored_parts(), "12345") && is_in(&collector.stored_parts(), "Europe/Berlin"));

    // Up and away, and whoever asks for reports asks again and again.
    machine.moves(67_890, "Asia/Tokyo");
    for _ in 0..2 {
        let _ = machine.agent.cycle().exits(0);
    }
    let heads = collector.stored_payloads();
    assert_eq!(heads.len(), 3);
    for head in &heads[1..] {
        let head: Value = serde_json::from_slice(head).unwrap();
        assert!(
            head["parts"] == json!({}) && head["gone"].is_null() && head["daily"]["kept"].is_string(),
            "{head}"
        );
        assert!(head["absent"].get("host.uptime").is_none() && head.to_string().len() < 1024);
    }
    assert!(!is_in(&machine.agent.parts(), "67890") && !is_in(&machine.agent.parts(), "Tokyo"));
    assert!(stands(&collector).contains("Europe/Berlin"), "what was sent stands");
    let journal = machine.agent.run(&["readings", "--format", "json"]).exits(0).json();
    let for_reports = journal.as_array().unwrap().iter().filter(|reading| reading["operation"] == "disclose");
    let of_places = for_reports.filter(|reading| reading["fields"].to_string().contains("x.host.timezone"));
    assert_eq!(of_places.count(), 1, "{journal}");

    // The next day: presence is a history that ends at its date, and the place is the newest alone.
    machine.a_day_passes();
    let _ = machine.agent.cycle().exits(0);
    for parts in [collector.stored_parts(), machine.agent.parts()] {
        assert!(is_in(&parts, "12345") && is_in(&parts, "67890") && is_in(&parts, "Asia/Tokyo"));
        assert!(!is_in(&parts, "Berlin"), "a place became a history");
    }
    let stands = stands(&collector);
    assert!(stands.contains("Asia/Tokyo") && !stands.contains("Berlin"), "{stands}");
    let _ = machine.agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn what_was_withdrawn_stands_nowhere_after_the_next_report() {
    let mut collector = Collector::with_policy(&policy());
    let machine = Machine::enrolled(&collector);
    machine.moves(12_345, "Europe/Berlin");
    let _ = machine.agent.cycle().exits(0);
    machine.consent("");
    let _ = machine.agent.cycle().exits(0);
    let reports = collector.reports();
    assert_eq!(reports[1]["absent"]["host.uptime"], "unavailable", "{}", reports[1]);
    assert_eq!(reports[1]["gone"].as_array().unwrap().len(), 1, "{}", reports[1]);
    assert!(!stands(&collector).contains("12345") && stands(&collector).contains("Europe/Berlin"));

    // What waits does not leave either, also where the newest report is one for which nothing of the kind was read.
    machine.consent("\"support\"");
    machine.moves(67_890, "Europe/Berlin");
    collector.kill();
    let _ = machine.agent.cycle().exits(5);
    assert!(is_in(&machine.agent.parts(), "67890"), "it waits");
    machine.consent("");
    for _ in 0..2 {
        let _ = machine.agent.cycle().exits(5);
    }
    collector.serve();
    let _ = machine.agent.cycle().exits(0);
    assert_eq!(machine.agent.unreceipted(), 1, "a report of which no part may leave stays");
    assert!(!is_in(&collector.stored_parts(), "67890"));
}

/// The collector has lost what stands: it is sent again but for what was not read, which is missing until the next day.
#[test]
fn what_a_collector_asks_for_again_is_not_read_again() {
    let collector = Collector::with_policy(&policy());
    let machine = Machine::enrolled(&collector);
    machine.moves(12_345, "Europe/Berlin");
    let _ = machine.agent.cycle().exits(0);
    machine.moves(67_890, "Asia/Tokyo");
    std::fs::remove_file(machine.agent.state().join("cache/baseline.json")).unwrap();
    let _ = machine.agent.cycle().exits(0);
    let reports = collector.reports();
    let last = reports.last().unwrap();
    assert!(last["daily"].is_null() && last["absent"].get("host.uptime").is_none(), "{last}");
    let stands = stands(&collector);
    assert!(!stands.contains("Berlin") && !stands.contains("Tokyo") && !stands.contains("67890"), "{stands}");
    machine.a_day_passes();
    let _ = machine.agent.cycle().exits(0);
    assert!(self::stands(&collector).contains("Asia/Tokyo"));
}
