//! The permit: what may be read on one device now. A pure function of policy, catalogue, platform, ceiling, consent.
//!
//! Taking anything away from an input never widens the result; the property tests hold this to be true.

use super::trust::AcceptedPolicy;
use super::{Filter, Necessity, Policy, Rule, Treatment};
use crate::catalog::{FieldId, FieldSet, LegalBasis, Platform};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// Marks what comes from a policy that was signed, fresh and accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {}

/// Marks what comes from an author's draft. Nothing that takes [`Signed`] takes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {}

/// [`Signed`] or [`Draft`]. Sealed.
pub trait Standing: private::Sealed {}

impl Standing for Signed {}
impl Standing for Draft {}

mod private {
    pub trait Sealed {}
    impl Sealed for super::Signed {}
    impl Sealed for super::Draft {}
}

/// Which policy something was made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRef {
    /// Version of the policy.
    pub version: u64,
    /// Digest of the policy's PAE.
    pub sha256: Digest,
}

/// The most that may ever be collected on a device, set on the device. `None` where one is taken means no ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    fields: FieldSet,
}

impl Ceiling {
    /// A ceiling of exactly these fields.
    pub const fn of(fields: FieldSet) -> Self {
        Self { fields }
    }
}

/// The purposes that the device's person has consented to. Defaults to none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent(BTreeSet<String>);

impl Consent {
    /// Consent to exactly these purposes.
    pub fn to(purposes: impl IntoIterator<Item = String>) -> Self {
        Self(purposes.into_iter().collect())
    }

    /// Whether the purpose was consented to.
    pub fn covers(&self, purpose: &str) -> bool {
        self.0.contains(purpose)
    }
}

/// Why a field that the policy names may not be read on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The platform has no source for it.
    NoSource,
    /// The device's ceiling excludes it.
    Ceiling,
    /// Every purpose rests on consent that was not given.
    NoConsent,
    /// A filter of the rule needs a field that may itself not be read.
    Filter,
}

/// What is granted for one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What happens to its values.
    pub treatment: Treatment,
    /// The purposes it is collected for: those of the rule less those that lack consent.
    pub purposes: BTreeSet<String>,
    /// Whether the person may refuse it.
    pub necessity: Necessity,
    /// Which rows are left out or kept, by field of the same section.
    pub filters: BTreeMap<FieldId, Filter>,
}

/// What may be read on this device now, and how each value must be treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit<S: Standing = Signed> {
    grants: BTreeMap<FieldId, Grant>,
    withheld: BTreeMap<FieldId, Withheld>,
    policy: Option<PolicyRef>,
    standing: PhantomData<S>,
}

impl Permit<Signed> {
    /// The permit under an accepted policy.
    pub fn derive(
        policy: &AcceptedPolicy,
        platform: Platform,
        ceiling: Option<&Ceiling>,
        consent: &Consent,
    ) -> Self {
        Self::build(policy.policy(), Some(policy.reference()), &sourced(platform), ceiling, consent)
    }

    /// The policy that grants it.
    pub fn policy(&self) -> PolicyRef {
        // `derive` is the only constructor of a signed permit and always sets it; the fallback names no policy.
        self.policy.unwrap_or(PolicyRef { version: 0, sha256: Digest::of(b"") })
    }
}

impl Permit<Draft> {
    /// The permit that a draft would give if it were signed and in force.
    pub fn draft(policy: &Policy, platform: Platform, ceiling: Option<&Ceiling>, consent: &Consent) -> Self {
        Self::build(policy, None, &sourced(platform), ceiling, consent)
    }
}

impl<S: Standing> Permit<S> {
    fn build(
        policy: &Policy,
        reference: Option<PolicyRef>,
        sourced: &FieldSet,
        ceiling: Option<&Ceiling>,
        consent: &Consent,
    ) -> Self {
        let mut grants = BTreeMap::new();
        let mut withheld = BTreeMap::new();
        for rule in policy.rules() {
            match judge(policy, rule, sourced, ceiling, consent) {
                Ok(grant) => {
                    grants.insert(rule.field, grant);
                }
                Err(reason) => {
                    withheld.insert(rule.field, reason);
                }
            }
        }
        withhold_blind_filters(&mut grants, &mut withheld);
        Self { grants, withheld, policy: reference, standing: PhantomData }
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

    /// The fields that may be read.
    pub fn fields(&self) -> FieldSet {
        self.grants.keys().copied().collect()
    }

    /// The fields that the policy names and this device withholds, with the reason.
    pub fn withheld(&self) -> impl Iterator<Item = (FieldId, Withheld)> {
        self.withheld.iter().map(|(field, reason)| (*field, *reason))
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
    ceiling: Option<&Ceiling>,
    consent: &Consent,
) -> Result<Grant, Withheld> {
    if !sourced.contains(rule.field) {
        return Err(Withheld::NoSource);
    }
    if ceiling.is_some_and(|ceiling| !ceiling.fields.contains(rule.field)) {
        return Err(Withheld::Ceiling);
    }
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
    if purposes.is_empty() {
        return Err(Withheld::NoConsent);
    }
    Ok(Grant { treatment: rule.treat, purposes, necessity: rule.necessity, filters: rule.filters.clone() })
}

/// A filter reads its field. Where that field may not be read, the filtered one may not be read either, and so on
/// along chains of filters.
fn withhold_blind_filters(grants: &mut BTreeMap<FieldId, Grant>, withheld: &mut BTreeMap<FieldId, Withheld>) {
    loop {
        let blind: Vec<FieldId> = grants
            .iter()
            .filter(|(_, grant)| grant.filters.keys().any(|field| !grants.contains_key(field)))
            .map(|(field, _)| *field)
            .collect();
        if blind.is_empty() {
            return;
        }
        for field in blind {
            grants.remove(&field);
            withheld.insert(field, Withheld::Filter);
        }
    }
}

#[cfg(test)]
mod tests;
