//! Retention: what is past its `stored_until` goes.
//!
//! A report's head stays with its receipt, so that the same report still gets the same receipt; the content of its parts goes,
//! each at its own time. Rows that stand go with their part: one that builds on them is asked for in full again.
//! What stays has its end as well ([`records`]).

use super::pace::{Budget, Step};
use super::{SqliteStore, accesses, records, shared};
use crate::store::{
    Answer, Deletion, Listed, Page, RetentionStore, Room, StoreError, Swept, SweptPart, SweptSection,
};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, Row, params};
use std::time::Duration;

/// How long accesses, security events and deletions stay on record, in seconds: 400 days, so that a yearly audit sees the whole year
/// before it.
pub(super) const KEPT: i64 = 400 * 86_400;

impl RetentionStore for SqliteStore {
    fn room(&self) -> Answer<'_, Room> {
        let place = self.place.clone();
        self.read(move |connection| place.room(connection))
    }

    fn sweep(&self, now: UtcTime) -> Answer<'_, Swept> {
        Box::pin(async move {
            let step = self.pace.next_step();
            let (swept, began) = self.write_unsynced(move |connection| sweep(connection, now, step)).await?;
            self.pace.committed(began);
            // Also when nothing was deleted: somebody may have been in the way the last time, or a crash.
            if !self.follow_with_log(!swept.more).await? {
                tracing::info!("the write-ahead log is in use; it is emptied with the next sweep");
            }
            Ok(swept)
        })
    }

    fn deletions(&self, page: Page) -> Answer<'_, Listed<Deletion>> {
        self.read(move |connection| records::deletions(connection, &page))
    }
}

/// One step, and when it began.
pub(super) fn sweep(
    connection: &Connection,
    now: UtcTime,
    step: Step,
) -> Result<(Swept, Duration), StoreError> {
    let mut budget = step.begin();
    let mut parts = delete_parts(connection, now, &mut budget)?;
    let mut sections = delete_rows(connection, now, &mut budget)?;
    let heads = records::delete_heads(connection, now, &mut budget)?;
    let devices = records::delete_devices(connection, now, &mut budget)?;
    shared::forget_usage(connection, now, &mut budget)?;
    accesses::forget(connection, now, &mut budget)?;
    records::forget(connection, now, &mut budget)?;
    let deleted = [
        ("part", parts.len()),
        ("section", sections.len()),
        ("report", heads.len()),
        ("device", devices.len()),
    ];
    records::count(connection, &deleted, now)?;
    parts.sort_by(|a, b| (a.report, &a.part).cmp(&(b.report, &b.part)));
    sections.sort_by(|a, b| (&a.device_id, &a.part, &a.section).cmp(&(&b.device_id, &b.part, &b.section)));
    Ok((Swept { at: now, parts, sections, heads, devices, more: budget.is_used_up() }, budget.began()))
}

/// Deletes the content of parts whose time is over.
fn delete_parts(
    connection: &Connection,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<Vec<SweptPart>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT rowid FROM report_part WHERE payload IS NOT NULL AND stored_until <= ?1
         ORDER BY stored_until LIMIT ?2",
    )?;
    let due = statement.query_map(params![now.unix(), budget.rows()], |row| row.get(0))?;
    let due = due.collect::<Result<Vec<i64>, _>>()?;
    let mut delete = connection.prepare_cached(
        "UPDATE report_part SET payload = NULL, key_id = NULL, deleted_at = ?2 WHERE rowid = ?1
         RETURNING report_id, device_id, stored_until, part",
    )?;
    let mut deleted = Vec::with_capacity(due.len());
    for part in due {
        if !budget.allows_another() {
            break;
        }
        deleted.push(delete.query_row(params![part, now.unix()], |row| {
            let stored_until = instant(row)?;
            Ok(SweptPart { report: row.get(0)?, device_id: row.get(1)?, stored_until, part: row.get(3)? })
        })?);
        budget.spend(1);
    }
    Ok(deleted)
}

/// Deletes rows whose time is over. Their parts are noted as not held first: a report that leaves them as they stand is answered
/// with the question for them.
fn delete_rows(
    connection: &Connection,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<Vec<SweptSection>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT device_id, retention, stored_until FROM standing_until WHERE stored_until <= ?1
         ORDER BY stored_until LIMIT ?2",
    )?;
    let due = statement.query_map(params![now.unix(), budget.rows()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, instant(row)?))
    })?;
    let due = due.collect::<Result<Vec<_>, _>>()?;
    let mut deleted = Vec::new();
    for (device, retention, stored_until) in due {
        if !budget.allows_another() {
            break;
        }
        let unheld = connection
            .prepare_cached(
                "UPDATE standing_part SET held = 0 WHERE device_id = ?1 AND retention = ?2 AND held = 1",
            )?
            .execute(params![device, retention])?;
        budget.spend(unheld);
        if !delete_sections(connection, (&device, retention, stored_until), budget, &mut deleted)? {
            break;
        }
        connection
            .prepare_cached("DELETE FROM standing_until WHERE device_id = ?1 AND retention = ?2")?
            .execute(params![device, retention])?;
        budget.spend(1);
    }
    Ok(deleted)
}

/// Deletes the rows of a device that are kept for so many seconds; `false` when some are left.
fn delete_sections(
    connection: &Connection,
    (device, retention, stored_until): (&str, i64, UtcTime),
    budget: &mut Budget,
    deleted: &mut Vec<SweptSection>,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT part, name FROM standing_part JOIN section USING (device_id, part)
         WHERE device_id = ?1 AND retention = ?2 LIMIT ?3",
    )?;
    // One more than may be deleted says that some are left.
    let places = statement.query_map(params![device, retention, budget.rows().saturating_add(1)], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    for (part, section) in places.collect::<Result<Vec<_>, _>>()? {
        if !budget.allows_another() {
            return Ok(false);
        }
        connection
            .prepare_cached("DELETE FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3")?
            .execute(params![device, part, section])?;
        budget.spend(1);
        deleted.push(SweptSection { device_id: device.to_owned(), part, section, stored_until });
    }
    Ok(true)
}

fn instant(row: &Row<'_>) -> rusqlite::Result<UtcTime> {
    Ok(UtcTime::from_unix(row.get(2)?))
}

#[cfg(test)]
mod tests {
    use super::super::pace::{Pace, tests::ticking};
    use super::*;

    /// Something of every kind that a sweep deletes, all of it past its time.
    const DUE: &str = "
        INSERT INTO device (device_id, group_name, enrolled_at, record, records_until) VALUES ('d', 'g', 1, x'01', 2);
        INSERT INTO device_key VALUES ('k', 'd', 'jwk', 1, NULL);
        INSERT INTO token VALUES ('t', 'g', 1, 1, 1, NULL, 'd', 'k'), ('u', 'g', 1, 1, NULL, NULL, NULL, NULL);
        INSERT INTO value_key VALUES (1, 1, randomblob(32)), (2, 1, randomblob(32)), (3, 1, randomblob(32)), (4, 1, randomblob(32));
        INSERT INTO report (id, device_id, stream, seq, sha256, key_id, policy_version, policy_sha256, created_at, received_at,
            signature, receipt, records_until) VALUES (1, 'd', 's', 1, 'x', 'k', 1, 'p', 1, 1, 's', x'02', 2);
        INSERT INTO report_part (report_id, part, device_id, sha256, stored_until, came, payload, key_id)
            VALUES (1, 'p', 'd', 'x', 2, 1, x'03', 1), (1, 'q', 'd', 'x', 2, 1, x'03', 2);
        INSERT INTO standing VALUES ('d', 'x', 'p', '');
        INSERT INTO standing_part VALUES ('d', 'p', 1, 'x', 1, 1), ('d', 'q', 1, 'x', 1, 1);
        INSERT INTO standing_until VALUES ('d', 1, 2);
        INSERT INTO section VALUES ('d', 'p', 'os', 'x', 1, 1, 3, x'04'), ('d', 'q', 'os', 'x', 1, 1, 4, x'04');
        INSERT INTO security_event VALUES (1, 1, 'kind', 'd', 1, NULL, NULL), (2, 2, 'kind', 'd', 1, NULL, NULL);
        INSERT INTO device_usage VALUES ('d', 1, 1, 1);
        INSERT INTO used_nonce VALUES ('k', 'n', 1);
        INSERT INTO access VALUES (1, 1, 'o', 'a', 'p', 'd', 1);
        INSERT INTO deletion VALUES (1, 'part', 1);";

    #[test]
    fn a_step_on_a_slow_machine_deletes_one_thing_and_the_last_one_leaves_nothing() {
        let mut database = Connection::open_in_memory().unwrap();
        super::super::migrations::migrate(&mut database).unwrap();
        database.execute_batch(&format!("PRAGMA foreign_keys = ON; {DUE}")).unwrap();
        let (now, pace) = (UtcTime::from_unix(2 * KEPT), Pace::new(ticking(60_000)));
        let (mut all, mut steps) = ([0; 4], 0);
        loop {
            let (swept, _) = sweep(&database, now, pace.next_step()).unwrap();
            let counts = [swept.parts.len(), swept.sections.len(), swept.heads.len(), swept.devices.len()];
            assert!(counts.iter().sum::<usize>() <= 1, "{swept:?}");
            all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
            steps += 1;
            assert!(steps < 100, "it does not get on");
            if !swept.more {
                break;
            }
        }
        assert_eq!(all, [2, 2, 1, 1]);
        let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
        for table in tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap) {
            let left: i64 =
                database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
            let expected = match table.as_str() {
                "value_key" | "deletion" => 4,
                "condition" => 1,
                _ => 0,
            };
            assert_eq!(left, expected, "{table}");
        }
        let used = "SELECT count(*) FROM value_key WHERE used = 1 OR key <> zeroblob(32)";
        assert_eq!(database.query_row(used, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }
}
