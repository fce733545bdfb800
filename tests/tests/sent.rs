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

/// Shown are the very bytes that the collector stored of its first report.
#[track_caller]
fn assert_whole(collector: &Collector, shown: &str) {
    let head = String::from_utf8(collector.stored_payloads().swap_remove(0)).unwrap();
    assert!(shown.starts_with(&format!("{{\"head\":{head},")), "{shown}");
    let named: serde_json::Value = serde_json::from_str(&head).unwrap();
    for (name, _) in named["parts"].as_object().unwrap() {
        let part = shown.split(&format!("\"{name}\":{{\"v\":1")).nth(1);
        assert!(part.is_some(), "{name} is not shown: {shown}");
    }
    for part in collector.stored_parts() {
        let part = String::from_utf8(part).unwrap();
        let digest = collector_proto::digest::Digest::of(part.as_bytes()).to_string();
        assert!(!head.contains(&digest) || shown.contains(&part), "other bytes: {shown}");
    }
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
    assert_whole(&collector, &shown.out);
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
    assert_ne!(booted.run_as("candor", &["test", "-w", "/run/candor/ledger.sock"]).code, Some(0));
}

/// A collector that asks for names of accounts beside the inventory.
fn of_accounts() -> Collector {
    let inventory = candor_tests::repository().join("packaging/policies/inventory.toml");
    let people = "\n[[collect]]\nfields = [\"user.name\", \"user.full_name\"]\npurposes = [\"inventory\"]\n";
    Collector::with_policy(&(std::fs::read_to_string(inventory).unwrap() + people))
}

/// The same as [`reported`] with three accounts, and a second report.
fn shared(collector: &Collector) -> Option<Booted> {
    let booted = Booted::start()?;
    for account in ["alice", "bob", "carol"] {
        let name = format!("SECRET-{account}");
        let _ = booted.run(&["useradd", "--create-home", "--comment", &name, account]).exits(0);
    }
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    for _ in 0..2 {
        let _ = booted.run(&["candor", "run", "--once"]).exits(0);
        // As if the policy's interval had passed.
        let _ = booted.run(&["rm", "/var/lib/candor-reader/last_reading.json"]).exits(0);
    }
    assert_eq!(collector.stored_payloads().len(), 2);
    Some(booted)
}

/// Nothing is shown of the other accounts.
#[track_caller]
fn assert_others_are_left_out(account: &str, shown: &str) {
    for other in ["alice", "bob", "carol"].into_iter().filter(|other| *other != account) {
        assert!(!shown.contains(&format!("SECRET-{other}")), "{account} is shown {other}: {shown}");
    }
}

#[test]
fn every_account_is_shown_what_was_sent_without_what_is_about_others() {
    let collector = of_accounts();
    let Some(booted) = shared(&collector) else { return };
    let root = booted.run(&["candor", "sent", "show", "1", "--format", "json"]).exits(0);
    assert_whole(&collector, &root.out);
    assert!(root.out.contains("SECRET-bob"), "{}", root.out);
    for account in ["alice", "bob", "carol"] {
        let ask = |verb: &[&str]| booted.run_as(account, &[&["candor"], verb].concat());
        let list = ask(&["sent", "list", "--format", "json"]).exits(0).json();
        assert_eq!(list["lines"].as_array().unwrap().len(), 2, "{list}");
        let verified = ask(&["sent", "verify"]).exits(0);
        assert!(verified.out.contains("None is missing of the 2"), "{}", verified.out);
        assert!(verified.out.contains("What the collector has was not compared"), "{}", verified.out);
        for report in ["1", "2"] {
            let shown = ask(&["sent", "show", report, "--format", "json"]).exits(0);
            assert_others_are_left_out(account, &shown.out);
            let shown = shown.json();
            // The machine's part is shown, and those of the other accounts are not.
            if report == "1" {
                assert!(shown["parts"].to_string().contains(&format!("SECRET-{account}")), "{shown}");
                assert!(shown["parts"].to_string().contains("\"os\""), "{shown}");
                assert!(!shown["left_out"].as_array().unwrap().is_empty(), "{shown}");
            }
            let text = ask(&["sent", "show", report]).exits(0);
            assert_others_are_left_out(account, &text.out);
            assert!(report == "2" || text.out.contains("left out for this account"), "{}", text.out);
        }
        let status = ask(&["status"]).exits(0);
        assert!(status.out.contains("2 entries, 0 still to be sent"), "{}", status.out);
        for (verb, why) in [
            (&["sent", "export", "/tmp/exported"][..], "root and the agent's user can export them"),
            (&["sent", "verify", "--online"], "the device's key"),
        ] {
            let refused = ask(verb).exits(1);
            assert!(refused.err.contains(why), "{verb:?}: {}", refused.all());
        }
    }
}

#[test]
fn attack_m12_an_account_is_told_that_the_ledger_was_truncated() {
    let collector = Collector::start();
    let Some(booted) = shared(&collector) else { return };
    let truncate = "cd /var/lib/candor && rm ledger/0000000002.* cache/baseline.json";
    let _ = booted.run_as("candor", &["sh", "-c", truncate]).exits(0);
    let said = booted.run_as("alice", &["candor", "sent", "verify"]).exits(4);
    assert!(said.err.contains("ends with entry 1, and entry 2 was there before"), "{}", said.all());
    let status = booted.run_as("alice", &["candor", "status"]).exits(0);
    assert!(status.out.contains("not whole: the ledger ends with entry 1"), "{}", status.out);
    // Where nobody answers for it, nothing is claimed of it.
    let _ = booted.run(&["systemctl", "stop", "candor-ledger.socket", "candor-ledger.service"]);
    for verb in ["list", "verify"] {
        let said = booted.run_as("alice", &["candor", "sent", verb]).exits(1);
        assert!(said.err.contains("/run/candor/ledger.sock"), "{}", said.all());
        assert!(!said.all().contains("Nothing was recorded or sent"), "{}", said.all());
    }
    let status = booted.run_as("alice", &["candor", "status"]).exits(0);
    assert!(status.out.contains("2 entries, as the agent told the reader"), "{}", status.out);
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
