//! What remains when values are gone, and its end: heads of reports, devices, and what is known about them.

use super::pace::Budget;
use super::retention::KEPT;
use super::{paging, signed, unsigned};
use crate::store::{Deletion, Listed, Page, StoreError, SweptDevice, SweptReport};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, params};

/// For how long records are kept of a group that has no policy, in seconds: what a policy says that does not say otherwise.
const RECORDS_WITHOUT_POLICY: i64 = 400 * 86_400;

/// Deletions within so many seconds are counted together.
const COUNTED_TOGETHER: i64 = 3600;

/// Until when the record of a device of this group is kept that does not report.
pub(super) fn of_silent_device(
    connection: &Connection,
    group: &str,
    now: UtcTime,
) -> Result<i64, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT records FROM policy WHERE group_name = ?1 ORDER BY version DESC LIMIT 1")?;
    let records: Option<i64> = statement.query_row([group], |row| row.get(0)).optional()?;
    Ok(now.unix().saturating_add(records.unwrap_or(RECORDS_WITHOUT_POLICY)))
}

/// The highest number of a stream whose head is deleted; 0 where none is.
pub(super) fn forgotten(connection: &Connection, device: &str, stream: &str) -> Result<u64, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM forgotten WHERE device_id = ?1 AND stream = ?2")?;
    let seq: Option<i64> = statement.query_row([device, stream], |row| row.get(0)).optional()?;
    Ok(seq.map_or(0, unsigned))
}

/// All of these, with device and stream.
pub(super) fn all_forgotten(connection: &Connection) -> Result<Vec<(String, String, u64)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT device_id, stream, seq FROM forgotten")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, unsigned(row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Deletes heads of reports whose time is over, with what is left of their parts, and notes up to which number. A head goes
/// with all its parts at once: without some it would look tampered with.
pub(super) fn delete_heads(
    connection: &Connection,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<Vec<SweptReport>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, device_id, stream, seq, records_until FROM report WHERE records_until <= ?1
         ORDER BY records_until LIMIT ?2",
    )?;
    let due = statement.query_map(params![now.unix(), budget.rows()], |row| {
        let stored_until = UtcTime::from_unix(row.get(4)?);
        let (stream, seq): (String, i64) = (row.get(2)?, row.get(3)?);
        Ok((SweptReport { id: row.get(0)?, device_id: row.get(1)?, stored_until }, stream, seq))
    })?;
    let mut deleted = Vec::new();
    for (report, stream, seq) in due.collect::<Result<Vec<_>, _>>()? {
        if !budget.allows_another() {
            break;
        }
        let parts = connection
            .prepare_cached("DELETE FROM report_part WHERE report_id = ?1")?
            .execute([report.id])?;
        connection.prepare_cached("DELETE FROM report WHERE id = ?1")?.execute([report.id])?;
        connection
            .prepare_cached(
                "INSERT INTO forgotten (device_id, stream, seq) VALUES (?1, ?2, ?3)
                 ON CONFLICT (device_id, stream) DO UPDATE SET seq = max(seq, excluded.seq)",
            )?
            .execute(params![report.device_id, stream, seq])?;
        budget.spend(1 + parts);
        deleted.push(report);
    }
    Ok(deleted)
}

/// Deletes devices whose time is over, with everything that names them. One of which a report's head is still kept waits for that.
pub(super) fn delete_devices(
    connection: &Connection,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<Vec<SweptDevice>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT device_id, records_until FROM device WHERE records_until <= ?1
         AND NOT EXISTS (SELECT 1 FROM report WHERE report.device_id = device.device_id)
         ORDER BY records_until LIMIT ?2",
    )?;
    let due = statement.query_map(params![now.unix(), budget.rows()], |row| {
        Ok(SweptDevice { device_id: row.get(0)?, records_until: UtcTime::from_unix(row.get(1)?) })
    })?;
    let mut deleted = Vec::new();
    for device in due.collect::<Result<Vec<_>, _>>()? {
        if !budget.allows_another() {
            break;
        }
        if forget_device(connection, &device.device_id, now, budget)? {
            deleted.push(device);
        }
    }
    Ok(deleted)
}

/// Deletes what names a device, some at a time, and then the device itself; `false` when something is left. It counts as revoked
/// from the first step on: what keeps its reports from being stored a second time goes before its key does.
fn forget_device(
    connection: &Connection,
    device: &str,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<bool, StoreError> {
    connection
        .prepare_cached("UPDATE device SET revoked_at = ?2 WHERE device_id = ?1 AND revoked_at IS NULL")?
        .execute(params![device, now.unix()])?;
    for statement in OF_A_DEVICE {
        let mut delete = connection.prepare_cached(statement)?;
        budget.delete(|most| Ok(delete.execute(params![device, most])?))?;
    }
    if budget.is_used_up() {
        return Ok(false);
    }
    connection.prepare_cached("DELETE FROM device WHERE device_id = ?1")?.execute([device])?;
    budget.spend(1);
    Ok(true)
}

/// Each deletes some of what names a device.
const OF_A_DEVICE: [&str; 11] = [
    "DELETE FROM placement WHERE (device_id, number) IN
        (SELECT device_id, number FROM placement WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM section WHERE (device_id, part, name) IN
        (SELECT device_id, part, name FROM section WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM standing_until WHERE (device_id, retention) IN
        (SELECT device_id, retention FROM standing_until WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM standing_part WHERE (device_id, part) IN
        (SELECT device_id, part FROM standing_part WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM standing WHERE device_id = ?1 AND ?2 > 0",
    "DELETE FROM forgotten WHERE (device_id, stream) IN
        (SELECT device_id, stream FROM forgotten WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM device_usage WHERE (device_id, day) IN
        (SELECT device_id, day FROM device_usage WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM security_event WHERE id IN (SELECT id FROM security_event WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM token WHERE sha256 IN (SELECT sha256 FROM token WHERE used_by_device = ?1 LIMIT ?2)",
    "DELETE FROM used_nonce WHERE (key_id, nonce_sha256) IN
        (SELECT key_id, nonce_sha256 FROM used_nonce JOIN device_key USING (key_id) WHERE device_id = ?1 LIMIT ?2)",
    "DELETE FROM device_key WHERE key_id IN (SELECT key_id FROM device_key WHERE device_id = ?1 LIMIT ?2)",
];

/// Forgets events, deletions and tokens of long ago.
pub(super) fn forget(connection: &Connection, now: UtcTime, budget: &mut Budget) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM security_event WHERE id IN (SELECT id FROM security_event WHERE hour <= ?1 LIMIT ?2)",
        "DELETE FROM token WHERE sha256 IN (
            SELECT sha256 FROM token WHERE expires_at <= ?1 AND used_by_device IS NULL LIMIT ?2)",
        "DELETE FROM deletion WHERE (hour, kind) IN
            (SELECT hour, kind FROM deletion WHERE hour <= ?1 LIMIT ?2)",
    ] {
        let mut delete = connection.prepare_cached(statement)?;
        budget.delete(|most| Ok(delete.execute(params![now.unix() - KEPT, most])?))?;
    }
    Ok(())
}

/// Counts what was deleted.
pub(super) fn count(
    connection: &Connection,
    deleted: &[(&'static str, usize)],
    now: UtcTime,
) -> Result<(), StoreError> {
    let hour = now.unix() - now.unix().rem_euclid(COUNTED_TOGETHER);
    for (kind, count) in deleted.iter().filter(|(_, count)| *count > 0) {
        connection
            .prepare_cached(
                "INSERT INTO deletion (hour, kind, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (hour, kind) DO UPDATE SET count = count + excluded.count",
            )?
            .execute(params![hour, kind, signed(*count as u64)])?;
    }
    Ok(())
}

/// What was deleted, newest first.
pub(super) fn deletions(connection: &Connection, page: &Page) -> Result<Listed<Deletion>, StoreError> {
    let (hour, kind) = paging::number_and_text(page)?.unwrap_or((i64::MAX, String::new()));
    let mut statement = connection.prepare_cached(
        "SELECT hour, kind, count FROM deletion WHERE (hour, kind) < (?1, ?2)
         ORDER BY hour DESC, kind DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![hour, kind, paging::rows(page)], |row| {
        let hour = UtcTime::from_unix(row.get(0)?);
        Ok(Deletion { hour, kind: row.get(1)?, count: unsigned(row.get(2)?) })
    })?;
    let deletions = rows.collect::<Result<_, _>>()?;
    Ok(paging::listed(deletions, page, |deletion| format!("{} {}", deletion.hour.unix(), deletion.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_device_is_found_without_looking_at_everything() {
        let mut database = Connection::open_in_memory().unwrap();
        super::super::migrations::migrate(&mut database).unwrap();
        for statement in OF_A_DEVICE {
            let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
            let steps = plan.query_map(params!["d", 1], |row| row.get::<_, String>(3)).unwrap();
            for step in steps.map(Result::unwrap) {
                assert!(!step.starts_with("SCAN"), "{statement}: {step}");
            }
        }
    }
}
