//! Every bound that both sides hold to, or that people are told of, each with its reason.

/// Largest signed document (root, policy, timestamp, receipt) in bytes of its envelope. The richest policy over
/// the whole catalogue in six languages is below 64 KiB; four times that stops endless data (TUF §1.5).
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// Most signatures of an envelope. More offices than ever agree on anything, and few enough to try each of them under each key.
pub const MAX_SIGNATURES: usize = 64;

/// Most keys of a root, for the same reason: a root says itself which keys its signatures are tried under.
pub const MAX_ROOT_KEYS: usize = 64;

/// Largest report in bytes, its head and all parts together, after decompression. 100,000 packages of 80 bytes.
pub const MAX_REPORT_BYTES: usize = 8 * 1024 * 1024;

/// Largest report in compressed bytes. JSON of this kind compresses at least fivefold.
pub const MAX_REPORT_WIRE_BYTES: usize = 2 * 1024 * 1024;

/// Most rows of one section. Five times the largest package database seen in the field.
pub const MAX_ROWS: usize = 100_000;

/// Most rows of one report, all parts and sections together: the largest section beside 20,000 rows of the others. At 70 bytes
/// a row that is [`MAX_REPORT_BYTES`].
pub const MAX_REPORT_ROWS: usize = MAX_ROWS + 20_000;

/// Most parts of one report: those of 1,000 accounts for four retentions.
pub const MAX_REPORT_PARTS: usize = 4096;

/// Most values of a list in a row: the most that any field's `max_values` may be raised to.
pub const MAX_LIST: usize = 1024;

/// Longest text of a value in bytes: the most that any field's `max_bytes` may be raised to, eight times the longest.
pub const MAX_VALUE_BYTES: usize = 4096;

/// Most root rotations walked in one go (TUF §5.3.3 recommends a bound).
pub const MAX_ROOT_STEPS: usize = 1024;

/// Longest a policy may let a device collect without a fresh timestamp: 7 days in seconds.
pub const MAX_STALE_SECONDS: u64 = 7 * 24 * 3600;

/// How far clocks that are set differ, in seconds: ordinary drift.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// Longest life of a timestamp document: 24 hours in seconds.
pub const MAX_TIMESTAMP_SECONDS: u64 = 24 * 3600;

/// Shortest time between two reports that a policy may ask for: 5 minutes in seconds. Shorter would be tracking.
pub const MIN_REPORT_EVERY_SECONDS: u64 = 300;

/// Longest request that the reader accepts on standard input, in bytes: a root chain, a policy, a timestamp.
pub const MAX_READER_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// How many days before a root or a certificate ends whoever can renew it is told.
pub const WARN_DAYS: i64 = 90;

/// Largest integer of I-JSON (RFC 7493 §2.2).
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Life of an enrolment challenge in seconds.
pub const CHALLENGE_SECONDS: u64 = 300;

/// How far a signed request's `created` may lie in the past, in seconds.
pub const REQUEST_MAX_AGE_SECONDS: i64 = 300;

/// How far a signed request's `created` may lie in the future, in seconds.
pub const REQUEST_MAX_AHEAD_SECONDS: i64 = 60;

/// Most bytes of reports that a device keeps. A full report of a machine with 1,000 packages has about 100 KB and an unchanged one
/// 1 KB: this is years of ordinary reports, and little enough for any disk.
pub const MAX_LEDGER_BYTES: u64 = 64 * 1024 * 1024;

/// How long a device keeps a report that it could not send: 30 days in seconds. What it says is replaced by the next full report
/// anyway, and a device that was away for a month must not deliver a month of history at once.
pub const MAX_UNSENT_SECONDS: u64 = 30 * 24 * 3600;
