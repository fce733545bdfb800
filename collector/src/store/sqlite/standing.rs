//! What stands for a device: the digest of each part in the last head that named it, and the rows that the parts left, by
//! section: the base of the next difference.
//!
//! A part stands also where its rows are not here: it did not come, or its time was over. `held` is 0 then, and the next report
//! that leaves it as it stands is answered with the question for it in full.

use super::{sealed, signed, unsigned};
use crate::admit::{Base, Bases, NewReport, ReportPart, SectionChange, Wanted};
use crate::store::{Cause, HeldSection, StoreError, StoredRows};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::limits::{MAX_REPORT_BYTES, MAX_REPORT_PARTS, MAX_REPORT_ROWS};
use collector_proto::messages::{PartName, StandingParts};
use collector_proto::time::{Span, UtcTime};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a report builds on, at one instant.
pub(super) fn bases(connection: &Connection, device: Uuid, wanted: &Wanted) -> Result<Bases, StoreError> {
    let (transaction, device) = (connection.unchecked_transaction()?, device.to_string());
    let Some((digest, under)) = as_a_whole(&transaction, &device)? else { return Ok(Bases::default()) };
    let is_checked = under == wanted.under;
    let mut bases = Bases { standing: Some(digest), is_checked, ..Bases::default() };
    for base in &wanted.bases {
        // Rows of another digest are of no use.
        let digest = (base.is_changed || !is_checked).then_some(base.digest);
        bases.wanted.extend(self::base(&transaction, &device, base.part, base.section, digest)?);
    }
    if !is_checked {
        bases.others = others(&transaction, &device, &wanted.named)?;
    }
    Ok(bases)
}

/// How many bytes of rows [`bases`] would read.
pub(super) fn weight(connection: &Connection, device: Uuid, wanted: &Wanted) -> Result<usize, StoreError> {
    let (transaction, device) = (connection.unchecked_transaction()?, device.to_string());
    let Some((_, under)) = as_a_whole(&transaction, &device)? else { return Ok(0) };
    if under != wanted.under {
        return Ok(held_sections(&transaction, &device)?.values().map(|held| held.bytes).sum());
    }
    let mut statement = transaction.prepare_cached(
        "SELECT bytes FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3 AND digest = ?4",
    )?;
    let mut weight = 0;
    for base in wanted.bases.iter().filter(|base| base.is_changed) {
        let place = params![device, base.part.to_string(), base.section.name(), base.digest.to_string()];
        weight += statement.query_row(place, |row| row.get(0)).optional()?.map_or(0, size);
    }
    Ok(weight)
}

/// How much of a section is held.
struct Size {
    bytes: usize,
    rows: usize,
}

/// How much is held of each section of a device.
fn held_sections(
    connection: &Connection,
    device: &str,
) -> Result<BTreeMap<(PartName, Section), Size>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT part, name, bytes, row_count FROM section WHERE device_id = ?1")?;
    let rows = statement.query_map([device], |row| {
        let size = Size { bytes: size(row.get(2)?), rows: size(row.get(3)?) };
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, size))
    })?;
    rows.map(|row| {
        let (part, section, size) = row?;
        Ok(((read_part(&part)?, read_section(&section)?), size))
    })
    .collect()
}

fn size(stored: i64) -> usize {
    usize::try_from(stored).unwrap_or(0)
}

/// Whether what would stand fits into one report. Each part may be asked for in full, and all of them at once; and what stands is read
/// and parsed again, so that a device whose rows only ever grew would in the end take the memory of all.
fn fits(
    connection: &Connection,
    device: &str,
    new: &NewReport,
    after: &StandingParts,
) -> Result<bool, StoreError> {
    if after.0.len() > MAX_REPORT_PARTS {
        return Ok(false);
    }
    let named = &new.head().report.parts;
    let mut held = held_sections(connection, device)?;
    let came: BTreeMap<PartName, &ReportPart> = new.parts().iter().map(|part| (part.name, part)).collect();
    let stays = |part: PartName, section: Section| {
        if !named.contains_key(&part) {
            return after.0.contains_key(&part);
        }
        let is_left = |change: &SectionChange| change.section == section && change.rows.is_none();
        came.get(&part).is_some_and(|part| part.sections.iter().any(is_left))
    };
    held.retain(|(part, section), _| stays(*part, *section));
    let new_rows =
        new.parts().iter().flat_map(|part| &part.sections).filter_map(|change| change.rows.as_ref());
    let (mut bytes, mut rows) = (0, 0);
    for (packed, count) in new_rows {
        (bytes, rows) = (bytes + packed.length(), rows + count);
    }
    for size in held.values() {
        (bytes, rows) = (bytes + size.bytes, rows + size.rows);
    }
    Ok(bytes <= MAX_REPORT_BYTES && rows <= MAX_REPORT_ROWS)
}

/// The digest over all parts of a device, and the versions of the policy that all their rows were held to.
fn as_a_whole(connection: &Connection, device: &str) -> Result<Option<(Digest, Digest)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT digest, checked_under FROM standing WHERE device_id = ?1")?;
    let row = statement
        .query_row([device], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    row.map(|(digest, under)| Ok((read_digest(&digest)?, read_digest(&under)?))).transpose()
}

/// A section of a part, with its rows where its digest is the one that they are wanted for.
fn base(
    connection: &Connection,
    device: &str,
    part: PartName,
    section: Section,
    rows_of: Option<Digest>,
) -> Result<Option<Base>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT digest, CASE WHEN digest = ?4 THEN rows END, (SELECT key FROM value_key WHERE id = key_id)
         FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3",
    )?;
    let wanted = rows_of.map(|digest| digest.to_string());
    let row = statement
        .query_row(params![device, part.to_string(), section.name(), wanted], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<Vec<u8>>>(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((digest, rows, key)) = row else { return Ok(None) };
    let rows = rows.map(|rows| open_rows(key, rows)).transpose()?;
    Ok(Some(Base { part, section, digest: read_digest(&digest)?, rows }))
}

/// Every section of the parts that are not named.
fn others(
    connection: &Connection,
    device: &str,
    named: &BTreeSet<PartName>,
) -> Result<Vec<Base>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT part, name FROM section WHERE device_id = ?1")?;
    let places =
        statement.query_map([device], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut others = Vec::new();
    for place in places {
        let (part, section) = place?;
        let (part, section) = (read_part(&part)?, read_section(&section)?);
        if named.contains(&part) {
            continue;
        }
        let mut statement = connection
            .prepare_cached("SELECT digest FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3")?;
        let digest: String =
            statement.query_row(params![device, part.to_string(), section.name()], |row| row.get(0))?;
        others.extend(base(connection, device, part, section, Some(read_digest(&digest)?))?);
    }
    Ok(others)
}

/// How a report leaves a device's parts, judged in the transaction that stores it.
pub(super) enum After {
    /// As this.
    Parts(StandingParts),
    /// As they were.
    Unchanged,
    /// It builds on something that is not here: on these parts, or on all where none is named.
    Lacks(BTreeSet<PartName>),
    /// As more than one report can hold.
    TooMuch,
}

/// Holds a report against what stands.
pub(super) fn after(connection: &Connection, device: &str, new: &NewReport) -> Result<After, StoreError> {
    let report = &new.head().report;
    let standing = as_a_whole(connection, device)?;
    let digest = standing.as_ref().map(|(digest, _)| *digest);
    let is_unchanged = report.parts.is_empty() && report.gone.is_empty() && digest == Some(report.standing);
    let after = if is_unchanged { None } else { parts(connection, device)?.after(report) };
    if !is_unchanged && after.is_none() {
        return Ok(After::Lacks(BTreeSet::new()));
    }
    let mut lacking = new.missing().clone();
    lacking.extend(changed_bases(connection, device, new)?);
    for part in lacking_parts(connection, device)? {
        let goes_on = after.as_ref().is_none_or(|after| after.0.contains_key(&part));
        if goes_on && !report.parts.contains_key(&part) {
            lacking.insert(part);
        }
    }
    if !lacking.is_empty() {
        return Ok(After::Lacks(lacking));
    }
    // What it leaves as it stands was held to its versions of the policy, by an earlier report or when this one was judged.
    let names_all =
        after.as_ref().is_some_and(|after| after.0.keys().all(|part| report.parts.contains_key(part)));
    let is_checked = standing.is_some_and(|(_, under)| under == new.head().checked_under);
    if !names_all && !is_checked && digest != new.judged_by() {
        return Ok(After::Lacks(BTreeSet::new()));
    }
    match after {
        None => Ok(After::Unchanged),
        Some(after) if fits(connection, device, new, &after)? => Ok(After::Parts(after)),
        Some(_) => Ok(After::TooMuch),
    }
}

/// Parts that were judged by a base that does not stand any more.
fn changed_bases(
    connection: &Connection,
    device: &str,
    new: &NewReport,
) -> Result<BTreeSet<PartName>, StoreError> {
    let mut changed = BTreeSet::new();
    for part in new.parts() {
        for change in part.sections.iter().filter(|change| change.base.is_some()) {
            let stands = base(connection, device, part.name, change.section, None)?;
            if stands.map(|base| base.digest) != change.base {
                changed.insert(part.name);
            }
        }
    }
    Ok(changed)
}

fn lacking_parts(connection: &Connection, device: &str) -> Result<Vec<PartName>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT part FROM standing_part WHERE device_id = ?1 AND held = 0")?;
    let parts = statement.query_map([device], |row| row.get::<_, String>(0))?;
    parts.map(|part| read_part(&part?)).collect()
}

fn parts(connection: &Connection, device: &str) -> Result<StandingParts, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT part, sha256 FROM standing_part WHERE device_id = ?1")?;
    let rows =
        statement.query_map([device], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut parts = BTreeMap::new();
    for row in rows {
        let (part, sha256) = row?;
        parts.insert(read_part(&part)?, read_digest(&sha256)?);
    }
    Ok(StandingParts(parts))
}

/// Leaves a device's parts as a report says, with what came of them.
pub(super) fn apply(
    connection: &Connection,
    device: &str,
    report_id: i64,
    new: &NewReport,
    after: &StandingParts,
) -> Result<(), StoreError> {
    let head = new.head();
    for part in parts(connection, device)?.0.into_keys().filter(|part| !after.0.contains_key(part)) {
        delete_rows(connection, device, part, &BTreeSet::new())?;
        connection
            .prepare_cached("DELETE FROM standing_part WHERE device_id = ?1 AND part = ?2")?
            .execute(params![device, part.to_string()])?;
    }
    let came: BTreeMap<PartName, &ReportPart> = new.parts().iter().map(|part| (part.name, part)).collect();
    for (part, sha256) in &head.report.parts {
        let content = came.get(part);
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO standing_part (device_id, part, retention, sha256, report_id, held)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                device,
                part.to_string(),
                signed(part.retention.seconds()),
                sha256.to_string(),
                report_id,
                content.is_some(),
            ])?;
        let sections = content.map_or(&[][..], |part| &part.sections);
        delete_rows(connection, device, *part, &sections.iter().map(|change| change.section).collect())?;
        for change in sections {
            let Some((rows, count)) = &change.rows else { continue };
            let slot = key_of(connection, device, *part, change.section)?;
            let sealed = sealed::seal(connection, slot, rows)?;
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO section (device_id, part, name, digest, row_count, bytes, key_id, rows)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    device,
                    part.to_string(),
                    change.section.name(),
                    change.digest.to_string(),
                    signed(*count as u64),
                    signed(rows.length() as u64),
                    sealed.key_id,
                    sealed.bytes,
                ])?;
        }
    }
    Ok(())
}

/// Notes how a report left a device's parts as a whole, and prolongs what stands: everything that goes on standing was said
/// again. Gives the date for each retention.
pub(super) fn prolong(
    connection: &Connection,
    device: &str,
    new: &NewReport,
    after: &After,
    received: UtcTime,
) -> Result<BTreeMap<Span, UtcTime>, StoreError> {
    let head = new.head();
    connection
        .prepare_cached(
            "INSERT INTO standing (device_id, digest, checked_under, versions) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (device_id) DO UPDATE SET digest = excluded.digest, checked_under = excluded.checked_under,
                 versions = excluded.versions
             WHERE digest <> excluded.digest OR versions <> excluded.versions",
        )?
        .execute(params![
            device,
            head.report.standing.to_string(),
            head.checked_under.to_string(),
            serde_json::to_string(&head.report.policy).map_err(corrupt)?,
        ])?;
    if let After::Parts(after) = after {
        let retentions: BTreeSet<i64> = after.0.keys().map(|part| signed(part.retention.seconds())).collect();
        connection.prepare_cached("DELETE FROM standing_until WHERE device_id = ?1")?.execute([device])?;
        for retention in retentions {
            connection
                .prepare_cached(
                    "INSERT INTO standing_until (device_id, retention, stored_until) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![device, retention, received.unix().saturating_add(retention)])?;
        }
    }
    let mut statement = connection.prepare_cached(
        "UPDATE standing_until SET stored_until = ?2 + retention WHERE device_id = ?1 RETURNING retention, stored_until",
    )?;
    let rows = statement.query_map(params![device, received.unix()], |row| {
        Ok((row.get::<_, i64>(0)?, UtcTime::from_unix(row.get(1)?)))
    })?;
    rows.map(|row| {
        let (retention, until) = row?;
        Ok((Span::from_seconds(unsigned(retention)), until))
    })
    .collect()
}

/// All rows of a device.
pub(super) fn sections(connection: &Connection, device: Uuid) -> Result<Vec<HeldSection>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT section.part, name, section.digest, rows, (SELECT key FROM value_key WHERE id = key_id), versions,
                report_id, stored_until
         FROM section JOIN standing_part USING (device_id, part) JOIN standing_until USING (device_id, retention)
             JOIN standing USING (device_id)
         WHERE section.device_id = ?1 ORDER BY section.part, name",
    )?;
    let rows = statement.query_map([device.to_string()], |row| Ok(held(row)))?;
    rows.map(|row| row?).collect()
}

fn held(row: &Row<'_>) -> Result<HeldSection, StoreError> {
    let (part, section): (String, String) = (row.get(0)?, row.get(1)?);
    let (digest, under): (String, String) = (row.get(2)?, row.get(5)?);
    let under = if under.is_empty() { None } else { Some(serde_json::from_str(&under).map_err(corrupt)?) };
    Ok(HeldSection {
        part: read_part(&part)?,
        section: read_section(&section)?,
        digest: read_digest(&digest)?,
        rows: open_rows(row.get(4)?, row.get(3)?)?.read()?,
        under,
        report: row.get(6)?,
        stored_until: UtcTime::from_unix(row.get(7)?),
    })
}

/// Deletes the rows of a part but those of some sections.
fn delete_rows(
    connection: &Connection,
    device: &str,
    part: PartName,
    but: &BTreeSet<Section>,
) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM section WHERE device_id = ?1 AND part = ?2")?;
    let names = statement.query_map(params![device, part.to_string()], |row| row.get::<_, String>(0))?;
    for name in names.collect::<Result<Vec<_>, _>>()? {
        if !but.contains(&read_section(&name)?) {
            connection
                .prepare_cached("DELETE FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3")?
                .execute(params![device, part.to_string(), name])?;
        }
    }
    Ok(())
}

/// The key under which the rows of a section are sealed.
fn key_of(
    connection: &Connection,
    device: &str,
    part: PartName,
    section: Section,
) -> Result<Option<i64>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT key_id FROM section WHERE device_id = ?1 AND part = ?2 AND name = ?3")?;
    let place = params![device, part.to_string(), section.name()];
    Ok(statement.query_row(place, |row| row.get(0)).optional()?)
}

fn open_rows(key: Option<Vec<u8>>, sealed: Vec<u8>) -> Result<StoredRows, StoreError> {
    sealed::open("section", &key.unwrap_or_default(), sealed).map(StoredRows::of_json)
}

fn read_digest(text: &str) -> Result<Digest, StoreError> {
    Digest::parse(text).map_err(corrupt)
}

pub(super) fn read_part(text: &str) -> Result<PartName, StoreError> {
    PartName::parse(text).map_err(corrupt)
}

fn read_section(name: &str) -> Result<Section, StoreError> {
    Section::parse(name).ok_or_else(|| corrupt("the catalogue has no such section"))
}

fn corrupt<E: Into<Cause>>(cause: E) -> StoreError {
    StoreError::Corrupt("section", cause.into())
}
