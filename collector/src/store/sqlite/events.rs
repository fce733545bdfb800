//! Security events. They name a device and a kind, never content.

use super::{SqliteStore, paging, signed, unsigned};
use crate::refusal::{Event, EventKind};
use crate::store::{Answer, EventStore, Listed, Page, SecurityEvent, StoreError};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};
use uuid::Uuid;

/// Events of one device and kind within so many seconds are counted together.
const COUNTED_TOGETHER: i64 = 3600;

impl EventStore for SqliteStore {
    fn record_event(&self, event: Event, now: UtcTime) -> Answer<'_, ()> {
        self.write(move |connection| {
            let report = event.report.as_ref().map(|(stream, seq)| (stream.as_str(), *seq));
            record(connection, event.kind, event.device, report, now)
        })
    }

    fn events(&self, page: Page) -> Answer<'_, Listed<SecurityEvent>> {
        self.read(move |connection| events(connection, &page))
    }

    fn devices_over_quota(&self, since: UtcTime) -> Answer<'_, u64> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT count(DISTINCT device_id) FROM security_event WHERE hour >= ?1 AND kind = ?2",
            )?;
            let kind = EventKind::OverQuota.name();
            Ok(statement.query_row(params![since.unix(), kind], |row| row.get(0).map(unsigned))?)
        })
    }
}

/// Most devices that are named for one kind in one hour; what further ones do is counted without a name.
const NAMED: i64 = 100;

/// Most rows, but for those without a name. One device comes to a tenth of it in 400 days, whatever it does.
const MOST: i64 = 200_000;

/// Counts an event.
pub(super) fn record(
    connection: &Connection,
    kind: EventKind,
    device: Uuid,
    report: Option<(&str, u64)>,
    now: UtcTime,
) -> Result<(), StoreError> {
    let hour = now.unix() - now.unix().rem_euclid(COUNTED_TOGETHER);
    let is_named = is_named(connection, hour, kind, &device.to_string())?;
    let (device, report) = if is_named { (device, report) } else { (Uuid::nil(), None) };
    connection
        .prepare_cached(
            "INSERT INTO security_event (hour, kind, device_id, count, last_stream, last_seq)
             VALUES (?1, ?2, ?3, 1, ?4, ?5)
             ON CONFLICT (hour, kind, device_id)
             DO UPDATE SET count = count + 1, last_stream = excluded.last_stream, last_seq = excluded.last_seq",
        )?
        .execute(params![
            hour,
            kind.name(),
            device.to_string(),
            report.map(|(stream, _)| stream),
            report.map(|(_, seq)| signed(seq)),
        ])?;
    Ok(())
}

/// Whether there is a row for the device, or may be one.
fn is_named(connection: &Connection, hour: i64, kind: EventKind, device: &str) -> Result<bool, StoreError> {
    let is_there = connection
        .prepare_cached("SELECT 1 FROM security_event WHERE hour = ?1 AND kind = ?2 AND device_id = ?3")?
        .exists(params![hour, kind.name(), device])?;
    if is_there {
        return Ok(true);
    }
    let named: i64 = connection
        .prepare_cached("SELECT count(*) FROM security_event WHERE hour = ?1 AND kind = ?2")?
        .query_row(params![hour, kind.name()], |row| row.get(0))?;
    // No fewer than there are rows, and found without counting them.
    let rows: i64 = connection
        .prepare_cached(
            "SELECT coalesce((SELECT max(id) FROM security_event) - (SELECT min(id) FROM security_event), 0)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(named < NAMED && rows < MOST)
}

fn events(connection: &Connection, page: &Page) -> Result<Listed<SecurityEvent>, StoreError> {
    let (hour, id) = match paging::number_and_text(page)? {
        Some((hour, id)) => (hour, id.parse().map_err(StoreError::cursor)?),
        None => (i64::MAX, i64::MAX),
    };
    let mut statement = connection.prepare_cached(
        "SELECT hour, kind, device_id, count, last_seq, id FROM security_event
         WHERE (hour, id) < (?1, ?2) ORDER BY hour DESC, id DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![hour, id, paging::rows(page)], |row| {
        let event = SecurityEvent {
            hour: UtcTime::from_unix(row.get(0)?),
            kind: row.get(1)?,
            device_id: row.get(2)?,
            count: unsigned(row.get(3)?),
            last_seq: row.get::<_, Option<i64>>(4)?.map(unsigned),
        };
        Ok((event, row.get::<_, i64>(5)?))
    })?;
    let with_ids: Vec<_> = rows.collect::<Result<_, _>>()?;
    let listed = paging::listed(with_ids, page, |(event, id)| format!("{} {id}", event.hour.unix()));
    Ok(Listed { items: listed.items.into_iter().map(|(event, _)| event).collect(), next: listed.next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(database: &Connection) -> Vec<(i64, String, i64)> {
        let mut statement =
            database.prepare("SELECT hour, device_id, count FROM security_event ORDER BY id").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn many_devices_fill_no_table_and_one_is_always_named() {
        let mut database = Connection::open_in_memory().unwrap();
        super::super::migrations::migrate(&mut database).unwrap();
        let device = |n: u128| Uuid::from_u128(n + 1);
        let happens = |n, hour: i64, kind| {
            let now = UtcTime::from_unix(hour * COUNTED_TOGETHER);
            record(&database, kind, device(n), Some(("stream", 1)), now).unwrap();
        };
        for n in 0..10_000 {
            happens(n, 1, EventKind::InvalidReport);
        }
        let named = rows(&database);
        assert_eq!(named.len(), 101);
        assert_eq!(named[100], (3600, Uuid::nil().to_string(), 9900), "the others are counted");
        // Whoever was named goes on being counted, and so is what another does or the next hour brings.
        happens(0, 1, EventKind::InvalidReport);
        happens(9999, 1, EventKind::OverQuota);
        happens(9999, 2, EventKind::InvalidReport);
        let named = rows(&database);
        assert_eq!((named[0].2, named[101].1.as_str()), (2, device(9999).to_string().as_str()));
        assert_eq!(named[102], (7200, device(9999).to_string(), 1));
        // Where there are very many, new ones are counted without a name, and none of the old ones goes.
        database.execute("UPDATE security_event SET id = id + ?1 WHERE id > 101", [MOST]).unwrap();
        happens(1, 3, EventKind::InvalidReport);
        happens(2, 3, EventKind::InvalidReport);
        let last = rows(&database).pop().unwrap();
        assert_eq!((last, rows(&database).len()), ((10_800, Uuid::nil().to_string(), 2), 104));
    }
}
