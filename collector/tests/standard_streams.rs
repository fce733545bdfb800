//! What the program does with standard output and standard error.
#![cfg(unix)]

use std::process::Command;

const FULL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/policies/full.toml");

/// `candor-collector … | head` after `head` has gone.
#[test]
fn a_closed_pipe_ends_it_quietly() {
    for format in ["text", "json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector"))
            .args(["policy", "explain", FULL, "--format", format])
            .stdout(writer)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{:?}", ended.status);
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{format}");
    }
}

/// The warning goes to standard error, and the policy is still published.
#[test]
fn publishing_what_is_wider_at_once_warns() {
    let folder = tempfile::tempdir().unwrap();
    let [data, toml, json] =
        ["data", "policy.toml", "policy.json"].map(|name| folder.path().join(name).display().to_string());
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stderr).unwrap()
    };
    run(&["init", &data]);
    let minimal = include_str!("../../packaging/policies/minimal.toml");
    let wider = minimal.replace("\"os.name\"", "\"os.name\", \"host.name\"");
    let publish = |text: &str, version: &str| {
        std::fs::write(&toml, text.replace("\nversion = 1 ", &format!("\nversion = {version} "))).unwrap();
        run(&["policy", "sign", &toml, "--data", &data, "--output", &json]);
        run(&["policy", "publish", &json, "--data", &data])
    };
    assert_eq!(publish(minimal, "1"), "");
    let warned = publish(&wider, "2");
    assert!(warned.contains("WARNING") && warned.contains("rules[host.name]"), "{warned}");
    assert_eq!(publish(minimal, "3"), "");
}
