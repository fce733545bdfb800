//! What the programs hold in memory stays there when they crash, and what others wrote acts on no terminal through their messages.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]
#![allow(clippy::print_stderr, reason = "a test that is not run says so")]

use candor_tests::{Agent, Collector, binary};
use collector_proto::text::class::acts;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Somebody who is not root: whose process may be looked into shows in whom its files under /proc belong to.
const SOMEBODY: u32 = 12_345;

/// As a panic of the released programs ends: the signal writes a core where nothing keeps it from that.
const SIGABRT: i32 = 6;

/// The program in this directory, as from a shell that lets cores be written.
fn with_cores(program: &Command, folder: &Path, uid: Option<u32>) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh"]).arg(program.get_program());
    shell.args(program.get_args()).current_dir(folder).stdin(Stdio::piped());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    if let Some(uid) = uid {
        shell.uid(uid).gid(uid);
    }
    shell.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_mins(1), "{what} does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// It crashes, and nothing of it is in its directory.
fn crashes(mut child: Child, folder: &Path) {
    let killed = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(SIGABRT), "{status:?}");
    assert!(!status.core_dumped());
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn attack_m13_a_crash_leaves_nothing_of_what_is_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    // So does a program that says nothing about it: else nothing is shown here.
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    if pattern.trim() != "core" {
        eprintln!(
            "cores go to `{}`, not into the directory; whether one was made is told by the status alone",
            pattern.trim()
        );
    }
    let mut reader = Command::new(binary("candor-reader"));
    let state = tempfile::tempdir().unwrap();
    reader.arg("--state").arg(state.path().join("reader"));
    let limits = |child: &Child| {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
        core.split_whitespace().skip(4).take(2).collect::<Vec<_>>() == ["0", "0"]
    };
    // It waits for its question.
    let asked = with_cores(&reader, folder.path(), None);
    until("the reader's limit", || limits(&asked));
    crashes(asked, folder.path());
    let mut collector = Collector::initialised();
    let (data, ready) = (collector.data(), state.path().join("ready"));
    let mut serve = Command::new(binary("candor-collector"));
    serve.arg("serve").arg("--data").arg(&data).args(["--listen", "127.0.0.1:0"]);
    serve.arg("--ready-file").arg(&ready);
    let serving = with_cores(&serve, folder.path(), None);
    until("the collector", || ready.exists());
    assert!(limits(&serving));
    crashes(serving, folder.path());
    collector.serve();
    let agent = Agent::enrolled(&collector);
    let service = with_cores(&agent.command(&["run"]), folder.path(), None);
    until("the service's limit", || limits(&service));
    crashes(service, folder.path());
    if !is_root {
        eprintln!("not tried, since it needs root: that no other process of the same user looks in");
        return;
    }
    // A process that may be looked into belongs to its user under /proc, and one that may not to root.
    chown(state.path(), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    let mut asked = with_cores(&reader, folder.path(), Some(SOMEBODY));
    let proc = format!("/proc/{}/environ", asked.id());
    until("that nobody looks in", || fs::metadata(&proc).unwrap().uid() == 0 && limits(&asked));
    drop(asked.stdin.take());
    let mut said = String::new();
    asked.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(asked.wait().unwrap().success(), "{said}");
}

#[test]
fn attack_m9_what_others_named_acts_on_no_terminal() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    agent.set("RUST_LOG", "debug");
    let evil = "a\u{1b}]0;x\u{7}b\u{9b}2Jc\u{7f}d\u{202e}e\u{2028}f\u{feff}g\r";
    let place = tempfile::tempdir().unwrap();
    let named = place.path().join(evil);
    let file = named.to_string_lossy().into_owned();
    fs::write(&named, "format = 1\n\u{1b}[31m = \u{9b}\n").unwrap();
    for arguments in [
        &["preview", "--policy", &file][..],
        &["ceiling", "check", &file],
        &["ceiling", "set", &file],
        &["enrol", "--bundle", &file],
        &["tenant-key", "set", "--bundle", &file],
        &["policy", "explain", evil],
        &["sent", "export", &file],
        &["notice", "--output", "/dev/null"],
    ] {
        let said = agent.run(arguments);
        assert_ne!(said.code, Some(0), "{arguments:?}: {}", said.all());
        assert!(!said.all().contains(|c| acts(c) && c != '\n'), "{arguments:?}: {:?}", said.all());
    }
    // What a file of state says, which the agent's own log tells of.
    fs::write(agent.state().join("cache/documents.json"), format!("{{\"{evil}\":1")).unwrap();
    fs::write(agent.state().join("config.toml"), format!("# {evil}\nlog = \"{}\"\n", "x\\u202ey")).unwrap();
    for arguments in [&["status"][..], &["run", "--once"], &["doctor"]] {
        let said = agent.run(arguments);
        assert!(!said.all().contains(|c| acts(c) && c != '\n'), "{arguments:?}: {:?}", said.all());
    }
}
