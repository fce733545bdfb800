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
}

/// Counts an event.
pub(super) fn record(
    connection: &Connection,
    kind: EventKind,
    device: Uuid,
    report: Option<(&str, u64)>,
    now: UtcTime,
) -> Result<(), StoreError> {
    let hour = now.unix() - now.unix().rem_euclid(COUNTED_TOGETHER);
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
