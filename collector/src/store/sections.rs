//! The rows that a device's last report left, by section: the base of the next difference.

use super::{StoreError, signed};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One section's rows as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRows {
    /// Digest of the rows.
    pub digest: Digest,
    /// The rows, sorted.
    pub rows: Vec<Row>,
    /// Digest of the policy under which each row was last checked.
    pub policy: Digest,
}

/// What a report does to a section.
#[derive(Debug, Clone)]
pub(crate) struct SectionChange {
    /// The section.
    pub(crate) section: Section,
    /// Digest of the rows that must stand before the change; `None` when it replaces whatever stands.
    pub(crate) base: Option<Digest>,
    /// Digest of the rows after it.
    pub(crate) digest: Digest,
    /// The rows after it, as JSON, and their number; `None` leaves them as they stand.
    pub(crate) rows: Option<(Vec<u8>, usize)>,
}

/// One section of a device.
pub fn section(
    connection: &Connection,
    device: Uuid,
    section: Section,
) -> Result<Option<SectionRows>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT digest, rows, policy_sha256 FROM section WHERE device_id = ?1 AND name = ?2",
    )?;
    let row = statement
        .query_row(params![device.to_string(), section.name()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    row.map(|(digest, rows, policy)| read(&digest, &rows, &policy).ok_or(StoreError::Corrupt("section")))
        .transpose()
}

/// All sections of a device.
pub fn sections_of(connection: &Connection, device: Uuid) -> Result<Vec<(Section, SectionRows)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, digest, rows, policy_sha256 FROM section WHERE device_id = ?1 ORDER BY name",
    )?;
    let rows = statement.query_map([device.to_string()], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Vec<u8>>(2)?,
            row.get::<_, String>(3)?,
        ))
    })?;
    let mut sections = Vec::new();
    for row in rows {
        let (name, digest, rows, policy) = row?;
        let section = Section::parse(&name).ok_or(StoreError::Corrupt("section"))?;
        sections.push((section, read(&digest, &rows, &policy).ok_or(StoreError::Corrupt("section"))?));
    }
    Ok(sections)
}

/// The number in this store of the report that a standing section came with.
pub(crate) fn origin_of(connection: &Connection, device: Uuid, section: Section) -> Result<i64, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT report_id FROM section WHERE device_id = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![device.to_string(), section.name()], |row| row.get(0))?)
}

fn read(digest: &str, rows: &[u8], policy: &str) -> Option<SectionRows> {
    Some(SectionRows {
        digest: Digest::parse(digest).ok()?,
        rows: serde_json::from_slice(rows).ok()?,
        policy: Digest::parse(policy).ok()?,
    })
}

/// Digest of a section's rows without the rows.
pub(super) fn digest(
    connection: &Connection,
    device: Uuid,
    section: Section,
) -> Result<Option<Digest>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT digest FROM section WHERE device_id = ?1 AND name = ?2")?;
    let text: Option<String> =
        statement.query_row(params![device.to_string(), section.name()], |row| row.get(0)).optional()?;
    text.map(|text| Digest::parse(&text).map_err(|_| StoreError::Corrupt("section"))).transpose()
}

/// The report that leaves its mark on a device's sections.
pub(super) struct Origin<'a> {
    pub(super) device: Uuid,
    pub(super) report_id: i64,
    pub(super) policy: &'a Digest,
    pub(super) received: UtcTime,
    pub(super) stored_until: UtcTime,
}

/// Applies a report's changes. A section that the report does not carry is not current any more and goes.
pub(super) fn apply(
    connection: &Connection,
    origin: &Origin<'_>,
    changes: &[SectionChange],
) -> Result<(), StoreError> {
    let device = origin.device.to_string();
    for change in changes {
        if let Some((rows, count)) = &change.rows {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO section (device_id, name, digest, row_count, rows, policy_sha256,
                     report_id, updated_at, stored_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    device,
                    change.section.name(),
                    change.digest.to_string(),
                    signed(*count as u64),
                    rows,
                    origin.policy.to_string(),
                    origin.report_id,
                    origin.received.unix(),
                    origin.stored_until.unix(),
                ])?;
        } else {
            connection
                .prepare_cached(
                    "UPDATE section SET policy_sha256 = ?3, report_id = ?4, updated_at = ?5, stored_until = ?6
                     WHERE device_id = ?1 AND name = ?2",
                )?
                .execute(params![
                    device,
                    change.section.name(),
                    origin.policy.to_string(),
                    origin.report_id,
                    origin.received.unix(),
                    origin.stored_until.unix(),
                ])?;
        }
    }
    let carried: BTreeSet<_> = changes.iter().map(|change| change.section).collect();
    for section in Section::ALL.iter().filter(|section| !carried.contains(section)) {
        connection
            .prepare_cached("DELETE FROM section WHERE device_id = ?1 AND name = ?2")?
            .execute(params![device, section.name()])?;
    }
    Ok(())
}
