//! How long somebody who writes waits while a backup is made, against the same without one: one line of JSON on standard output.
//!
//! `cargo run --release -p candor-collector --example backup_figures -- 1024 target/release/candor-collector`
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use candor_collector::data_dir::DataDir;
use candor_collector::init::{InitOptions, init};
use candor_collector::store::{self, Store, StoreOptions, wait};
use collector_proto::envelope::SigningKey;
use collector_proto::http_signature::Nonce;
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of a part.
const PART: u64 = 4000;

/// Time between two writes: a thousand times as many as a thousand devices make.
const EVERY: Duration = Duration::from_millis(20);

/// For how long it is measured without a backup.
const WITHOUT: Duration = Duration::from_secs(20);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mib: u64 = arguments.next().and_then(|mib| mib.parse().ok()).unwrap_or(1024);
    let program = arguments.next().expect("the path of candor-collector");
    let folder = tempfile::tempdir_in(".").expect("a temporary directory");
    let dir = DataDir::at(folder.path().join("data"));
    let now = UtcTime::from_system(std::time::SystemTime::now());
    let made = init(dir.path().to_owned(), InitOptions::default(), now, &SystemRandom::new());
    made.expect("a collector");
    fill(&dir.database(), mib * 1024 * 1024 / PART);
    let store = store::open(&dir.database(), StoreOptions::default()).expect("the store opens");
    let without = measured(store.as_ref(), now, || std::thread::sleep(WITHOUT));
    let file = folder.path().join("backup");
    let since = Instant::now();
    let within = measured(store.as_ref(), now, || {
        let mut backup = Command::new(&program);
        backup.arg("backup").arg("--data").arg(dir.path()).arg("--output").arg(&file);
        assert!(backup.output().expect("it starts").status.success());
    });
    let (seconds, bytes) = (since.elapsed().as_secs_f64(), file.metadata().expect("a backup").len());
    let line = serde_json::json!({
        "bytes": bytes, "seconds": seconds,
        "p99_ms": { "without": p99(&without), "within": p99(&within) },
        "median_ms": { "without": without[without.len() / 2], "within": within[within.len() / 2] },
        "writes": { "without": without.len(), "within": within.len() },
    });
    writeln!(std::io::stdout(), "{line}").expect("standard output");
}

fn p99(sorted: &[f64]) -> f64 {
    sorted[sorted.len() * 99 / 100]
}

/// A device with that many parts, which are kept for long.
fn fill(path: &Path, parts: u64) {
    let database = rusqlite::Connection::open(path).expect("the database opens");
    let numbers =
        format!("WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {parts})");
    database
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; BEGIN;
             INSERT INTO device (device_id, group_name, enrolled_at, record, records_until) VALUES ('d', 'default', 1, x'01', 1 << 40);
             {numbers} INSERT INTO value_key SELECT id, 1, randomblob(32) FROM n;
             {numbers} INSERT INTO report (id, device_id, stream, seq, sha256, key_id, policy_version, policy_sha256,
                 created_at, received_at, signature, receipt, records_until)
                 SELECT id, 'd', 's', id, 'sha256', 'k', 1, 'p', 1, 1, 'signature', randomblob(600), 1 << 40
                 FROM n;
             {numbers} INSERT INTO report_part (report_id, part, device_id, sha256, stored_until, came, payload, key_id)
                 SELECT id, '0101010101010101/30d', 'd', 'sha256', 1 << 40, 1, randomblob({PART}), id FROM n;
             COMMIT;"
        ))
        .expect("parts");
}

/// Writes durably again and again while something is done; says how many milliseconds each write took, the shortest first.
fn measured(store: &dyn Store, now: UtcTime, done_meanwhile: impl FnOnce()) -> Vec<f64> {
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| writes(store, now, &is_done));
        done_meanwhile();
        is_done.store(true, Ordering::SeqCst);
        let mut waited = writing.join().expect("the other one ends");
        waited.sort_by(f64::total_cmp);
        waited
    })
}

fn writes(store: &dyn Store, now: UtcTime, is_done: &AtomicBool) -> Vec<f64> {
    let random = SystemRandom::new();
    let mut waited = Vec::new();
    while !is_done.load(Ordering::SeqCst) {
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
