//! Killed at any instant: no report is lost, none is stored twice, and the ledger still verifies.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said};
use std::process::Stdio;
use std::time::Duration;

/// What must hold after any crash, once the agent has run again.
#[track_caller]
fn whole(collector: &Collector, agent: &Agent, moment: &str) {
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.unreceipted(), 0, "after {moment}");
    let _ = agent.run(&["sent", "verify"]).exits(0);
    assert_eq!(collector.stored_payloads(), agent.payloads(), "after {moment}");
    assert_eq!(collector.stored_parts(), agent.parts(), "after {moment}");
    let leftovers: Vec<_> = agent
        .ledger_files()
        .into_iter()
        .filter(|name| ![".report", ".part", ".receipt"].iter().any(|known| name.ends_with(known)))
        .collect();
    assert!(leftovers.is_empty(), "after {moment}: {leftovers:?}");
}

#[test]
fn at_every_step_of_a_cycle() {
    // What is dropped or refused has circumstances of its own; the agent's own tests kill it there.
    let steps: Vec<_> = candor::fault::STEPS
        .iter()
        .filter(|step| !step.starts_with("dropped:") && !step.starts_with("refused:"))
        .collect();
    assert!(steps.len() >= 15, "too few steps: {steps:?}");
    for step in steps {
        let collector = Collector::start();
        let mut agent = Agent::enrolled(&collector);
        // Only a report in which something changed has parts.
        if !step.starts_with("part:") {
            let _ = agent.cycle().exits(0);
        }
        agent.set("CANDOR_FAULT", step);
        let said = agent.cycle();
        assert_eq!(said.code, None, "{step} was not reached: {}", said.all());
        agent.unset("CANDOR_FAULT");
        whole(&collector, &agent, step);
    }
}

#[test]
fn by_a_kill_at_any_time() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let mut killed = 0;
    for round in 0..40_u64 {
        let mut running =
            agent.command(&["run", "--once"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Steps that share no factor with the length of a cycle land in all of its parts.
        std::thread::sleep(Duration::from_micros(round * 3_700));
        let _ = running.kill();
        killed += u32::from(running.wait().unwrap().code().is_none());
    }
    assert!(killed > 0, "every cycle ended before its kill");
    whole(&collector, &agent, "forty kills");
}

#[test]
fn of_the_collector_at_any_time() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    for round in 0..12_u64 {
        let mut running =
            agent.command(&["run", "--once"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(20_000 + round * 9_300));
        collector.kill();
        running.wait().unwrap();
        collector.serve();
    }
    whole(&collector, &agent, "twelve power cuts at the collector");
}

/// Whoever is killed while it starts another program leaves its lock with that one, until it has begun.
fn once_free(run: impl Fn() -> Said) -> Said {
    loop {
        let said = run();
        if !said.err.contains("another candor") {
            return said;
        }
        std::thread::yield_now();
    }
}

#[test]
fn during_enrolment() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().unwrap();
    for round in 0..10_u64 {
        let agent = Agent::new();
        let bundle = folder.path().join(format!("bundle-{round}.json"));
        collector.bundle(&bundle);
        let enrol = ["enrol", "--bundle", &bundle.to_string_lossy()].map(str::to_owned);
        let enrol: Vec<&str> = enrol.iter().map(String::as_str).collect();
        let mut running = agent.command(&enrol).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(round * 6_100));
        let _ = running.kill();
        running.wait().unwrap();
        // The same bundle finishes what was begun, whether or not the collector had taken the token.
        // One that is gone had finished it.
        if bundle.exists() {
            let said = once_free(|| agent.run(&enrol));
            assert_eq!(said.code, Some(0), "round {round}: {}", said.all());
        }
        let _ = agent.cycle().exits(0);
    }
}
