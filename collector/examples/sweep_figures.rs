//! What a sweep takes, and how long others who write meanwhile wait, in the same process and in another one: one line of JSON on
//! standard output.
//!
//! `cargo run --release -p candor-collector --example sweep_figures -- 1000000`
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use candor_collector::store::{self, Store, StoreOptions, wait};
use collector_proto::envelope::SigningKey;
use collector_proto::http_signature::Nonce;
use collector_proto::time::UtcTime;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of a part, and of the rows of a section: what a difference of a few rows takes, and a few rows more.
const PART: u32 = 400;
const SECTION: u32 = 1200;

/// One row in so many is a section that stands; the others are parts of reports.
const SECTION_OF: u32 = 4;

/// Sections of a device.
const SECTIONS: u32 = 10;

/// Time between two writes of somebody else: about half a million devices that report every six hours.
const EVERY: Duration = Duration::from_millis(40);

/// How long is measured what a write takes while nothing is swept.
const ALONE: Duration = Duration::from_secs(5);

fn main() {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("collector.db");
    drop(store::create(&path).expect("a store"));
    fill(&path, rows);
    let store = store::open(&path, StoreOptions::default()).expect("the store opens");
    let beside = store::open_beside(&path, None).expect("the store opens a second time");
    let (now, done) = (UtcTime::from_unix(1_000_000), AtomicBool::new(false));
    let alone = std::thread::scope(|scope| {
        let alone = scope.spawn(|| writes(store.as_ref(), now, &done));
        std::thread::sleep(ALONE);
        done.store(true, Ordering::SeqCst);
        alone.join().expect("it ends")
    });
    done.store(false, Ordering::SeqCst);
    let (seconds, deleted, same, other) = std::thread::scope(|scope| {
        let same = scope.spawn(|| writes(store.as_ref(), now, &done));
        let other = scope.spawn(|| writes(beside.as_ref(), now, &done));
        let since = Instant::now();
        let mut deleted = 0;
        loop {
            let swept = wait(store.sweep(now)).expect("a sweep");
            deleted += swept.parts.len() + swept.sections.len();
            if !swept.more {
                break;
            }
        }
        let seconds = since.elapsed().as_secs_f64();
        done.store(true, Ordering::SeqCst);
        (seconds, deleted, same.join().expect("it ends"), other.join().expect("it ends"))
    });
    let line = serde_json::json!({
        "rows": deleted, "seconds": seconds, "waited_ms": summary(same), "other_process_waited_ms": summary(other),
        "without_sweep_waited_ms": summary(alone),
    });
    writeln!(std::io::stdout(), "{line}").expect("standard output");
}

/// Parts of one device, which came one after the other and have three retentions, and sections of many devices: all past their
/// time.
fn fill(path: &Path, rows: u32) {
    let database = rusqlite::Connection::open(path).expect("the database opens");
    let numbers = |count: u32| {
        format!("WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {count})")
    };
    let sections = rows / SECTION_OF;
    let parts = rows - sections;
    let (keys, of_parts, of_sections) = (numbers(rows), numbers(parts), numbers(sections));
    let devices = numbers(sections.div_ceil(SECTIONS));
    database
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; BEGIN;
             INSERT INTO device (device_id, group_name, enrolled_at, record, records_until)
                 VALUES ('d', 'default', 1, x'01', 1 << 40);
             {devices} INSERT INTO device (device_id, group_name, enrolled_at, record, records_until)
                 SELECT 'd' || id, 'default', 1, x'01', 1 << 40 FROM n;
             {keys} INSERT INTO value_key SELECT id, 1, randomblob(32) FROM n;
             {of_parts} INSERT INTO report (id, device_id, stream, seq, sha256, key_id, policy_version, policy_sha256,
                 created_at, received_at, signature, receipt, records_until)
                 SELECT id, 'd', 's', id, 'sha256', 'k', 1, 'p', 1, 1, 'signature', randomblob(600), 1 << 40
                 FROM n;
             {of_parts} INSERT INTO report_part (report_id, part, device_id, sha256, stored_until, came, payload, key_id)
                 SELECT id, '0101010101010101/30d', 'd', 'sha256', 2 + id / 1000 + 300 * (id % 3), 1, randomblob({PART}), id
                 FROM n;
             {devices} INSERT INTO standing_part SELECT 'd' || id, '0101010101010101/30d', 30, 'sha256', 1, 1 FROM n;
             {devices} INSERT INTO standing_until SELECT 'd' || id, 30, 2 + id / 1000 FROM n;
             {of_sections} INSERT INTO section SELECT 'd' || (1 + (id - 1) / {SECTIONS}), '0101010101010101/30d',
                 'section ' || (id % {SECTIONS}), 'sha256', 5, {SECTION}, {parts} + id, randomblob({SECTION}) FROM n;
             COMMIT;"
        ))
        .expect("rows");
    drop(database);
    // Otherwise the first steps of the sweep write to the disk what is left of the filling.
    std::fs::File::open(path).and_then(|file| file.sync_all()).expect("the disk takes the rows");
}

/// Writes again and again, each time durably; says how many milliseconds each write took.
fn writes(store: &dyn Store, now: UtcTime, done: &AtomicBool) -> Vec<f64> {
    let random = ring::rand::SystemRandom::new();
    let key = || SigningKey::generate(&random).expect("a key").0;
    let nonce = || Nonce::generate(&random).expect("a nonce");
    let mut waited = Vec::new();
    while !done.load(Ordering::SeqCst) {
        std::thread::sleep(EVERY);
        let (key, nonce) = (key(), nonce());
        let since = Instant::now();
        let used = store.use_nonce(key.public().id(), &nonce, now.plus_seconds(600), now);
        wait(used).expect("a write");
        waited.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    waited
}

fn summary(mut waited: Vec<f64>) -> serde_json::Value {
    waited.sort_by(f64::total_cmp);
    serde_json::json!({ "writes": waited.len(), "median": waited.get(waited.len() / 2), "most": waited.last() })
}
