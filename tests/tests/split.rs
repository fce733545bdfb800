//! Two users on a booted system: what looks cannot talk, and whoever takes over what talks cannot look.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, Collector};

/// A device of the collector with both services installed, enrolled by root.
fn enrolled(collector: &Collector) -> Option<Booted> {
    let booted = Booted::start()?;
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let said = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    assert!(said.out.starts_with("This device is enrolled as "), "{}", said.all());
    Some(booted)
}

fn owner(booted: &Booted, path: &str) -> String {
    booted.run(&["stat", "--format=%U %a", path]).exits(0).out.trim().to_owned()
}

#[test]
fn an_enrolled_device_reports_with_two_users() {
    let collector = Collector::start();
    let Some(booted) = enrolled(&collector) else { return };
    for (path, expected) in [
        ("/var/lib/candor", "candor 700"),
        ("/var/lib/candor/device.key", "candor 600"),
        ("/var/lib/candor-reader", "root 700"),
        ("/var/lib/candor-reader/trust.json", "root 600"),
        ("/run/candor/reader.sock", "candor 600"),
    ] {
        assert_eq!(owner(&booted, path), expected, "{path}");
    }
    let _ = booted.run(&["systemctl", "start", "candor.service"]).exits(0);
    let receipted =
        |said: &candor_tests::Said| said.out.contains("receipted") && !said.out.contains("not receipted");
    let _ = booted.run_until(&["candor", "sent", "list"], receipted);
    assert_eq!(collector.stored_payloads().len(), 1);

    let status = booted.run(&["candor", "status", "--format", "json"]).exits(0).json();
    assert_eq!(status["sandbox"]["split"], "enforced", "{status}");
    assert_eq!(status["sandbox"]["level"], "full", "{status}");
    let notice = booted.run(&["candor", "notice"]).exits(0);
    let told = notice.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("runs as another user than the one that talks"), "{told}");
    let doctor = booted.run(&["candor", "doctor"]).exits(0);
    assert!(!doctor.out.contains("doubtful") && !doctor.out.contains("bad "), "{}", doctor.out);

    let _ = booted.run(&["chmod", "0666", "/run/candor/reader.sock"]).exits(0);
    let doctor = booted.run(&["candor", "doctor"]).exits(1);
    assert!(doctor.out.contains("others can ask in the agent's place"), "{}", doctor.out);
    let _ = booted.run(&["chmod", "0600", "/run/candor/reader.sock"]).exits(0);

    // Root keeps out of the agent's directory and works there as the agent.
    let _ = booted.run(&["systemctl", "stop", "candor.service"]).exits(0);
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    let foreign = booted.run(&["find", "/var/lib/candor", "!", "-user", "candor"]).exits(0);
    assert_eq!(foreign.out, "", "root left files of its own");
}

#[test]
fn attack_h4_the_agents_user_reaches_nothing_of_the_readers() {
    let collector = Collector::start();
    let Some(booted) = enrolled(&collector) else { return };
    let before = booted.run(&["sha256sum", "/var/lib/candor-reader/trust.json"]).exits(0).out;
    for command in [
        &["cat", "/var/lib/candor-reader/trust.json"][..],
        &["cat", "/var/lib/candor-reader/keys.json"],
        &["ls", "/var/lib/candor-reader"],
        &["touch", "/var/lib/candor-reader/ceiling.json"],
        &["mv", "/var/lib/candor-reader", "/var/lib/elsewhere"],
        &["rm", "-rf", "/run/candor/reader.sock"],
        &["mv", "/run/candor", "/run/elsewhere"],
    ] {
        let said = booted.run_as("candor", command);
        assert_ne!(said.code, Some(0), "{command:?}: {}", said.all());
    }
    // Out of turn: looking around, a draft of its own, another collector's root.
    let draft = "/usr/share/candor-draft.toml";
    std::fs::copy(candor_tests::repository().join("packaging/policies/full.toml"), booted.path(draft))
        .unwrap();
    for command in [
        &["candor", "preview"][..],
        &["candor", "preview", "--policy", draft],
        &["candor", "custody", "show"],
    ] {
        let said = booted.run_as("candor", command);
        assert!(said.err.contains("only root or the reader's own user"), "{command:?}: {}", said.all());
    }
    let other = Collector::start();
    let bundle = "/var/lib/candor/other.bundle";
    other.bundle(&booted.path(bundle));
    let _ = booted.run(&["chown", "candor:", bundle]).exits(0);
    let settings = "reader_socket = \"/run/candor/reader.sock\"\n";
    let _ = booted.run_as("candor", &["mkdir", "-m", "700", "/var/lib/candor/second"]).exits(0);
    std::fs::write(booted.path("/var/lib/candor/second/config.toml"), settings).unwrap();
    let second = ["candor", "--state", "/var/lib/candor/second", "enrol", "--bundle", bundle];
    let said = booted.run_as("candor", &second);
    assert!(said.err.contains("only root or the reader's own user"), "{}", said.all());
    assert_eq!(booted.run(&["sha256sum", "/var/lib/candor-reader/trust.json"]).exits(0).out, before);
    // What belongs to a report it still gets.
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(0);
}

#[test]
fn no_number_of_questions_ends_collection() {
    let collector = Collector::start();
    let Some(booted) = enrolled(&collector) else { return };
    let script = "for i in $(seq 300); do candor status >/dev/null & [ $((i % 20)) = 0 ] && wait; done; wait";
    let _ = booted.run_as("candor", &["bash", "-c", script]).exits(0);
    let _ = booted.run(&["systemctl", "is-active", "candor-reader.socket"]).exits(0);
    // It has asked so much that it is let in again only a moment later, as long as it does not ask on.
    let run = "candor run --once || { sleep 2; exit 1; }";
    let _ =
        booted.run_until(&["runuser", "-u", "candor", "--", "sh", "-c", run], |said| said.code == Some(0));
}

/// How much each service may leave exposed at most, as `systemd-analyze security` computes it; each exception has its reason in the
/// unit.
const EXPOSURE: &[(&str, f64)] = &[
    ("candor.service", 1.5),
    ("candor-accounts.service", 1.5),
    ("candor-bus@.service", 1.0),
    ("candor-ledger.service", 1.0),
    ("candor-notice.service", 1.5),
    ("candor-people.service", 2.0),
    ("candor-reader.service", 2.0),
];

#[test]
fn the_units_leave_little_exposed() {
    let Some(booted) = Booted::start() else { return };
    let mut services = 0;
    for unit in booted.units() {
        if unit.ends_with(".service") {
            services += 1;
            let (_, bound) = EXPOSURE.iter().find(|(name, _)| *name == unit).unwrap();
            let exposed = booted.exposure(&unit.replace("@.", "@x."));
            assert!(exposed <= *bound, "{unit}: {exposed}");
        }
        let said = booted.run(&["systemd-analyze", "verify", &unit.replace("@.", "@x.")]).exits(0);
        assert_eq!(said.all().trim(), "", "systemd has something to say of {unit}");
    }
    assert_eq!(services, EXPOSURE.len());
}

#[test]
fn the_units_take_nothing_from_what_is_read() {
    let Some(booted) = Booted::start() else { return };
    let _ = booted.run(&["systemctl", "start", "candor-reader.socket"]).exits(0);
    let draft = "/root/policy.toml";
    std::fs::copy(candor_tests::repository().join("packaging/policies/full.toml"), booted.path(draft))
        .unwrap();
    let read = |state: &str| {
        let preview = ["candor", "--state", state, "preview", "--policy", draft, "--format", "json"];
        booted.run(&preview).exits(0).json()
    };
    let (behind_the_socket, started_by_root) = (read("/var/lib/candor"), read("/root/state"));
    assert_eq!(behind_the_socket["sandbox"]["split"], "enforced");
    assert_eq!(started_by_root["sandbox"]["split"], "not_enforced");
    assert_eq!(behind_the_socket["absent"], started_by_root["absent"]);
    let names = |said: &serde_json::Value| -> Vec<String> {
        said["sections"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&behind_the_socket), names(&started_by_root));
}

#[test]
fn attack_h4_code_in_the_place_of_a_step_does_not_even_reach_the_socket() {
    let collector = Collector::start();
    let Some(booted) = enrolled(&collector) else { return };
    let attempts = [
        "read /var/lib/candor-reader/trust.json",
        "read /etc/passwd",
        "write /var/lib/candor/config.toml",
        "rename /var/lib/candor/cache/forged /var/lib/candor/config.toml",
        "local /run/candor/reader.sock",
        "local /run/dbus/system_bus_socket",
        "connect 127.0.0.1:22",
        "start /bin/true",
        "signal 1",
    ];
    let taken_over = format!("CANDOR_TAKEN_OVER={}", attempts.join("\n"));
    // Neither systemd's filters nor root's rights are in the way of this one.
    let said = booted.run_as("candor", &["env", &taken_over, "candor", "run", "--once"]).exits(0);
    for attempt in attempts {
        assert!(said.err.contains(&format!("taken over: {attempt}: refused")), "{attempt}: {}", said.err);
    }
    assert_eq!(collector.stored_payloads().len(), 1);
    let status = booted.run(&["candor", "status", "--format", "json"]).exits(0).json();
    assert_eq!(status["agent_sandbox"]["level"], "full", "{status}");
}

/// What comes of each attempt of `tests/src/bin/hostile_candor.rs`, at its own socket and at the one for people alike.
const ASKED: &[(&str, &str)] = &[
    ("acknowledge in a person's name", "no_rights"),
    ("bring another tenant key", "no_rights"),
    ("hand the device over", "no_rights"),
    ("have a list judged", "question_not_understood"),
    ("have a policy judged as a root", "root_invalid"),
    ("have a timestamp of our own judged", "timestamp_invalid"),
    ("have a widened policy accepted", "policy_not_signed"),
    ("have a widened policy judged", "policy_not_signed"),
    ("have a widened policy judged again", "policy_not_signed"),
    ("have documents judged that are none", "question_not_understood"),
    ("have no policy judged", "no_policy"),
    ("have no timestamp judged", "timestamp_invalid"),
    ("have too much judged", "question_not_understood"),
    ("have what is in force judged", "taken"),
    ("look around", "no_rights"),
    ("pin another root", "no_rights"),
    ("read again", "not_acknowledged"),
    ("read at once", "no_rights"),
    ("read under a draft", "no_rights"),
    ("read under a widened policy", "policy_not_signed"),
    ("read under no policy", "no_policy"),
    ("read under what was just forged", "policy_not_signed"),
    ("say by whom it was given", "question_not_understood"),
    ("say it with another ledger", "other_ledger"),
    ("say nothing", "question_not_understood"),
    ("say that a notice was shown", "no_rights"),
    ("say that it was told of an attack that has no name", "question_not_understood"),
    ("say that too much came", "taken"),
    ("say that too much came again", "taken"),
    ("say too much", "question_not_understood"),
    ("say what is not a question", "question_not_understood"),
    ("tell of another ledger", "other_ledger"),
];

/// What is longer than people may ask is not even looked at there.
const ASKED_AT_LENGTH: &[&str] =
    &["have one policy judged 200 times", "say 5,000 times that the collector was told"];

/// Files and sockets that are not the agent's.
const NOT_ITS_OWN: &[&str] = &[
    "read /var/lib/candor-reader/acknowledgements.json",
    "read /var/lib/candor-reader/keys.json",
    "read /var/lib/candor-reader/trust.json",
    "read /var/lib/candor-reader/versions.json",
    "remove /var/lib/candor-notice/index.html",
    "remove /var/lib/candor-reader/acknowledgements.json",
    "remove /var/lib/candor-reader/keys.json",
    "remove /var/lib/candor-reader/trust.json",
    "remove /var/lib/candor-reader/versions.json",
    "write /var/lib/candor-notice/index.html",
    "write /var/lib/candor-reader/acknowledgements.json",
    "write /var/lib/candor-reader/keys.json",
    "write /var/lib/candor-reader/trust.json",
    "write /var/lib/candor-reader/versions.json",
    "connect to /run/candor-reader/accounts.sock",
    "connect to /run/candor-reader/bus.sock",
    "connect to /run/candor/ledger.sock",
];

#[test]
fn a_hostile_candor_gets_nothing_out_of_turn() {
    let collector = Collector::start();
    let Some(booted) = enrolled(&collector) else { return };
    booted.start_sockets();
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(0);
    // From now on the notice has to be acknowledged, so that there is an acknowledgement to forge.
    let policy = candor_tests::repository().join("packaging/policies/inventory.toml");
    let policy = std::fs::read_to_string(policy).unwrap();
    let asks = "require_acknowledgement = true";
    let later = policy.replace("require_acknowledgement = false", asks).replace("version = 1", "version = 2");
    collector.publish(&later);
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(3);

    let _ = booted.run(&["systemctl", "start", "candor-notice.service"]).exits(0);
    let program = "/usr/bin/hostile";
    std::fs::copy(env!("CARGO_BIN_EXE_hostile_candor"), booted.path(program)).unwrap();
    let tried = booted.run_as("candor", &[program]).exits(0).json();
    for attempt in NOT_ITS_OWN {
        assert_eq!(tried[attempt], "permission denied", "{attempt}: {tried:#}");
    }
    for (what, outcome) in ASKED {
        for socket in ["its own socket", "the people's socket"] {
            assert_eq!(tried[format!("{what} at {socket}")], *outcome, "{what} at {socket}: {tried:#}");
        }
    }

    for what in ASKED_AT_LENGTH {
        assert_eq!(tried[format!("{what} at its own socket")], "taken", "{what}: {tried:#}");
        let of_people = &tried[format!("{what} at the people's socket")];
        assert_eq!(of_people, "question_not_understood", "{what}: {tried:#}");
    }
    // What was offered is kept as an attempt, once each, and what rests on the agent's word alone says so.
    let status = booted.run(&["candor", "status", "--format", "json"]).exits(0).json();
    let entries = status["refused_documents"]["entries"].as_array().unwrap();
    let mut kept: Vec<_> = entries
        .iter()
        .map(|entry| (entry["attack"].as_str().unwrap(), entry["document"].as_str().unwrap()))
        .collect();
    kept.sort_unstable();
    let expected = [
        ("endless_data", "documents"),
        ("forged", "policy"),
        ("forged", "root"),
        ("forged", "timestamp"),
        ("mix_and_match", "policy"),
        ("mix_and_match", "timestamp"),
    ];
    assert_eq!(kept, expected, "{status:#}");
    assert!(entries.iter().all(|entry| entry["told"] == false), "{status:#}");
    let by_agent = |entry: &&serde_json::Value| entry["by_agent"] == true;
    let told: Vec<_> = entries.iter().filter(by_agent).map(|entry| &entry["attack"]).collect();
    assert_eq!(told, ["endless_data"], "{status:#}");
    let history = booted.run(&["candor", "policy", "history", "--format", "json"]).exits(0).json();
    let refusals = history["refusals"].as_array().unwrap();
    let refused = refusals.iter().filter(|refusal| refusal["refused"].is_object()).count();
    assert_eq!(refused, expected.len(), "{history:#}");

    // Nothing of it has changed what is read for a report, and nothing keeps the next one from being made.
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(3);
    assert_eq!(collector.stored_payloads().len(), 1);
    let failed =
        booted.run(&["systemctl", "list-units", "--failed", "--plain", "--no-legend", "candor*"]).exits(0);
    assert_eq!(failed.out, "", "units have failed");
    let _ = booted.run(&["candor", "notice", "--acknowledge"]).exits(0);
    let _ = booted.run(&["rm", "/var/lib/candor-reader/last_reading.json"]).exits(0);
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(0);
    assert_eq!(collector.stored_payloads().len(), 2);
}
