//! Joins the `[[collect]]` blocks into one rule per field.
//!
//! Blocks that name the same field unite their purposes; in all else they must agree. A block that drops a field
//! wins over every other: the field has no rule in the signed document.

use super::collect::{Block, BlockTreat};
use super::diagnostic::Code;
use super::purposes::Purposes;
use super::report::{At, Diagnosis};
use super::treat::{Treat, allowed, written};
use crate::catalog::{FieldId, FieldSet, LegalBasis};
use crate::policy::{Filter, Necessity, Rule, Treatment};
use std::collections::BTreeMap;

/// A rule and the places that made it.
pub(super) struct Planned {
    pub(super) rule: Rule,
    pub(super) at: At,
}

/// The rules in the order of the field names. Whatever cannot be joined is reported and left out.
pub(super) fn plan(blocks: &[Block], purposes: &Purposes, report: &mut Diagnosis<'_>) -> Vec<Planned> {
    let dropped: FieldSet = blocks
        .iter()
        .filter(|block| matches!(block.treat, BlockTreat::Written(Treat::Drop, _)))
        .flat_map(|block| block.fields.keys().copied())
        .collect();
    let mut merged: BTreeMap<FieldId, Merged<'_>> = BTreeMap::new();
    for block in blocks {
        for (field, at) in block.fields.iter().filter(|(field, _)| !dropped.contains(**field)) {
            match merged.get_mut(field) {
                None => {
                    merged.insert(*field, Merged::first(*field, block, at, report));
                }
                Some(earlier) => earlier.join(*field, block, at, report),
            }
        }
    }
    for block in blocks {
        check_filters(block, &dropped, &merged, report);
    }
    merged.into_iter().filter_map(|(field, merged)| merged.finish(field, purposes, report)).collect()
}

/// What the blocks so far say about one field.
struct Merged<'a> {
    at: At,
    /// `None` when it could not be read or is not allowed; already reported.
    treat: Option<Treatment>,
    purposes: BTreeMap<&'a str, &'a At>,
    necessity: Option<(Necessity, &'a At)>,
    accounts: Option<(bool, &'a At)>,
    filters: BTreeMap<FieldId, Filter>,
}

impl<'a> Merged<'a> {
    fn first(field: FieldId, block: &'a Block, at: &'a At, report: &mut Diagnosis<'_>) -> Self {
        Self {
            at: at.clone(),
            treat: treatment(field, block, at, report),
            purposes: block.purposes.iter().map(|name| (name.as_str(), at)).collect(),
            necessity: block.necessity.as_ref().map(|(necessity, at)| (*necessity, at)),
            accounts: block.accounts.as_ref().map(|(accounts, at)| (*accounts, at)),
            filters: filters(block),
        }
    }

    fn join(&mut self, field: FieldId, block: &'a Block, at: &'a At, report: &mut Diagnosis<'_>) {
        let first = &self.at.path;
        if let (Some(one), Some(other)) = (self.treat, treatment(field, block, at, report))
            && one != other
        {
            let place = treat_at(block, at);
            let message = format!("treats `{field}` as {}, but {first} as {}", written(other), written(one));
            report.error(place, Code::Conflict, message);
        }
        if self.filters != filters(block) {
            let place = block.where_at.as_ref().unwrap_or(at);
            let message = format!("filters `{field}` otherwise than {first} does; one field has one filter");
            report.error(place, Code::Conflict, message);
        }
        match (&self.necessity, &block.necessity) {
            (Some((one, _)), Some((other, place))) if one != other => {
                let message = format!("says that `{field}` is {other}, but {first} that it is {one}");
                report.error(place, Code::Conflict, message);
            }
            (None, Some((necessity, place))) => self.necessity = Some((*necessity, place)),
            _ => {}
        }
        match (&self.accounts, &block.accounts) {
            (Some((one, _)), Some((other, place))) if one != other => {
                let message = format!("says whether `{field}` covers accounts otherwise than {first} does");
                report.error(place, Code::Conflict, message);
            }
            (None, Some((accounts, place))) => self.accounts = Some((*accounts, place)),
            _ => {}
        }
        self.purposes.extend(block.purposes.iter().map(|name| (name.as_str(), at)));
    }

    fn finish(self, field: FieldId, purposes: &Purposes, report: &mut Diagnosis<'_>) -> Option<Planned> {
        let allowed = field.field().bounds.legal_bases;
        let consent = self.purposes.keys().any(|name| rests_on_consent(name, purposes));
        for (name, at) in &self.purposes {
            let Some(basis) = purposes.get(*name).and_then(|declared| declared.legal_basis) else { continue };
            if !allowed.is_empty() && !allowed.contains(&basis) {
                let allowed: Vec<_> = allowed.iter().map(|basis| basis.name()).collect();
                let message = format!(
                    "`{field}` may only be collected under {}; `{name}` rests on {basis}",
                    allowed.join(" or ")
                );
                report.error(at, Code::BasisNotAllowed, message);
            }
        }
        if let Some((name, at)) = self.purposes.iter().find(|(name, _)| rests_on_consent(name, purposes))
            && let Some(other) = self.purposes.keys().find(|other| *other != name)
        {
            let message = format!(
                "`{field}` is collected for `{other}` as well as for `{name}`, which rests on consent; collect it for one \
                 of them, so that nothing that a device sends tells who refused"
            );
            report.error(at, Code::ConsentBeside, message);
        }
        if let (true, Some((Necessity::Required, at))) = (consent, &self.necessity) {
            let message =
                format!("`{field}` rests on consent, and consent that cannot be refused is not consent");
            report.error(at, Code::ConsentRequired, message);
        }
        if let Some((true, at)) = self.accounts
            && !field.section().takes_accounts()
        {
            let message =
                format!("`{field}` has no rows about accounts beside the machine's; leave `accounts` out");
            report.error(at, Code::BadValue, message);
        }
        let default = if consent { Necessity::Optional } else { Necessity::Required };
        Some(Planned {
            rule: Rule {
                field,
                treat: self.treat?,
                purposes: self.purposes.keys().map(|name| (*name).to_owned()).collect(),
                necessity: self.necessity.map_or(default, |(necessity, _)| necessity),
                accounts: self.accounts.is_some_and(|(accounts, _)| accounts)
                    && field.section().takes_accounts(),
                filters: self.filters,
            },
            at: self.at,
        })
    }
}

fn rests_on_consent(name: &str, purposes: &Purposes) -> bool {
    purposes.get(name).is_some_and(|declared| declared.legal_basis == Some(LegalBasis::Consent))
}

/// The block's treatment of the field, if the field takes it.
fn treatment(field: FieldId, block: &Block, at: &At, report: &mut Diagnosis<'_>) -> Option<Treatment> {
    let (treatment, place) = match &block.treat {
        BlockTreat::Default => (Treatment::Keep, at),
        BlockTreat::Written(Treat::As(treatment), place) => (*treatment, place),
        // A dropped field never gets here.
        BlockTreat::Written(Treat::Drop, _) | BlockTreat::Unreadable => return None,
    };
    let Some(reason) = treatment.unfit_for(field.field()) else { return Some(treatment) };
    let takes = allowed(field.field());
    let message = if field.field().allows(treatment.kind()) {
        format!("`{field}` does not take {}: {reason}; it takes {takes}", written(treatment))
    } else if treatment == Treatment::Keep {
        format!("`{field}` is never sent as read; set `treat`: it takes {takes}")
    } else {
        format!("`{field}` does not take {}; it takes {takes}", written(treatment))
    };
    report.error(place, Code::TreatmentNotAllowed, message);
    None
}

fn treat_at<'a>(block: &'a Block, at: &'a At) -> &'a At {
    match &block.treat {
        BlockTreat::Written(_, place) => place,
        BlockTreat::Default | BlockTreat::Unreadable => at,
    }
}

fn filters(block: &Block) -> BTreeMap<FieldId, Filter> {
    block.filters.iter().map(|(field, (filter, _))| (*field, filter.clone())).collect()
}

/// A filter reads its field, so the field must be collected, and in the same rows.
fn check_filters(
    block: &Block,
    dropped: &FieldSet,
    merged: &BTreeMap<FieldId, Merged<'_>>,
    report: &mut Diagnosis<'_>,
) {
    for (filter_field, (_, at)) in &block.filters {
        let mut foreign: Vec<_> =
            block.fields.keys().filter(|field| field.section() != filter_field.section()).collect();
        foreign.retain(|field| !dropped.contains(**field));
        if let Some(field) = foreign.first() {
            let message = format!(
                "`{field}` is in the section `{}`, `{filter_field}` in `{}`; rows are filtered by fields of their own section",
                field.section().name(),
                filter_field.section().name(),
            );
            report.error(at, Code::BadFilter, message);
        }
        if !merged.contains_key(filter_field) {
            let message = if dropped.contains(*filter_field) {
                format!("`{filter_field}` is dropped; a filter would have to read it")
            } else {
                format!("`{filter_field}` is not collected; a filter would have to read it")
            };
            report.error(at, Code::BadFilter, message);
        }
    }
}
