//! Security events: what an administrator should look at. They name a device and a kind, never content.

use super::{StoreError, signed, unsigned};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};
use uuid::Uuid;

/// Seconds that events of one device and kind are counted together for.
const COUNTED_TOGETHER: i64 = 3600;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Two reports carry the same device, stream and number: a cloned disk or a restored snapshot.
    Equivocation,
    /// A report does not follow the one stored before or after it.
    BrokenChain,
    /// A report holds a field or value that its policy does not permit.
    OverCollection,
    /// A report names a device that its key does not belong to.
    ForeignKey,
    /// A report is for another collector.
    WrongAudience,
    /// A report names a policy that was never issued to the device's group.
    UnknownPolicy,
    /// A signed report breaks a rule of the format.
    InvalidReport,
    /// A revoked device reports.
    RevokedDevice,
    /// A device that is enrolled tried to enrol again under another key, or a token was used twice.
    EnrolmentConflict,
}

impl EventKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equivocation => "equivocation",
            Self::BrokenChain => "broken_chain",
            Self::OverCollection => "over_collection",
            Self::ForeignKey => "foreign_key",
            Self::WrongAudience => "wrong_audience",
            Self::UnknownPolicy => "unknown_policy",
            Self::InvalidReport => "invalid_report",
            Self::RevokedDevice => "revoked_device",
            Self::EnrolmentConflict => "enrolment_conflict",
        }
    }
}

/// Events of one device and kind in one hour.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SecurityEvent {
    /// Start of the hour.
    pub hour: UtcTime,
    /// [`EventKind::name`].
    pub kind: String,
    /// The device.
    pub device_id: String,
    /// How often.
    pub count: u64,
    /// Number of the last report concerned.
    pub last_seq: Option<u64>,
}

/// Counts an event.
pub fn record_event(
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

/// All events, newest first.
pub fn security_events(connection: &Connection) -> Result<Vec<SecurityEvent>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT hour, kind, device_id, count, last_seq FROM security_event ORDER BY hour DESC, id DESC",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(SecurityEvent {
            hour: UtcTime::from_unix(row.get(0)?),
            kind: row.get(1)?,
            device_id: row.get(2)?,
            count: unsigned(row.get(3)?),
            last_seq: row.get::<_, Option<i64>>(4)?.map(unsigned),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
