//! Reports: the replay table, the chain within a stream, and what is kept of each.
//!
//! | Received | Becomes |
//! |---|---|
//! | a triple (device, stream, number) not seen, the chain fits | stored, receipt |
//! | the same triple, same digest | the same stored receipt, byte for byte |
//! | the same triple, another digest | [`Stored::Equivocation`] and a security event |
//! | a number beyond the next | stored, the receipt names the first missing number |
//! | `prev` differs from the stored report before it, or this digest from the `prev` of the stored one after it | [`Stored::BrokenChain`] and a security event |
//!
//! A broken chain is answered like an equivocation: both mean that the device's history forked (a cloned disk, a
//! restored snapshot), and for both the cure is that the agent opens another stream.
//!
//! A report that fills a gap arrives after newer ones. It is stored and receipted, but it does not change the
//! current rows: these are the newer reports'.

use super::sections::{self, Origin, SectionChange};
use super::{EventKind, StoreError, record_event, signed, unsigned};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A report that was verified and admitted.
#[derive(Debug, Clone)]
pub struct NewReport {
    pub(crate) device_id: Uuid,
    pub(crate) group: String,
    pub(crate) stream: String,
    pub(crate) seq: u64,
    pub(crate) digest: Digest,
    pub(crate) prev: Option<Digest>,
    pub(crate) key_id: KeyId,
    pub(crate) policy: PolicyRef,
    pub(crate) created: UtcTime,
    /// Longest retention of the purposes concerned, in seconds.
    pub(crate) retention: u64,
    /// `DSSE-Signature` as it came.
    pub(crate) signature: String,
    /// The bytes that are signed.
    pub(crate) payload: Vec<u8>,
    pub(crate) sections: Vec<SectionChange>,
    /// Sections whose base the collector lacked when it looked.
    pub(crate) missing: BTreeSet<Section>,
}

impl NewReport {
    /// About how much memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let rows = self.sections.iter().filter_map(|change| change.rows.as_ref()).map(|(json, _)| json.len());
        self.payload.len() + rows.sum::<usize>()
    }
}

/// What the receipt of a stored report says beside what the report says.
#[derive(Debug, Clone, Copy)]
pub struct Receipted {
    /// First missing number before it.
    pub gap_from: Option<u64>,
    /// The group's current policy version, 0 when there is none.
    pub policy_version_current: u64,
    /// When it came in, to the minute.
    pub received: UtcTime,
    /// When it is deleted.
    pub stored_until: UtcTime,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// Stored now, or before with the same digest: the receipt's envelope.
    Receipt(Vec<u8>),
    /// Another report carries the triple.
    Equivocation,
    /// It does not follow the report before it, or the one after it does not follow it.
    BrokenChain,
    /// The collector lacks the rows that these sections build on.
    Resync(BTreeSet<Section>),
    /// The device was revoked.
    Revoked,
}

/// Stores a report and its receipt, or says why not. Runs in the writer's transaction; the receipt may leave only
/// after the commit.
pub fn store_report(
    connection: &Connection,
    report: &NewReport,
    issue: impl FnOnce(&Receipted) -> Result<Vec<u8>, StoreError>,
    now: UtcTime,
) -> Result<Stored, StoreError> {
    let event =
        |kind| record_event(connection, kind, report.device_id, Some((&report.stream, report.seq)), now);
    if is_revoked(connection, report.device_id)? {
        event(EventKind::RevokedDevice)?;
        return Ok(Stored::Revoked);
    }
    if let Some((digest, receipt)) = receipt_of(connection, report)? {
        if digest == report.digest.to_string() {
            return Ok(Stored::Receipt(receipt));
        }
        event(EventKind::Equivocation)?;
        return Ok(Stored::Equivocation);
    }
    let place = Place::find(connection, report)?;
    if !place.chain_fits(report) {
        event(EventKind::BrokenChain)?;
        return Ok(Stored::BrokenChain);
    }
    if !place.is_late {
        let missing = missing_bases(connection, report)?;
        if !missing.is_empty() {
            return Ok(Stored::Resync(missing));
        }
    }
    let received = now.to_minute();
    let receipted = Receipted {
        gap_from: place.gap_from,
        policy_version_current: super::current_policy(connection, &report.group)?
            .map_or(0, |policy| policy.reference.version),
        received,
        stored_until: received.plus_seconds(report.retention),
    };
    let receipt = issue(&receipted)?;
    let report_id = insert(connection, report, &receipted, &receipt)?;
    if !place.is_late {
        let origin = Origin {
            device: report.device_id,
            report_id,
            policy: &report.policy.sha256,
            received,
            stored_until: receipted.stored_until,
        };
        sections::apply(connection, &origin, &report.sections)?;
    }
    Ok(Stored::Receipt(receipt))
}

fn is_revoked(connection: &Connection, device: Uuid) -> Result<bool, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT revoked_at IS NOT NULL FROM device WHERE device_id = ?1")?;
    Ok(statement.query_row([device.to_string()], |row| row.get(0))?)
}

fn receipt_of(connection: &Connection, report: &NewReport) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, receipt FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3",
    )?;
    let triple = params![report.device_id.to_string(), report.stream, signed(report.seq)];
    Ok(statement.query_row(triple, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Where a report stands among the stored ones of its stream.
struct Place {
    /// Digest of the report right before it, if that is stored.
    before: Option<String>,
    after: Successor,
    gap_from: Option<u64>,
    is_late: bool,
}

/// The report right after it.
enum Successor {
    NotStored,
    /// Stored, and names this digest as the one before it.
    Names(Option<String>),
}

impl Place {
    fn find(connection: &Connection, report: &NewReport) -> Result<Self, StoreError> {
        let (device, stream, seq) = (report.device_id.to_string(), &report.stream, signed(report.seq));
        let before = connection
            .prepare_cached(
                "SELECT sha256 FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3 - 1",
            )?
            .query_row(params![device, stream, seq], |row| row.get(0))
            .optional()?;
        let after = connection
            .prepare_cached("SELECT prev FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3 + 1")?
            .query_row(params![device, stream, seq], |row| row.get(0).map(Successor::Names))
            .optional()?
            .unwrap_or(Successor::NotStored);
        let (last_before, is_late): (Option<i64>, bool) = connection
            .prepare_cached(
                "SELECT max(CASE WHEN seq < ?3 THEN seq END), coalesce(max(seq) > ?3, 0)
                 FROM report WHERE device_id = ?1 AND stream = ?2",
            )?
            .query_row(params![device, stream, seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let first_missing = unsigned(last_before.unwrap_or(0)) + 1;
        let gap_from = (first_missing < report.seq).then_some(first_missing);
        Ok(Self { before, after, gap_from, is_late })
    }

    fn chain_fits(&self, report: &NewReport) -> bool {
        let prev = report.prev.map(|digest| digest.to_string());
        let follows = self.before.as_ref().is_none_or(|digest| Some(digest) == prev.as_ref());
        let is_followed = match &self.after {
            Successor::NotStored => true,
            Successor::Names(digest) => *digest == Some(report.digest.to_string()),
        };
        follows && is_followed
    }
}

fn missing_bases(connection: &Connection, report: &NewReport) -> Result<BTreeSet<Section>, StoreError> {
    let mut missing = report.missing.clone();
    for change in &report.sections {
        if change.base.is_some()
            && sections::digest(connection, report.device_id, change.section)? != change.base
        {
            missing.insert(change.section);
        }
    }
    Ok(missing)
}

fn insert(
    connection: &Connection,
    report: &NewReport,
    receipted: &Receipted,
    receipt: &[u8],
) -> Result<i64, StoreError> {
    let device = report.device_id.to_string();
    connection
        .prepare_cached(
            "INSERT INTO report (device_id, stream, seq, sha256, prev, key_id, policy_version, policy_sha256,
             created_at, received_at, stored_until, gap_from, signature, payload, receipt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            device,
            report.stream,
            signed(report.seq),
            report.digest.to_string(),
            report.prev.map(|digest| digest.to_string()),
            report.key_id.as_str(),
            signed(report.policy.version),
            report.policy.sha256.to_string(),
            report.created.unix(),
            receipted.received.unix(),
            receipted.stored_until.unix(),
            receipted.gap_from.map(signed),
            report.signature,
            report.payload,
            receipt,
        ])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached("UPDATE device SET last_report_at = ?2 WHERE device_id = ?1")?
        .execute(params![device, receipted.received.unix()])?;
    Ok(id)
}

/// A report as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReportSummary {
    /// Number in this store.
    pub id: i64,
    /// The device.
    pub device_id: String,
    /// Its stream.
    pub stream: String,
    /// Its number in the stream.
    pub seq: u64,
    /// Digest of its PAE.
    pub sha256: String,
    /// Version of the policy that permitted it.
    pub policy_version: u64,
    /// When the device made it.
    pub created: UtcTime,
    /// When it came in, to the minute.
    pub received: UtcTime,
    /// When it is deleted.
    pub stored_until: UtcTime,
    /// First missing number before it.
    pub gap_from: Option<u64>,
    /// Size of the signed bytes, 0 after they were deleted.
    pub bytes: u64,
    /// When the signed bytes were deleted.
    pub deleted_at: Option<UtcTime>,
}

/// A report with all that is kept of it.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// As it is listed.
    pub summary: ReportSummary,
    /// Digest of the report before it.
    pub prev: Option<String>,
    /// The key that signed it.
    pub key_id: KeyId,
    /// `DSSE-Signature` as it came.
    pub signature: String,
    /// The signed bytes; `None` after they were deleted.
    pub payload: Option<Vec<u8>>,
    /// The receipt's envelope.
    pub receipt: Vec<u8>,
}

const COLUMNS: &str = "SELECT id, device_id, stream, seq, sha256, policy_version, created_at, received_at,
    stored_until, gap_from, coalesce(length(payload), 0), deleted_at, prev, key_id, signature, payload, receipt
    FROM report";

/// Reports of one device or of all, newest first, at most `limit`.
pub fn reports(
    connection: &Connection,
    device: Option<Uuid>,
    limit: u32,
) -> Result<Vec<ReportSummary>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, device_id, stream, seq, sha256, policy_version, created_at, received_at, stored_until,
         gap_from, coalesce(length(payload), 0), deleted_at FROM report
         WHERE ?1 IS NULL OR device_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![device.map(|id| id.to_string()), limit], summary)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One report by its number in this store.
pub fn report(connection: &Connection, id: i64) -> Result<Option<StoredReport>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    Ok(statement.query_row([id], stored).optional()?)
}

/// Every report in the order of arrival, one at a time.
pub fn each_report<E: From<StoreError>>(
    connection: &Connection,
    mut visit: impl FnMut(StoredReport) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare(&format!("{COLUMNS} ORDER BY id")).map_err(StoreError::from)?;
    for row in statement.query_map([], stored).map_err(StoreError::from)? {
        visit(row.map_err(StoreError::from)?)?;
    }
    Ok(())
}

fn summary(row: &Row<'_>) -> rusqlite::Result<ReportSummary> {
    Ok(ReportSummary {
        id: row.get(0)?,
        device_id: row.get(1)?,
        stream: row.get(2)?,
        seq: unsigned(row.get(3)?),
        sha256: row.get(4)?,
        policy_version: unsigned(row.get(5)?),
        created: UtcTime::from_unix(row.get(6)?),
        received: UtcTime::from_unix(row.get(7)?),
        stored_until: UtcTime::from_unix(row.get(8)?),
        gap_from: row.get::<_, Option<i64>>(9)?.map(unsigned),
        bytes: unsigned(row.get(10)?),
        deleted_at: row.get::<_, Option<i64>>(11)?.map(UtcTime::from_unix),
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredReport> {
    Ok(StoredReport {
        summary: summary(row)?,
        prev: row.get(12)?,
        key_id: KeyId::from_text(&row.get::<_, String>(13)?),
        signature: row.get(14)?,
        payload: row.get(15)?,
        receipt: row.get(16)?,
    })
}
