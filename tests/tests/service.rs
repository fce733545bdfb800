//! `candor run` as a service: it reports, rests, tries again, and ends when it should.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Fault, FaultServer, Said};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than a cycle and than the first two waits after a failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running service, ended with the test.
struct Service {
    child: Child,
    log: tempfile::NamedTempFile,
}

impl Service {
    fn start(agent: &Agent) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = agent.command(&["run"]);
        command.stdout(Stdio::piped()).stderr(log.reopen().unwrap());
        Self { child: command.spawn().unwrap(), log }
    }

    fn id(&self) -> u32 {
        self.child.id()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    fn told_to_stop(self) -> Said {
        signal("TERM", self.id());
        self.ended()
    }

    /// Waits for its end, and for what it said.
    fn ended(mut self) -> Said {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "the service does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        Said { code: status.code(), out, err: self.log() }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(name: &str, process: u32) {
    assert!(Command::new("kill").args([format!("-{name}"), process.to_string()]).status().unwrap().success());
}

#[track_caller]
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn receipts(agent: &Agent) -> usize {
    agent.ledger_files().iter().filter(|name| name.ends_with(".receipt")).count()
}

/// A reader that says that it was started, and then takes its time.
#[cfg(target_os = "linux")]
fn slow_reader(folder: &Path) -> (PathBuf, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let (script, started) = (folder.join("slow-reader"), folder.join("started"));
    // A reader that is started and asked nothing ends with the step that did not need it.
    let asked = "[ -n \"$(head -c 1)\" ] || exit 0";
    let lines = format!("#!/bin/sh\n{asked}\n: > '{}'\nexec sleep 50\n", started.display());
    std::fs::write(&script, lines).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    (script, started)
}

/// The process ids below one, from /proc.
#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let listed = std::fs::read_to_string(path).unwrap_or_default();
    listed.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

#[test]
fn what_waits_stays_until_the_notice_of_the_current_policy_is_acknowledged() {
    let inventory =
        std::fs::read_to_string(candor_tests::repository().join("packaging/policies/inventory.toml"))
            .unwrap();
    let mut collector = Collector::with_policy(&inventory);
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    collector.kill();
    let _ = agent.cycle().exits(5);
    assert_eq!(agent.unreceipted(), 1);
    collector.serve();
    collector.publish(
        &inventory
            .replace("version = 1", "version = 2")
            .replace("require_acknowledgement = false", "require_acknowledgement = true"),
    );
    let service = Service::start(&agent);
    eventually("a refusal", || service.log().contains("candor notice --acknowledge"));
    assert_eq!((agent.unreceipted(), collector.stored_payloads().len()), (1, 1), "{}", service.log());
    let _ = agent.run(&["notice", "--acknowledge"]).exits(0);
    eventually("a receipt", || agent.unreceipted() == 0);
    let _ = service.told_to_stop().exits(0);
}

#[test]
fn attack_m7_a_collector_that_is_away_and_then_asks_for_everything_again_makes_the_device_read_once() {
    const RESYNC: &str = r#"{"type":"urn:candor:problem:resync","title":"The base is missing","status":409}"#;
    const PROBLEM: &str = "Content-Type: application/problem+json\r\n";
    let fault = Fault::InTurn(&[(503, "", ""), (409, PROBLEM, RESYNC)]);
    let mut collector = Collector::start();
    let (agent, other) = (Agent::enrolled(&collector), Agent::enrolled(&collector));
    let _ = other.cycle().exits(0);
    let documents = serde_json::to_vec(&other.documents()).unwrap();
    collector.kill();
    let (certificate, key) = collector.certificate();
    let server = FaultServer::start(collector.port(), fault, Some(documents), &certificate, &key);
    let service = Service::start(&agent);
    let refused = || agent.ledger_files().iter().filter(|name| name.ends_with(".refused")).count();
    eventually("a refusal", || refused() == 1);
    // Long enough for the report in its place, if one were made.
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(agent.payloads().len(), 1, "{}", service.log());
    assert!(server.requests() >= 2);
    let _ = service.told_to_stop().exits(0);
    // Nor after a restart.
    let service = Service::start(&agent);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(agent.payloads().len(), 1, "{}", service.log());
    let _ = service.told_to_stop().exits(0);
    // By hand what was refused is made again, and the real collector gets it.
    drop(server);
    collector.serve();
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.payloads().len(), 2);
}

#[test]
fn reports_at_once_then_rests_and_stops_when_told() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let service = Service::start(&agent);
    eventually("a receipt", || receipts(&agent) == 1);
    #[cfg(target_os = "linux")]
    eventually("rest", || children(service.id()).is_empty());
    let said = service.told_to_stop().exits(0);
    assert_eq!(said.out, "");
    assert_eq!(agent.payloads().len(), 1);
    // A restart keeps the rhythm: no second report before its time.
    let service = Service::start(&agent);
    #[cfg(target_os = "linux")]
    {
        eventually("a look at the rhythm", || !children(service.id()).is_empty());
        eventually("rest", || children(service.id()).is_empty());
    }
    let _ = service.told_to_stop().exits(0);
    assert_eq!(agent.payloads().len(), 1);
    assert_eq!(collector.stored_payloads(), agent.payloads());
}

#[test]
fn what_a_collector_that_is_away_did_not_take_is_sent_when_it_is_back() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    collector.kill();
    let _ = agent.cycle().exits(5);
    assert_eq!(agent.unreceipted(), 1);
    let service = Service::start(&agent);
    eventually("a failure", || service.log().contains("cannot be reached"));
    collector.serve();
    eventually("the second receipt", || receipts(&agent) == 2);
    let _ = service.told_to_stop().exits(0);
    // Not due yet: nothing new was made of it.
    assert_eq!(agent.payloads().len(), 2);
    assert_eq!(collector.stored_payloads(), agent.payloads());
}

#[test]
fn a_ledger_that_was_tampered_with_ends_it() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let path = agent.ledger().join("0000000001.report");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"seq\":1", "\"seq\":9")).unwrap();
    let said = Service::start(&agent).ended().exits(4);
    assert!(said.err.contains("entry 1") || said.err.contains("0000000001"), "{}", said.err);
}

#[test]
fn an_unenrolled_device_is_told_so() {
    let agent = Agent::new();
    let said = Service::start(&agent).ended().exits(1);
    assert!(said.err.contains("candor enrol"), "{}", said.err);
}

#[test]
fn a_revoked_device_ends_it() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let device = agent.run(&["status", "--format", "json"]).json()["enrolment"]["device_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let data = collector.data().to_string_lossy().into_owned();
    let _ = collector.run(&["device", "revoke", &device, "--data", &data]).exits(0);
    let said = Service::start(&agent).ended().exits(1);
    assert!(said.err.contains("revoked"), "{}", said.err);
}

#[test]
#[cfg(target_os = "linux")]
fn a_step_that_is_killed_is_taken_again() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let folder = tempfile::tempdir().unwrap();
    let (reader, started) = slow_reader(folder.path());
    agent.set("CANDOR_READER", &reader.to_string_lossy());
    let service = Service::start(&agent);
    eventually("the reader", || started.exists());
    // The reader that the next step starts is a good one.
    std::fs::remove_file(&reader).unwrap();
    std::os::unix::fs::symlink(candor_tests::binary("candor-reader"), &reader).unwrap();
    for step in children(service.id()) {
        signal("KILL", step);
    }
    eventually("a receipt", || receipts(&agent) == 1);
    let said = service.told_to_stop().exits(0);
    assert!(said.err.contains("without an answer"), "{}", said.err);
}

#[test]
#[cfg(target_os = "linux")]
fn told_to_stop_in_the_middle_of_a_step_it_leaves_nothing_behind() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().unwrap();
    let (reader, started) = slow_reader(folder.path());
    for signal_name in ["TERM", "KILL"] {
        let mut agent = Agent::enrolled(&collector);
        agent.set("CANDOR_READER", &reader.to_string_lossy());
        let service = Service::start(&agent);
        eventually("the reader", || started.exists());
        std::fs::remove_file(&started).unwrap();
        let steps = children(service.id());
        assert_eq!(steps.len(), 1);
        signal(signal_name, service.id());
        let said = service.ended();
        assert_eq!(said.code, (signal_name == "TERM").then_some(0), "{}", said.err);
        let gone = || !std::fs::exists(format!("/proc/{}/fd/0", steps[0])).unwrap();
        if signal_name == "TERM" {
            assert!(gone(), "the step outlives its service");
        } else {
            eventually("the end of the step", gone);
        }
        // The state is free again.
        agent.unset("CANDOR_READER");
        let _ = agent.cycle().exits(0);
    }
}
