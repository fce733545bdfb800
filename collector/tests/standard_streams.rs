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

/// The refusal and the warnings go to standard error; what is forced is published.
#[test]
fn what_widens_before_people_were_told_is_refused_and_can_be_forced() {
    let folder = tempfile::tempdir().unwrap();
    let [data, toml, json] =
        ["data", "policy.toml", "policy.json"].map(|name| folder.path().join(name).display().to_string());
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
        (ended.status.code().unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    assert_eq!(run(&["init", &data]).0, 0);
    let minimal = include_str!("../../packaging/policies/minimal.toml");
    let wider = minimal.replace("\"os.name\"", "\"os.name\", \"host.name\"");
    let sign = |text: &str, version: &str| {
        std::fs::write(&toml, text.replace("\nversion = 1 ", &format!("\nversion = {version} "))).unwrap();
        run(&["policy", "sign", &toml, "--data", &data, "--output", &json])
    };
    let publish = |more: &[&str]| run(&[&["policy", "publish", &json, "--data", &data], more].concat());
    assert_eq!(sign(minimal, "1"), (0, String::new()));
    assert_eq!(publish(&[]), (0, String::new()));
    let (code, warned) = sign(&wider, "2");
    assert_eq!(code, 0);
    let word = "host.name is collected, as read, for `operations`";
    assert!(warned.starts_with("WARNING: version 2 ") && warned.contains(word), "{warned}");
    let (code, refused) = publish(&[]);
    assert_eq!(code, 1);
    assert!(refused.contains("nothing was published") && refused.contains(word), "{refused}");
    let (code, warned) = publish(&["--force"]);
    assert_eq!(code, 0);
    assert!(warned.starts_with("WARNING: version 2 ") && warned.contains(word), "{warned}");
    assert_eq!(publish(&[]), (0, String::new()), "published before");
    assert_eq!(sign(minimal, "3"), (0, String::new()));
    assert_eq!(publish(&[]), (0, String::new()), "what narrows needs no period");
}

/// A device keeps so many versions that wait; beyond that it would forget what is in force.
#[test]
fn no_more_versions_are_published_than_a_device_keeps_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let [data, toml, json] =
        ["data", "policy.toml", "policy.json"].map(|name| folder.path().join(name).display().to_string());
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
        let [out, err] = [ended.stdout, ended.stderr].map(|text| String::from_utf8(text).unwrap());
        (ended.status.code().unwrap(), out, err)
    };
    assert_eq!(run(&["init", &data]).0, 0);
    let minimal = include_str!("../../packaging/policies/minimal.toml");
    let wider = minimal.replace("\"os.name\"", "\"os.name\", \"host.name\"");
    let publish = |text: &str, version: u64| {
        std::fs::write(&toml, text.replace("\nversion = 1 ", &format!("\nversion = {version} "))).unwrap();
        assert_eq!(run(&["policy", "sign", &toml, "--data", &data, "--output", &json]).0, 0);
        run(&["policy", "publish", &json, "--data", &data, "--force"])
    };
    let (_, first, _) = publish(minimal, 1);
    assert!(
        first.contains("It is the first: it takes effect on each device once it was shown there"),
        "{first}"
    );
    for version in 2..18 {
        let (code, said, _) = publish(&wider, version);
        assert_eq!(code, 0);
        assert!(
            said.contains("What it widens takes effect 7 days after it was shown on the device"),
            "{said}"
        );
    }
    let (code, _, refused) = publish(&wider, 18);
    assert_eq!(code, 1);
    assert!(refused.contains("16 versions for the group `default` wait"), "{refused}");
    let (code, said, _) = publish(minimal, 18);
    assert_eq!(code, 0);
    assert!(
        said.contains("It widens nothing: it holds on each device as soon as the device hears of it"),
        "{said}"
    );
}

/// Somebody who signs elsewhere compares with a file.
#[test]
fn signing_compares_with_the_version_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [data, old, toml, json] = ["data", "old.toml", "policy.toml", "policy.json"]
        .map(|name| folder.path().join(name).display().to_string());
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector")).args(arguments).output().unwrap();
        assert!(ended.status.success());
        (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    run(&["init", &data]);
    let minimal = include_str!("../../packaging/policies/minimal.toml");
    std::fs::write(&old, minimal.replace("\"90d\"", "\"30d\"")).unwrap();
    std::fs::write(&toml, minimal.replace("\nversion = 1 ", "\nversion = 2 ")).unwrap();
    let sign = ["policy", "sign", &toml, "--data", &data, "--output", &json];
    let (said, warned) = run(&sign);
    assert!(!said.contains("What it changes") && warned.is_empty(), "{said}{warned}");
    let (said, warned) = run(&[&sign[..], &["--previous", &old]].concat());
    let word = "what is collected for `operations` is kept for 90 days instead of 30 days";
    assert!(said.contains("What it changes against version 1:\nWider:\n") && said.contains(word), "{said}");
    assert!(warned.contains(word), "{warned}");
}
