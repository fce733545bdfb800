//! Fills a collector's store with parts of reports, for the measurement of what a backup costs.
//!
//! `cargo run --release -p candor-collector --example fill_store -- DIR 1024` adds 1024 MiB to the collector in DIR, which must not be running.
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use candor_collector::data_dir::DataDir;
use std::path::Path;

/// Bytes of a part.
const PART: u64 = 4000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().expect("the collector's directory");
    let mib: u64 = arguments.next().and_then(|mib| mib.parse().ok()).expect("how many MiB");
    fill(&DataDir::at(directory).database(), mib * 1024 * 1024 / PART);
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
