//! The rows that a device's last report left, by section: the base of the next difference.

use super::{sealed, signed};
use crate::admit::{Base, RowsWanted, SectionChange, WantedBase};
use crate::store::{Cause, HeldSection, StoreError};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Where rows cannot be read. The parser's own error is not kept: it quotes values.
#[derive(Debug, thiserror::Error)]
#[error("its rows cannot be read (line {line}, column {column})")]
struct UnreadableRows {
    line: usize,
    column: usize,
}

fn open_rows(key: Option<Vec<u8>>, sealed: Vec<u8>) -> Result<Vec<Row>, StoreError> {
    read_rows(&sealed::open("section", &key.unwrap_or_default(), sealed)?)
}

fn read_rows(json: &[u8]) -> Result<Vec<Row>, StoreError> {
    let place = |error: serde_json::Error| UnreadableRows { line: error.line(), column: error.column() };
    serde_json::from_slice(json).map_err(place).map_err(corrupt)
}

fn read_digest(text: &str) -> Result<Digest, StoreError> {
    Digest::parse(text).map_err(corrupt)
}

fn corrupt<E: Into<Cause>>(cause: E) -> StoreError {
    StoreError::Corrupt("section", cause.into())
}

/// The wanted bases at one instant.
pub(super) fn bases(
    connection: &Connection,
    device: Uuid,
    wanted: &[WantedBase],
) -> Result<Vec<Base>, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    let mut bases = Vec::new();
    for base in wanted {
        bases.extend(self::base(&transaction, device, base)?);
    }
    transaction.commit()?;
    Ok(bases)
}

fn base(connection: &Connection, device: Uuid, wanted: &WantedBase) -> Result<Option<Base>, StoreError> {
    // Rows checked under this policy need not be read. No policy has the empty digest.
    let known_good = match wanted.rows {
        RowsWanted::Always => String::new(),
        RowsWanted::UnlessCheckedUnder(policy) => policy.to_string(),
    };
    let mut statement = connection.prepare_cached(
        "SELECT digest, policy_sha256, CASE WHEN digest = ?3 AND policy_sha256 <> ?4 THEN rows END,
                (SELECT key FROM value_key WHERE id = key_id)
         FROM section WHERE device_id = ?1 AND name = ?2",
    )?;
    let row = statement
        .query_row(
            params![device.to_string(), wanted.section.name(), wanted.digest.to_string(), known_good],
            |row| {
                let (digest, policy): (String, String) = (row.get(0)?, row.get(1)?);
                Ok((digest, policy, row.get::<_, Option<Vec<u8>>>(2)?, row.get(3)?))
            },
        )
        .optional()?;
    let Some((digest, policy, rows, key)) = row else { return Ok(None) };
    let rows = rows.map(|rows| open_rows(key, rows)).transpose()?;
    Ok(Some(Base {
        section: wanted.section,
        digest: read_digest(&digest)?,
        checked_under: read_digest(&policy)?,
        rows,
    }))
}

/// All sections of a device.
pub(super) fn sections(
    connection: &Connection,
    device: Uuid,
) -> Result<Vec<(Section, HeldSection)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, digest, rows, policy_sha256, report_id, stored_until,
                (SELECT key FROM value_key WHERE id = key_id)
         FROM section WHERE device_id = ?1 ORDER BY name",
    )?;
    let rows = statement.query_map([device.to_string()], |row| {
        let (name, digest): (String, String) = (row.get(0)?, row.get(1)?);
        let (rows, policy): (Vec<u8>, String) = (row.get(2)?, row.get(3)?);
        let (report, until): (i64, i64) = (row.get(4)?, row.get(5)?);
        Ok((name, digest, rows, policy, report, until, row.get(6)?))
    })?;
    let mut sections = Vec::new();
    for row in rows {
        let (name, digest, rows, policy, report, until, key) = row?;
        let held = HeldSection {
            digest: read_digest(&digest)?,
            rows: open_rows(key, rows)?,
            policy: read_digest(&policy)?,
            report,
            stored_until: UtcTime::from_unix(until),
        };
        let section = Section::parse(&name).ok_or_else(|| corrupt("the catalogue has no such section"))?;
        sections.push((section, held));
    }
    Ok(sections)
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
    text.map(|text| read_digest(&text)).transpose()
}

/// The part of a report that leaves its mark on a device's sections.
pub(super) struct Origin<'a> {
    pub(super) device: &'a str,
    pub(super) report_id: i64,
    pub(super) part: i64,
    pub(super) policy: &'a Digest,
    pub(super) received: UtcTime,
    pub(super) stored_until: UtcTime,
}

/// Applies the changes of one part.
pub(super) fn apply(
    connection: &Connection,
    origin: &Origin<'_>,
    changes: &[SectionChange],
) -> Result<(), StoreError> {
    for change in changes {
        if let Some((rows, count)) = &change.rows {
            let rows = sealed::seal(connection, key_of(connection, origin.device, change.section)?, rows)?;
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO section (device_id, name, digest, row_count, rows, key_id, policy_sha256,
                     report_id, part, updated_at, stored_until)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    origin.device,
                    change.section.name(),
                    change.digest.to_string(),
                    signed(*count as u64),
                    rows.bytes,
                    rows.key_id,
                    origin.policy.to_string(),
                    origin.report_id,
                    origin.part,
                    origin.received.unix(),
                    origin.stored_until.unix(),
                ])?;
        } else {
            connection
                .prepare_cached(
                    "UPDATE section SET policy_sha256 = ?3, report_id = ?4, part = ?5, updated_at = ?6,
                     stored_until = ?7 WHERE device_id = ?1 AND name = ?2",
                )?
                .execute(params![
                    origin.device,
                    change.section.name(),
                    origin.policy.to_string(),
                    origin.report_id,
                    origin.part,
                    origin.received.unix(),
                    origin.stored_until.unix(),
                ])?;
        }
    }
    Ok(())
}

/// The key under which the rows of a section are sealed.
fn key_of(connection: &Connection, device: &str, section: Section) -> Result<Option<i64>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT key_id FROM section WHERE device_id = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![device, section.name()], |row| row.get(0)).optional()?)
}

/// A section that no part of the newest report carries is not current any more and goes.
pub(super) fn clear_others(
    connection: &Connection,
    device: &str,
    carried: &BTreeSet<Section>,
) -> Result<(), StoreError> {
    for section in Section::ALL.iter().filter(|section| !carried.contains(section)) {
        connection
            .prepare_cached("DELETE FROM section WHERE device_id = ?1 AND name = ?2")?
            .execute(params![device, section.name()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn rows_that_cannot_be_read_are_named_by_their_place_and_not_quoted() {
        let error = read_rows(br#"["canary"]"#).unwrap_err();
        let cause = error.source().unwrap();
        assert_eq!(cause.to_string(), "its rows cannot be read (line 1, column 9)");
        assert!(cause.source().is_none() && !format!("{error:?}").contains("canary"), "{error:?}");
        let quoted = serde_json::from_slice::<Vec<Row>>(br#"["canary"]"#).unwrap_err();
        assert!(quoted.to_string().contains("canary"), "the parser's own error does");
    }
}
