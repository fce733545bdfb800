//! Works out a report's sections: recomputes every digest from rows and applies differences to stored rows.

use super::permitted::check_rows;
use crate::refusal::Refusal;
use crate::store::{SectionChange, SectionRows, StoreError, section};
use collector_proto::catalog::Section;
use collector_proto::difference::apply;
use collector_proto::digest::Digest;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::{ProblemKind, Report, SectionBody};
use collector_proto::policy::Policy;
use collector_proto::value::{Row, section_digest};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// What a report does to the stored sections, and the sections that cannot be worked out for want of a base.
pub(super) struct Resolved {
    pub(super) changes: Vec<SectionChange>,
    pub(super) missing: BTreeSet<Section>,
}

/// Works out every section. That a base is missing is not refused here: a report that was receipted before gets its
/// receipt again whatever stands in the sections by then.
pub(super) fn resolve(
    connection: &Connection,
    report: &Report,
    policy: &Policy,
) -> Result<Resolved, Refusal> {
    let mut resolved = Resolved { changes: Vec::new(), missing: BTreeSet::new() };
    for (name, body) in &report.sections {
        match resolve_one(connection, report, *name, body, policy)? {
            Some(change) => resolved.changes.push(change),
            None => {
                resolved.missing.insert(*name);
            }
        }
    }
    Ok(resolved)
}

fn resolve_one(
    connection: &Connection,
    report: &Report,
    name: Section,
    body: &SectionBody,
    policy: &Policy,
) -> Result<Option<SectionChange>, Refusal> {
    let stored = |wanted: Digest| -> Result<Option<SectionRows>, StoreError> {
        Ok(section(connection, report.device_id, name)?.filter(|rows| rows.digest == wanted))
    };
    match body {
        SectionBody::Full { digest, rows } => {
            let rows = check_digest(rows.clone(), *digest)?;
            Ok(Some(SectionChange {
                section: name,
                base: None,
                digest: *digest,
                rows: Some(written(&rows)?),
            }))
        }
        SectionBody::Difference { digest, base, upsert, remove } => {
            let Some(standing) = stored(*base)? else { return Ok(None) };
            let rows = apply(name, standing.rows, upsert.clone(), remove).map_err(|_| {
                Refusal::new(ProblemKind::Invalid, "a difference does not fit the rows it builds on")
            })?;
            if rows.len() > MAX_ROWS {
                return Err(Refusal::new(ProblemKind::Invalid, "a section has more than 100,000 rows"));
            }
            let rows = check_digest(rows, *digest)?;
            check_under(name, &rows, standing.policy, report, policy)?;
            Ok(Some(SectionChange {
                section: name,
                base: Some(*base),
                digest: *digest,
                rows: Some(written(&rows)?),
            }))
        }
        SectionBody::Unchanged { digest } => {
            let Some(standing) = stored(*digest)? else { return Ok(None) };
            check_under(name, &standing.rows, standing.policy, report, policy)?;
            Ok(Some(SectionChange { section: name, base: Some(*digest), digest: *digest, rows: None }))
        }
    }
}

fn check_digest(mut rows: Vec<Row>, said: Digest) -> Result<Vec<Row>, Refusal> {
    if section_digest(&mut rows) == said {
        Ok(rows)
    } else {
        Err(Refusal::new(ProblemKind::Invalid, "a section's digest is not that of its rows"))
    }
}

/// Rows that came under another policy are held to this one: a report must not keep alive by reference what its policy
/// no longer permits.
fn check_under(
    name: Section,
    rows: &[Row],
    checked_under: Digest,
    report: &Report,
    policy: &Policy,
) -> Result<(), Refusal> {
    if checked_under == report.policy.sha256 { Ok(()) } else { check_rows(name, rows, policy) }
}

fn written(rows: &[Row]) -> Result<(Vec<u8>, usize), Refusal> {
    let json = serde_json::to_vec(rows).map_err(|_| Refusal::from(ProblemKind::Internal))?;
    Ok((json, rows.len()))
}
