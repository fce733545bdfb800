//! Reports: the replay table, the chain within a stream, and what is kept of each.
//!
//! | Received | Becomes |
//! |---|---|
//! | a triple (device, stream, number) not seen, the chain fits | stored, receipt |
//! | the same triple, same digest | the same stored receipt, byte for byte |
//! | the same triple, another digest | [`Stored::Equivocation`] and a security event |
//! | a number up to which the stream is forgotten | [`Stored::BrokenChain`] and a security event |
//! | a number beyond the next | stored, the receipt names the first missing number |
//! | `prev` differs from the stored report before it, or this digest from the `prev` of the stored one after it | [`Stored::BrokenChain`] and a security event |
//! | a base that was judged does not stand any more | [`Stored::Resync`] |
//! | more than the device's quota of the day | [`Stored::OverQuota`] and a security event |
//!
//! A broken chain is answered like an equivocation: both mean that the device's history forked (a cloned disk, a
//! restored snapshot), and for both the cure is that the agent opens another stream.
//!
//! A report that fills a gap arrives after newer ones. It is stored and receipted, but it does not change the
//! current rows: these are the newer reports'.

use super::place::PlaceInStream;
use super::sections::{self, Origin};
use super::{SqliteStore, documents, events, paging, records, sealed, shared, signed, unsigned};
use crate::admit::{Base, NewReport, ReportHead, WantedBase};
use crate::refusal::EventKind;
use crate::store::{
    Answer, HeldSection, IntakeStore, Listed, Order, Page, Quota, ReceiptFacts, ReportQuery, ReportStore,
    ReportSummary, SealReceipt, StoreError, Stored, StoredPart, StoredReport, Usage, ValueStore,
};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::messages::{MAX_HEAD_STREAMS, StreamHead};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

impl IntakeStore for SqliteStore {
    fn bases(&self, device: Uuid, wanted: Vec<WantedBase>) -> Answer<'_, Vec<Base>> {
        self.read(move |connection| sections::bases(connection, device, &wanted))
    }

    fn receipt(&self, device: Uuid, stream: &str, seq: u64, report: Digest) -> Answer<'_, Option<Vec<u8>>> {
        let stream = stream.to_owned();
        self.read(move |connection| {
            let stored = receipt_of(connection, device, &stream, seq)?;
            Ok(stored.filter(|(digest, _)| *digest == report.to_string()).map(|(_, receipt)| receipt))
        })
    }

    fn store_report(
        &self,
        report: NewReport,
        seal: SealReceipt,
        quota: Quota,
        now: UtcTime,
    ) -> Answer<'_, Stored> {
        self.write(move |connection| store(connection, &report, &seal, quota, now))
    }
}

impl ReportStore for SqliteStore {
    fn reports(&self, query: ReportQuery, page: Page) -> Answer<'_, Listed<ReportSummary>> {
        self.read(move |connection| reports(connection, query, &page))
    }

    fn report_summary(&self, id: i64) -> Answer<'_, Option<ReportSummary>> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!("{SUMMARY} FROM report WHERE id = ?1"))?;
            Ok(statement.query_row([id], summary).optional()?)
        })
    }

    fn stream_heads(&self, device: Uuid) -> Answer<'_, Vec<StreamHead>> {
        self.read(move |connection| stream_heads(connection, device))
    }

    fn forgotten(&self) -> Answer<'_, Vec<(String, String, u64)>> {
        self.read(records::all_forgotten)
    }

    fn usage(&self, device: Uuid, day: UtcTime) -> Answer<'_, Usage> {
        self.read(move |connection| shared::usage(connection, device, day))
    }
}

impl ValueStore for SqliteStore {
    fn report(&self, id: i64) -> Answer<'_, Option<StoredReport>> {
        self.read(move |connection| report(connection, id))
    }

    fn sections(&self, device: Uuid) -> Answer<'_, Vec<(Section, HeldSection)>> {
        self.read(move |connection| sections::sections(connection, device))
    }
}

fn store(
    connection: &Connection,
    report: &NewReport,
    seal: &SealReceipt,
    quota: Quota,
    now: UtcTime,
) -> Result<Stored, StoreError> {
    let head = report.head();
    let event = |kind| events::record(connection, kind, head.device_id, Some((&head.stream, head.seq)), now);
    if is_revoked(connection, head.device_id)? {
        event(EventKind::RevokedDevice)?;
        return Ok(Stored::Revoked);
    }
    if let Some((digest, receipt)) = receipt_of(connection, head.device_id, &head.stream, head.seq)? {
        if digest == head.digest.to_string() {
            return Ok(Stored::Receipt(receipt));
        }
        event(EventKind::Equivocation)?;
        return Ok(Stored::Equivocation);
    }
    let place = PlaceInStream::find(connection, head)?;
    if place.is_forgotten {
        event(EventKind::BrokenChain)?;
        return Ok(Stored::BrokenChain);
    }
    if !place.chain_fits(head) {
        event(EventKind::BrokenChain)?;
        return Ok(Stored::BrokenChain);
    }
    if !place.is_late {
        let missing = missing_bases(connection, report)?;
        if !missing.is_empty() {
            return Ok(Stored::Resync(missing));
        }
    }
    let device = head.device_id.to_string();
    if !shared::charge(connection, &device, report.payload_bytes(), quota, now)? {
        event(EventKind::OverQuota)?;
        return Ok(Stored::OverQuota);
    }
    let received = now.to_minute();
    let longest = report.parts().iter().map(|part| part.retention).max().unwrap_or(0);
    let facts = ReceiptFacts {
        gap_from: place.gap_from,
        policy_version_current: documents::current_version(connection, &head.group)?,
        received,
        stored_until: received.plus_seconds(longest),
        records_until: received.plus_seconds(head.records),
    };
    let receipt = seal(&facts).map_err(StoreError::Seal)?;
    let report_id = insert_head(connection, &device, head, &facts, &receipt)?;
    insert_parts(connection, &device, report_id, report, received, place.is_late)?;
    Ok(Stored::Receipt(receipt))
}

fn is_revoked(connection: &Connection, device: Uuid) -> Result<bool, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT revoked_at IS NOT NULL FROM device WHERE device_id = ?1")?;
    Ok(statement.query_row([device.to_string()], |row| row.get(0))?)
}

/// Digest and receipt of the report of this place.
fn receipt_of(
    connection: &Connection,
    device: Uuid,
    stream: &str,
    seq: u64,
) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, receipt FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3",
    )?;
    let triple = params![device.to_string(), stream, signed(seq)];
    Ok(statement.query_row(triple, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Sections that were judged by a base that is not there, or not any more.
fn missing_bases(connection: &Connection, report: &NewReport) -> Result<BTreeSet<Section>, StoreError> {
    let mut missing = report.missing().clone();
    for change in report.parts().iter().flat_map(|part| &part.sections) {
        if change.base.is_some()
            && sections::digest(connection, report.head().device_id, change.section)? != change.base
        {
            missing.insert(change.section);
        }
    }
    Ok(missing)
}

fn insert_head(
    connection: &Connection,
    device: &str,
    head: &ReportHead,
    facts: &ReceiptFacts,
    receipt: &[u8],
) -> Result<i64, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO report (device_id, stream, seq, sha256, prev, key_id, policy_version, policy_sha256,
             created_at, received_at, gap_from, signature, receipt, records_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            device,
            head.stream,
            signed(head.seq),
            head.digest.to_string(),
            head.prev.map(|digest| digest.to_string()),
            head.key_id.as_str(),
            signed(head.policy.version),
            head.policy.sha256.to_string(),
            head.created.unix(),
            facts.received.unix(),
            facts.gap_from.map(signed),
            head.signature,
            receipt,
            facts.records_until.unix(),
        ])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached("UPDATE device SET last_report_at = ?2, records_until = ?3 WHERE device_id = ?1")?
        .execute(params![device, facts.received.unix(), facts.records_until.unix()])?;
    Ok(id)
}

fn insert_parts(
    connection: &Connection,
    device: &str,
    report_id: i64,
    report: &NewReport,
    received: UtcTime,
    is_late: bool,
) -> Result<(), StoreError> {
    for (part, content) in (0..).zip(report.parts()) {
        let stored_until = received.plus_seconds(content.retention);
        let payload = sealed::seal(connection, None, &content.payload)?;
        connection
            .prepare_cached(
                "INSERT INTO report_part (report_id, part, stored_until, payload, key_id)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![report_id, part, stored_until.unix(), payload.bytes, payload.key_id])?;
        if !is_late {
            let policy = &report.head().policy.sha256;
            let origin = Origin { device, report_id, part, policy, received, stored_until };
            sections::apply(connection, &origin, &content.sections)?;
        }
    }
    if !is_late {
        let changes = report.parts().iter().flat_map(|part| &part.sections);
        let carried = changes.map(|change| change.section).collect();
        sections::clear_others(connection, device, &carried)?;
    }
    Ok(())
}

/// What is listed of a report; what concerns its parts is taken over all of them.
const SUMMARY: &str = "SELECT id, device_id, stream, seq, sha256, policy_version, created_at, received_at,
    (SELECT coalesce(max(stored_until), 0) FROM report_part WHERE report_id = id), gap_from,
    (SELECT coalesce(sum(length(payload) - 16), 0) FROM report_part WHERE report_id = id),
    (SELECT CASE WHEN count(payload) = 0 THEN max(deleted_at) END FROM report_part WHERE report_id = id),
    records_until";

fn reports(
    connection: &Connection,
    query: ReportQuery,
    page: &Page,
) -> Result<Listed<ReportSummary>, StoreError> {
    let device = query.device.map(|id| id.to_string());
    let condition = if device.is_some() { "device_id = ?1" } else { "?1 IS NULL" };
    let (order, start) = match query.order {
        Order::NewestFirst => ("id < ?2 ORDER BY id DESC", i64::MAX),
        Order::OldestFirst => ("id > ?2 ORDER BY id", i64::MIN),
    };
    let after = paging::number(page)?.unwrap_or(start);
    let mut statement = connection
        .prepare_cached(&format!("{SUMMARY} FROM report WHERE {condition} AND {order} LIMIT ?3"))?;
    let rows = statement.query_map(params![device, after, paging::rows(page)], summary)?;
    let reports = rows.collect::<Result<_, _>>()?;
    Ok(paging::listed(reports, page, |report: &ReportSummary| report.id.to_string()))
}

/// The streams come from the index of (device, stream, number) alone; only the reports that are told are looked up.
fn stream_heads(connection: &Connection, device: Uuid) -> Result<Vec<StreamHead>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT stream, newest, (SELECT sha256 FROM report WHERE device_id = ?1 AND stream = streams.stream
                                 AND seq = newest)
         FROM (SELECT stream, max(seq) AS newest, max(id) AS last FROM report WHERE device_id = ?1
               GROUP BY stream ORDER BY last DESC LIMIT ?2) AS streams ORDER BY last DESC",
    )?;
    let most = i64::try_from(MAX_HEAD_STREAMS).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![device.to_string(), most], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
    })?;
    rows.map(|row| {
        let (stream, seq, sha256) = row?;
        let report_sha256 = Digest::parse(&sha256).map_err(StoreError::corrupt("report"))?;
        Ok(StreamHead { stream, seq: unsigned(seq), report_sha256 })
    })
    .collect()
}

fn report(connection: &Connection, id: i64) -> Result<Option<StoredReport>, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    let mut statement = transaction
        .prepare_cached(&format!("{SUMMARY}, prev, key_id, signature, receipt FROM report WHERE id = ?1"))?;
    let Some(mut report) = statement.query_row([id], stored).optional()? else { return Ok(None) };
    let mut statement = transaction.prepare_cached(
        "SELECT stored_until, payload, (SELECT key FROM value_key WHERE value_key.id = key_id), deleted_at
         FROM report_part WHERE report_id = ?1 ORDER BY part",
    )?;
    let parts = statement.query_map([id], |row| Ok(part(row)))?;
    report.parts = parts.map(|part| part?).collect::<Result<_, StoreError>>()?;
    Ok(Some(report))
}

fn part(row: &Row<'_>) -> Result<StoredPart, StoreError> {
    let (sealed, key): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
    let open = |sealed| sealed::open("report_part", &key.unwrap_or_default(), sealed);
    Ok(StoredPart {
        stored_until: UtcTime::from_unix(row.get(0)?),
        payload: sealed.map(open).transpose()?,
        deleted_at: row.get::<_, Option<i64>>(3)?.map(UtcTime::from_unix),
    })
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
        records_until: UtcTime::from_unix(row.get(12)?),
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredReport> {
    Ok(StoredReport {
        summary: summary(row)?,
        prev: row.get(13)?,
        key_id: KeyId::from_text(&row.get::<_, String>(14)?),
        signature: row.get(15)?,
        receipt: row.get(16)?,
        parts: Vec::new(),
    })
}
