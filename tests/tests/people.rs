//! Every account may look, on a booted system with two users: what each is told, and that none keeps the others from it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, Collector, Said, inventory};
use serde_json::Value;

const ACCOUNTS: [&str; 3] = ["alice", "bob", "carol"];

/// Every verb that only looks.
const VERBS: [&[&str]; 12] = [
    &["candor", "status"],
    &["candor", "notice"],
    &["candor", "preview"],
    &["candor", "policy", "show"],
    &["candor", "policy", "history"],
    &["candor", "policy", "explain", "os.name"],
    &["candor", "policy", "export"],
    &["candor", "custody", "show"],
    &["candor", "readings"],
    &["candor", "sent", "list"],
    &["candor", "sent", "verify"],
    &["candor", "doctor"],
];

/// An inventory with accounts and their programs in it, in this version.
fn policy(version: u32) -> String {
    let inventory = inventory(version);
    let fields = r#""user.name", "x.package.user""#;
    let of_accounts = "\"package.name\", \"package.version\", \"package.type\", \"package.architecture\", \"x.package.user\"";
    format!(
        "{inventory}\n[[collect]]\nfields = [{fields}]\npurposes = [\"inventory\"]\n\
         [[collect]]\nfields = [{of_accounts}]\npurposes = [\"inventory\"]\naccounts = true\n"
    )
}

/// An enrolled device with three accounts, each with a program of its own in a closed home.
fn device(collector: &Collector) -> Option<Booted> {
    let booted = Booted::start()?;
    for account in ACCOUNTS {
        let _ = booted.run(&["useradd", "--create-home", account]).exits(0);
        let programs = format!("/home/{account}/Applications");
        let _ = booted.run_as(account, &["mkdir", "-p", &programs]).exits(0);
        let program = format!("{programs}/Diary_of_{account}-1.0-x86_64.AppImage");
        let _ = booted.run_as(account, &["touch", &program]).exits(0);
        let _ = booted.run(&["chmod", "0700", &format!("/home/{account}")]).exits(0);
    }
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    Some(booted)
}

fn words(said: &Said) -> String {
    said.all().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(booted: &Booted, account: &str, verb: &[&str]) -> Value {
    booted.run_as(account, &[&["candor"], verb, &["--format", "json"]].concat()).exits(0).json()
}

/// How many readings are on record, asked as root.
fn readings(booted: &Booted) -> usize {
    booted.run(&["candor", "readings", "--format", "json"]).exits(0).json().as_array().unwrap().len()
}

#[test]
fn every_account_sees_the_truth_and_nothing_of_the_others() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    // Before the first report the reader keeps what came with the enrolment.
    assert_eq!(json(&booted, "alice", &["status"])["policy"]["version"], 1);
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    for account in ACCOUNTS {
        let status = json(&booted, account, &["status"]);
        assert_eq!(
            (&status["policy"]["version"], &status["refused"]),
            (&Value::from(1), &Value::Null),
            "{status}"
        );
        assert_eq!(status["ledger"]["last_entry"], 1, "{status}");
        assert_eq!(status["sandbox"]["split"], "enforced", "{status}");
        assert!(status["next_report"].is_string(), "{status}");

        let notice = booted.run_as(account, &["candor", "notice"]).exits(0);
        assert!(words(&notice).contains("left out here"), "{account}: {}", notice.out);
        let preview = booted.run_as(account, &["candor", "preview"]).exits(0);
        assert!(words(&preview).contains("Values that are about other people"), "{}", preview.out);
        let shown = json(&booted, account, &["preview"]);
        assert!(!shown["left_out"].as_array().unwrap().is_empty(), "{shown}");
        for said in [&notice.out, &preview.out, &shown.to_string()] {
            assert!(said.contains(&format!("Diary_of_{account}")), "{account}: {said}");
            for other in ACCOUNTS.into_iter().filter(|other| *other != account) {
                assert!(!said.contains(other), "{account} sees {other}: {said}");
            }
        }

        let policy = json(&booted, account, &["policy", "show"]);
        assert_eq!(policy["document"]["controller"]["name"], "Example GmbH");
        let history = json(&booted, account, &["policy", "history"])["versions"].clone();
        assert_eq!(history[0]["reports"], 1, "{history}");
        let given = booted.run_as(account, &["candor", "policy", "export"]).exits(0).out;
        std::fs::write(booted.path("/srv/given.json"), given).unwrap();
        let compared = json(&booted, account, &["policy", "compare", "/srv/given.json"]);
        assert_eq!((&compared["result"], &compared["in_common"]), (&"same".into(), &1.into()), "{compared}");
        let explained = booted.run_as(account, &["candor", "policy", "explain", "os.name"]).exits(0);
        assert!(explained.out.contains("os.name"), "{}", explained.out);
        let condition = format!("handed over by {account}");
        let _ = booted.run_as(account, &["candor", "custody", "out", "--condition", &condition]).exits(0);
        assert_eq!(json(&booted, account, &["custody", "show"])["handover"]["condition"], condition.as_str());
        let read = json(&booted, account, &["readings"]);
        assert!(read.as_array().unwrap().iter().any(|reading| reading["operation"] == "disclose"), "{read}");

        assert_eq!(json(&booted, account, &["sent", "list"])["lines"][0]["state"], "receipted");
        let _ = booted.run_as(account, &["candor", "sent", "verify"]).exits(0);

        let doctor = booted.run_as(account, &["candor", "doctor"]).exits(0);
        assert!(doctor.out.contains("only root can examine this"), "{}", doctor.out);
        assert!(doctor.out.contains("every account may ask at /run/candor/people.sock"), "{}", doctor.out);
    }
    // Root sees everything, and the agent's user what it needs.
    let preview = booted.run(&["candor", "preview"]).exits(0).out;
    assert!(ACCOUNTS.iter().all(|account| preview.contains(&format!("Diary_of_{account}"))), "{preview}");
    let _ = booted.run(&["candor", "doctor"]).exits(0);
}

#[test]
fn any_account_acknowledges_and_is_then_told_so() {
    let strict = policy(1).replace("require_acknowledgement = false", "require_acknowledgement = true");
    let collector = Collector::with_policy(&strict);
    let Some(booted) = device(&collector) else { return };
    assert_eq!(json(&booted, "bob", &["status"])["refused"]["code"], "not_acknowledged");
    let _ = booted.run(&["candor", "run", "--once"]).exits(3);
    let _ = booted.run_as("bob", &["candor", "notice", "--acknowledge"]).exits(0);
    assert_eq!(json(&booted, "alice", &["status"])["refused"], Value::Null);
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    assert!(json(&booted, "carol", &["policy", "history"])["versions"][0]["acknowledged"].is_string());
}

#[test]
fn attack_m10_nobody_is_told_that_nothing_is_collected_when_nobody_answers() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    let hold_to_it = |what: &str| {
        for account in ["alice", "root"] {
            for verb in VERBS.into_iter().filter(|verb| account != "root" || verb[1] != "doctor") {
                let said = booted.run_as(account, verb);
                let told = words(&said);
                assert_eq!(said.code, Some(1), "{what}: {account}: {verb:?}: {told}");
                assert!(!told.to_lowercase().contains("nothing is collected"), "{what}: {verb:?}: {told}");
                assert!(!told.contains("Collecting nothing"), "{what}: {verb:?}: {told}");
                assert!(told.contains("/run/candor/people.sock"), "{what}: {verb:?}: {told}");
                assert!(
                    told.contains("systemctl") && told.contains("candor-people.socket"),
                    "{what}: {told}"
                );
            }
        }
    };
    let _ = booted.run(&["systemctl", "stop", "candor-people.socket", "candor-people.service"]).exits(0);
    hold_to_it("no socket");
    // A socket at which nobody listens, and one behind which nobody can be started.
    let _ = booted.run(&["systemctl", "start", "candor-people.socket"]).exits(0);
    let _ = booted.run(&["mv", "/usr/lib/candor/candor-reader", "/usr/lib/candor/elsewhere"]).exits(0);
    std::fs::write(booted.path("/usr/lib/candor/candor-reader"), "#!/bin/sh\nexit 1\n").unwrap();
    let _ = booted.run(&["chmod", "0755", "/usr/lib/candor/candor-reader"]).exits(0);
    let status = booted.run_as("alice", &["timeout", "10", "candor", "status"]);
    assert!(status.code != Some(0) && !status.all().contains("nothing is collected"), "{}", status.all());
    // Garbage in place of an answer.
    let garbage = "#!/bin/sh\nexec perl -MIO::Socket::UNIX -e 'open my $s, \"+<&=0\"; accept(my $c, $s); print $c \"{}\"'\n";
    std::fs::write(booted.path("/usr/lib/candor/candor-reader"), garbage).unwrap();
    let status = booted.run_as("alice", &["timeout", "10", "candor", "status"]);
    assert!(status.code != Some(0) && !status.all().contains("nothing is collected"), "{}", status.all());
    let _ = booted.run(&["mv", "/usr/lib/candor/elsewhere", "/usr/lib/candor/candor-reader"]).exits(0);
    let answered = |said: &Said| said.code == Some(0);
    let _ = booted.run_until(&["runuser", "-u", "alice", "--", "candor", "status"], answered);
}

#[test]
fn a_flood_of_one_account_starves_neither_the_others_nor_the_schedule() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    let flood = "/usr/bin/flood";
    std::fs::copy(env!("CARGO_BIN_EXE_flood"), booted.path(flood)).unwrap();
    let _ = booted.run_as("bob", &["candor", "status"]).exits(0);
    std::thread::scope(|scope| {
        let alice = scope
            .spawn(|| booted.run_as("alice", &[flood, "/run/candor/people.sock", "20000"]).exits(0).json());
        let _ = booted.run(&["candor", "run", "--once"]).exits(0);
        let mut answered = 0;
        while !alice.is_finished() || answered == 0 {
            let _ = booted.run_as("bob", &["candor", "status"]).exits(0);
            answered += 1;
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let flood = alice.join().unwrap();
        assert_eq!(flood["other"], 0, "{flood}");
        assert!(flood["refused"].as_u64() > flood["answered"].as_u64(), "{flood}");
    });
    assert_eq!(collector.stored_payloads().len(), 1);
    let failed = booted.run(&["systemctl", "list-units", "--failed", "--no-legend", "candor*"]).exits(0);
    assert_eq!(failed.out.trim(), "");
    for unit in ["candor-people.socket", "candor-reader.socket"] {
        let _ = booted.run(&["systemctl", "is-active", unit]).exits(0);
    }
}

#[test]
fn looking_twice_within_a_minute_has_the_device_read_once() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    let _ = booted.run_as("alice", &["candor", "preview"]).exits(0);
    let before = readings(&booted);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let again = booted.run_as("alice", &["candor", "preview"]).exits(0);
    assert!(words(&again).contains("the same is shown again without another reading"), "{}", again.out);
    assert_eq!(readings(&booted), before);
    let _ = booted.run_as("bob", &["candor", "preview"]).exits(0);
    assert_eq!(readings(&booted), before + 1, "another account is shown something else");
    // Another policy is another answer.
    collector.publish(&policy(2));
    let _ = booted.run_as("candor", &["candor", "run", "--once"]).exits(0);
    let newer = json(&booted, "alice", &["preview"]);
    assert_eq!(newer["policy"]["version"], 2, "{newer}");
}

#[test]
fn it_ends_when_nobody_asks_and_comes_back_with_the_next_question() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    let dropin = booted.path("/etc/systemd/system/candor-people.service.d");
    std::fs::create_dir_all(&dropin).unwrap();
    let idle =
        "[Service]\nExecStart=\nExecStart=/usr/lib/candor/candor-reader --people --agent candor --idle 1\n";
    std::fs::write(dropin.join("idle.conf"), idle).unwrap();
    let _ = booted.run(&["systemctl", "daemon-reload"]).exits(0);
    let _ = booted.run(&["systemctl", "stop", "candor-people.service"]);
    for _ in 0..2 {
        let _ = booted.run_as("alice", &["candor", "status"]).exits(0);
        let ended = |said: &Said| said.out.trim() == "inactive";
        let _ = booted.run_until(&["systemctl", "is-active", "candor-people.service"], ended);
    }
}

#[test]
fn a_hostile_candor_gets_no_more_of_people_than_of_its_own() {
    let collector = Collector::with_policy(&policy(1));
    let Some(booted) = device(&collector) else { return };
    let ask = |question: &str| {
        let script = format!(
            "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new('/run/candor/people.sock') or die; \
             print $s '{question}'; $s->shutdown(1); print while <$s>;"
        );
        booted.run_as("candor", &["perl", "-e", &script]).exits(0).out
    };
    for op in ["preview", "custody"] {
        assert!(ask(&format!("{{\"op\":\"{op}\",\"contract\":1}}")).contains("no_rights"), "{op}");
    }
    let status = ask("{\"op\":\"status\",\"contract\":1}");
    assert!(status.contains("\"answer\":\"status\"") && !status.contains("Diary_of"), "{status}");
}
