//! Works out a report's sections: recomputes every digest from rows and applies differences to stored rows.

use super::permitted::check_rows;
use super::{Base, SectionChange};
use crate::refusal::{Reason, RequestRefusal};
use collector_proto::catalog::Section;
use collector_proto::difference::apply;
use collector_proto::digest::Digest;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::{Report, SectionBody};
use collector_proto::policy::Policy;
use collector_proto::value::{Row, section_digest};
use std::collections::{BTreeMap, BTreeSet};

/// What a report does to the stored sections, and the sections that cannot be worked out for want of a base.
pub(super) struct Resolved {
    pub(super) changes: Vec<SectionChange>,
    pub(super) missing: BTreeSet<Section>,
}

/// Works out every section from the bases that the store has.
pub(super) fn resolve(
    report: &Report,
    policy: &Policy,
    bases: Vec<Base>,
) -> Result<Resolved, RequestRefusal> {
    let mut bases: BTreeMap<Section, Base> = bases.into_iter().map(|base| (base.section, base)).collect();
    let mut resolved = Resolved { changes: Vec::new(), missing: BTreeSet::new() };
    for (name, body) in &report.sections {
        match resolve_one(report, *name, body, policy, bases.remove(name))? {
            Some(change) => resolved.changes.push(change),
            None => {
                resolved.missing.insert(*name);
            }
        }
    }
    Ok(resolved)
}

fn resolve_one(
    report: &Report,
    name: Section,
    body: &SectionBody,
    policy: &Policy,
    stored: Option<Base>,
) -> Result<Option<SectionChange>, RequestRefusal> {
    match body {
        SectionBody::Full { digest, rows } => {
            let rows = check_digest(rows.clone(), *digest)?;
            let rows = Some(written(&rows)?);
            Ok(Some(SectionChange { section: name, base: None, digest: *digest, rows }))
        }
        SectionBody::Difference { digest, base, upsert, remove } => {
            let Some(standing) = stored.filter(|stored| stored.digest == *base) else { return Ok(None) };
            let Some(rows) = standing.rows else { return Ok(None) };
            let rows = apply(name, rows, upsert.clone(), remove).map_err(|error| {
                RequestRefusal::new(Reason::Invalid, "a difference does not fit the rows it builds on")
                    .caused_by(error)
            })?;
            if rows.len() > MAX_ROWS {
                return Err(RequestRefusal::new(Reason::Invalid, "a section has more than 100,000 rows"));
            }
            let rows = check_digest(rows, *digest)?;
            if standing.checked_under != report.policy.sha256 {
                check_rows(name, &rows, policy)?;
            }
            let rows = Some(written(&rows)?);
            Ok(Some(SectionChange { section: name, base: Some(*base), digest: *digest, rows }))
        }
        SectionBody::Unchanged { digest } => {
            let Some(standing) = stored.filter(|stored| stored.digest == *digest) else { return Ok(None) };
            // Rows that came under another policy are held to this one: a report must not keep alive by reference
            // what its policy no longer permits.
            if standing.checked_under != report.policy.sha256 {
                let Some(rows) = &standing.rows else { return Ok(None) };
                check_rows(name, rows, policy)?;
            }
            Ok(Some(SectionChange { section: name, base: Some(*digest), digest: *digest, rows: None }))
        }
    }
}

fn check_digest(mut rows: Vec<Row>, said: Digest) -> Result<Vec<Row>, RequestRefusal> {
    if section_digest(&mut rows) == said {
        Ok(rows)
    } else {
        Err(RequestRefusal::new(Reason::Invalid, "a section's digest is not that of its rows"))
    }
}

fn written(rows: &[Row]) -> Result<(Vec<u8>, usize), RequestRefusal> {
    let json =
        serde_json::to_vec(rows).map_err(|error| RequestRefusal::from(Reason::Internal).caused_by(error))?;
    Ok((json, rows.len()))
}
