//! Policies for tests: a plain one, and any valid one as a proptest strategy.

use super::{
    Authority, Controller, Declarations, Filter, Generalisation, KeyScope, Necessity, Policy, PolicyDocument,
    PolicyKind, Purpose, Recipient, Rule, Treatment, WrittenRule,
};
use crate::catalog::{FieldId, FieldSet, LegalBasis, RecipientRole, SandboxLevel};
use crate::contract::Version1;
use crate::time::{Span, UtcTime};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The day on which the tests play.
pub(super) fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
}

/// A policy over the named fields, all kept for one purpose of legitimate interest.
pub(super) fn document(fields: &[FieldId]) -> PolicyDocument {
    let rules = fields.iter().map(|field| WrittenRule::from(rule(*field, ["security"]))).collect();
    PolicyDocument {
        v: Version1,
        kind: PolicyKind::Policy,
        group: "default".to_owned(),
        version: 7,
        issued: now(),
        expires: now().plus_seconds(180 * 86_400),
        notice_from: now(),
        effective_from: now(),
        max_stale: Span::parse("7d").unwrap(),
        notice_period: Span::parse("7d").unwrap(),
        require_acknowledgement: false,
        require_sandbox: SandboxLevel::None,
        report_every: Span::parse("6h").unwrap(),
        records: Span::parse("400d").unwrap(),
        declares: Declarations::default(),
        controller: Controller {
            name: "Example GmbH".to_owned(),
            country: "DE".to_owned(),
            contact: "privacy@example.com".to_owned(),
            representative: None,
            data_protection_officer: Some("dpo@example.com".to_owned()),
            supervisory_authority: Authority {
                name: "BlnBDI".to_owned(),
                url: "https://www.datenschutz-berlin.de".to_owned(),
            },
        },
        jurisdictions: vec!["DE".to_owned()],
        recipients: vec![Recipient {
            id: "it".to_owned(),
            name: "Example IT department".to_owned(),
            role: RecipientRole::Controller,
            on_behalf_of: None,
            country: "DE".to_owned(),
            stored_in: "DE".to_owned(),
        }],
        transfers: Vec::new(),
        purposes: BTreeMap::from([purpose("security", LegalBasis::LegitimateInterest)]),
        rules,
    }
}

/// A purpose with its name.
pub(super) fn purpose(name: &str, legal_basis: LegalBasis) -> (String, Purpose) {
    let purpose = Purpose {
        dpv: "EnforceSecurity".to_owned(),
        legal_basis,
        retention: Span::parse("90d").unwrap(),
        interests_weighed: true,
        free_to_refuse: true,
        recipients: vec!["it".to_owned()],
        text: BTreeMap::from([("en".to_owned(), format!("For {name}."))]),
    };
    (name.to_owned(), purpose)
}

/// A rule that keeps the field as read.
pub(super) fn rule<const N: usize>(field: FieldId, purposes: [&str; N]) -> Rule {
    Rule {
        field,
        treat: Treatment::Keep,
        purposes: purposes.iter().map(|name| (*name).to_owned()).collect(),
        necessity: Necessity::Optional,
        accounts: false,
        filters: BTreeMap::new(),
    }
}

/// The names of the purposes of [`any_document`]. Two of them rest on consent.
pub(super) const PURPOSES: [(&str, LegalBasis); 4] = [
    ("contract", LegalBasis::Contract),
    ("location", LegalBasis::Consent),
    ("security", LegalBasis::LegitimateInterest),
    ("support", LegalBasis::Consent),
];

/// Any valid policy: any fields, each with a treatment it takes, any purposes it may have, and filters by collected
/// fields of its section, chains and circles of them included.
pub(super) fn any_document() -> impl Strategy<Value = PolicyDocument> {
    let count = FieldId::all().count();
    let choice = (any::<bool>(), any::<u8>(), 1_u8..16, any::<bool>(), any::<u8>(), any::<bool>());
    prop::collection::vec(choice, count).prop_map(|choices| {
        let mut document = document(&[]);
        document.purposes = PURPOSES.iter().map(|(name, basis)| purpose(name, *basis)).collect();
        let chosen: Vec<_> = FieldId::all().zip(choices).filter(|(_, (collected, ..))| *collected).collect();
        let collected: FieldSet = chosen.iter().map(|(field, _)| *field).collect();
        for (field, (_, treat, purposes, filtered, filter, accounts)) in chosen {
            let treatments = treatments_of(field);
            let peers: Vec<_> = collected.iter().filter(|other| other.section() == field.section()).collect();
            let filters = if filtered {
                let by = peers[usize::from(filter) % peers.len()];
                BTreeMap::from([(by, Filter { include: Vec::new(), exclude: vec!["x*".to_owned()] })])
            } else {
                BTreeMap::new()
            };
            let rule = Rule {
                field,
                treat: treatments[usize::from(treat) % treatments.len()],
                purposes: purposes_of(field, purposes),
                necessity: Necessity::Optional,
                accounts: accounts && field.section().takes_accounts(),
                filters,
            };
            document.rules.push(rule.into());
        }
        document
    })
}

/// Any set of consents to the purposes of [`any_document`].
pub(super) fn any_consent() -> impl Strategy<Value = BTreeSet<String>> {
    prop::sample::subsequence(PURPOSES.map(|(name, _)| name.to_owned()).to_vec(), 0..=PURPOSES.len())
        .prop_map(|names| names.into_iter().collect())
}

/// Any set of fields.
pub(super) fn any_fields() -> impl Strategy<Value = FieldSet> {
    prop::collection::vec(any::<bool>(), FieldId::all().count()).prop_map(|chosen| {
        FieldId::all().zip(chosen).filter(|(_, in_it)| *in_it).map(|(field, _)| field).collect()
    })
}

/// The document as a policy.
pub(super) fn checked(document: PolicyDocument) -> Policy {
    Policy::check(document).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Every treatment that the field takes.
pub(super) fn treatments_of(field: FieldId) -> Vec<Treatment> {
    let mut all = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: 24, v6: 48 },
        Treatment::TruncateIp { v4: 16, v6: 64 },
        Treatment::TruncateText { chars: 4 },
        Treatment::TruncateText { chars: 8 },
        Treatment::Hmac(KeyScope::Device),
        Treatment::Hmac(KeyScope::Tenant),
    ];
    all.extend(Generalisation::ALL.iter().map(|level| Treatment::Generalise(*level)));
    all.retain(|treatment| treatment.unfit_for(field.field()).is_none());
    all
}

/// The purposes whose bits are set and under whose basis the field may be collected; the first such one if none is.
fn purposes_of(field: FieldId, bits: u8) -> BTreeSet<String> {
    let bases = field.field().bounds.legal_bases;
    let fitting: Vec<_> =
        PURPOSES.iter().enumerate().filter(|(_, (_, b))| bases.is_empty() || bases.contains(b)).collect();
    let chosen: BTreeSet<String> = fitting
        .iter()
        .filter(|(i, _)| bits & (1 << i) != 0)
        .map(|(_, (name, _))| (*name).to_owned())
        .collect();
    // A purpose of consent stands alone.
    let alone =
        fitting.iter().find(|(_, (name, basis))| chosen.contains(*name) && *basis == LegalBasis::Consent);
    match alone {
        Some((_, (name, _))) => BTreeSet::from([(*name).to_owned()]),
        None if chosen.is_empty() => BTreeSet::from([fitting[0].1.0.to_owned()]),
        None => chosen,
    }
}
