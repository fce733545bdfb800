//! What two users and their sockets cost, measured on a booted system with 1,000 packages: one line of JSON on standard output.
//!
//! `cargo xtask bench` runs it with release binaries, whose folder `CANDOR_BINARIES` names. Only root boots a system; anybody else
//! gets the line `null`.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use candor_tests::{Booted, Collector};
use std::fmt::Write as _;
use std::io::Write as _;

/// How many packages the system has.
const PACKAGES: usize = 1000;

/// What the units of Candor use is counted in their slice.
const SLICE: &str = "/sys/fs/cgroup/candor.slice/cpu.stat";

/// The same for what is started as the agent.
const AGENT: &str = "candorfigures.slice";

fn main() {
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(5);
    let figures = Booted::start().map(|booted| measured(&booted, runs));
    let line = serde_json::to_string(&figures).expect("figures can be written");
    writeln!(std::io::stdout(), "{line}").expect("standard output");
}

fn measured(booted: &Booted, runs: usize) -> serde_json::Value {
    with_packages(booted);
    let collector = Collector::start();
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let cycles: Vec<f64> = (0..runs).map(|_| cycle(booted)).collect();
    assert_eq!(collector.stored_payloads().len(), runs, "a cycle brought no report");
    let _ = booted.run(&["useradd", "--create-home", "alice"]).exits(0);
    let status = status(booted, 4 * runs);
    serde_json::json!({ "cycle_cpu_ms": cycles, "status_ms": status })
}

/// Repeats the system's own packages under other names until there are enough.
fn with_packages(booted: &Booted) {
    let file = booted.path("/var/lib/dpkg/status");
    let status = std::fs::read_to_string(&file).expect("the system's packages");
    let own: Vec<&str> = status.split("\n\n").filter(|stanza| stanza.contains("Package: ")).collect();
    let mut made = String::new();
    for number in 0..PACKAGES {
        let (round, stanza) = (number / own.len(), own[number % own.len()].trim());
        let (first, rest) = stanza.split_once('\n').expect("a package has more than its name");
        let suffix = if round == 0 { String::new() } else { format!("-{round}") };
        writeln!(made, "{first}{suffix}\n{rest}\n").expect("writing to a String cannot fail");
    }
    std::fs::write(file, made).expect("the system's packages can be written");
}

/// Milliseconds of processor time that one cycle takes: of the agent's step and of all that it has the system start.
fn cycle(booted: &Booted) -> f64 {
    // Each cycle reads, however short ago the last one was, and no process of an earlier question serves it.
    let _ = booted.run(&["rm", "--force", "/var/lib/candor-reader/last_reading.json"]).exits(0);
    let _ = booted.run(&["systemctl", "stop", "candor-reader.service"]);
    let before = used(booted);
    let slice = format!("--slice={AGENT}");
    // In a scope: what a unit of its own would take to be put up is not the step's.
    let step =
        ["--quiet", "--scope", "--collect", "--uid=candor", &slice, "/usr/bin/candor", "run", "--once"];
    let said = booted.run(&[&["systemd-run"], &step[..]].concat());
    let journal = || booted.run(&["journalctl", "--no-pager", "--lines=40"]).out;
    assert_eq!(said.code, Some(0), "{}\n{}", said.all(), journal());
    used(booted) - before
}

/// Milliseconds of processor time that Candor's units and the steps started here have used.
fn used(booted: &Booted) -> f64 {
    let of = |file: &str| {
        let said = booted.run(&["cat", file]).out;
        let micros = said.lines().find_map(|line| line.strip_prefix("usage_usec "));
        micros.map_or(0.0, |micros| micros.parse().expect("a number of microseconds"))
    };
    (of(SLICE) + of(&format!("/sys/fs/cgroup/{AGENT}/cpu.stat"))) / 1000.0
}

/// Milliseconds that each `candor status` of an account took, after one that had the processes started.
fn status(booted: &Booted, runs: usize) -> Vec<f64> {
    let script = format!(
        "candor status > /dev/null || exit; for run in $(seq {runs}); do since=$EPOCHREALTIME; candor status > /dev/null || exit; \
         echo $since $EPOCHREALTIME; sleep 0.2; done"
    );
    let said = booted.run_as("alice", &["bash", "-c", &script]).exits(0);
    let millis = |line: &str| {
        let (since, until) = line.split_once(' ').expect("two instants");
        let seconds = |text: &str| text.parse::<f64>().expect("an instant");
        (seconds(until) - seconds(since)) * 1000.0
    };
    let taken: Vec<f64> = said.out.lines().map(millis).collect();
    assert_eq!(taken.len(), runs, "{}", said.all());
    taken
}
