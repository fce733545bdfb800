//! Works out the sections of a report's parts: recomputes every digest from rows and applies differences to stored rows.

use super::permitted::check_rows;
use super::{Base, Bases, ReportPart, SectionChange};
use crate::refusal::{Reason, RequestRefusal};
use crate::store::Packed;
use crate::verify::AuthenticPart;
use collector_proto::catalog::Section;
use collector_proto::difference::{SaltedRows, apply};
use collector_proto::digest::Digest;
use collector_proto::limits::{MAX_REPORT_BYTES, MAX_ROWS};
use collector_proto::messages::{PartName, SectionBody};
use collector_proto::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// What a report's parts do to the stored sections, and the parts that cannot be worked out for want of a base.
pub(super) struct Resolved {
    pub(super) parts: Vec<ReportPart>,
    pub(super) missing: BTreeSet<PartName>,
}

/// The bases of one report, by their place.
type Found = BTreeMap<(PartName, Section), Base>;

/// Works out every section from the bases that the store has, and holds what goes on standing to the policy as well: a report
/// must not keep alive by reference what its policy does not permit.
pub(super) fn resolve(
    parts: &[AuthenticPart],
    policy: &Policy,
    bases: Bases,
) -> Result<Resolved, RequestRefusal> {
    for other in &bases.others {
        if let Some(rows) = &other.rows {
            check_rows(other.part, other.section, &rows.read()?.rows, policy)?;
        }
    }
    let mut found: Found = bases.wanted.into_iter().map(|base| ((base.part, base.section), base)).collect();
    let mut resolved = Resolved { parts: Vec::new(), missing: BTreeSet::new() };
    for part in parts {
        let name = part.part().part;
        let mut sections = Vec::new();
        for (section, body) in &part.part().sections {
            let base = found.remove(&(name, *section));
            match resolve_one(name, *section, body, policy, base, bases.is_checked)? {
                Some(change) => sections.push(change),
                None => drop(resolved.missing.insert(name)),
            }
        }
        resolved.parts.push(ReportPart { name, payload: Packed::of(part.bytes()), sections });
    }
    Ok(resolved)
}

fn resolve_one(
    part: PartName,
    section: Section,
    body: &SectionBody,
    policy: &Policy,
    stored: Option<Base>,
    is_checked: bool,
) -> Result<Option<SectionChange>, RequestRefusal> {
    match body {
        SectionBody::Full { salt, rows } => {
            let mut whole = SaltedRows { salt: *salt, rows: rows.clone() };
            let digest = whole.digest();
            Ok(Some(SectionChange { section, base: None, digest, rows: Some(written(&whole)?) }))
        }
        SectionBody::Difference { salt, digest, base, upsert, remove } => {
            let Some(standing) = standing(stored, *base) else { return Ok(None) };
            let Some(before) = standing.rows else { return Ok(None) };
            let rows = apply(section, before.read()?.rows, upsert.clone(), remove).map_err(|error| {
                RequestRefusal::new(Reason::Invalid, "a difference does not fit the rows it builds on")
                    .caused_by(error)
            })?;
            if rows.len() > MAX_ROWS {
                return Err(RequestRefusal::new(Reason::Invalid, "a section has more than 100,000 rows"));
            }
            let mut after = SaltedRows { salt: *salt, rows };
            if after.digest() != *digest {
                return Err(RequestRefusal::new(
                    Reason::Invalid,
                    "a section's digest is not that of its rows",
                ));
            }
            if !is_checked {
                check_rows(part, section, &after.rows, policy)?;
            }
            let rows = Some(written(&after)?);
            Ok(Some(SectionChange { section, base: Some(*base), digest: *digest, rows }))
        }
        SectionBody::Unchanged { digest } => {
            let Some(standing) = standing(stored, *digest) else { return Ok(None) };
            if !is_checked {
                let Some(rows) = &standing.rows else { return Ok(None) };
                check_rows(part, section, &rows.read()?.rows, policy)?;
            }
            Ok(Some(SectionChange { section, base: Some(*digest), digest: *digest, rows: None }))
        }
    }
}

fn standing(stored: Option<Base>, digest: Digest) -> Option<Base> {
    stored.filter(|stored| stored.digest == digest)
}

fn written(rows: &SaltedRows) -> Result<(Packed, usize), RequestRefusal> {
    let json =
        serde_json::to_vec(rows).map_err(|error| RequestRefusal::from(Reason::Internal).caused_by(error))?;
    if json.len() > MAX_REPORT_BYTES {
        return Err(RequestRefusal::new(
            Reason::Invalid,
            "a section has more bytes than any report may have",
        ));
    }
    Ok((Packed::of(&json), rows.rows.len()))
}
