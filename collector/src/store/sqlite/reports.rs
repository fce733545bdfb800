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
//! | what it builds on is not here, or does not stand any more as it was judged | [`Stored::Resync`] |
//! | the device has not sent again what a restore lost | [`Stored::SendAgain`] |
//! | with the receipt that it had before a restore | stored as it was, the same receipt |
//! | after it would stand more than one report can hold | [`Stored::TooMuch`] and a security event |
//! | no room but what is kept for administrators | [`Stored::NoRoom`] and a security event |
//! | more than the device's quota of the day | [`Stored::OverQuota`] and a security event |
//!
//! A broken chain is answered like an equivocation: both mean that the device's history forked (a cloned disk, a
//! restored snapshot), and for both the cure is that the agent opens another stream.
//!
//! A report that fills a gap arrives after newer ones. It is stored and receipted, but it does not change what stands: that is
//! the newer reports'. What is never a history is not kept of it.

use super::place::PlaceInStream;
use super::standing::{self, After, read_part};
use super::{SqliteStore, documents, events, paging, records, sealed, shared, signed, space, unsigned};
use crate::admit::{Bases, NewReport, ReportHead, Wanted};
use crate::refusal::EventKind;
use crate::store::{
    Answer, HeldSection, IntakeStore, Listed, Order, Page, Quota, ReceiptFacts, ReportQuery, ReportStore,
    ReportSummary, SealReceipt, StoreError, Stored, StoredPart, StoredReport, Usage, ValueStore,
};
use crate::verify::OwnReceipt;
use collector_proto::catalog::Series;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::limits::CLOCK_TOLERANCE_SECONDS;
use collector_proto::messages::{MAX_HEAD_STREAMS, Report, StreamHead};
use collector_proto::time::{Span, UtcTime};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;
use uuid::Uuid;

impl IntakeStore for SqliteStore {
    fn weight(&self, device: Uuid, wanted: Wanted) -> Answer<'_, usize> {
        self.read(move |connection| standing::weight(connection, device, &wanted))
    }

    fn bases(&self, device: Uuid, wanted: Wanted) -> Answer<'_, Bases> {
        self.read(move |connection| standing::bases(connection, device, &wanted))
    }

    fn receipt(&self, device: Uuid, stream: &str, seq: u64, report: Digest) -> Answer<'_, Option<Vec<u8>>> {
        let stream = stream.to_owned();
        self.read(move |connection| {
            let stored = receipt_of(connection, &device.to_string(), &stream, seq)?;
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
        let place = self.place.clone();
        self.write(move |connection| store(connection, &place, &report, &seal, quota, now))
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

    fn sections(&self, device: Uuid) -> Answer<'_, Vec<HeldSection>> {
        self.read(move |connection| standing::sections(connection, device))
    }
}

fn store(
    connection: &Connection,
    place_on_disk: &space::Place,
    report: &NewReport,
    seal: &SealReceipt,
    quota: Quota,
    now: UtcTime,
) -> Result<Stored, StoreError> {
    let head = report.head();
    let (device_id, device) = (head.report.device_id, head.report.device_id.to_string());
    let place_in_stream = Some((head.report.stream.as_str(), head.report.seq));
    let event = |kind| events::record(connection, kind, device_id, place_in_stream, now);
    if is_revoked(connection, &device)? {
        event(EventKind::RevokedDevice)?;
        return Ok(Stored::Revoked);
    }
    if let Some((digest, receipt)) = receipt_of(connection, &device, &head.report.stream, head.report.seq)? {
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
    match report.original() {
        None => {
            let asked = lacking_generation(connection, &device)?;
            if let Some(generation) = asked.filter(|now| report.sent_again_for() != Some(*now)) {
                return Ok(Stored::SendAgain(generation));
            }
        }
        Some(own) if !can_be_lost(connection, &device, own.receipt().received_at)? => {
            return Ok(Stored::NotLost);
        }
        Some(_) => {}
    }
    let is_late = place.is_late || report.original().is_some();
    let after = if is_late { None } else { Some(standing::after(connection, &device, report)?) };
    match after {
        Some(After::Lacks(parts)) => return Ok(Stored::Resync(parts)),
        Some(After::TooMuch) => {
            event(EventKind::InvalidReport)?;
            return Ok(Stored::TooMuch);
        }
        Some(After::Parts(_) | After::Unchanged) | None => {}
    }
    let Some(quota) = place_on_disk.quota(connection, quota, now)? else {
        return Ok(Stored::NoRoom);
    };
    if !shared::charge(connection, &device, report.charged(), quota, now)? {
        event(EventKind::OverQuota)?;
        return Ok(Stored::OverQuota);
    }
    if let Some(own) = report.original() {
        let stored = store_again(connection, &device, report, own, now)?;
        record_refused(&head.report, event)?;
        return Ok(stored);
    }
    let received = now.to_minute();
    let values_until = match &after {
        Some(after) => standing::prolong(connection, &device, report, after, received)?,
        None => dates(head, received),
    };
    let facts = ReceiptFacts {
        gap_from: place.gap_from,
        policy_version_current: documents::current_version(connection, &head.group)?,
        received,
        values_until,
        records_until: received.plus_seconds(head.records),
    };
    let receipt = seal(&facts).map_err(StoreError::Seal)?;
    let report_id = insert_head(connection, &device, head, &facts, &receipt)?;
    insert_parts(connection, &device, report_id, report, &Kept { received, is_late, now })?;
    settle_generation(connection, &device)?;
    record_refused(&head.report, event)?;
    if let Some(After::Parts(after)) = after {
        standing::apply(connection, &device, report_id, report, &after)?;
    }
    Ok(Stored::Receipt(receipt))
}

/// Makes an event of each refusal of documents that a report tells of, as it is stored: once, however often it is sent.
fn record_refused(
    report: &Report,
    event: impl Fn(EventKind) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    report.refused.iter().try_for_each(|refused| event(EventKind::Refused(refused.attack)))
}

/// Stores a report as it was stored before a restore lost it: with its receipt, and until the dates that this names.
fn store_again(
    connection: &Connection,
    device: &str,
    report: &NewReport,
    own: &OwnReceipt,
    now: UtcTime,
) -> Result<Stored, StoreError> {
    let receipt = own.receipt();
    let received = receipt.received_at;
    let facts = ReceiptFacts {
        gap_from: receipt.gap_from,
        policy_version_current: receipt.policy_version_current,
        received,
        values_until: receipt.values_until.clone(),
        records_until: receipt.records_until,
    };
    let report_id = insert_head(connection, device, report.head(), &facts, own.envelope())?;
    insert_parts(connection, device, report_id, report, &Kept { received, is_late: true, now })?;
    Ok(Stored::Receipt(own.envelope().to_vec()))
}

/// The generation of the store, where the device has not sent again yet what that one lacks of it.
fn lacking_generation(connection: &Connection, device: &str) -> Result<Option<u64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT condition.generation FROM condition, device
         WHERE device_id = ?1 AND device.generation < condition.generation",
    )?;
    let generation: Option<i64> = statement.query_row([device], |row| row.get(0)).optional()?;
    Ok(generation.map(unsigned))
}

/// Whether a restore can have lost a report of the device that was received at this instant, and the device has still to send it again.
/// Whoever has a receipt key that was stolen cannot date a report before that.
fn can_be_lost(connection: &Connection, device: &str, received: UtcTime) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM condition, device
         WHERE device_id = ?1 AND device.generation < condition.generation
         AND ?2 BETWEEN max(lost_from, enrolled_at) - ?3 AND restored_at + ?3",
    )?;
    Ok(statement.exists(params![device, received.unix(), CLOCK_TOLERANCE_SECONDS])?)
}

/// Notes that the device is not asked for anything again.
fn settle_generation(connection: &Connection, device: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE device SET generation = (SELECT generation FROM condition)
             WHERE device_id = ?1 AND generation < (SELECT generation FROM condition)",
        )?
        .execute([device])?;
    Ok(())
}

/// The dates of what a report names, where nothing of it stands.
fn dates(head: &ReportHead, received: UtcTime) -> BTreeMap<Span, UtcTime> {
    let retentions = head.report.parts.keys().map(|part| part.retention);
    retentions.map(|retention| (retention, received.plus_seconds(retention.seconds()))).collect()
}

fn is_revoked(connection: &Connection, device: &str) -> Result<bool, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT revoked_at IS NOT NULL FROM device WHERE device_id = ?1")?;
    Ok(statement.query_row([device], |row| row.get(0))?)
}

/// Digest and receipt of the report of this place.
fn receipt_of(
    connection: &Connection,
    device: &str,
    stream: &str,
    seq: u64,
) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, receipt FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3",
    )?;
    let triple = params![device, stream, signed(seq)];
    Ok(statement.query_row(triple, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
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
             created_at, received_at, gap_from, signature, receipt, records_until, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            device,
            head.report.stream,
            signed(head.report.seq),
            head.digest.to_string(),
            head.report.prev.map(|digest| digest.to_string()),
            head.key_id.as_str(),
            signed(head.report.policy.version),
            head.report.policy.sha256.to_string(),
            head.report.created.unix(),
            facts.received.unix(),
            facts.gap_from.map(signed),
            head.signature,
            receipt,
            facts.records_until.unix(),
            head.payload,
        ])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached(
            "UPDATE device SET last_report_at = max(coalesce(last_report_at, 0), ?2),
             records_until = CASE WHEN ?2 >= coalesce(last_report_at, 0) THEN ?3 ELSE records_until END,
             placement_seen = max(placement_seen, ?4), placement_first = coalesce(placement_first, ?5)
             WHERE device_id = ?1",
        )?
        .execute(params![
            device,
            facts.received.unix(),
            facts.records_until.unix(),
            signed(head.report.policy.newest().placement),
            signed(head.report.policy.placement)
        ])?;
    Ok(id)
}

/// When and how the parts of a report are kept.
struct Kept {
    /// When the report came in; their dates count from then.
    received: UtcTime,
    /// Whether what is never a history is there from a newer report.
    is_late: bool,
    now: UtcTime,
}

/// Keeps what came of each part that the head names, and of one that did not come its place alone.
fn insert_parts(
    connection: &Connection,
    device: &str,
    report_id: i64,
    report: &NewReport,
    kept: &Kept,
) -> Result<(), StoreError> {
    let Kept { received, is_late, now } = *kept;
    if !is_late {
        supersede(connection, device, &report.head().report, received)?;
    }
    let came: BTreeMap<_, _> = report.parts().iter().map(|part| (part.name, &part.payload)).collect();
    for (part, sha256) in &report.head().report.parts {
        let is_latest = part.series == Series::Latest;
        let latest_of = is_latest.then(|| part.holder.to_string());
        let until = received.plus_seconds(part.retention.seconds());
        // Sent again on its way to its date, it may have come after that.
        let is_over = until <= now;
        let payload = came.get(part).filter(|_| !(is_over || is_latest && is_late));
        let payload = payload.map(|payload| sealed::seal(connection, None, payload)).transpose()?;
        let (payload, key_id) = payload.map(|sealed| (sealed.bytes, sealed.key_id)).unzip();
        let deleted_at =
            if is_over { Some(now.unix()) } else { (is_latest && is_late).then(|| received.unix()) };
        connection
            .prepare_cached(
                "INSERT INTO report_part (report_id, part, device_id, latest_of, sha256, stored_until, came, payload,
                 key_id, deleted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                report_id,
                part.to_string(),
                device,
                latest_of,
                sha256.to_string(),
                until.unix(),
                came.contains_key(part),
                payload,
                key_id,
                deleted_at
            ])?;
    }
    Ok(())
}

/// Deletes what a report takes the place of: it is never a history.
fn supersede(
    connection: &Connection,
    device: &str,
    report: &Report,
    received: UtcTime,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT part FROM report_part
         WHERE device_id = ?1 AND latest_of IS NOT NULL AND payload IS NOT NULL",
    )?;
    let parts = statement.query_map([device], |row| row.get::<_, String>(0))?;
    for text in parts.collect::<Result<Vec<_>, _>>()? {
        if report.supersedes(&read_part(&text)?) {
            connection
                .prepare_cached(
                    "UPDATE report_part SET payload = NULL, key_id = NULL, deleted_at = ?3
                     WHERE device_id = ?1 AND part = ?2 AND latest_of IS NOT NULL AND payload IS NOT NULL",
                )?
                .execute(params![device, text, received.unix()])?;
        }
    }
    Ok(())
}

/// What is listed of a report; what concerns its parts is taken over all of them.
const SUMMARY: &str = "SELECT id, device_id, stream, seq, sha256, policy_version, created_at, received_at,
    (SELECT max(stored_until) FROM report_part WHERE report_id = id), gap_from,
    length(payload) + (SELECT coalesce(sum(length(payload) - 16), 0) FROM report_part WHERE report_id = id),
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
    let mut statement = transaction.prepare_cached(&format!(
        "{SUMMARY}, prev, key_id, signature, receipt, payload FROM report WHERE id = ?1"
    ))?;
    let Some(mut report) = statement.query_row([id], stored).optional()? else { return Ok(None) };
    let mut statement = transaction.prepare_cached(
        "SELECT stored_until, payload, (SELECT key FROM value_key WHERE value_key.id = key_id), deleted_at, part, sha256, came
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
        name: read_part(&row.get::<_, String>(4)?)?,
        sha256: row.get(5)?,
        came: row.get(6)?,
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
        stored_until: row.get::<_, Option<i64>>(8)?.map(UtcTime::from_unix),
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
        payload: row.get(17)?,
        parts: Vec::new(),
    })
}
