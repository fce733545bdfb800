//! What was sent, looked at on a booted system through the reader.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, Collector, Said};

/// A device of the collector that sent one report.
fn reported(collector: &Collector) -> Option<Booted> {
    let booted = Booted::start()?;
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    assert_eq!(collector.stored_payloads().len(), 1);
    Some(booted)
}

fn in_json(booted: &Booted, verb: &[&str]) -> serde_json::Value {
    booted.run(&[&["candor", "sent"], verb, &["--format", "json"]].concat()).exits(0).json()
}

#[test]
fn root_is_shown_what_was_sent_through_the_reader() {
    let collector = Collector::start();
    let Some(booted) = reported(&collector) else { return };
    let list = in_json(&booted, &["list"]);
    assert_eq!(list["lines"][0]["state"], "receipted", "{list}");
    // The very bytes.
    let shown = booted.run(&["candor", "sent", "show", "1", "--format", "json"]).exits(0);
    assert_eq!(shown.out.trim_end().as_bytes(), collector.stored_payloads()[0]);
    let verified = in_json(&booted, &["verify"]);
    assert_eq!((&verified["reports"], &verified["held"]), (&1.into(), &"whole".into()), "{verified}");
    let online = in_json(&booted, &["verify", "--online"]);
    assert_eq!(online["collector"]["result"], "same", "{online}");
    let _ = booted.run(&["candor", "sent", "export", "/root/exported"]).exits(0);
    let foreign = booted.run(&["find", "/var/lib/candor", "!", "-user", "candor"]).exits(0);
    assert_eq!(foreign.out, "", "root left files of its own");
    let doctor = booted.run(&["candor", "doctor"]).exits(0);
    assert!(doctor.out.contains("/run/candor/ledger.sock is the reader's alone"), "{}", doctor.out);

    // The agent's user has its own.
    let own = booted.run_as("candor", &["candor", "sent", "verify"]).exits(0);
    assert!(own.out.contains("None is missing of the 1"), "{}", own.out);
    // And cannot ask in the reader's place.
    let socket = "exec 3<>/dev/tcp/127.0.0.1/1 || true; test -w /run/candor/ledger.sock";
    assert_ne!(booted.run_as("candor", &["bash", "-c", socket]).code, Some(0));
}

#[test]
fn attack_m12_a_ledger_that_its_user_truncates_is_found_out() {
    let collector = Collector::start();
    let Some(booted) = reported(&collector) else { return };
    let _ = booted
        .run_as("candor", &["sh", "-c", "rm -rf /var/lib/candor/ledger /var/lib/candor/cache/baseline.json"]);
    let said = booted.run(&["candor", "sent", "verify"]).exits(4);
    assert!(said.err.contains("ends with entry 0, and entry 1 was there before"), "{}", said.all());
}

#[test]
fn the_ledgers_service_ends_when_nobody_asks_and_comes_back() {
    let collector = Collector::start();
    let Some(booted) = reported(&collector) else { return };
    let _ = booted.run(&["mkdir", "-p", "/run/systemd/system/candor-ledger.service.d"]).exits(0);
    let soon =
        "[Service]\nExecStart=\nExecStart=/usr/bin/candor --state /var/lib/candor ledger-service --idle 1\n";
    std::fs::write(booted.path("/usr/soon.conf"), soon).unwrap();
    let _ = booted
        .run(&["cp", "/usr/soon.conf", "/run/systemd/system/candor-ledger.service.d/soon.conf"])
        .exits(0);
    let _ = booted.run(&["systemctl", "daemon-reload"]).exits(0);
    let _ = booted.run(&["systemctl", "stop", "candor-ledger.service"]);
    let _ = booted.run(&["systemctl", "start", "candor-ledger.socket"]).exits(0);
    for _ in 0..2 {
        let _ = in_json(&booted, &["list"]);
        let gone = |said: &Said| said.out.trim() == "inactive";
        let _ = booted.run_until(&["systemctl", "is-active", "candor-ledger.service"], gone);
    }
    let _ = booted.run(&["systemctl", "stop", "candor-ledger.socket"]).exits(0);
    let said = booted.run(&["candor", "sent", "list"]).exits(1);
    assert!(said.err.contains("/run/candor/ledger.sock"), "{}", said.err);
    assert!(!said.all().contains("Nothing was recorded or sent"), "{}", said.all());
}

#[test]
fn the_ledgers_unit_leaves_little_exposed() {
    let Some(booted) = Booted::start() else { return };
    let said = booted.run(&["systemd-analyze", "security", "--no-pager", "candor-ledger.service"]).exits(0);
    let overall = said.out.lines().find_map(|line| line.split_once("Overall exposure level for"));
    let exposure: f64 = overall.and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok()).unwrap();
    assert!(exposure <= 1.0, "candor-ledger.service: {exposure}\n{}", said.out);
    let verified =
        booted.run(&["systemd-analyze", "verify", "candor-ledger.service", "candor-ledger.socket"]).exits(0);
    assert_eq!(verified.all().trim(), "", "systemd has something to say of the units");
}
