//! Retention: what is past its `stored_until` goes.
//!
//! A report's head stays with its receipt, so that the same report still gets the same receipt; the content of its parts goes,
//! each at its own time. Rows that stand go with their part: one that builds on them is asked for in full again.
//! What stays has its end as well ([`records`]).

use super::{SqliteStore, accesses, open, records, shared, signed};
use crate::store::{
    Answer, Deletion, Listed, Page, RetentionStore, StoreError, Swept, SweptPart, SweptSection,
};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OpenFlags, Row, params};

/// Most parts, sections, accesses and days of usage, of each, that one transaction deletes: others must not wait for it long.
pub(super) const AT_ONCE: u32 = 250;

/// How long accesses, security events and deletions stay on record, in seconds: 400 days, so that a yearly audit sees the whole year
/// before it.
pub(super) const KEPT: i64 = 400 * 86_400;

/// Bytes of parts after which one transaction takes no further part: freeing the pages of large ones takes time as well.
const BYTES_AT_ONCE: u32 = 4 << 20;

impl RetentionStore for SqliteStore {
    fn sweep(&self, now: UtcTime) -> Answer<'_, Swept> {
        Box::pin(async move {
            let swept = self.write(move |connection| sweep(connection, now)).await?;
            // Also when nothing was deleted: a reader may have been in the way the last time.
            let (path, is_last) = (self.path.clone(), !swept.more);
            let emptied =
                self.read(move |_| empty_log(&open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?, is_last));
            if !emptied.await? {
                tracing::info!("the write-ahead log is in use; it is emptied with the next sweep");
            }
            Ok(swept)
        })
    }

    fn deletions(&self, page: Page) -> Answer<'_, Listed<Deletion>> {
        self.read(move |connection| records::deletions(connection, &page))
    }
}

fn sweep(connection: &Connection, now: UtcTime) -> Result<Swept, StoreError> {
    let mut parts: Vec<SweptPart> = connection
        .prepare_cached(
            "UPDATE report_part SET payload = NULL, key_id = NULL, deleted_at = ?1 WHERE rowid IN (
                SELECT rowid FROM (
                    SELECT rowid, sum(length(payload)) OVER (ORDER BY stored_until, rowid) - length(payload) AS before
                    FROM (SELECT rowid, payload, stored_until FROM report_part
                          WHERE payload IS NOT NULL AND stored_until <= ?1 ORDER BY stored_until LIMIT ?2))
                WHERE before < ?3)
             RETURNING report_id, device_id, stored_until, part",
        )?
        .query_map(params![now.unix(), AT_ONCE, BYTES_AT_ONCE], |row| {
            Ok(SweptPart { report: row.get(0)?, device_id: row.get(1)?, stored_until: instant(row)?, part: row.get(3)? })
        })?
        .collect::<Result<_, _>>()?;
    let (sections, are_rows_left) = delete_rows(connection, now)?;
    let heads = records::delete_heads(connection, now)?;
    let devices = records::delete_devices(connection, now)?;
    let days = shared::forget_usage(connection, now)?;
    let others = accesses::forget(connection, now)?.max(records::forget(connection, now)?);
    let counts = [heads.len(), devices.len(), days, others];
    let more = are_rows_left || are_parts_left(connection, now)? || counts.contains(&(AT_ONCE as usize));
    let deleted = [
        ("part", parts.len()),
        ("section", sections.len()),
        ("report", heads.len()),
        ("device", devices.len()),
    ];
    records::count(connection, &deleted, now)?;
    // SQLite returns them in no particular order.
    parts.sort_by(|a, b| (a.report, &a.part).cmp(&(b.report, &b.part)));
    Ok(Swept { at: now, parts, sections, heads, devices, more })
}

/// Deletes rows whose time is over, of so many devices and retentions at once, and says whether more are left. Their parts are
/// noted as not held first: a report that leaves them as they stand is answered with the question for them.
fn delete_rows(connection: &Connection, now: UtcTime) -> Result<(Vec<SweptSection>, bool), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT device_id, retention, stored_until FROM standing_until WHERE stored_until <= ?1
         ORDER BY stored_until LIMIT ?2",
    )?;
    let due = statement.query_map(params![now.unix(), AT_ONCE], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, instant(row)?))
    })?;
    let due = due.collect::<Result<Vec<_>, _>>()?;
    let (mut deleted, most) = (Vec::new(), AT_ONCE as usize);
    for (device, retention, stored_until) in &due {
        connection
            .prepare_cached(
                "UPDATE standing_part SET held = 0 WHERE device_id = ?1 AND retention = ?2 AND held = 1",
            )?
            .execute(params![device, retention])?;
        let mut statement = connection.prepare_cached(
            "DELETE FROM section WHERE (device_id, part, name) IN (
                SELECT device_id, part, name FROM standing_part JOIN section USING (device_id, part)
                WHERE device_id = ?1 AND retention = ?2 LIMIT ?3)
             RETURNING part, name",
        )?;
        let left = signed((most - deleted.len()) as u64);
        let rows = statement.query_map(params![device, retention, left], |row| {
            let (device_id, stored_until) = (device.clone(), *stored_until);
            Ok(SweptSection { device_id, part: row.get(0)?, section: row.get(1)?, stored_until })
        })?;
        deleted.extend(rows.collect::<Result<Vec<_>, _>>()?);
        if deleted.len() == most {
            break;
        }
        connection
            .prepare_cached("DELETE FROM standing_until WHERE device_id = ?1 AND retention = ?2")?
            .execute(params![device, retention])?;
    }
    let more = deleted.len() == most || due.len() == most;
    deleted.sort_by(|a, b| (&a.device_id, &a.part, &a.section).cmp(&(&b.device_id, &b.part, &b.section)));
    Ok((deleted, more))
}

fn are_parts_left(connection: &Connection, now: UtcTime) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM report_part WHERE payload IS NOT NULL AND stored_until <= ?1")?
        .exists([now.unix()])?)
}

/// Moves the write-ahead log into the database, and after the last step of a sweep empties it: what was overwritten in the
/// database still stands in the log's older pages. Moving keeps nobody from writing, and what is left to move when it is
/// emptied is little, so that nobody waits long then. `false` when a reader keeps it from being emptied; a later call
/// does it then.
fn empty_log(connection: &Connection, is_last: bool) -> Result<bool, StoreError> {
    let checkpoint =
        |how| -> Result<bool, StoreError> { Ok(connection.query_row(how, [], |row| row.get::<_, bool>(0))?) };
    checkpoint("PRAGMA wal_checkpoint(PASSIVE)")?;
    Ok(!is_last || !checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")?)
}

fn instant(row: &Row<'_>) -> rusqlite::Result<UtcTime> {
    Ok(UtcTime::from_unix(row.get(2)?))
}
