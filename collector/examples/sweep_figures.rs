//! What a sweep of a million parts takes, and how long somebody who writes meanwhile waits: one line of JSON on standard output.
//!
//! `cargo run -p candor-collector --example sweep_figures -- 1000000`
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use candor_collector::store::{self, Store, StoreOptions, wait};
use collector_proto::envelope::SigningKey;
use collector_proto::http_signature::Nonce;
use collector_proto::time::UtcTime;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of a part: what a difference of a few rows takes.
const PART: u32 = 400;

/// Time between two writes of somebody else: about two hundred thousand devices that report every six hours.
const EVERY: Duration = Duration::from_millis(100);

fn main() {
    let parts = std::env::args().nth(1).and_then(|parts| parts.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("collector.db");
    drop(store::create(&path).expect("a store"));
    fill(&path, parts);
    let store = store::open(&path, StoreOptions::default()).expect("the store opens");
    let (now, done) = (UtcTime::from_unix(1_000_000), AtomicBool::new(false));
    let (seconds, deleted, mut waited) = std::thread::scope(|scope| {
        let other = scope.spawn(|| writes(store.as_ref(), now, &done));
        let since = Instant::now();
        let mut deleted = 0;
        loop {
            let swept = wait(store.sweep(now)).expect("a sweep");
            deleted += swept.parts.len();
            if !swept.more {
                break;
            }
        }
        let seconds = since.elapsed().as_secs_f64();
        done.store(true, Ordering::SeqCst);
        (seconds, deleted, other.join().expect("the other one ends"))
    });
    waited.sort_by(f64::total_cmp);
    let line = serde_json::json!({
        "parts": deleted, "seconds": seconds, "writes": waited.len(),
        "waited_ms": { "median": waited[waited.len() / 2], "most": waited[waited.len() - 1] },
    });
    writeln!(std::io::stdout(), "{line}").expect("standard output");
}

/// A device with that many parts, all past their time: they came one after the other and have three retentions.
fn fill(path: &Path, parts: u32) {
    let database = rusqlite::Connection::open(path).expect("the database opens");
    let numbers =
        format!("WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {parts})");
    database
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; BEGIN;
             INSERT INTO device (device_id, group_name, enrolled_at, record) VALUES ('d', 'default', 1, x'01');
             {numbers} INSERT INTO value_key SELECT id, 1, randomblob(32) FROM n;
             {numbers} INSERT INTO report (id, device_id, stream, seq, sha256, key_id, policy_version, policy_sha256,
                 created_at, received_at, signature, receipt, records_until)
                 SELECT id, 'd', 's', id, 'sha256', 'k', 1, 'p', 1, 1, 'signature', randomblob(600), 1 << 40
                 FROM n;
             {numbers} INSERT INTO report_part (report_id, part, device_id, sha256, stored_until, came, payload, key_id)
                 SELECT id, '0101010101010101/30d', 'd', 'sha256', 2 + id / 1000 + 300 * (id % 3), 1, randomblob({PART}), id
                 FROM n;
             COMMIT;"
        ))
        .expect("parts");
}

/// Writes again and again, each time durably; says how many milliseconds each write took.
fn writes(store: &dyn Store, now: UtcTime, done: &AtomicBool) -> Vec<f64> {
    let random = ring::rand::SystemRandom::new();
    let mut waited = Vec::new();
    while !done.load(Ordering::SeqCst) {
        std::thread::sleep(EVERY);
        let key = SigningKey::generate(&random).expect("a key").0;
        let nonce = Nonce::generate(&random).expect("a nonce");
        let since = Instant::now();
        let used = store.use_nonce(key.public().id(), &nonce, now.plus_seconds(600), now);
        wait(used).expect("a write");
        waited.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    waited
}
