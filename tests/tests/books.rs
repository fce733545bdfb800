//! The ledger and the state directory: tampering, full disks, missing rights, two agents.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector};
use std::process::{Command, Stdio};

/// Changes one byte of the newest file in the ledger with this extension; returns the entry's number.
fn tamper(agent: &Agent, extension: &str, find: &[u8], replace: &[u8]) -> String {
    let name = agent.ledger_files().into_iter().rfind(|name| name.ends_with(extension)).unwrap();
    let path = agent.ledger().join(&name);
    let bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(find.len()).position(|window| window == find).unwrap();
    let changed = [&bytes[..at], replace, &bytes[at + find.len()..]].concat();
    // Entries are read-only by mode; root may write anyway.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, changed).unwrap();
    name.trim_end_matches(extension).trim_start_matches('0').to_owned()
}

#[test]
fn a_tampered_report_is_named_and_never_sent() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    collector.kill();
    let _ = agent.cycle().exits(5);
    let number = tamper(&agent, ".report", b"\"seq\":1", b"\"seq\":2");
    let said = agent.run(&["sent", "verify"]).exits(4);
    assert!(said.all().contains(&number), "{}", said.all());
    collector.serve();
    let said = agent.cycle().exits(4);
    assert!(said.err.contains(&number), "{}", said.err);
    assert!(collector.stored_payloads().is_empty(), "a tampered report was sent");
    assert!(agent.run(&["doctor"]).code != Some(0));
}

#[test]
fn a_tampered_receipt_and_a_removed_entry_are_named() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    for _ in 0..3 {
        let _ = agent.cycle().exits(0);
    }
    let _ = agent.run(&["sent", "verify"]).exits(0);
    let removed = agent.ledger_files().into_iter().find(|name| name.ends_with("2.report")).unwrap();
    let kept = std::fs::read(agent.ledger().join(&removed)).unwrap();
    std::fs::remove_file(agent.ledger().join(&removed)).unwrap();
    let said = agent.run(&["sent", "verify"]).exits(4);
    assert!(said.all().contains('2'), "{}", said.all());
    std::fs::write(agent.ledger().join(&removed), kept).unwrap();
    let _ = agent.run(&["sent", "verify"]).exits(0);
    let number = tamper(&agent, ".receipt", b"\"sig\":\"", b"\"sig\":\"A");
    let said = agent.run(&["sent", "verify"]).exits(4);
    assert!(said.all().contains(&number), "{}", said.all());
}

#[test]
fn two_agents_on_one_state_directory() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let mut first = agent.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..1000 {
        if agent.ledger_files().iter().any(|name| name.ends_with(".receipt")) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let said = agent.cycle();
    // Reading the books needs no lock.
    let list = agent.run(&["sent", "list"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let said = said.exits(1);
    assert!(said.err.contains(&*agent.state().to_string_lossy()), "{}", said.err);
    let _ = list.exits(0);
    let _ = agent.cycle().exits(0);
}

#[test]
fn a_state_directory_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let collector = Collector::start();
    let bundle = folder.path().join("bundle.json");
    collector.bundle(&bundle);
    // A directory below a file can be made by nobody, root included.
    let state = file.join("state");
    let output = Command::new(candor_tests::binary("candor"))
        .arg("--state")
        .arg(&state)
        .args(["enrol", "--bundle"])
        .arg(&bundle)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&*file.to_string_lossy()), "{said}");
    // The token was not spent on it.
    let agent = Agent::new();
    let _ = agent.run(&["enrol", "--bundle", &bundle.to_string_lossy()]).exits(0);
}

/// Runs a shell script in a private mount namespace, with a file system of 1 MiB over `$TINY`.
fn on_a_tiny_disk(agent: &Agent, script: &str) -> Option<std::process::Output> {
    let probe = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).status();
    let mut command = Command::new("unshare");
    if probe.is_ok_and(|status| status.success()) {
        command.args(["--user", "--map-root-user"]);
    } else if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|s| s.success()) {
        return None;
    }
    let candor = agent.command(&[]);
    command.args(["--mount", "sh", "-euc", script]);
    command.env("CANDOR", candor_tests::binary("candor")).env("STATE", agent.state());
    command.envs(candor.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Some(command.output().unwrap())
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    collector.kill();
    // The state is copied onto the small disk, the disk is filled, a cycle is tried, room is made, another is tried;
    // at the end the ledger is copied back.
    let script = r#"
        cp -a "$STATE" "$STATE.kept"
        mount -t tmpfs -o size=1m tmpfs "$STATE"
        cp -a "$STATE.kept/." "$STATE/"
        dd if=/dev/zero of="$STATE/filler" bs=1k 2>/dev/null || true
        code=0; "$CANDOR" --state "$STATE" run --once || code=$?
        echo "full: $code"
        code=0; "$CANDOR" --state "$STATE" sent verify || code=$?
        echo "verify: $code"
        rm "$STATE/filler"
        code=0; "$CANDOR" --state "$STATE" run --once || code=$?
        echo "room: $code"
        rm -rf "$STATE.kept"; cp -a "$STATE" "$STATE.after"
    "#;
    let Some(output) = on_a_tiny_disk(&agent, script) else {
        panic!("this machine allows no private mounts; the full-disk test needs them");
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    // The reader cannot keep that it reads, so it reads nothing.
    assert!(out.contains("full: 3\n"), "{out}\n{err}");
    assert!(err.contains("No space left") || err.contains("full"), "{err}");
    assert!(out.contains("verify: 0\n"), "{out}\n{err}");
    assert!(out.contains("room: 5\n"), "{out}\n{err}");
    let after = agent.state().with_extension("after");
    std::fs::remove_dir_all(agent.state()).unwrap();
    std::fs::rename(after, agent.state()).unwrap();
    collector.serve();
    let _ = agent.cycle().exits(0);
    assert_eq!(collector.stored_payloads(), agent.payloads());
    assert_eq!(agent.unreceipted(), 0);
}
