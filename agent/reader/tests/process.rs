//! The program itself: standard input, standard output, exit codes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use collector_proto::catalog::fields;
use collector_proto::disclosure::request::{Disclose, ReadDraft, RecordShown};
use collector_proto::disclosure::{Answer, DisclosureAnswer, Question, Request};
use collector_proto::envelope::SigningKey;
use collector_proto::policy::{PolicyDocument, Treatment};
use collector_proto::time::UtcTime;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::Signer;

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor-reader"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that stops reading early closes its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn draft() -> Question {
    Question::of(ReadDraft { policy: support::full_policy() })
}

#[test]
fn a_draft_is_answered_with_one_line_of_json() {
    let state = tempfile::tempdir().unwrap();
    let root = support::roots().join("debian-12");
    let request = serde_json::to_vec(&draft()).unwrap();
    let arguments = ["--state", state.path().to_str().unwrap(), "--root", root.to_str().unwrap()];
    let output = run(&arguments, &request);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    assert_eq!(output.stdout.split_inclusive(|b| *b == b'\n').count(), 1);
    let answer: Answer = serde_json::from_slice(&output.stdout).unwrap();
    let Answer::Disclosure(DisclosureAnswer { disclosure, policy: None, .. }) = answer else {
        panic!("{answer:?}")
    };
    assert!(disclosure.sections().len() >= 6);
}

#[test]
fn whoever_asks_nothing_is_told_nothing() {
    let state = tempfile::tempdir().unwrap();
    let output = run(&["--state", state.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn a_connected_socket_serves_as_standard_input_and_output() {
    let state = tempfile::tempdir().unwrap();
    let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor-reader"))
        .args(["--state", state.path().to_str().unwrap()])
        .stdin(std::os::fd::OwnedFd::from(theirs.try_clone().unwrap()))
        .stdout(std::os::fd::OwnedFd::from(theirs))
        .spawn()
        .unwrap();
    ours.write_all(&serde_json::to_vec(&draft()).unwrap()).unwrap();
    ours.shutdown(std::net::Shutdown::Write).unwrap();
    let answer: Answer = serde_json::from_reader(&mut ours).unwrap();
    assert!(child.wait().unwrap().success());
    // The kernel says that this is our own user.
    assert!(matches!(answer, Answer::Disclosure(_)), "{answer:?}");
}

#[test]
fn this_machine_is_read_too() {
    let state = tempfile::tempdir().unwrap();
    let request = serde_json::to_vec(&draft()).unwrap();
    let output = run(&["--state", state.path().to_str().unwrap()], &request);
    let answer: Answer = serde_json::from_slice(&output.stdout).unwrap();
    assert!(matches!(answer, Answer::Disclosure(_)), "{answer:?}");
}

#[test]
fn a_refusal_is_an_answer() {
    let state = tempfile::tempdir().unwrap();
    let output = run(
        &["--state", state.path().to_str().unwrap()],
        br#"{"op":"status","documents":{"roots":[]},"contract":1}"#,
    );
    assert_eq!(output.status.code(), Some(0));
    let answer: Answer = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(support::refusal(&answer), "not_enrolled");
}

#[test]
fn what_is_not_understood_is_refused_without_an_answer() {
    for (arguments, input) in [
        (&[][..], &b"{"[..]),
        (&[], b"{\"op\":\"read_everything\"}"),
        (&[], b"{\"op\":\"status\",\"documents\":{},\"more\":1}"),
        (&["--what"], b""),
        (&["--state"], b""),
        (&["--root", "/no/such/directory"], b""),
    ] {
        let output = run(arguments, input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(output.stderr.starts_with(b"candor-reader: "), "{arguments:?}");
    }
}

/// The agent starts readers before it confines itself, and may end without a question.
#[test]
fn a_reader_that_is_asked_nothing_says_nothing() {
    let output = run(&[], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn help_has_examples() {
    let output = run(&["--help"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Examples:"));
}

/// Asks the program of the state in `state` and gives its answer.
fn answered(state: &Path, request: impl Into<Request>) -> Answer {
    let root = support::roots().join("debian-12");
    let arguments = ["--state", state.to_str().unwrap(), "--root", root.to_str().unwrap()];
    let output = run(&arguments, &serde_json::to_vec(&Question::of(request)).unwrap());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn attack_m5_a_rotated_timestamp_key_brings_no_older_policy_back() {
    let state = tempfile::tempdir().unwrap();
    let at = UtcTime::from_system(std::time::SystemTime::now());
    let mut signer = Signer { at, ..Signer::new(1) };
    let first = support::policy_from(vec![support::rule(fields::OS_NAME, Treatment::Keep)], at);
    let second = PolicyDocument { version: 2, ..first.clone() };
    let pinned = answered(state.path(), support::pin(signer.bundle(1, "staff")));
    assert!(matches!(pinned, Answer::RootPinned(_)), "{pinned:?}");
    let disclose = |documents| answered(state.path(), Disclose { documents, given: false, at_once: true });
    let documents = signer.documents(&second, vec![], at);
    let policy = support::newest(&documents.policies[0]).unwrap();
    assert_eq!(support::refusal(&disclose(documents.clone())), "policy_not_shown");
    let shown = answered(state.path(), RecordShown { policy });
    assert!(matches!(shown, Answer::Shown(_)), "{shown:?}");
    support::disclosure(disclose(documents));
    // The next root has another timestamp key and the same policy key.
    signer.timestamp = SigningKey::from_seed(&[9; 32]).unwrap();
    let rotated = |policy| signer.documents(policy, vec![signer.root(2)], at);
    assert_eq!(support::refusal(&disclose(rotated(&first))), "policy_rolled_back");
    support::disclosure(disclose(rotated(&second)));
}
