//! The permit: what may be read on one device now. A pure function of policy, catalogue, platform, ceiling, consent.
//!
//! Taking anything away from an input never widens the result; the property tests hold this to be true.

mod consent;
mod standing;

pub use consent::Consent;
pub use standing::{Draft, PolicyRef, Signed, Standing};

use super::kept::with_its_keys;
use super::{Ceiling, FieldName, Filter, Necessity, Policy, Rule, Treatment, Versions};
use crate::catalog::{FieldId, FieldSet, LegalBasis, Platform, Series, SourcePlace};
use crate::digest::Digest;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why a field that the policy names may not be read on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The platform has no source for it.
    NoSource,
    /// The device's ceiling excludes it, or leaves no room for its treatment or for how long it would live.
    Ceiling,
    /// It rests on consent that was not given, or a filter of the rule needs a field that does.
    NoConsent,
    /// A filter of the rule needs a field that may itself not be read.
    Filter,
    /// This program does not understand the rule.
    Unsupported,
}

/// What is granted for one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What happens to its values.
    pub treatment: Treatment,
    /// The purposes it is collected for: those of the rule less those that lack consent.
    pub purposes: BTreeSet<String>,
    /// How long its values may live: the longest of these purposes.
    pub retention: Span,
    /// How long they may live at most, where the device has a ceiling: what that says, and no longer than they would live without
    /// one. Held whenever the permit changes: where a key of their rows goes, values live longer.
    pub longest: Option<Span>,
    /// Whether the person may refuse it.
    pub necessity: Necessity,
    /// Whether rows about accounts may be read too, where the section has such rows beside the machine's.
    pub accounts: bool,
    /// Which rows are left out or kept, by field of the same section.
    pub filters: BTreeMap<FieldId, Filter>,
}

/// What may be read on this device now, and how each value must be treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit<S: Standing = Signed> {
    grants: BTreeMap<FieldId, Grant>,
    withheld: BTreeMap<FieldId, Withheld>,
    unknown: BTreeSet<FieldName>,
    /// Of every field that the policy names and not every report holds, granted or not.
    series: BTreeMap<FieldId, Series>,
    policy: S::Reference,
}

impl<S: Standing> Permit<S> {
    /// The permit on a device: what the policy names, the platform has a source for, and the device's own limits leave.
    ///
    /// The only way to a permit. The reader calls it with the limits that it keeps; everybody else derives a permit again
    /// from what the reader answered, with `DisclosureAnswer::permit_as_answered`.
    ///
    /// No type holds that line: the reader keeps the limits in files and writes them into its answers, so whoever can parse
    /// can make any. `cargo xtask check-imports` therefore refuses this call in every crate but at those two places. A
    /// permit that was made up widens nothing that is read: the reader decides by its own limits, in a process of its own.
    pub fn derive(policy: &S::Policy, platform: Platform, ceiling: &Ceiling, consent: &Consent) -> Self {
        Self::build(policy, &sourced(platform), ceiling, consent)
    }

    fn build(policy: &S::Policy, sourced: &FieldSet, ceiling: &Ceiling, consent: &Consent) -> Self {
        let mut permit = Self::judged(policy, sourced, ceiling, consent);
        if *ceiling != Ceiling::Unset {
            let without = Self::build(policy, sourced, &Ceiling::Unset, consent);
            permit.hold_lives(&without);
        }
        permit.settle();
        permit
    }

    /// Holds each value to the life that it has in another permit.
    fn hold_lives(&mut self, other: &Self) {
        for (field, grant) in &mut self.grants {
            grant.longest = [grant.longest, other.life(*field)].into_iter().flatten().min();
        }
    }

    /// Each rule by itself.
    fn judged(policy: &S::Policy, sourced: &FieldSet, ceiling: &Ceiling, consent: &Consent) -> Self {
        let checked = S::checked(policy);
        let mut grants = BTreeMap::new();
        let mut withheld = BTreeMap::new();
        let mut unknown = BTreeSet::new();
        for (name, _) in checked.unsupported() {
            match name.field() {
                Some(field) => _ = withheld.insert(field, Withheld::Unsupported),
                None => _ = unknown.insert(name.clone()),
            }
        }
        for rule in checked.rules() {
            match judge(checked, rule, sourced, ceiling, consent) {
                Ok(grant) => {
                    grants.insert(rule.field, grant);
                }
                Err(reason) => {
                    withheld.insert(rule.field, reason);
                }
            }
        }
        let series = checked.daily_series().clone();
        Self { grants, withheld, unknown, series, policy: S::reference(policy) }
    }

    /// Withholds what does not hold without what was withheld: what is filtered by it, and what would live longer for want of it than
    /// the ceiling allows; and so on.
    fn settle(&mut self) {
        loop {
            withhold_blind_filters(&mut self.grants, &mut self.withheld);
            let too_long = |(field, grant): (FieldId, &Grant)| {
                grant.longest.is_some_and(|longest| self.life(field) > Some(longest)).then_some(field)
            };
            let too_long: Vec<FieldId> = self.grants().filter_map(too_long).collect();
            if too_long.is_empty() {
                return;
            }
            for field in too_long {
                self.grants.remove(&field);
                self.withheld.insert(field, self.why_too_long(field));
            }
        }
    }

    /// Where a key went for want of consent, that is why: as little for others to know as of any field.
    fn why_too_long(&self, field: FieldId) -> Withheld {
        let no_consent = |field| self.withheld.get(&field) == Some(&Withheld::NoConsent);
        if field.section().fields().any(no_consent) { Withheld::NoConsent } else { Withheld::Ceiling }
    }

    /// Whether the field may be read.
    pub fn allows(&self, field: FieldId) -> bool {
        self.grants.contains_key(&field)
    }

    /// What is granted for the field.
    pub fn grant(&self, field: FieldId) -> Option<&Grant> {
        self.grants.get(&field)
    }

    /// All grants in the order of the field names.
    pub fn grants(&self) -> impl Iterator<Item = (FieldId, &Grant)> {
        self.grants.iter().map(|(field, grant)| (*field, grant))
    }

    /// How long a value of the field lives. Parts repeat the keys of their rows, so in a table no value outlives a key; where
    /// no key may be read, rows cannot be distinguished and live as long as the shortest of their values.
    /// And no longer than the device's ceiling lets it, also in a reading that takes a part of the permit.
    pub fn retention(&self, field: FieldId) -> Option<Span> {
        let longest = self.grant(field)?.longest;
        self.life(field).map(|life| longest.map_or(life, |longest| longest.min(life)))
    }

    fn life(&self, field: FieldId) -> Option<Span> {
        with_its_keys(field, |field| Some(self.grant(field)?.retention))
    }

    /// In which series the field's values are sent: as the policy says, whatever of it is granted.
    pub fn series(&self, field: FieldId) -> Series {
        self.series.get(&field).copied().unwrap_or_else(|| field.series())
    }

    /// Whether the policy names a field that is sent at most once a day, whatever of it is granted.
    pub fn has_daily(&self) -> bool {
        !self.series.is_empty()
    }

    /// What may be read before the day is over: the permit less the fields that are sent at most once a day.
    #[must_use]
    pub fn between_days(mut self) -> Self {
        self.grants.retain(|field, _| !self.series.contains_key(field));
        self
    }

    /// The fields that the policy has sent at most once a day, granted or not.
    pub fn daily_fields(&self) -> FieldSet {
        self.series.keys().copied().collect()
    }

    /// Tells what is granted of the fields that are sent at most once a day from anything else that may be; `None` where the policy names
    /// no such field.
    pub fn daily_terms(&self) -> Option<Digest> {
        let of = |(field, series): (&FieldId, &Series)| {
            let grant = self.grant(*field)?.clone();
            Some((*field, *series, grant.treatment, grant.retention, grant.accounts, grant.filters))
        };
        let granted: Vec<_> = self.series.iter().filter_map(of).collect();
        // Names, numbers and patterns alone: serialising them cannot fail.
        // What texts may carry follows from the other fields.
        let as_read: Vec<FieldId> = self.as_read().iter().collect();
        let terms = || Digest::of(&serde_json::to_vec(&(granted, as_read)).unwrap_or_default());
        self.has_daily().then(terms)
    }

    /// The fields that may be read.
    pub fn fields(&self) -> FieldSet {
        self.grants.keys().copied().collect()
    }

    /// The places that may be touched for the granted fields on this platform. Those in the directories of persons are among them
    /// only where a rule covers accounts.
    pub fn sources(&self, platform: Platform) -> BTreeSet<SourcePlace> {
        let of = |(field, grant): (&FieldId, &Grant)| {
            let homes = grant.accounts || !field.section().takes_accounts();
            let touches = field.field().source(platform).touches.iter().copied();
            touches.filter(move |place| homes || !place.is_in_homes())
        };
        self.grants.iter().flat_map(of).collect()
    }

    /// The fields that the policy names and this device withholds, with the reason.
    pub fn withheld(&self) -> impl Iterator<Item = (FieldId, Withheld)> {
        self.withheld.iter().map(|(field, reason)| (*field, *reason))
    }

    /// The fields that the policy names and this program's catalogue does not have.
    pub fn unknown(&self) -> impl Iterator<Item = &FieldName> {
        self.unknown.iter()
    }
}

impl Permit<Signed> {
    /// The permit less some of its fields, as where consent to them was withdrawn. What does not hold without them goes with them.
    #[must_use]
    pub fn without(mut self, fields: &FieldSet) -> Self {
        for field in fields.iter().filter(|field| self.grants.remove(field).is_some()).collect::<Vec<_>>() {
            self.withheld.insert(field, Withheld::NoConsent);
        }
        self.settle();
        self
    }

    /// The versions of the policy that grant it.
    pub fn versions(&self) -> &Versions {
        &self.policy
    }
}

/// The fields that the platform has a source for.
fn sourced(platform: Platform) -> FieldSet {
    FieldId::all().filter(|field| !field.field().source(platform).touches.is_empty()).collect()
}

fn judge(
    policy: &Policy,
    rule: &Rule,
    sourced: &FieldSet,
    ceiling: &Ceiling,
    consent: &Consent,
) -> Result<Grant, Withheld> {
    if !sourced.contains(rule.field) {
        return Err(Withheld::NoSource);
    }
    let allowed = ceiling.allowance(rule).ok_or(Withheld::Ceiling)?;
    let purposes: BTreeSet<String> = rule
        .purposes
        .iter()
        .filter(|name| {
            policy
                .document()
                .purposes
                .get(*name)
                .is_some_and(|purpose| purpose.legal_basis != LegalBasis::Consent || consent.covers(name))
        })
        .cloned()
        .collect();
    // A rule names at least one purpose, so that none is left where each lacks consent.
    let retention = policy.longest_retention(&purposes).ok_or(Withheld::NoConsent)?;
    Ok(Grant {
        treatment: rule.treat,
        purposes,
        retention,
        longest: allowed.retention,
        necessity: rule.necessity,
        accounts: rule.accounts && allowed.accounts,
        filters: rule.filters.clone(),
    })
}

/// A filter reads its field. Where that field may not be read, the filtered one may not be read either, and so on
/// along chains of filters.
fn withhold_blind_filters(grants: &mut BTreeMap<FieldId, Grant>, withheld: &mut BTreeMap<FieldId, Withheld>) {
    loop {
        let blind: Vec<(FieldId, Withheld)> = grants
            .iter()
            .filter(|(_, grant)| grant.filters.keys().any(|field| !grants.contains_key(field)))
            .map(|(field, grant)| (*field, blinded(grant, withheld)))
            .collect();
        if blind.is_empty() {
            return;
        }
        for (field, why) in blind {
            grants.remove(&field);
            withheld.insert(field, why);
        }
    }
}

/// That a filter's field is not consented to is as little for others to know as of any field.
fn blinded(grant: &Grant, withheld: &BTreeMap<FieldId, Withheld>) -> Withheld {
    let no_consent = |field| withheld.get(field) == Some(&Withheld::NoConsent);
    if grant.filters.keys().any(no_consent) { Withheld::NoConsent } else { Withheld::Filter }
}

#[cfg(test)]
mod tests;
