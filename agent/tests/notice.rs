//! `candor notice`, `preview` and `policy` as they are called: what is written where, and with which exit status.
//!
//! Nothing here needs a reader: a device that is not enrolled, files that are not policies, names that do not exist.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

fn candor(state: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("--state")
        .arg(state)
        .args(arguments)
        .env_remove("CANDOR_STATE")
        .env("LC_ALL", "C")
        .env("COLUMNS", "80")
        // A reader that cannot be started: whoever asks for one fails.
        .env("CANDOR_READER", "/nonexistent/candor-reader")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_device_that_is_not_enrolled_has_a_notice_that_says_so() {
    let state = tempfile::tempdir().unwrap();
    let text = candor(state.path(), &["notice"]);
    assert_eq!(text.status.code(), Some(0), "{}", stderr(&text));
    assert!(stdout(&text).starts_with("Nothing is collected"), "{}", stdout(&text));
    assert!(stdout(&text).contains("What Candor never collects"));
    let json = candor(state.path(), &["notice", "--format", "json"]);
    let notice: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(notice["status"]["state"], "nothing_collected");
    assert_eq!(notice["status"]["code"], "not_enrolled");
    assert_eq!(notice["sections"].as_array().unwrap().len(), 0);
    assert_eq!(notice["last_day"]["state"], "not_kept");
    assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0, "looking left something behind");
}

#[test]
fn a_notice_goes_to_a_file() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("notice.html");
    let written = candor(state.path(), &["notice", "--format", "html", "--output", file.to_str().unwrap()]);
    assert_eq!((written.status.code(), stdout(&written).as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<!DOCTYPE html>"));
    let nowhere = state.path().join("gone/notice.html");
    let failed = candor(state.path(), &["notice", "--output", nowhere.to_str().unwrap()]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(stderr(&failed).contains("gone/notice.html"), "{}", stderr(&failed));
}

#[test]
fn nothing_can_be_acknowledged_or_previewed_without_a_policy() {
    let state = tempfile::tempdir().unwrap();
    for arguments in [
        &["notice", "--acknowledge"][..],
        &["preview"],
        &["preview", "--format", "json"],
        &["policy", "show"],
    ] {
        let refused = candor(state.path(), arguments);
        assert_eq!(refused.status.code(), Some(3), "{arguments:?}: {}", stderr(&refused));
        assert!(!stderr(&refused).is_empty());
    }
    assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0);
    let draft = candor(state.path(), &["notice", "--acknowledge", "--policy", "x.toml"]);
    assert_eq!(draft.status.code(), Some(2), "a draft cannot be acknowledged");
}

#[test]
fn every_mistake_in_a_draft_is_told() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("draft.toml");
    std::fs::write(&file, "format = 1\n[[collect]]\nfields = [\"os.nmae\"]\npurposes = [\"nothing\"]\n")
        .unwrap();
    for verb in ["preview", "notice"] {
        let refused = candor(state.path(), &[verb, "--policy", file.to_str().unwrap()]);
        assert_eq!((refused.status.code(), stdout(&refused).as_str()), (Some(1), ""));
        let told = stderr(&refused);
        assert!(told.contains("draft.toml:3:") && told.contains("os.name"), "{told}");
        assert!(told.lines().filter(|line| line.contains(": error[")).count() >= 3, "{told}");
    }
    let missing = candor(state.path(), &["preview", "--policy", "/nonexistent.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("/nonexistent.toml"));
}

#[test]
fn fields_are_explained_and_typing_mistakes_answered() {
    let state = tempfile::tempdir().unwrap();
    let never = candor(state.path(), &["policy", "explain", "screen.capture"]);
    assert_eq!(never.status.code(), Some(0));
    assert!(stdout(&never).contains("no code"), "{}", stdout(&never));
    let known = candor(state.path(), &["policy", "explain", "host.mac"]);
    assert_eq!(known.status.code(), Some(0));
    assert!(stdout(&known).contains("not been enrolled"), "{}", stdout(&known));
    let json = candor(state.path(), &["policy", "explain", "host.mac", "--format", "json"]);
    let explained: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(explained["state"], "nothing_collected");
    let mistyped = candor(state.path(), &["policy", "explain", "host.mca"]);
    assert_eq!(mistyped.status.code(), Some(2));
    assert!(stderr(&mistyped).contains("host.mac"), "{}", stderr(&mistyped));
    let hostile = candor(state.path(), &["policy", "explain", "\u{1b}[2J"]);
    assert!(!stderr(&hostile).contains('\u{1b}'));
}

#[test]
fn an_unknown_language_names_those_there_are() {
    let state = tempfile::tempdir().unwrap();
    for verb in ["notice", "preview"] {
        let refused = candor(state.path(), &[verb, "--lang", "tlh"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains("tlh") && stderr(&refused).contains("en"), "{}", stderr(&refused));
    }
    assert_eq!(candor(state.path(), &["notice", "--lang", "en-GB"]).status.code(), Some(0));
}

#[test]
fn every_verb_shows_examples() {
    let state = tempfile::tempdir().unwrap();
    for verb in [
        ["policy", "show"],
        ["policy", "explain"],
        ["policy", "history"],
        ["sent", "list"],
        ["sent", "show"],
        ["sent", "verify"],
        ["sent", "export"],
    ] {
        let help = candor(state.path(), &[verb[0], verb[1], "--help"]);
        let example = format!("\n  candor {} {}", verb[0], verb[1]);
        assert!(stdout(&help).contains(&example), "{verb:?}: {}", stdout(&help));
    }
}
