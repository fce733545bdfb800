//! Retention: what is past its `stored_until` goes.
//!
//! A report's row stays with its ids, digest and receipt, so that the same report still gets the same receipt; its
//! content goes. Rows of sections go whole: a difference that builds on them is asked for in full again.

use super::StoreError;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, Row, TransactionBehavior, params};

/// What a sweep deleted. Names places, never content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// The instant up to which retention had ended.
    pub at: UtcTime,
    /// Reports whose content was deleted.
    pub reports: Vec<SweptReport>,
    /// Sections of devices whose rows were deleted.
    pub sections: Vec<SweptSection>,
}

/// A report whose content was deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptReport {
    /// Number in this store.
    pub id: i64,
    /// The device.
    pub device_id: String,
    /// When its retention ended.
    pub stored_until: UtcTime,
}

/// A section of a device whose rows were deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptSection {
    /// The device.
    pub device_id: String,
    /// Name of the section.
    pub section: String,
    /// When its retention ended.
    pub stored_until: UtcTime,
}

/// Deletes everything whose retention has ended by `now`. Runs in the caller's transaction; [`truncate_log`] after
/// the commit takes what was deleted out of the write-ahead log too.
pub(crate) fn sweep(connection: &Connection, now: UtcTime) -> Result<Swept, StoreError> {
    let mut reports: Vec<SweptReport> = connection
        .prepare_cached(
            "UPDATE report SET payload = NULL, deleted_at = ?1 WHERE payload IS NOT NULL AND stored_until <= ?1
             RETURNING id, device_id, stored_until",
        )?
        .query_map(params![now.unix()], |row| {
            Ok(SweptReport { id: row.get(0)?, device_id: row.get(1)?, stored_until: instant(row)? })
        })?
        .collect::<Result<_, _>>()?;
    let mut sections: Vec<SweptSection> = connection
        .prepare_cached(
            "DELETE FROM section WHERE stored_until <= ?1 RETURNING device_id, name, stored_until",
        )?
        .query_map(params![now.unix()], |row| {
            Ok(SweptSection { device_id: row.get(0)?, section: row.get(1)?, stored_until: instant(row)? })
        })?
        .collect::<Result<_, _>>()?;
    // SQLite returns them in no particular order.
    reports.sort_by_key(|report| report.id);
    sections.sort_by(|a, b| (&a.device_id, &a.section).cmp(&(&b.device_id, &b.section)));
    Ok(Swept { at: now, reports, sections })
}

/// Sweeps in a transaction of its own, beside a running server or without one.
pub fn sweep_beside(connection: &mut Connection, now: UtcTime) -> Result<Swept, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let swept = sweep(&transaction, now)?;
    transaction.commit()?;
    truncate_log(connection)?;
    Ok(swept)
}

/// Moves the write-ahead log into the database and empties it: `secure_delete` overwrites deleted content in the
/// database, but the log's older pages would still hold it. `false` when a reader keeps it from being emptied; a
/// later call does it then.
pub(super) fn truncate_log(connection: &Connection) -> Result<bool, StoreError> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!busy)
}

fn instant(row: &Row<'_>) -> rusqlite::Result<UtcTime> {
    Ok(UtcTime::from_unix(row.get(2)?))
}
