//! Nobody but root leads root, and nobody but root and the user leads a user: directories, links, odd files and programs that
//! somebody else could have had a hand in are refused by name. The state of an enrolled device is tampered with as another user
//! could, and the real programs are started on it.
//!
//! What needs a second user is tried as root; where this does not run as root, the test says what was not tried.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]
#![allow(clippy::print_stderr, reason = "a test that is not run says so")]

use candor_tests::{Agent, Collector, Said, binary, ends};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Somebody else: neither root nor the user that runs tests.
const OTHER: u32 = 12_345;

/// What a person or a service starts.
const COMMANDS: &[&[&str]] = &[
    &["status"],
    &["notice"],
    &["sent", "list"],
    &["preview"],
    &["policy", "show"],
    &["custody", "show"],
    &["doctor"],
    &["run", "--once"],
    &["run"],
];

fn is_root(what: &str) -> bool {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        eprintln!("not tried, since it needs root: {what}");
    }
    root
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Every command refuses: it exits with 1 and names what the path is for and where the fault lies.
#[track_caller]
fn every_command_refuses(agent: &Agent, role: &str, culprit: &Path) {
    for arguments in COMMANDS {
        refuses(ends(agent.command(arguments)), role, culprit);
    }
}

#[track_caller]
fn refuses(said: Said, role: &str, culprit: &Path) {
    let said = said.exits(1);
    assert!(said.err.contains(role) && said.err.contains("is not used: "), "{}", said.all());
    assert!(said.err.contains(&*culprit.to_string_lossy()), "{}", said.all());
    assert_eq!(said.out, "");
}

/// The reader, started as a service would start it.
fn reader(state: &Path) -> Command {
    let mut command = Command::new(binary("candor-reader"));
    command.arg("--state").arg(state);
    command
}

/// A device that has delivered a report, and the collector.
fn delivered() -> (Collector, Agent) {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    (collector, agent)
}

#[test]
fn attack_h6_a_state_directory_that_others_can_write_is_refused() {
    let (_collector, agent) = delivered();
    let (state, folder) = (agent.state(), agent.state().parent().unwrap().to_path_buf());
    for path in [&state, &folder] {
        for open in [0o777, 0o770] {
            mode(path, open);
            every_command_refuses(&agent, "the state directory", path);
            refuses(ends(reader(&state.join("reader"))), "the reader's state directory", path);
        }
        mode(path, 0o700);
    }
    mode(&state.join("reader"), 0o777);
    refuses(ends(reader(&state.join("reader"))), "the reader's state directory", &state.join("reader"));
    let said = agent.run(&["run", "--once"]).exits(1);
    assert!(said.err.contains("the reader's state directory"), "{}", said.all());
    mode(&state.join("reader"), 0o700);
    let files = ["cache/documents.json", "enrolment.json", "device.key", "ledger/0000000001.report"];
    for file in files.map(|name| state.join(name)) {
        mode(&file, 0o666);
        refuses(ends(agent.command(&["sent", "show", "1"])), "the file of state", &file);
        mode(&file, 0o600);
    }
    let _ = agent.cycle().exits(0);
    if !is_root("directories and files of another user") {
        return;
    }
    for path in [&state, &folder] {
        chown(path, Some(OTHER), Some(OTHER)).unwrap();
        every_command_refuses(&agent, "the state directory", path);
        refuses(ends(reader(&state.join("reader"))), "the reader's state directory", path);
        chown(path, Some(0), Some(0)).unwrap();
    }
    for file in files.map(|name| state.join(name)) {
        chown(&file, Some(OTHER), Some(OTHER)).unwrap();
        refuses(ends(agent.command(&["sent", "show", "1"])), "the file of state", &file);
        chown(&file, Some(0), Some(0)).unwrap();
    }
    let _ = agent.cycle().exits(0);
}

#[test]
fn attack_h6_a_planted_link_is_not_followed() {
    let (_collector, agent) = delivered();
    let state = agent.state();
    let folder = state.parent().unwrap();
    let victim = folder.join("victim");
    let kept = b"precious\n";
    fs::write(&victim, kept).unwrap();
    for (name, role) in [("lock", "the lock"), ("writing", "the lock")] {
        let path = state.join(name);
        fs::remove_file(&path).unwrap();
        symlink(&victim, &path).unwrap();
        refuses(ends(agent.command(&["run", "--once"])), role, &path);
        refuses(
            ends(agent.command(&["enrol", "--bundle", "/dev/null"])),
            "the bundle",
            Path::new("/dev/null"),
        );
        assert_eq!(fs::read(&victim).unwrap(), kept);
        fs::remove_file(&path).unwrap();
    }
    // What the reader keeps.
    for name in ["acknowledgements.json", "lock"] {
        let path = state.join("reader").join(name);
        let _ = fs::remove_file(&path);
        symlink(&victim, &path).unwrap();
        let said = ends(agent.command(&["notice", "--acknowledge"]));
        let told = said.all().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.code != Some(0) && told.contains("is a symbolic link"), "{told}");
        assert_eq!(fs::read(&victim).unwrap(), kept);
        fs::remove_file(&path).unwrap();
    }
    // What is read: the very bytes are good, and the link alone is refused.
    for (name, arguments) in [
        ("cache/documents.json", ["status", "--format", "json"]),
        ("enrolment.json", ["status", "--format", "json"]),
        ("device.key", ["sent", "show", "1"]),
        ("ledger/0000000001.report", ["sent", "show", "1"]),
        ("ledger/0000000001.receipt", ["sent", "show", "1"]),
    ] {
        let (path, moved) = (state.join(name), folder.join("moved"));
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        refuses(ends(agent.command(&arguments)), "the file of state", &path);
        fs::remove_file(&path).unwrap();
        fs::rename(&moved, &path).unwrap();
    }
    // What is replaced: the link goes and what it led to stays.
    let baseline = state.join("cache/baseline.json");
    fs::remove_file(&baseline).unwrap();
    symlink(&victim, &baseline).unwrap();
    let _ = agent.cycle().exits(0);
    assert_eq!(fs::read(&victim).unwrap(), kept);
    assert!(!fs::symlink_metadata(&baseline).unwrap().is_symlink());
    let _ = agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn attack_h6_a_swapped_directory_is_refused() {
    if !is_root("a directory that another user swaps") {
        return;
    }
    let (_collector, agent) = delivered();
    let state = agent.state();
    let folder = state.parent().unwrap();
    // Root's own state in a directory of another user, who puts something else in its place.
    let home = folder.join("home");
    fs::create_dir(&home).unwrap();
    mode(folder, 0o711);
    chown(&home, Some(OTHER), Some(OTHER)).unwrap();
    let there = home.join("state");
    fs::rename(&state, &there).unwrap();
    symlink(&there, &state).unwrap();
    every_command_refuses(&agent, "the state directory", &home);
    let swap = "mv state moved && mkdir -m 700 state && mkdir -m 700 state/cache && touch state/cache/documents.json && ln -s state link";
    let swapped =
        Command::new("sh").args(["-c", swap]).current_dir(&home).uid(OTHER).gid(OTHER).status().unwrap();
    assert!(swapped.success());
    every_command_refuses(&agent, "the state directory", &home);
    // Where anybody may add names, another user's link leads nowhere.
    chown(&home, Some(0), Some(0)).unwrap();
    mode(&home, 0o1777);
    fs::remove_file(&state).unwrap();
    symlink(home.join("moved"), &state).unwrap();
    let _ = agent.run(&["status"]).exits(0);
    fs::remove_file(&state).unwrap();
    symlink(home.join("state"), &state).unwrap();
    every_command_refuses(&agent, "the state directory", &state);
    fs::remove_file(&state).unwrap();
    symlink(home.join("link"), &state).unwrap();
    every_command_refuses(&agent, "the state directory", &home.join("link"));
    fs::remove_file(&state).unwrap();
    symlink(home.join("moved"), &state).unwrap();
    lchown(&state, Some(OTHER), Some(OTHER)).unwrap();
    every_command_refuses(&agent, "the state directory", &state);
}

#[test]
fn attack_h6_a_configuration_starts_no_foreign_program() {
    if !is_root("a configuration and a program of another user") {
        return;
    }
    let (_collector, agent) = delivered();
    let folder = agent.state().parent().unwrap().to_path_buf();
    let (configuration, program, mark) =
        (agent.state().join("config.toml"), folder.join("evil"), folder.join("mark"));
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    mode(&program, 0o755);
    fs::write(&configuration, format!("reader = \"{}\"\n", program.display())).unwrap();
    let status = || {
        let mut command = agent.command(&["status"]);
        command.env_remove("CANDOR_READER");
        ends(command)
    };
    // Root's own program is started, whatever it does.
    let _ = status();
    assert!(mark.exists());
    fs::remove_file(&mark).unwrap();
    let with = |path: &Path, owner: u32, rights: u32| {
        let before = (fs::metadata(path).unwrap().uid(), mode_of(path));
        chown(path, Some(owner), Some(owner)).unwrap();
        mode(path, rights);
        let said = status();
        chown(path, Some(before.0), Some(before.0)).unwrap();
        mode(path, before.1);
        assert!(!mark.exists(), "{} was started", program.display());
        said
    };
    refuses(with(&program, OTHER, 0o755), "the reader's program", &program);
    refuses(with(&program, 0, 0o775), "the reader's program", &program);
    refuses(with(&configuration, OTHER, 0o644), "the configuration", &configuration);
    refuses(with(&configuration, 0, 0o666), "the configuration", &configuration);
    fs::remove_file(&configuration).unwrap();
    // The same of one that is beside this program or on the path.
    let beside = folder.join("bin");
    fs::create_dir(&beside).unwrap();
    fs::copy(binary("candor"), beside.join("candor")).unwrap();
    let installed = || {
        let mut command = Command::new(beside.join("candor"));
        command.arg("--state").arg(agent.state()).arg("status").env_remove("CANDOR_READER");
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.join("path").display()));
        ends(command)
    };
    fs::create_dir(folder.join("path")).unwrap();
    for place in [folder.join("path/candor-reader"), beside.join("candor-reader")] {
        fs::rename(&program, &place).unwrap();
        let _ = installed();
        assert!(mark.exists(), "{} is not found", place.display());
        fs::remove_file(&mark).unwrap();
        chown(&place, Some(OTHER), Some(OTHER)).unwrap();
        refuses(installed(), "the reader's program", &place);
        assert!(!mark.exists());
        chown(&place, Some(0), Some(0)).unwrap();
        let directory = place.parent().unwrap();
        mode(directory, 0o777);
        refuses(installed(), "the reader's program", directory);
        assert!(!mark.exists());
        mode(directory, 0o755);
        fs::rename(&place, &program).unwrap();
    }
}

#[test]
fn attack_h6_a_collectors_directory_that_others_can_write_is_refused() {
    let collector = Collector::initialised();
    let (data, configuration) = (collector.data(), collector.data().join("collector.toml"));
    let refused = |role: &str, culprit: &Path| {
        let path = data.to_string_lossy();
        for arguments in [&["device", "list", "--data", &path][..], &["serve", "--data", &path]] {
            let mut command = Command::new(binary("candor-collector"));
            command.args(arguments);
            refuses(ends(command), role, culprit);
        }
    };
    mode(&data, 0o777);
    refused("the collector's directory", &data);
    mode(&data, 0o700);
    mode(&configuration, 0o666);
    refused("the configuration", &configuration);
    mode(&configuration, 0o644);
    if is_root("a collector's directory of another user") {
        chown(&data, Some(OTHER), Some(OTHER)).unwrap();
        refused("the collector's directory", &data);
        chown(&data, Some(0), Some(0)).unwrap();
    }
    let path = data.to_string_lossy();
    let _ = collector.run(&["device", "list", "--data", &path]).exits(0);
}

#[test]
fn attack_low_fifo_and_other_odd_files_hang_nothing() {
    let (_collector, agent) = delivered();
    let state = agent.state();
    let odd = |name: &str, arguments: &[&str], role: &str| {
        let (path, moved) = (state.join(name), state.join("moved"));
        let _ = fs::rename(&path, &moved);
        mkfifo(&path);
        let said = ends(agent.command(arguments));
        assert!(said.err.contains("is a FIFO, not a regular file"), "{}", said.all());
        refuses(said, role, &path);
        fs::remove_file(&path).unwrap();
        let _ = fs::rename(&moved, &path);
    };
    for name in ["cache/documents.json", "enrolment.json", "device.key", "config.toml"] {
        let role = if name == "config.toml" { "the configuration" } else { "the file of state" };
        odd(name, &["status"], role);
        odd(name, &["run", "--once"], role);
    }
    for name in ["lock", "writing"] {
        odd(name, &["run", "--once"], "the lock");
    }
    odd("ledger/0000000001.report", &["sent", "show", "1"], "the file of state");
    // The reader says it on standard error or in its answer, and ends.
    for name in ["trust.json", "keys.json", "floor.json", "ceiling.json", "lock"] {
        let (path, moved) = (state.join("reader").join(name), state.join("moved"));
        let _ = fs::rename(&path, &moved);
        mkfifo(&path);
        let said = ends(agent.command(&["run", "--once"]));
        assert!(said.code != Some(0) && said.err.contains("is a FIFO, not a regular file"), "{}", said.all());
        fs::remove_file(&path).unwrap();
        let _ = fs::rename(&moved, &path);
    }
    let bundle = state.join("bundle");
    mkfifo(&bundle);
    refuses(ends(agent.command(&["enrol", "--bundle", &bundle.to_string_lossy()])), "the bundle", &bundle);
    fs::remove_file(&bundle).unwrap();
    let _ = agent.run(&["status"]).exits(0);
    let _ = agent.cycle().exits(0);
}

#[test]
fn attack_low_bundle_that_others_can_read_is_refused() {
    let collector = Collector::start();
    let agent = Agent::new();
    let bundle = agent.state().parent().unwrap().join("bundle.json");
    collector.bundle(&bundle);
    assert_eq!(mode_of(&bundle), 0o600);
    let arguments = ["enrol", "--bundle", &bundle.to_string_lossy()];
    for wide in [0o644, 0o640, 0o604, 0o620, 0o666] {
        mode(&bundle, wide);
        let said = agent.run(&arguments);
        assert!(said.err.contains("chmod 600") && said.err.contains("install -m 600"), "{}", said.all());
        refuses(said, "the bundle", &bundle);
        assert!(!agent.state().join("enrolling.json").exists());
    }
    mode(&bundle, 0o600);
    if is_root("a bundle of another user") {
        chown(&bundle, Some(OTHER), Some(OTHER)).unwrap();
        let said = agent.run(&arguments);
        assert!(said.err.contains("install -m 600"), "{}", said.all());
        refuses(said, "the bundle", &bundle);
        // As the message says.
        let copy = bundle.with_extension("copy");
        let copied = Command::new("install").args(["-m", "600"]).arg(&bundle).arg(&copy).status().unwrap();
        assert!(copied.success());
        let _ = agent.run(&["enrol", "--bundle", &copy.to_string_lossy()]).exits(0);
    } else {
        let _ = agent.run(&arguments).exits(0);
    }
    // A device's secrets are held to the same.
    for secret in ["device.key", "reader/keys.json"] {
        let path = agent.state().join(secret);
        mode(&path, 0o644);
        let said = agent.run(&["run", "--once"]);
        assert!(said.code != Some(0) && said.err.contains("holds a secret"), "{}", said.all());
        mode(&path, 0o600);
    }
}
