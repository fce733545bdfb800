//! What a device sends never acts on the administrator's terminal: the real program, every verb that shows something.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use collector_proto::catalog::Section;
use collector_proto::text::class::deceives;
use serde_json::Value;
use std::process::Command;
use support::{Device, World, full, package, row, sections};

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
