//! The permit against an independent reading of its rules, and the promise that removing anything never widens it.

use super::*;
use crate::catalog::fields;
use crate::policy::diff::reveals_no_more;
use crate::policy::fixture::{self, any_consent, any_document, any_fields, checked};
use crate::policy::{Allowance, CeilingTerms};
use crate::time::Span;
use proptest::prelude::*;

fn permit(
    policy: &Policy,
    sources: &FieldSet,
    ceiling: Option<FieldSet>,
    consent: &BTreeSet<String>,
) -> Permit<Draft> {
    let ceiling = ceiling.map_or(Ceiling::Unset, only);
    Permit::build(policy, sources, &ceiling, &Consent::to(consent.iter().cloned()))
}

/// A ceiling that lets these fields be collected as any policy has them.
fn only(fields: FieldSet) -> Ceiling {
    Ceiling::Set(CeilingTerms::only(&fields))
}

/// Whether everything that `less` grants, `more` grants too, for the same purposes at least.
fn is_within(less: &Permit<Draft>, more: &Permit<Draft>) -> Result<(), TestCaseError> {
    for (field, grant) in less.grants() {
        let Some(wider) = more.grant(field) else {
            return Err(TestCaseError::fail(format!("{field} was not granted before")));
        };
        prop_assert!(grant.purposes.is_subset(&wider.purposes), "{field} has more purposes");
        prop_assert_eq!(grant.treatment, wider.treatment, "{} is treated otherwise", field);
        prop_assert!(grant.accounts <= wider.accounts, "{} covers accounts", field);
    }
    Ok(())
}

/// The rules of the permit, read as a person would: a field may be read when it has a rule, a source, room under the
/// ceiling and a purpose that holds, and when everything that its filters look at may be read as well.
fn may_be_read(
    field: FieldId,
    policy: &Policy,
    sources: &FieldSet,
    ceiling: Option<&FieldSet>,
    consent: &BTreeSet<String>,
    asked: &mut BTreeSet<FieldId>,
) -> bool {
    if !asked.insert(field) {
        return true;
    }
    let holds = |name: &String| {
        policy.document().purposes[name].legal_basis != LegalBasis::Consent || consent.contains(name)
    };
    policy.rule(field).is_some_and(|rule| {
        sources.contains(field)
            && ceiling.is_none_or(|ceiling| ceiling.contains(field))
            && rule.purposes.iter().any(holds)
            && rule.filters.keys().all(|by| may_be_read(*by, policy, sources, ceiling, consent, asked))
    })
}

#[derive(Debug, Clone)]
struct Inputs {
    document: crate::policy::PolicyDocument,
    sources: FieldSet,
    ceiling: Option<FieldSet>,
    consent: BTreeSet<String>,
}

fn any_inputs() -> impl Strategy<Value = Inputs> {
    (any_document(), any_fields(), prop::option::of(any_fields()), any_consent())
        .prop_map(|(document, sources, ceiling, consent)| Inputs { document, sources, ceiling, consent })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn grants_what_its_rules_say_and_names_a_reason_for_the_rest(inputs in any_inputs()) {
        let policy = checked(inputs.document);
        let permit = permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent);
        for field in FieldId::all() {
            let asked = &mut BTreeSet::new();
            let expected =
                may_be_read(field, &policy, &inputs.sources, inputs.ceiling.as_ref(), &inputs.consent, asked);
            prop_assert_eq!(permit.allows(field), expected, "{}", field);
            let named = permit.allows(field) || permit.withheld().any(|(withheld, _)| withheld == field);
            prop_assert_eq!(named, policy.rule(field).is_some(), "{} is neither granted nor withheld", field);
        }
        for (field, grant) in permit.grants() {
            let rule = policy.rule(field).unwrap();
            prop_assert!(!grant.purposes.is_empty() && grant.purposes.is_subset(&rule.purposes));
            prop_assert_eq!(&grant.filters, &rule.filters);
        }
    }

    #[test]
    fn removing_a_rule_never_widens(inputs in any_inputs(), which in any::<prop::sample::Index>()) {
        let before = permit(&checked(inputs.document.clone()), &inputs.sources, inputs.ceiling, &inputs.consent);
        let mut document = inputs.document;
        prop_assume!(!document.rules.is_empty());
        let at = which.index(document.rules.len());
        document.rules.remove(at);
        // A filter may need the removed field; then the whole policy is refused, which grants nothing.
        if let Ok(policy) = Policy::check(document) {
            is_within(&permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent), &before)?;
        }
    }

    #[test]
    fn removing_a_purpose_of_a_rule_never_widens(
        inputs in any_inputs(),
        which in any::<prop::sample::Index>(),
        purpose in any::<prop::sample::Index>(),
    ) {
        let before = permit(&checked(inputs.document.clone()), &inputs.sources, inputs.ceiling, &inputs.consent);
        let mut document = inputs.document;
        prop_assume!(!document.rules.is_empty());
        let at = which.index(document.rules.len());
        let rule = &mut document.rules[at];
        let name = rule.purposes.iter().nth(purpose.index(rule.purposes.len())).unwrap().clone();
        rule.purposes.remove(&name);
        match Policy::check(document.clone()) {
            Ok(policy) => is_within(&permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent), &before)?,
            Err(_) => prop_assert!(document.rules[at].purposes.is_empty(), "only a rule without purpose is refused"),
        }
    }

    #[test]
    fn removing_consent_never_widens(inputs in any_inputs(), fewer in any_consent()) {
        let policy = checked(inputs.document);
        let fewer: BTreeSet<String> = inputs.consent.intersection(&fewer).cloned().collect();
        let before = permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent);
        is_within(&permit(&policy, &inputs.sources, inputs.ceiling, &fewer), &before)?;
    }

    #[test]
    fn lowering_the_ceiling_never_widens(inputs in any_inputs(), lower in any_fields()) {
        let policy = checked(inputs.document);
        let before = permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent);
        let lower = inputs.ceiling.map_or(lower, |ceiling| ceiling.intersection(&lower));
        let after = permit(&policy, &inputs.sources, Some(lower), &inputs.consent);
        is_within(&after, &before)?;
        prop_assert!(after.fields().is_subset(&lower));
    }

    #[test]
    fn losing_sources_never_widens(inputs in any_inputs(), fewer in any_fields()) {
        let policy = checked(inputs.document);
        let before = permit(&policy, &inputs.sources, inputs.ceiling, &inputs.consent);
        let fewer = inputs.sources.intersection(&fewer);
        is_within(&permit(&policy, &fewer, inputs.ceiling, &inputs.consent), &before)?;
    }

    #[test]
    fn every_platform_reads_only_what_it_has_a_source_for(inputs in any_inputs()) {
        let policy = checked(inputs.document);
        for platform in Platform::ALL {
            let permit = Permit::<Draft>::derive(&policy, *platform, &Ceiling::Unset, &Consent::to(inputs.consent.iter().cloned()));
            for (field, _) in permit.grants() {
                prop_assert!(!field.field().source(*platform).touches.is_empty(), "{field} on {platform}");
            }
            prop_assert!(*platform != Platform::Unsupported || permit.fields().is_empty());
        }
    }
}

/// `package.version` is filtered by `package.name`, which is filtered by `package.type`.
fn chain() -> Policy {
    let mut document = fixture::document(&[
        fields::PACKAGE_NAME,
        fields::PACKAGE_TYPE,
        fields::PACKAGE_VERSION,
        fields::OS_NAME,
    ]);
    let filter = Filter { include: Vec::new(), exclude: vec!["lib*".to_owned()] };
    for (field, by) in
        [(fields::PACKAGE_VERSION, fields::PACKAGE_NAME), (fields::PACKAGE_NAME, fields::PACKAGE_TYPE)]
    {
        let rule = document.rules.iter_mut().find(|rule| rule.field == field).unwrap();
        rule.filters.insert(by.into(), filter.clone());
    }
    checked(document)
}

#[test]
fn a_filter_chain_falls_with_its_last_link() {
    let ceiling =
        only([fields::PACKAGE_NAME, fields::PACKAGE_VERSION, fields::OS_NAME].into_iter().collect());
    let permit = Permit::<Draft>::derive(&chain(), Platform::Linux, &ceiling, &Consent::default());
    assert_eq!(permit.fields(), [fields::OS_NAME].into_iter().collect());
    let withheld: BTreeMap<_, _> = permit.withheld().collect();
    assert_eq!(withheld[&fields::PACKAGE_TYPE], Withheld::Ceiling);
    assert_eq!(withheld[&fields::PACKAGE_NAME], Withheld::Filter);
    assert_eq!(withheld[&fields::PACKAGE_VERSION], Withheld::Filter);
}

#[test]
fn a_whole_filter_chain_stands() {
    let permit = Permit::<Draft>::derive(&chain(), Platform::Linux, &Ceiling::Unset, &Consent::default());
    assert_eq!(permit.fields().len(), 4);
    assert_eq!(permit.withheld().count(), 0);
}

#[test]
fn a_field_may_be_filtered_by_itself() {
    let mut document = fixture::document(&[fields::USER_NAME]);
    let filter = Filter { include: Vec::new(), exclude: vec!["root".to_owned()] };
    document.rules[0].filters.insert(fields::USER_NAME.into(), filter);
    let permit =
        Permit::<Draft>::derive(&checked(document), Platform::Linux, &Ceiling::Unset, &Consent::default());
    assert!(permit.allows(fields::USER_NAME));
}

#[test]
fn a_purpose_of_consent_stands_alone_and_grants_its_field_once_it_is_given() {
    let with = |purposes: &[&str]| {
        let mut document = fixture::document(&[]);
        document.purposes.extend(["a", "b"].map(|name| fixture::purpose(name, LegalBasis::Consent)));
        let mut rule = fixture::rule(fields::OS_NAME, ["a"]);
        rule.purposes = purposes.iter().map(|name| (*name).to_owned()).collect();
        document.rules = vec![rule.into()];
        Policy::check(document)
    };
    for beside in [["a", "b"], ["a", "security"]] {
        let faults = with(&beside).unwrap_err();
        assert!(faults.iter().all(|fault| fault.place == "rules[os.name].purposes"), "{faults:?}");
    }
    let policy = with(&["b"]).unwrap();
    let granted = |names: &[&str]| {
        let consent = Consent::to(names.iter().map(|name| (*name).to_owned()));
        let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &consent);
        permit.grant(fields::OS_NAME).map(|grant| grant.purposes.iter().cloned().collect::<Vec<_>>())
    };
    assert_eq!(granted(&["b", "unrelated"]), Some(vec!["b".to_owned()]));
    assert_eq!(granted(&["a"]), None);
}

#[test]
fn an_empty_ceiling_or_no_policy_field_grants_nothing() {
    let nothing = only(FieldSet::EMPTY);
    assert!(
        Permit::<Draft>::derive(&chain(), Platform::Linux, &nothing, &Consent::default()).fields().is_empty()
    );
    let empty = checked(fixture::document(&[]));
    assert!(
        Permit::<Draft>::derive(&empty, Platform::Linux, &Ceiling::Unset, &Consent::default())
            .fields()
            .is_empty()
    );
}

/// Any policy, whose purposes keep for different times.
fn any_policy() -> impl Strategy<Value = Policy> {
    (any_document(), prop::collection::vec(1_u64..5, 4)).prop_map(|(mut document, days)| {
        for (purpose, days) in document.purposes.values_mut().zip(days) {
            purpose.retention = Span::from_seconds(days * 30 * 86_400);
        }
        checked(document)
    })
}

/// Any ceiling over any fields: another treatment than the policy's, another life, with accounts or without.
fn any_ceiling() -> impl Strategy<Value = CeilingTerms> {
    let allowance = (any::<bool>(), any::<u8>(), prop::option::of(1_u64..5), any::<bool>());
    prop::collection::vec(allowance, FieldId::all().count()).prop_map(|choices| {
        let allowed = FieldId::all().zip(choices).filter(|(_, (allowed, ..))| *allowed);
        let allow = allowed.map(|(field, (_, treat, months, accounts))| {
            let treatments = fixture::treatments_of(field);
            // As most ceilings are written, so that much is left.
            let treat = if treat % 2 == 0 {
                Treatment::Keep
            } else {
                treatments[usize::from(treat) % treatments.len()]
            };
            let retention = months.map(|months| Span::from_seconds(months * 30 * 86_400));
            (field, Allowance { treat, retention, accounts })
        });
        CeilingTerms { allow: allow.collect(), ..CeilingTerms::only(&FieldSet::EMPTY) }
    })
}

/// Whether the permit grants nothing that the ceiling does not allow.
fn is_under(permit: &Permit<Draft>, terms: &CeilingTerms) -> Result<(), TestCaseError> {
    for (field, grant) in permit.grants() {
        let Some(allowed) = terms.allow.get(&field) else {
            return Err(TestCaseError::fail(format!("{field} is not under the ceiling")));
        };
        prop_assert!(reveals_no_more(grant.treatment, allowed.treat), "{field} reveals more");
        let lives = permit.life(field).unwrap();
        prop_assert!(allowed.retention.is_none_or(|longest| lives <= longest), "{field} lives longer");
        let about_accounts = field.section().is_about_accounts() && !field.section().takes_accounts();
        prop_assert!(allowed.accounts || !(grant.accounts || about_accounts), "{field} is about accounts");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_permit_lies_under_its_ceiling_in_fields_treatments_lives_and_accounts(
        policy in any_policy(),
        terms in any_ceiling(),
        consent in any_consent(),
        gone in any_fields(),
    ) {
        let permit = permit_under(&policy, &Ceiling::Set(terms.clone()), &consent);
        is_under(&permit, &terms)?;
        // Nor does it leave the ceiling when something is withdrawn later.
        let mut less = permit;
        less.grants.retain(|field, _| !gone.contains(*field));
        less.settle();
        is_under(&less, &terms)?;
    }

    #[test]
    fn a_ceiling_never_widens(policy in any_policy(), terms in any_ceiling(), consent in any_consent()) {
        let without = permit_under(&policy, &Ceiling::Unset, &consent);
        let under = permit_under(&policy, &Ceiling::Set(terms), &consent);
        is_within(&under, &without)?;
        for field in under.fields().iter() {
            prop_assert!(under.life(field) <= without.life(field), "{} lives longer", field);
        }
        let named = |permit: &Permit<Draft>| -> BTreeSet<FieldId> {
            permit.grants().map(|(field, _)| field).chain(permit.withheld().map(|(field, _)| field)).collect()
        };
        prop_assert_eq!(named(&under), named(&without));
    }
}

fn permit_under(policy: &Policy, ceiling: &Ceiling, consent: &BTreeSet<String>) -> Permit<Draft> {
    Permit::derive(policy, Platform::Linux, ceiling, &Consent::to(consent.iter().cloned()))
}

/// The name of an interface lives for a day, its address for 90.
fn named_interfaces(name_rests_on: LegalBasis) -> Policy {
    let mut document = fixture::document(&[fields::HOST_MAC, fields::NETWORK_INTERFACE_NAME]);
    document.purposes.extend([fixture::purpose("support", name_rests_on)]);
    document.purposes.get_mut("support").unwrap().retention = Span::parse("1d").unwrap();
    document.rules[1].purposes = ["support".to_owned()].into();
    checked(document)
}

#[test]
fn what_would_live_longer_because_the_ceiling_takes_its_key_is_withheld_too() {
    let policy = named_interfaces(LegalBasis::Contract);
    let permit = permit_under(&policy, &only([fields::HOST_MAC].into_iter().collect()), &BTreeSet::new());
    assert!(permit.fields().is_empty());
    assert_eq!(permit.withheld().map(|(_, why)| why).collect::<Vec<_>>(), [Withheld::Ceiling; 2]);
}

#[test]
fn what_lives_too_long_for_want_of_consent_to_its_key_does_not_say_so() {
    let policy = named_interfaces(LegalBasis::Consent);
    let mut terms = CeilingTerms::only(&policy.fields());
    terms.allow.get_mut(&fields::HOST_MAC).unwrap().retention = Some(Span::parse("30d").unwrap());
    let consented = ["support".to_owned()].into();
    let given = permit_under(&policy, &Ceiling::Set(terms.clone()), &consented);
    assert_eq!(given.fields().len(), 2, "it goes with its key after a day");
    let refused = permit_under(&policy, &Ceiling::Set(terms), &BTreeSet::new());
    assert_eq!(refused.withheld().map(|(_, why)| why).collect::<Vec<_>>(), [Withheld::NoConsent; 2]);
}
