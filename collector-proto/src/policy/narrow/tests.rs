//! What is left of two policies is within both, and as much as both allow.

use super::*;
use crate::catalog::{KeyScope, Platform, SandboxLevel, fields};
use crate::policy::diff::{Effect, diff};
use crate::policy::fixture::{any_consent, any_document, checked, document, purpose};
use crate::policy::{Ceiling, Consent, Draft, Generalisation, Permit};
use crate::time::Span;
use proptest::prelude::*;

fn permit(policy: &Policy, consent: &BTreeSet<String>) -> Permit<Draft> {
    Permit::derive(policy, Platform::Linux, &Ceiling::Unset, &Consent::to(consent.iter().cloned()))
}

/// Whether the permit under the one policy lets nothing be known, kept or passed on that the permit under the other does not.
fn is_within(few: &Policy, many: &Policy, consent: &BTreeSet<String>) -> Result<(), TestCaseError> {
    let wider = permit(many, consent);
    for (field, grant) in permit(few, consent).grants() {
        let Some(other) = wider.grant(field) else {
            return Err(TestCaseError::fail(format!("{field} is not granted by both")));
        };
        prop_assert!(grant.purposes.is_subset(&other.purposes), "{} has more purposes", field);
        prop_assert!(reveals_no_more(grant.treatment, other.treatment), "{} tells more", field);
        for (by, filter) in &other.filters {
            prop_assert!(passes_no_more(grant.filters.get(by), Some(filter)), "{} has more rows", field);
        }
        prop_assert!(kept(few, field) <= kept(many, field), "{} lives longer", field);
        for name in &grant.purposes {
            let (one, other) = (&few.document().purposes[name], &many.document().purposes[name]);
            prop_assert!(one.retention <= other.retention, "{} is kept longer", field);
            prop_assert!(one.recipients.iter().all(|id| other.recipients.contains(id)), "{}", field);
        }
    }
    Ok(())
}

/// Any policy, whose purposes keep for different times.
fn any_policy() -> impl Strategy<Value = Policy> {
    (any_document(), prop::collection::vec(1_u64..4, 4)).prop_map(|(mut document, days)| {
        for (purpose, days) in document.purposes.values_mut().zip(days) {
            purpose.retention = Span::from_seconds(days * 86_400);
        }
        checked(document)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_two_policies_allow_is_within_both(one in any_policy(), other in any_policy(), consent in any_consent()) {
        let both = narrowed(&one, &other);
        is_within(&both, &one, &consent)?;
        is_within(&both, &other, &consent)?;
        for policy in [&one, &other] {
            let wider: Vec<_> = diff(policy, &both).into_iter().filter(|c| c.effect == Effect::Wider).collect();
            prop_assert!(wider.is_empty(), "{wider:?}");
        }
        prop_assert!(Policy::check(both.document().clone()).is_ok(), "it is a sound policy");
    }

    #[test]
    fn a_policy_and_itself_allow_what_it_allows(one in any_document()) {
        let policy = checked(one);
        let both = narrowed(&policy, &policy);
        prop_assert_eq!(both.document(), policy.document());
    }
}

/// The name of an interface is kept for a day, its address for 90: the address goes with the name that is repeated beside it.
fn named_interfaces() -> PolicyDocument {
    let mut document = document(&[fields::HOST_MAC, fields::NETWORK_INTERFACE_NAME]);
    document.purposes.extend([purpose("support", LegalBasis::Contract)]);
    document.purposes.get_mut("support").unwrap().retention = Span::parse("1d").unwrap();
    document.rules[1].purposes = ["support".to_owned()].into();
    document
}

#[test]
fn what_would_live_longer_for_want_of_a_key_is_withheld_until_people_were_told() {
    let with_name = checked(named_interfaces());
    let without_name = checked(document(&[fields::HOST_MAC]));
    let changes = diff(&with_name, &without_name);
    let place = |change: &&crate::policy::diff::Change| change.place == "rules[host.mac].kept";
    let longer = changes.iter().find(place).unwrap();
    assert_eq!(
        longer.to_string(),
        "wider: host.mac is kept for 90 days instead of 1 day, because a key of its rows no longer goes sooner"
    );
    assert!(narrowed(&with_name, &without_name).fields().is_empty());
    assert_eq!(diff(&without_name, &with_name).iter().find(place), None);
}

/// What two policies over `host.name` allow, each after its edit.
fn both(one: impl Fn(&mut PolicyDocument), other: impl Fn(&mut PolicyDocument)) -> Policy {
    let edited = |edit: &dyn Fn(&mut PolicyDocument)| {
        let mut document = document(&[fields::HOST_NAME, fields::OS_NAME]);
        edit(&mut document);
        checked(document)
    };
    narrowed(&edited(&one), &edited(&other))
}

fn treated(treat: Treatment) -> impl Fn(&mut PolicyDocument) {
    move |document| document.rules[0].treat = treat.into()
}

#[test]
fn the_treatment_that_reveals_least_holds() {
    let (keep, tenant, device) =
        (Treatment::Keep, Treatment::Hmac(KeyScope::Tenant), Treatment::Hmac(KeyScope::Device));
    let held = |one, other| both(treated(one), treated(other)).rule(fields::HOST_NAME).map(|rule| rule.treat);
    assert_eq!(held(keep, tenant), Some(tenant));
    assert_eq!(held(tenant, keep), Some(tenant));
    assert_eq!(held(device, tenant), Some(device));
}

#[test]
fn a_field_is_withheld_where_neither_treatment_reveals_no_more() {
    let mut one = document(&[fields::HOST_IP, fields::OS_NAME]);
    let mut other = one.clone();
    one.rules[0].treat = Treatment::TruncateIp { v4: 24, v6: 48 }.into();
    other.rules[0].treat = Treatment::TruncateIp { v4: 16, v6: 56 }.into();
    let both = narrowed(&checked(one), &checked(other));
    assert_eq!(both.fields(), [fields::OS_NAME].into_iter().collect());
}

#[test]
fn the_coarser_of_two_coarsenings_holds() {
    let held = |field: FieldId, one: Treatment, other: Treatment| {
        let [mut first, mut second] = [document(&[field]), document(&[field])];
        first.rules[0].treat = one.into();
        second.rules[0].treat = other.into();
        narrowed(&checked(first), &checked(second)).rule(field).map(|rule| rule.treat)
    };
    let [days, weeks, existence] =
        [Generalisation::Days, Generalisation::Weeks, Generalisation::Existence].map(Treatment::Generalise);
    assert_eq!(held(fields::HOST_UPTIME, days, weeks), Some(weeks));
    assert_eq!(held(fields::HOST_UPTIME, weeks, Treatment::Keep), Some(weeks));
    for more in [Treatment::Keep, Treatment::Hmac(KeyScope::Device), Treatment::TruncateText { chars: 2 }] {
        assert_eq!(held(fields::X_DISPLAY_MODEL, more, existence), Some(existence), "{more:?}");
        assert_eq!(held(fields::X_DISPLAY_MODEL, existence, more), Some(existence), "{more:?}");
    }
}

#[test]
fn a_field_is_withheld_where_its_filters_cannot_be_compared() {
    let filtered = |by: FieldId, pattern: &'static str| {
        move |document: &mut PolicyDocument| {
            let filter = Filter { include: Vec::new(), exclude: vec![pattern.to_owned()] };
            document.rules[0].filters.insert(by.into(), filter);
        }
    };
    let name = fields::HOST_NAME;
    assert!(both(filtered(name, "a*"), filtered(name, "b*")).rule(name).is_none());
    let one = both(filtered(name, "a*"), |_| {});
    assert_eq!(one.rule(name).unwrap().filters[&name].exclude, ["a*"]);
}

#[test]
fn a_rule_falls_with_the_field_that_its_filter_reads() {
    let mut one = document(&[fields::PACKAGE_NAME, fields::PACKAGE_VERSION]);
    let filter = Filter { include: Vec::new(), exclude: vec!["lib*".to_owned()] };
    one.rules[1].filters.insert(fields::PACKAGE_NAME.into(), filter);
    let other = document(&[fields::PACKAGE_VERSION, fields::OS_NAME]);
    assert!(narrowed(&checked(one), &checked(other)).fields().is_empty());
}

#[test]
fn another_term_is_another_purpose_and_other_words_are_not() {
    let of = |edit: fn(&mut Purpose)| {
        both(|_| {}, move |document| edit(document.purposes.get_mut("security").unwrap()))
    };
    assert!(of(|purpose| purpose.dpv = "ServiceMonitoring".to_owned()).fields().is_empty());
    let worded = of(|purpose| _ = purpose.text.insert("en".to_owned(), "To sell it.".to_owned()));
    assert_eq!(
        worded.document().purposes["security"].text["en"],
        "For security.",
        "nobody was told otherwise yet"
    );
    assert_eq!(worded.fields().len(), 2);
    let basis = of(|purpose| purpose.legal_basis = LegalBasis::Contract);
    assert_eq!(basis.document().purposes["security"].legal_basis, LegalBasis::LegitimateInterest);
}

#[test]
fn a_basis_that_becomes_consent_holds_at_once() {
    let to_consent =
        both(|_| {}, |document| document.purposes = [purpose("security", LegalBasis::Consent)].into());
    assert_eq!(permit(&to_consent, &BTreeSet::new()).fields().len(), 0);
    let from_consent =
        both(|document| document.purposes = [purpose("security", LegalBasis::Consent)].into(), |_| {});
    assert_eq!(permit(&from_consent, &BTreeSet::new()).fields().len(), 0);
}

#[test]
fn a_recipient_in_another_country_is_another_one() {
    let moved = both(|_| {}, |document| document.recipients[0].country = "FR".to_owned());
    assert!(moved.document().recipients.is_empty() && moved.fields().is_empty());
    let renamed = both(|_| {}, |document| document.recipients[0].name = "Another".to_owned());
    assert_eq!(renamed.document().recipients[0].name, "Example IT department");
}

#[test]
fn the_stricter_head_holds_whichever_comes_first() {
    let strict = |document: &mut PolicyDocument| {
        document.max_stale = Span::parse("1d").unwrap();
        document.notice_period = Span::parse("30d").unwrap();
        document.report_every = Span::parse("24h").unwrap();
        document.records = Span::parse("200d").unwrap();
        document.require_sandbox = SandboxLevel::Full;
        document.jurisdictions = vec!["FR".to_owned()];
        document.purposes.get_mut("security").unwrap().retention = Span::parse("30d").unwrap();
    };
    for both in [both(strict, |_| {}), both(|_| {}, strict)] {
        let head = both.document();
        assert_eq!(
            [head.max_stale, head.notice_period, head.report_every, head.records],
            ["1d", "30d", "24h", "200d"].map(|span| Span::parse(span).unwrap())
        );
        assert_eq!((head.require_sandbox, head.jurisdictions.len()), (SandboxLevel::Full, 2));
        assert_eq!(head.purposes["security"].retention, Span::parse("30d").unwrap());
    }
}

#[test]
fn a_rule_that_is_not_understood_is_withheld_by_name_while_both_say_the_same_of_it() {
    let newer = |document: &mut PolicyDocument| {
        document.rules[0].meaning = crate::digest::Digest::of(b"of another catalogue");
    };
    let same = both(newer, newer);
    assert_eq!(same.unsupported().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["host.name"]);
    let changed = both(newer, |_| {});
    assert!(!changed.names(&fields::HOST_NAME.into()));
}
