//! What a policy means for each field, as data: for `policy explain`, and for whoever wants to show it otherwise.

use super::{Filter, Necessity, Policy, Treatment};
use crate::catalog::{
    CcpaCategory, DERIVED, Field, FieldId, Generalisation, LegalBasis, NEVER, Platform, Privilege, Section,
    Sensitivity, Shows, SourcePlace, TreatmentKind, ValueKind,
};
use crate::time::Span;
use serde::Serialize;
use std::collections::BTreeMap;

/// A name's meaning under a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Explanation {
    /// The policy collects the field.
    Collected {
        /// How and why.
        rule: Box<CollectedField>,
        /// What the catalogue says of it.
        catalogue: CatalogueFacts,
    },
    /// The field exists and the policy does not name it: it is not read.
    NotCollected {
        /// What the catalogue says of it.
        catalogue: CatalogueFacts,
    },
    /// It is never sent: the collector computes it from collected fields.
    Derived {
        /// Its name.
        name: &'static str,
        /// The fields it is computed from.
        from: &'static [FieldId],
        /// DPV terms of the result.
        dpv: &'static [&'static str],
    },
    /// Candor has no code for it; no policy can ask for it.
    Never {
        /// Its name.
        name: &'static str,
        /// DPV terms of the data that is not collected.
        dpv: &'static [&'static str],
    },
}

/// How and why a field is collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectedField {
    /// What happens to its values.
    pub treatment: Treatment,
    /// Coarse treatments that the policy could choose instead, for a field that shows presence or place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coarser: Vec<Treatment>,
    /// Whether the person may refuse it.
    pub necessity: Necessity,
    /// Whether rows about accounts are collected too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accounts: bool,
    /// Why, in the order of the purposes' names.
    pub purposes: Vec<PurposeFacts>,
    /// Which rows are left out or kept, by field.
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<FieldId, Filter>,
}

/// A purpose as far as one field is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurposeFacts {
    /// Short name.
    pub name: String,
    /// DPV term.
    pub dpv: String,
    /// Basis of Art. 6(1) GDPR.
    pub legal_basis: LegalBasis,
    /// Its article, such as `Art. 6(1)(f) GDPR`.
    pub article: &'static str,
    /// How long the collector keeps the values.
    pub retention: Span,
    /// Names of the recipients with their countries.
    pub recipients: Vec<String>,
    /// The purpose in plain words, by language.
    pub text: BTreeMap<String, String>,
}

/// What the catalogue says of a field, whatever any policy does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueFacts {
    /// The field.
    pub field: FieldId,
    /// Section of the report.
    pub section: Section,
    /// Type of one value.
    #[serde(rename = "type")]
    pub kind: ValueKind,
    /// Whether a row carries a list.
    pub many: bool,
    /// How much harm the value can do.
    pub sensitivity: Sensitivity,
    /// What its values show about a person when they are looked at one after the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shows>,
    /// Treatments that a policy may choose.
    pub treatments: &'static [TreatmentKind],
    /// What values may be coarsened to, the finest first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub coarse: &'static [Generalisation],
    /// The only legal bases allowed; empty means any.
    pub legal_bases: &'static [LegalBasis],
    /// DPV personal-data terms.
    pub dpv: &'static [&'static str],
    /// CCPA categories.
    pub ccpa: &'static [CcpaCategory],
    /// Where the value comes from on each system that has a source.
    pub sources: BTreeMap<&'static str, SourceFacts>,
}

/// Where a value comes from on one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFacts {
    /// What is touched.
    pub touches: &'static [SourcePlace],
    /// What the process needs.
    pub privilege: Privilege,
}

/// A field's meaning under the policy.
pub fn explain(policy: &Policy, field: FieldId) -> Explanation {
    let catalogue = CatalogueFacts::of(field);
    match policy.rule(field) {
        None => Explanation::NotCollected { catalogue },
        Some(rule) => {
            let purposes = rule.purposes.iter().filter_map(|name| PurposeFacts::of(policy, name)).collect();
            let rule = CollectedField {
                treatment: rule.treat,
                coarser: rule.treat.coarser_for(field.field()),
                necessity: rule.necessity,
                accounts: rule.accounts,
                purposes,
                filters: rule.filters.clone(),
            };
            Explanation::Collected { rule: Box::new(rule), catalogue }
        }
    }
}

/// A name's meaning under the policy, also of what is never collected. `None` when the catalogue has no such name.
pub fn explain_name(policy: &Policy, name: &str) -> Option<Explanation> {
    let derived = || {
        let derived = DERIVED.iter().find(|derived| derived.name == name)?;
        Some(Explanation::Derived { name: derived.name, from: derived.from, dpv: derived.dpv })
    };
    let never = || {
        let never = NEVER.iter().find(|never| never.name == name)?;
        Some(Explanation::Never { name: never.name, dpv: never.dpv })
    };
    FieldId::parse(name).map(|field| explain(policy, field)).or_else(derived).or_else(never)
}

/// The meaning of every name of the catalogue: collected fields, those not collected, what is derived, and what never is.
pub fn explain_all(policy: &Policy) -> Vec<Explanation> {
    let (collected, other): (Vec<_>, Vec<_>) = FieldId::all()
        .map(|field| explain(policy, field))
        .partition(|explained| matches!(explained, Explanation::Collected { .. }));
    let derived = DERIVED.iter().map(|derived| Explanation::Derived {
        name: derived.name,
        from: derived.from,
        dpv: derived.dpv,
    });
    let never = NEVER.iter().map(|never| Explanation::Never { name: never.name, dpv: never.dpv });
    collected.into_iter().chain(other).chain(derived).chain(never).collect()
}

impl PurposeFacts {
    fn of(policy: &Policy, name: &str) -> Option<Self> {
        let document = policy.document();
        let purpose = document.purposes.get(name)?;
        let recipients = document
            .recipients
            .iter()
            .filter(|recipient| purpose.recipients.contains(&recipient.id))
            .map(|recipient| format!("{} ({})", recipient.name, recipient.country))
            .collect();
        Some(Self {
            name: name.to_owned(),
            dpv: purpose.dpv.clone(),
            legal_basis: purpose.legal_basis,
            article: purpose.legal_basis.article(),
            retention: purpose.retention,
            recipients,
            text: purpose.text.clone(),
        })
    }
}

impl CatalogueFacts {
    fn of(field: FieldId) -> Self {
        let declared: &'static Field = field.field();
        let sources = Platform::ALL
            .iter()
            .map(|platform| (platform.name(), declared.source(*platform)))
            .filter(|(_, source)| !source.touches.is_empty())
            .map(|(name, source)| {
                (name, SourceFacts { touches: source.touches, privilege: source.privilege })
            })
            .collect();
        Self {
            field,
            section: declared.section,
            kind: declared.kind,
            many: declared.many,
            sensitivity: declared.sensitivity,
            shows: declared.shows,
            treatments: declared.treatments,
            coarse: declared.coarse,
            legal_bases: declared.bounds.legal_bases,
            dpv: declared.dpv,
            ccpa: declared.ccpa,
            sources,
        }
    }
}
