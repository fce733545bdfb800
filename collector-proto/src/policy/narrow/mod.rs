//! What two policies both allow, as a policy of its own, so that everything that takes a policy takes it: permit, notice,
//! admission.
//!
//! A field that only one of them collects is not collected, and of two treatments, filters, spans and lists the narrower one
//! holds. Where neither is narrower, the field is withheld. The words that people are told (of a purpose, of a recipient, of the
//! controller) are those of the earlier policy: a later one's are only announced.

use super::diff::{passes_no_more, reveals_no_more};
use super::document_terms::is_in_eea;
use super::kept::kept;
use super::{
    Controller, FieldName, Filter, Necessity, Policy, PolicyDocument, Purpose, Recipient, Rule, Transfer,
    Treatment, WrittenRule,
};
use crate::catalog::{FieldId, LegalBasis};
use std::collections::{BTreeMap, BTreeSet};

/// What all of these policies allow, oldest first; `None` where there is none.
pub fn terms<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Option<Policy> {
    let mut policies = policies.into_iter();
    let base = policies.next()?.clone();
    Some(policies.fold(base, |terms, later| narrowed(&terms, later)))
}

/// What both policies allow. It goes by the name and the dates of the earlier one, and ends with the later one.
pub fn narrowed(earlier: &Policy, later: &Policy) -> Policy {
    let (old, new) = (earlier.document(), later.document());
    let transfers: Vec<Transfer> =
        old.transfers.iter().filter(|transfer| is_named(&new.transfers, transfer)).cloned().collect();
    let mut jurisdictions = old.jurisdictions.clone();
    jurisdictions
        .extend(new.jurisdictions.iter().filter(|place| !old.jurisdictions.contains(place)).cloned());
    let recipients = recipients(old, new, &transfers, &jurisdictions);
    let purposes = purposes(old, new, &recipients);
    let rules = rules(old, new, &purposes);
    let terms = Policy::of_terms(PolicyDocument {
        expires: new.expires,
        max_stale: old.max_stale.min(new.max_stale),
        notice_period: old.notice_period.max(new.notice_period),
        require_sandbox: old.require_sandbox.max(new.require_sandbox),
        report_every: old.report_every.max(new.report_every),
        records: old.records.min(new.records),
        controller: Controller { name: old.controller.name.clone(), ..new.controller.clone() },
        jurisdictions,
        recipients,
        transfers,
        purposes,
        rules,
        // Whether the notice has to be acknowledged before anything is collected is the earlier one's to say; for the later one it
        // is what showing it means.
        ..old.clone()
    });
    without_longer_lives(terms, [earlier, later])
}

/// Withholds fields whose values would live longer than both policies say: a key of their rows that went sooner is not in the terms.
fn without_longer_lives(mut terms: Policy, both: [&Policy; 2]) -> Policy {
    loop {
        let longer: BTreeSet<FieldName> = terms
            .rules()
            .map(|rule| rule.field)
            .filter(|field| both.iter().any(|policy| kept(&terms, *field) > kept(policy, *field)))
            .map(FieldName::from)
            .collect();
        if longer.is_empty() {
            return terms;
        }
        let mut document = terms.document().clone();
        document.rules.retain(|rule| !longer.contains(&rule.field));
        document.rules = without_missing_filters(document.rules);
        terms = Policy::of_terms(document);
    }
}

fn is_named(transfers: &[Transfer], one: &Transfer) -> bool {
    transfers.iter().any(|other| (&other.country, &other.mechanism) == (&one.country, &one.mechanism))
}

/// A recipient of another role, in another country or that stores in another is another one; another name is other words for the same. One outside the Economic Area
/// for which no safeguard is named in both is none.
fn recipients(
    old: &PolicyDocument,
    new: &PolicyDocument,
    transfers: &[Transfer],
    jurisdictions: &[String],
) -> Vec<Recipient> {
    let in_eea = jurisdictions.iter().any(|place| is_in_eea(place));
    let is_safe = |country: &str| {
        !in_eea || is_in_eea(country) || transfers.iter().any(|transfer| transfer.country == country)
    };
    let is_in_both = |recipient: &&Recipient| {
        let named_alike = |other: &Recipient| Recipient { name: recipient.name.clone(), ..other.clone() };
        new.recipients.iter().any(|other| named_alike(other) == **recipient)
    };
    let both = old.recipients.iter().filter(is_in_both);
    both.filter(|recipient| recipient.countries().into_iter().all(is_safe)).cloned().collect()
}

/// A purpose of another DPV term is another one. One that nobody may receive anything for is none.
fn purposes(
    old: &PolicyDocument,
    new: &PolicyDocument,
    recipients: &[Recipient],
) -> BTreeMap<String, Purpose> {
    let both = old.purposes.iter().filter_map(|(name, before)| Some((name, before, new.purposes.get(name)?)));
    let both = both.filter(|(_, before, after)| before.dpv == after.dpv);
    let narrow = |(name, before, after): (&String, &Purpose, &Purpose)| {
        let may_receive = |id: &&String| {
            after.recipients.contains(id) && recipients.iter().any(|recipient| recipient.id == **id)
        };
        // Consent is the one basis under which nothing is collected until the person says so.
        let basis = if after.legal_basis == LegalBasis::Consent { after } else { before };
        let purpose = Purpose {
            legal_basis: basis.legal_basis,
            interests_weighed: basis.interests_weighed,
            free_to_refuse: basis.free_to_refuse,
            retention: before.retention.min(after.retention),
            recipients: before.recipients.iter().filter(may_receive).cloned().collect(),
            ..before.clone()
        };
        (name.clone(), purpose)
    };
    both.map(narrow).filter(|(_, purpose)| !purpose.recipients.is_empty()).collect()
}

/// The rules of both, but for those that are left without a purpose, and for those whose filter reads a field that is not
/// collected any more, and so on along chains of filters.
fn rules(
    old: &PolicyDocument,
    new: &PolicyDocument,
    purposes: &BTreeMap<String, Purpose>,
) -> Vec<WrittenRule> {
    let later: BTreeMap<_, _> = new.rules.iter().map(|rule| (&rule.field, rule)).collect();
    let both = old.rules.iter().filter_map(|rule| narrow_rule(rule, later.get(&rule.field)?));
    let rules = both
        .filter_map(|mut rule| {
            rule.purposes.retain(|name| purposes.contains_key(name));
            (!rule.purposes.is_empty()).then_some(rule)
        })
        .collect();
    without_missing_filters(rules)
}

/// Without the rules whose filter reads a field that has none, and so on along chains of filters.
fn without_missing_filters(mut rules: Vec<WrittenRule>) -> Vec<WrittenRule> {
    loop {
        let collected: BTreeSet<_> = rules.iter().map(|rule| rule.field.clone()).collect();
        let before = rules.len();
        rules.retain(|rule| rule.filters.keys().all(|field| collected.contains(field)));
        if rules.len() == before {
            return rules;
        }
    }
}

/// What both rules of a field allow; `None` where that cannot be said. Of a rule that this program does not understand it can
/// be said where both read the same.
fn narrow_rule(old: &WrittenRule, new: &WrittenRule) -> Option<WrittenRule> {
    let purposes: BTreeSet<String> = old.purposes.intersection(&new.purposes).cloned().collect();
    if *old == (WrittenRule { purposes: old.purposes.clone(), ..new.clone() }) {
        return Some(WrittenRule { purposes, ..old.clone() });
    }
    let (old, new) = (old.understood().ok()?, new.understood().ok()?);
    let necessity = match (old.necessity, new.necessity) {
        (Necessity::Required, Necessity::Required) => Necessity::Required,
        _ => Necessity::Optional,
    };
    let (treat, filters) = (narrower_treatment(old.treat, new.treat)?, narrower_filters(&old, &new)?);
    let accounts = old.accounts && new.accounts;
    Some(Rule { field: old.field, treat, purposes, necessity, accounts, filters }.into())
}

fn narrower_treatment(old: Treatment, new: Treatment) -> Option<Treatment> {
    if reveals_no_more(new, old) { Some(new) } else { reveals_no_more(old, new).then_some(old) }
}

fn narrower_filters(old: &Rule, new: &Rule) -> Option<BTreeMap<FieldId, Filter>> {
    let mut filters = old.filters.clone();
    for (field, after) in &new.filters {
        match filters.get(field) {
            Some(before) if passes_no_more(Some(before), Some(after)) => {}
            before if passes_no_more(Some(after), before) => _ = filters.insert(*field, after.clone()),
            _ => return None,
        }
    }
    Some(filters)
}

#[cfg(test)]
mod tests;
