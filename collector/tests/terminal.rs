//! What a device sends never acts on the administrator's terminal: the real program, every verb that shows something.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use collector_proto::catalog::Section;
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::policy::trust::PlacementDocument;
use collector_proto::text::class::deceives;
use nix::pty::openpty;
use serde_json::Value;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::{Device, POLICY, World, full, package, row, sections};

/// Controls of both sets, DEL, overrides and isolates, zero-width characters, separators, a tag, a byte order mark.
const HOSTILE: &str = "a\u{1b}]0;x\u{7}b\u{7f}c\u{9b}2Jd\u{85}e\u{202e}f\u{2066}g\u{200b}h\u{200d}i\u{2028}j\u{2029}\
                       k\u{e0041}l\u{feff}m\u{ad}n\u{6dd}\no\tp";

struct Shown {
    arguments: String,
    text: String,
}

fn run(arguments: &[&str]) -> Shown {
    let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
    let error = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success(), "{arguments:?}: {error}");
    assert_quiet(&error, arguments);
    Shown { arguments: arguments.join(" "), text: String::from_utf8(ended.stdout).unwrap() }
}

fn assert_quiet(text: &str, arguments: &[&str]) {
    let acting: Vec<_> = text.chars().filter(|c| deceives(*c) && *c != '\n').collect();
    assert!(acting.is_empty(), "{arguments:?} prints {acting:?}");
}

/// Whether a value appears anywhere in a document.
fn holds(document: &Value, wanted: &str) -> bool {
    match document {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| holds(item, wanted)),
        Value::Object(members) => members.values().any(|member| holds(member, wanted)),
        _ => false,
    }
}

async fn hostile_device(world: &World) -> Device {
    let mut device = world.enrol().await;
    let os = full(vec![row(&[("os.name", HOSTILE), ("os.version", "12")])]);
    let packages = full(vec![package(HOSTILE, HOSTILE)]);
    device.deliver(world, sections([(Section::Os, os), (Section::Package, packages)])).await;
    device
}

#[tokio::test]
async fn no_verb_lets_a_value_act() {
    let world = World::new();
    let device = hostile_device(&world).await;
    let (data, id) = (world.dir().path().display().to_string(), device.id.to_string());
    // Groups are an administrator's words, and go through the same place.
    run(&["token", "new", "--data", &data, "--group", "a\u{202e}b\u{200b}c"]);
    let verbs: &[&[&str]] = &[
        &["device", "list"],
        &["device", "show", &id, "--purpose", "audit"],
        &["report", "list"],
        &["report", "show", "1", "--purpose", "audit"],
        &["report", "verify"],
        &["policy", "show"],
        &["token", "list"],
        &["event", "list"],
        &["retention", "history"],
        &["access", "list"],
        &["retention", "sweep"],
    ];
    let mut with_values = 0;
    for verb in verbs {
        let command = [verb, &["--data", data.as_str()][..]].concat();
        let text = run(&command);
        assert_quiet(&text.text, &command);
        let command = [&command, &["--format", "json"][..]].concat();
        let json = run(&command);
        assert_quiet(&json.text, &command);
        let document: Value = serde_json::from_str(&json.text).unwrap();
        if holds(&document, HOSTILE) {
            with_values += 1;
            assert!(text.text.contains("U+202E") || text.text.contains("u202e"), "{}", text.arguments);
        }
        if verb.starts_with(&["device", "show"]) {
            assert!(holds(&document, HOSTILE), "the value is the same");
            assert!(text.text.contains("k⟨U+E0041⟩l⟨U+FEFF⟩m⟨U+00AD⟩n⟨U+06DD⟩⟨U+000A⟩o⟨U+0009⟩p"));
        }
        if verb == &["token", "list"] {
            assert!(text.text.contains("a⟨U+202E⟩b⟨U+200B⟩c"), "{}", text.text);
        }
    }
    assert_eq!(with_values, 2, "device show and report show");
}

/// Whoever signs a move off line sees what a collector that was taken over wrote into the file.
#[tokio::test]
async fn a_placement_does_not_act_where_it_is_signed_or_published() {
    let world = World::new();
    let device = world.enrol().await;
    world.publish(&POLICY.replace("[policy]", "[policy]\ngroup = \"servers\""));
    let folder = tempfile::tempdir().unwrap();
    let moves = folder.path().join("moves.json").display().to_string();
    let (data, id) = (world.dir().path().display().to_string(), device.id.to_string());
    run(&["placement", "new", &id, "--group", "servers", "--data", &data, "--output", &moves]);
    let mut file: Value = serde_json::from_slice(&std::fs::read(&moves).unwrap()).unwrap();
    let envelope: Envelope = serde_json::from_value(file["placements"][0].clone()).unwrap();
    let mut placement: Value = serde_json::from_slice(&envelope.unverified_payload().unwrap()).unwrap();
    placement["from"] = HOSTILE.into();
    let body = serde_json::to_vec(&placement).unwrap();
    let envelope = Envelope::assemble(PlacementDocument::PAYLOAD_TYPE, &body, &[]);
    file["placements"][0] = serde_json::to_value(envelope).unwrap();
    std::fs::write(&moves, file.to_string()).unwrap();
    let sign = ["placement", "sign", &moves, "--data", &data, "--output", &moves];
    let shown = run(&sign);
    assert_quiet(&shown.text, &sign);
    assert!(shown.text.contains("U+202E") && shown.text.contains(&id), "{}", shown.text);
    let publish = ["placement", "publish", &moves, "--data", &data];
    let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(publish).output().unwrap();
    assert!(!ended.status.success(), "it does not follow what the device has");
    for stream in [ended.stdout, ended.stderr] {
        assert_quiet(&String::from_utf8(stream).unwrap(), &publish);
    }
}

/// What was wrong is said on standard error, where nothing from a file takes effect either.
#[test]
fn errors_do_not_act() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy\u{202e}.toml");
    std::fs::write(&file, "format = 1\n\u{202e}a = 1\n").unwrap();
    for arguments in [
        &["policy", "check", file.to_str().unwrap()][..],
        &["policy", "explain", file.to_str().unwrap()],
        &["policy", "diff", file.to_str().unwrap(), "/absent\u{9b}"],
        &["device", "list", "--data", "/absent\u{9b}2J"],
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
        assert!(!ended.status.success(), "{arguments:?}");
        assert_quiet(&String::from_utf8(ended.stderr).unwrap(), arguments);
        assert_quiet(&String::from_utf8(ended.stdout).unwrap(), arguments);
    }
}

/// Whoever sits there is asked; without a terminal nobody is, and the flag has to say it.
#[test]
fn a_rotation_of_the_tenant_key_is_asked_about_at_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    run(&["tenant-key", "new", "--output", &at("tenant.key"), "--no-passphrase"]);
    let next = at("next.key");
    let rotate = ["tenant-key", "rotate", &at("tenant.key"), "--output", &next, "--no-passphrase"];
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_candor-collector"));
        command.args(rotate).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let said = |ended: &Output| String::from_utf8(ended.stderr.clone()).unwrap();
    let alone = command().stdin(Stdio::null()).output().unwrap();
    assert!(!alone.status.success() && said(&alone).contains("give --comparisons-break"), "{}", said(&alone));
    assert!(!said(&alone).contains("Type yes"), "{}", said(&alone));
    for (answer, is_made) in [("no\n", false), ("\n", false), ("y\n", false), ("yes\n", true)] {
        let terminal = openpty(None, None).unwrap();
        let asked = command().stdin(Stdio::from(terminal.slave)).spawn().unwrap();
        let mut keyboard = File::from(terminal.master);
        keyboard.write_all(answer.as_bytes()).unwrap();
        let ended = asked.wait_with_output().unwrap();
        let said = said(&ended);
        let (breaks, question) = (said.find("breaks comparisons"), said.find("Type yes"));
        assert!(breaks.is_some() && breaks < question, "what breaks is said before it is asked: {said}");
        assert_eq!(
            (ended.status.success(), Path::new(&next).exists()),
            (is_made, is_made),
            "{answer:?}: {said}"
        );
    }
}
