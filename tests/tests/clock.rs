//! Whoever holds the keys that the collector has on line names wrong times, with the real binaries: no device stops for it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Clock, Collector, Relay, resign};
use collector_proto::messages::{Receipt, path};
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

const DAY: i64 = 86_400;
const CENTURY: i64 = 100 * 365 * DAY;

fn now() -> UtcTime {
    UtcTime::from_system(SystemTime::now())
}

/// What the timestamps and receipts that pass are ahead of the time, in seconds.
struct Ahead {
    timestamp: Arc<AtomicI64>,
    receipt: Arc<AtomicI64>,
    _relay: Relay,
}

impl Ahead {
    fn before(collector: &mut Collector) -> Self {
        let (timestamp, receipt) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let keys = (collector.key("keys/timestamp"), collector.key("keys/receipt"));
        let ahead = (Arc::clone(&timestamp), Arc::clone(&receipt));
        let on_answer = move |path: &str, answer: &mut candor_tests::Message| {
            if !answer.is_good() {
                return;
            }
            let at = |ahead: &AtomicI64| UtcTime::from_unix(now().unix() + ahead.load(Ordering::SeqCst));
            answer.edit(|body| match path {
                path::POLICY => resign::<TimestampDocument>(&mut body["timestamp"], &keys.0, |document| {
                    document["issued"] = json!(at(&ahead.0));
                    document["expires"] = json!(at(&ahead.0).plus_seconds(3_600));
                }),
                path::REPORTS => resign::<Receipt>(body, &keys.1, |document| {
                    document["received_at"] = json!(at(&ahead.1).to_minute());
                }),
                _ => {}
            });
        };
        let relay = Relay::before(collector, Box::new(|_| None), Box::new(on_answer));
        Self { timestamp, receipt, _relay: relay }
    }
}

/// A device reports, and every command says so.
#[track_caller]
fn all_is_well(agent: &Agent) {
    let _ = agent.run(&["run", "--once"]).exits(0);
    assert_eq!(agent.unreceipted(), 0);
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["refused"], Value::Null, "{status}");
    let _ = agent.run(&["doctor"]).exits(0);
}

#[test]
fn attack_h1_a_receipt_of_the_next_century_stops_nothing() {
    let mut collector = Collector::start();
    let ahead = Ahead::before(&mut collector);
    let agent = Agent::enrolled(&collector);
    ahead.receipt.store(CENTURY, Ordering::SeqCst);
    all_is_well(&agent);
    all_is_well(&agent);
    ahead.receipt.store(0, Ordering::SeqCst);
    std::fs::remove_file(agent.state().join("cache/documents.json")).unwrap();
    all_is_well(&agent);
    // It proves that the report was taken all the same.
    let _ = agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn attack_h1_a_timestamp_of_the_next_century_stops_nothing() {
    let mut collector = Collector::start();
    let ahead = Ahead::before(&mut collector);
    let agent = Agent::enrolled(&collector);
    all_is_well(&agent);
    ahead.timestamp.store(CENTURY, Ordering::SeqCst);
    all_is_well(&agent);
    ahead.timestamp.store(0, Ordering::SeqCst);
    all_is_well(&agent);
    // Nor where nothing else is kept: what the collector gives is not taken, and asked for again.
    std::fs::remove_file(agent.state().join("cache/documents.json")).unwrap();
    ahead.timestamp.store(CENTURY, Ordering::SeqCst);
    let _ = agent.run(&["run", "--once"]).exits(3);
    ahead.timestamp.store(0, Ordering::SeqCst);
    all_is_well(&agent);
}

#[test]
fn attack_low_timestamps_of_the_near_future_and_expired_ones_block_nobody() {
    let mut collector = Collector::start();
    let ahead = Ahead::before(&mut collector);
    let agent = Agent::enrolled(&collector);
    for seconds in [290, 0, -2 * 3_600, 0] {
        ahead.timestamp.store(seconds, Ordering::SeqCst);
        all_is_well(&agent);
    }
    // One that has expired is not what a device begins with.
    std::fs::remove_file(agent.state().join("cache/documents.json")).unwrap();
    ahead.timestamp.store(-2 * 3_600, Ordering::SeqCst);
    let said = agent.run(&["run", "--once"]).exits(3);
    assert!(said.all().contains("the collector gave one that expired on"), "{}", said.all());
}

#[test]
fn attack_low_a_clock_that_is_held_back_off_line_gains_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::in_folder(folder.path()).unwrap();
    let mut collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    collector.kill();
    for (name, value) in clock.environment() {
        agent.set(name, value.to_str().unwrap());
    }
    let begun = now();
    let cycle_at = |hours: u64| {
        clock.set(begun.plus_seconds(hours * 3_600)).unwrap();
        agent.run(&["run", "--once"])
    };
    // The inventory's `max_stale` is a week: the report is kept until the collector is there again.
    let _ = cycle_at(1).exits(5);
    let _ = cycle_at(6 * 24).exits(5);
    let reports = agent.payloads().len();
    // Held back, day after day, as if that week never ended.
    for hours in [6 * 24 - 1, 24, 1] {
        let said = cycle_at(hours).exits(3);
        assert!(said.err.contains("but it was already"), "{}", said.all());
    }
    let said = cycle_at(7 * 24 + 1).exits(3);
    assert!(said.err.contains("has not confirmed the policy"), "{}", said.all());
    assert_eq!(agent.payloads().len(), reports);
}
