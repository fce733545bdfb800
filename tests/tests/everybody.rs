//! The notice that everybody on a device can open, without a command and without rights.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, Collector, inventory};
use serde_json::Value;

const PAGE: &str = "/var/lib/candor-notice/index.html";

/// The notice as anybody reads it.
fn notice(booted: &Booted) -> Value {
    booted.run_as("nobody", &["cat", "/var/lib/candor-notice/notice.json"]).exits(0).json()
}

/// Waits until the notice is as it is waited for.
fn until(booted: &Booted, holds: impl Fn(&Value) -> bool) -> Value {
    let read = ["cat", "/var/lib/candor-notice/notice.json"];
    let said = booted
        .run_until(&read, |said| serde_json::from_str::<Value>(&said.out).is_ok_and(|notice| holds(&notice)));
    said.json()
}

/// Waits until the service has written all that it has to: enrolment writes the first notice, and the service follows.
fn settled(booted: &Booted) {
    let made = "test -e /var/lib/candor-notice/made-from.json && systemctl is-active candor-notice.service";
    let _ = booted.run_until(&["sh", "-c", made], |said| said.out.trim() == "inactive");
}

/// An inventory with accounts in it, with this number.
fn policy(version: u32, fields: &str) -> String {
    let inventory = inventory(version);
    let of_accounts = "\"package.name\", \"package.version\", \"package.type\", \"package.architecture\", \"x.package.user\"";
    format!(
        "{inventory}\n[[collect]]\nfields = [{fields}]\npurposes = [\"inventory\"]\n\
         [[collect]]\nfields = [{of_accounts}]\npurposes = [\"inventory\"]\naccounts = true\n"
    )
}

/// A machine with two accounts, each with a program of its own, and the units installed.
fn booted() -> Option<Booted> {
    let booted = Booted::start()?;
    for account in ["alice", "bob"] {
        let _ = booted.run(&["useradd", "--create-home", account]).exits(0);
        let programs = format!("/home/{account}/Applications");
        let _ = booted.run_as(account, &["mkdir", "-p", &programs]).exits(0);
        let program = format!("{programs}/Diary_of_{account}-1.0-x86_64.AppImage");
        let _ = booted.run_as(account, &["touch", &program]).exits(0);
        let _ = booted.run(&["chmod", "0755", &format!("/home/{account}")]).exits(0);
    }
    for unit in ["candor-reader.socket", "candor-people.socket", "candor-notice.path"] {
        let _ = booted.run(&["systemctl", "start", unit]).exits(0);
    }
    Some(booted)
}

/// Everything in the notice's directory, as anybody reads it.
fn everything(booted: &Booted) -> String {
    let read = "cat /var/lib/candor-notice/*";
    booted.run_as("nobody", &["sh", "-c", read]).exits(0).out
}

#[test]
fn the_page_follows_the_rules_and_holds_nothing_about_persons() {
    let collector = Collector::with_policy(&policy(1, r#""user.name", "x.package.user""#));
    let Some(booted) = booted() else { return };
    let _ = booted.run(&["systemctl", "start", "candor-notice.service"]).exits(0);
    assert_eq!(notice(&booted)["status"]["code"], "not_enrolled");

    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let first = until(&booted, |notice| notice["policy"]["version"] == 1);
    settled(&booted);
    assert_eq!(first["status"]["state"], "in_force", "{first}");
    for name in ["", "/index.html", "/notice.txt", "/notice.json"] {
        let said = booted.run(&["stat", "--format=%U %a", &format!("/var/lib/candor-notice{name}")]);
        let expected = if name.is_empty() { "root 755" } else { "root 644" };
        assert_eq!(said.exits(0).out.trim(), expected, "{name}");
    }
    // What it is made from has both accounts in it.
    let preview = booted.run(&["candor", "preview", "--format", "json"]).exits(0).out;
    let told = everything(&booted);
    for name in ["alice", "bob", "Diary"] {
        assert!(preview.contains(name), "{name}: {preview}");
        assert!(!told.contains(name), "{name}: {told}");
    }
    assert!(told.contains("Values that are about other people"), "{told}");
    let own = booted.run(&["candor", "notice"]).exits(0).out;
    assert!(own.contains(PAGE), "{own}");
    let readings = booted.run(&["candor", "readings"]).exits(0).out;
    assert!(readings.contains("for the page that everybody can open"), "{readings}");

    let doctor = booted.run(&["candor", "doctor"]).all();
    assert!(doctor.lines().any(|line| line.starts_with("good") && line.contains(PAGE)), "{doctor}");
    // An account is told who looked in the last 24 hours, and of itself as itself.
    let _ = booted.run_as("bob", &["candor", "preview"]).exits(0);
    let of_alice = booted.run_as("alice", &["candor", "notice", "--format", "json"]).exits(0).json();
    let readings = of_alice["last_day"]["readings"].as_array().unwrap();
    let askers: Vec<&str> = readings.iter().map(|reading| reading["asked_by"].as_str().unwrap()).collect();
    for asker in ["you", "another account", "the administrator (root)"] {
        assert!(askers.contains(&asker), "{asker}: {askers:?}");
    }
    assert!(!of_alice["last_day"].to_string().contains("account 100"), "{of_alice}");
    assert!(of_alice["left_out"].is_string(), "{of_alice}");
    // As long as nothing changes nothing is read for it.
    let count = || booted.run(&["candor", "readings"]).exits(0).out.matches("for the page").count();
    let before = count();
    let _ = booted.run(&["systemctl", "start", "candor-notice.service"]).exits(0);
    assert_eq!(count(), before);

    collector.publish(&policy(2, r#""x.package.user""#));
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    let second = until(&booted, |notice| notice["policy"]["version"] == 2);
    let fields = |notice: &Value| notice.to_string().contains("\"user.name\"");
    assert!(fields(&first) && !fields(&second), "{second}");
}

/// What a notice says of each value, without until when a value that leaves now would be kept: that is of the minute.
fn sections(notice: &Value) -> Value {
    let mut sections = notice["sections"].clone();
    for section in sections.as_array_mut().unwrap() {
        for field in section["fields"].as_array_mut().unwrap() {
            field.as_object_mut().unwrap().remove("kept");
        }
    }
    sections
}

#[test]
fn whoever_takes_the_agent_over_neither_writes_the_page_nor_thins_it_out() {
    let collector = Collector::with_policy(&policy(1, r#""x.host.timezone""#));
    let Some(booted) = booted() else { return };
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let before = until(&booted, |notice| notice["status"]["state"] == "in_force");
    settled(&booted);
    for command in [
        "echo nothing > /var/lib/candor-notice/index.html",
        "rm /var/lib/candor-notice/notice.txt",
        "touch /var/lib/candor-notice/more",
        "mv /var/lib/candor-notice /var/lib/candor-notice-elsewhere",
    ] {
        let said = booted.run_as("candor", &["sh", "-c", command]);
        assert_ne!(said.code, Some(0), "{command}: {}", said.all());
    }
    let written = everything(&booted);
    let _ = booted.run_as("candor", &["candor", "notice", "--for-everybody", "/var/lib/candor-notice"]);
    assert_eq!(everything(&booted), written);
    // Without all that the agent keeps the page is written as before.
    let _ = booted.run_as("candor", &["sh", "-c", "rm -r /var/lib/candor/*"]).exits(0);
    let _ = booted.run(&["rm", "/var/lib/candor-notice/made-from.json"]).exits(0);
    let _ = booted.run(&["systemctl", "restart", "candor-notice.service"]).exits(0);
    let after = notice(&booted);
    assert_eq!(after["status"], before["status"]);
    assert!(sections(&after) == sections(&before), "the page says other things than before");

    // A reader that does not answer is no reason to claim anything.
    let _ = booted.run(&["systemctl", "stop", "candor-people.socket", "candor-people.service"]).exits(0);
    let _ = booted.run(&["systemctl", "mask", "candor-people.socket"]).exits(0);
    let said = booted.run(&["systemctl", "restart", "candor-notice.service"]);
    assert_ne!(said.code, Some(0), "{}", said.all());
    let told = until(&booted, |notice| notice["status"]["state"] == "not_known");
    assert_eq!(told["sections"], serde_json::json!([]));
    let made = r#"{"v":1,"made":"2026-01-01T00:00:00Z","rules":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}"#;
    for (made, says) in [(None, "it is not known"), (Some(made), "is of 2026-01-01")] {
        if let Some(made) = made {
            std::fs::write(booted.path("/var/lib/candor-notice/made-from.json"), made).unwrap();
        }
        let doctor = booted.run(&["candor", "doctor", "--offline"]).all();
        let is_told = |line: &str| line.starts_with("doubtful") && line.contains(says);
        assert!(doctor.lines().any(is_told), "{says}: {doctor}");
    }
    assert!(!everything(&booted).contains("Nothing is collected"));
}
