//! What changes between two policies, and whether each change lets more be known about a person.
//!
//! Whatever is not certainly narrower or without effect on people counts as wider: a wider policy is shown before it
//! takes effect, and showing one time too often harms nobody.

use super::{FieldName, Filter, Necessity, Policy, PolicyDocument, Purpose, Rule, Treatment, WrittenRule};
use crate::catalog::LegalBasis;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

crate::catalog::vocabulary! {
    /// What a change does to the person.
    Effect {
        /// More is collected, seen, linked, kept or sent, or sooner, or with fewer safeguards.
        Wider = "wider",
        /// Less is.
        Narrower = "narrower",
        /// Neither.
        Neutral = "neutral",
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it does to the person.
    pub effect: Effect,
    /// Path into the document, such as `rules[host.mac].treat` or `purposes.security.retention`.
    pub place: String,
    /// What stood there, as JSON or a plain word; `None` when nothing did.
    pub before: Option<String>,
    /// What stands there; `None` when nothing does.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: ", self.effect, self.place)?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{before} -> {after}"),
            (None, Some(after)) => write!(f, "added {after}"),
            (Some(before), None) => write!(f, "removed {before}"),
            (None, None) => f.write_str("changed"),
        }
    }
}

/// Every change from `old` to `new`, the wider ones first, then in the order of the document.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    compare_rules(old, new, &mut changes);
    compare_purposes(old.document(), new.document(), &mut changes);
    compare_recipients(old.document(), new.document(), &mut changes);
    compare_transfers(old.document(), new.document(), &mut changes);
    compare_head(old.document(), new.document(), &mut changes);
    let mut changes = changes.0;
    changes.sort_by_key(|change| change.effect);
    changes
}

/// Whether anything in the changes must be shown before it takes effect.
pub fn widens(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.effect == Effect::Wider)
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(
        &mut self,
        effect: Effect,
        place: impl Into<String>,
        before: Option<String>,
        after: Option<String>,
    ) {
        self.0.push(Change { effect, place: place.into(), before, after });
    }

    /// A value that changed, if it did.
    fn value<T: PartialEq + Serialize>(
        &mut self,
        effect: Effect,
        place: impl Into<String>,
        old: &T,
        new: &T,
    ) {
        if old != new {
            self.add(effect, place, Some(written(old)), Some(written(new)));
        }
    }

    /// A value of which more is wider.
    fn rising<T: Ord + Serialize>(&mut self, place: impl Into<String>, old: &T, new: &T) {
        let effect = if new > old { Effect::Wider } else { Effect::Narrower };
        self.value(effect, place, old, new);
    }

    /// A value of which less is wider.
    fn falling<T: Ord + Serialize>(&mut self, place: impl Into<String>, old: &T, new: &T) {
        let effect = if new < old { Effect::Wider } else { Effect::Narrower };
        self.value(effect, place, old, new);
    }

    /// Names of which each one more is wider.
    fn names<'a>(
        &mut self,
        place: &str,
        old: impl IntoIterator<Item = &'a String>,
        new: impl IntoIterator<Item = &'a String>,
    ) {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.into_iter().collect(), new.into_iter().collect());
        for added in new.difference(&old) {
            self.add(Effect::Wider, place, None, Some((*added).clone()));
        }
        for removed in old.difference(&new) {
            self.add(Effect::Narrower, place, Some((*removed).clone()), None);
        }
    }
}

fn compare_rules(old: &Policy, new: &Policy, changes: &mut Changes) {
    for rule in new.rules() {
        let place = format!("rules[{}]", rule.field);
        match old.rule(rule.field) {
            None => changes.add(Effect::Wider, place, None, Some(written(&rule.treat))),
            Some(before) => compare_rule(&place, before, rule, changes),
        }
    }
    for rule in old.rules().filter(|rule| !new.names(&rule.field.into())) {
        changes.add(Effect::Narrower, format!("rules[{}]", rule.field), Some(written(&rule.treat)), None);
    }
    compare_unsupported(old.document(), new, changes);
}

/// Rules that this program does not understand, each as a whole. It withholds their fields, but the program that follows it
/// may collect them under the same policy, so people are told when the policy comes.
fn compare_unsupported(old: &PolicyDocument, new: &Policy, changes: &mut Changes) {
    let find = |document: &PolicyDocument, name: &FieldName| {
        document.rules.iter().find(|rule| rule.field == *name).cloned()
    };
    for (name, _) in new.unsupported() {
        let (before, after) = (find(old, name), find(new.document(), name));
        if before != after {
            let treat = |rule: Option<WrittenRule>| rule.map(|rule| written(&rule.treat));
            changes.add(Effect::Wider, format!("rules[{name}]"), treat(before), treat(after));
        }
    }
    for rule in old.rules.iter().filter(|rule| rule.understood().is_err() && !new.names(&rule.field)) {
        changes.add(Effect::Narrower, format!("rules[{}]", rule.field), Some(written(&rule.treat)), None);
    }
}

fn compare_rule(place: &str, old: &Rule, new: &Rule, changes: &mut Changes) {
    let weaker = if reveals_no_more(new.treat, old.treat) { Effect::Narrower } else { Effect::Wider };
    changes.value(weaker, format!("{place}.treat"), &old.treat, &new.treat);
    changes.names(&format!("{place}.purposes"), &old.purposes, &new.purposes);
    let harder = match new.necessity {
        Necessity::Required => Effect::Wider,
        Necessity::Optional => Effect::Narrower,
    };
    changes.value(harder, format!("{place}.necessity"), &old.necessity, &new.necessity);
    let all: BTreeSet<_> = old.filters.keys().chain(new.filters.keys()).collect();
    for field in all {
        let (before, after) = (old.filters.get(field), new.filters.get(field));
        if before != after {
            let effect = if passes_no_more(after, before) { Effect::Narrower } else { Effect::Wider };
            let place = format!("{place}.where[{field}]");
            changes.add(effect, place, before.map(written), after.map(written));
        }
    }
}

/// Whether a value treated as `new` cannot tell more than the same value treated as `old`.
pub(super) fn reveals_no_more(new: Treatment, old: Treatment) -> bool {
    use super::{Generalisation as G, KeyScope};
    match (old, new) {
        // From a value as read all others follow; and a device's own key links no devices with each other.
        (Treatment::Keep, _) | (Treatment::Hmac(KeyScope::Tenant), Treatment::Hmac(_)) => true,
        (Treatment::TruncateIp { v4, v6 }, Treatment::TruncateIp { v4: v4_new, v6: v6_new }) => {
            v4_new <= v4 && v6_new <= v6
        }
        (Treatment::TruncateText { chars }, Treatment::TruncateText { chars: chars_new }) => {
            chars_new <= chars
        }
        (Treatment::Generalise(old), Treatment::Generalise(new)) => {
            old == new
                || matches!(
                    (old, new),
                    (G::MajorMinor, G::Major) | (G::Day, G::Month) | (G::TenthDegree, G::Degree)
                )
        }
        (old, new) => old == new,
    }
}

/// Whether every row that passes `new` also passes `old`. No filter passes every row.
pub(super) fn passes_no_more(new: Option<&Filter>, old: Option<&Filter>) -> bool {
    let (Some(new), Some(old)) = (new, old) else { return old.is_none() };
    let within = |few: &[String], many: &[String]| few.iter().all(|pattern| many.contains(pattern));
    let includes = old.include.is_empty() || (!new.include.is_empty() && within(&new.include, &old.include));
    includes && within(&old.exclude, &new.exclude)
}

fn compare_purposes(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let describe = |purpose: &Purpose| format!("{} under {}", purpose.dpv, purpose.legal_basis);
    for (name, purpose) in &new.purposes {
        let place = format!("purposes.{name}");
        match old.purposes.get(name) {
            None => changes.add(Effect::Wider, place, None, Some(describe(purpose))),
            Some(before) => compare_purpose(&place, before, purpose, changes),
        }
    }
    for (name, purpose) in old.purposes.iter().filter(|(name, _)| !new.purposes.contains_key(*name)) {
        changes.add(Effect::Narrower, format!("purposes.{name}"), Some(describe(purpose)), None);
    }
}

fn compare_purpose(place: &str, old: &Purpose, new: &Purpose, changes: &mut Changes) {
    changes.value(Effect::Wider, format!("{place}.dpv"), &old.dpv, &new.dpv);
    // Consent is the one basis under which nothing is collected until the person says so.
    let basis = if new.legal_basis == LegalBasis::Consent { Effect::Narrower } else { Effect::Wider };
    changes.value(basis, format!("{place}.legal_basis"), &old.legal_basis, &new.legal_basis);
    changes.rising(format!("{place}.retention"), &old.retention, &new.retention);
    changes.names(&format!("{place}.recipients"), &old.recipients, &new.recipients);
    for (language, text) in &new.text {
        match old.text.get(language) {
            None => {
                changes.add(Effect::Neutral, format!("{place}.text.{language}"), None, Some(written(text)));
            }
            // Other words may mean another purpose, which people must be told of first (Art. 13(3) GDPR).
            Some(before) => changes.value(Effect::Wider, format!("{place}.text.{language}"), before, text),
        }
    }
    for (language, text) in old.text.iter().filter(|(language, _)| !new.text.contains_key(*language)) {
        changes.add(Effect::Neutral, format!("{place}.text.{language}"), Some(written(text)), None);
    }
}

fn compare_recipients(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let by_id = |document: &PolicyDocument| -> BTreeMap<String, (String, String)> {
        let entry = |r: &super::Recipient| (r.id.clone(), (r.name.clone(), r.country.clone()));
        document.recipients.iter().map(entry).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    for (id, (name, country)) in &new {
        match old.get(id) {
            // That a purpose names the recipient is a change of the purpose, and counted there.
            None => changes.add(Effect::Neutral, format!("recipients[{id}]"), None, Some(name.clone())),
            Some((name_before, country_before)) => {
                changes.value(Effect::Wider, format!("recipients[{id}].name"), name_before, name);
                changes.value(Effect::Wider, format!("recipients[{id}].country"), country_before, country);
            }
        }
    }
    for (id, (name, _)) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        changes.add(Effect::Neutral, format!("recipients[{id}]"), Some(name.clone()), None);
    }
}

fn compare_transfers(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let lacks = |list: &[super::Transfer], one: &super::Transfer| {
        !list.iter().any(|other| (&other.country, &other.mechanism) == (&one.country, &one.mechanism))
    };
    let describe =
        |transfer: &super::Transfer| Some(format!("{} by {}", transfer.country, transfer.mechanism));
    for added in new.transfers.iter().filter(|transfer| lacks(&old.transfers, transfer)) {
        changes.add(Effect::Wider, format!("transfers[{}]", added.country), None, describe(added));
    }
    for removed in old.transfers.iter().filter(|transfer| lacks(&new.transfers, transfer)) {
        changes.add(Effect::Narrower, format!("transfers[{}]", removed.country), describe(removed), None);
    }
}

fn compare_head(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    changes.value(Effect::Wider, "group", &old.group, &new.group);
    changes.value(Effect::Wider, "controller.name", &old.controller.name, &new.controller.name);
    changes.value(Effect::Neutral, "controller.contact", &old.controller.contact, &new.controller.contact);
    let representative = (&old.controller.representative, &new.controller.representative);
    changes.value(Effect::Neutral, "controller.representative", representative.0, representative.1);
    let officer = (&old.controller.data_protection_officer, &new.controller.data_protection_officer);
    changes.value(Effect::Neutral, "controller.data_protection_officer", officer.0, officer.1);
    let authority = (&old.controller.supervisory_authority, &new.controller.supervisory_authority);
    changes.value(Effect::Neutral, "controller.supervisory_authority", authority.0, authority.1);
    // The notice offers the rights of the places that it names.
    let places = |document: &PolicyDocument| document.jurisdictions.iter().cloned().collect::<BTreeSet<_>>();
    let (places_old, places_new) = (places(old), places(new));
    let fewer = if places_old.is_subset(&places_new) { Effect::Neutral } else { Effect::Wider };
    changes.value(fewer, "jurisdictions", &places_old, &places_new);
    changes.falling("report_every", &old.report_every, &new.report_every);
    changes.rising("records", &old.records, &new.records);
    changes.rising("max_stale", &old.max_stale, &new.max_stale);
    changes.falling("notice_period", &old.notice_period, &new.notice_period);
    changes.falling("require_acknowledgement", &old.require_acknowledgement, &new.require_acknowledgement);
    changes.falling("require_sandbox", &old.require_sandbox, &new.require_sandbox);
    changes.value(Effect::Neutral, "version", &old.version, &new.version);
    changes.value(Effect::Neutral, "issued", &old.issued, &new.issued);
    changes.value(Effect::Neutral, "expires", &old.expires, &new.expires);
    changes.value(Effect::Neutral, "notice_from", &old.notice_from, &new.notice_from);
    changes.value(Effect::Neutral, "effective_from", &old.effective_from, &new.effective_from);
}

/// The value as compact JSON, text without its quotes.
fn written<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        // Values of documents serialise; the change is still listed.
        Err(_) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests;
