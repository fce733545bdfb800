//! Accesses to values. They hold no value.

use super::pace::Budget;
use super::retention::KEPT;
use super::{SqliteStore, paging, unsigned};
use crate::store::{AccessStore, Answer, Listed, NewAccess, Page, RecordedAccess, StoreError};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};

/// Equal accesses within so many seconds are counted together.
const COUNTED_TOGETHER: i64 = 3600;

impl AccessStore for SqliteStore {
    fn record_access(&self, access: NewAccess, now: UtcTime) -> Answer<'_, ()> {
        self.write(move |connection| record(connection, &access, now))
    }

    fn accesses(&self, page: Page) -> Answer<'_, Listed<RecordedAccess>> {
        self.read(move |connection| accesses(connection, &page))
    }
}

fn record(connection: &Connection, access: &NewAccess, now: UtcTime) -> Result<(), StoreError> {
    let hour = now.unix() - now.unix().rem_euclid(COUNTED_TOGETHER);
    connection
        .prepare_cached(
            "INSERT INTO access (hour, operation, actor, purpose, device_id, count)
             VALUES (?1, ?2, ?3, ?4, ?5, 1)
             ON CONFLICT (hour, operation, actor, purpose, device_id) DO UPDATE SET count = count + 1",
        )?
        .execute(params![hour, access.operation, access.actor, access.purpose, access.device.to_string()])?;
    Ok(())
}

fn accesses(connection: &Connection, page: &Page) -> Result<Listed<RecordedAccess>, StoreError> {
    let (hour, id) = match paging::number_and_text(page)? {
        Some((hour, id)) => (hour, id.parse().map_err(StoreError::cursor)?),
        None => (i64::MAX, i64::MAX),
    };
    let mut statement = connection.prepare_cached(
        "SELECT hour, operation, actor, purpose, device_id, count, id FROM access
         WHERE (hour, id) < (?1, ?2) ORDER BY hour DESC, id DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![hour, id, paging::rows(page)], |row| {
        let access = RecordedAccess {
            hour: UtcTime::from_unix(row.get(0)?),
            operation: row.get(1)?,
            actor: row.get(2)?,
            purpose: row.get(3)?,
            device_id: row.get(4)?,
            count: unsigned(row.get(5)?),
        };
        Ok((access, row.get::<_, i64>(6)?))
    })?;
    let with_ids: Vec<_> = rows.collect::<Result<_, _>>()?;
    let listed = paging::listed(with_ids, page, |(access, id)| format!("{} {id}", access.hour.unix()));
    Ok(Listed { items: listed.items.into_iter().map(|(access, _)| access).collect(), next: listed.next })
}

/// Forgets what was on record long enough.
pub(super) fn forget(connection: &Connection, now: UtcTime, budget: &mut Budget) -> Result<(), StoreError> {
    let mut delete = connection
        .prepare_cached("DELETE FROM access WHERE id IN (SELECT id FROM access WHERE hour <= ?1 LIMIT ?2)")?;
    budget.delete(|most| Ok(delete.execute(params![now.unix() - KEPT, most])?))
}
