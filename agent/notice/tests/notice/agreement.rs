//! Notice = permit = payload: the same fields in all three, and in every rendering, for whatever policy.

use crate::fixture::{Case, PURPOSES, document, treatments, value, words};
use crate::markup::fields_of_page;
use candor_notice::{Notice, NoticeError, Rendering};
use collector_proto::catalog::{FieldId, FieldSet, LegalBasis};
use collector_proto::messages::Absence;
use collector_proto::policy::{Consent, Draft, Filter, Necessity, Rule, Treatment};
use collector_proto::value::Row;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Fields that a text notice names: lines `* Title [field.name]`.
fn fields_of_text(text: &str) -> Vec<FieldId> {
    let names = text.lines().filter_map(|line| line.strip_prefix("* ")?.strip_suffix(']')?.rsplit_once('['));
    names.map(|(_, name)| FieldId::parse(name).unwrap()).collect()
}

/// Fields that a JSON notice names.
fn fields_of_json(text: &str) -> Vec<FieldId> {
    let notice: serde_json::Value = serde_json::from_str(text).unwrap();
    let sections = notice["sections"].as_array().unwrap();
    let fields = sections.iter().flat_map(|section| section["fields"].as_array().unwrap());
    fields.map(|field| FieldId::parse(field["id"].as_str().unwrap()).unwrap()).collect()
}

fn of_permit(case: &Case<Draft>) -> FieldSet {
    case.permit.fields().iter().chain(case.permit.withheld().map(|(field, _)| field)).collect()
}

fn of_payload(case: &Case<Draft>) -> FieldSet {
    let rows = case.disclosure.sections().values().flatten().flat_map(Row::iter).map(|(field, _)| field);
    rows.chain(case.disclosure.absent().keys().copied()).collect()
}

/// One field's place in a random policy.
#[derive(Debug, Clone)]
struct Choice {
    field: FieldId,
    treatment: usize,
    purposes: u8,
    optional: bool,
    filtered: bool,
    absent: Option<Absence>,
}

fn choice(field: FieldId) -> impl Strategy<Value = Choice> {
    let absence = prop::option::of(prop::sample::select(Absence::ALL.to_vec()));
    (any::<usize>(), 1_u8..64, any::<bool>(), any::<bool>(), absence).prop_map(
        move |(treatment, purposes, optional, filtered, absent)| Choice {
            field,
            treatment,
            purposes,
            optional,
            filtered,
            absent,
        },
    )
}

/// Any set of fields, each with any treatment, purposes and outcome that is possible for it.
fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let all: Vec<FieldId> = FieldId::all().collect();
    prop::sample::subsequence(all.clone(), 0..=all.len())
        .prop_flat_map(|fields| fields.into_iter().map(choice).collect::<Vec<_>>())
}

fn rule(choice: &Choice) -> Rule {
    let possible = treatments(choice.field);
    let bases = choice.field.field().bounds.legal_bases;
    let fits = |basis: &LegalBasis| bases.is_empty() || bases.contains(basis);
    let allowed: Vec<_> = PURPOSES.iter().filter(|(.., basis)| fits(basis)).collect();
    let mut chosen: Vec<_> = allowed
        .iter()
        .enumerate()
        .filter(|(bit, _)| choice.purposes >> bit & 1 == 1)
        .map(|(_, p)| **p)
        .collect();
    if chosen.is_empty() {
        chosen.push(*allowed[0]);
    }
    // A purpose of consent stands alone.
    if let Some(alone) = chosen.iter().find(|(.., basis)| *basis == LegalBasis::Consent) {
        chosen = vec![*alone];
    }
    // Consent that cannot be refused is not consent.
    let optional = choice.optional || chosen.iter().any(|(.., basis)| *basis == LegalBasis::Consent);
    let filter = Filter { include: Vec::new(), exclude: vec!["root".into(), "*svc*".into()] };
    Rule {
        field: choice.field,
        treat: possible[choice.treatment % possible.len()],
        purposes: chosen.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        necessity: if optional { Necessity::Optional } else { Necessity::Required },
        accounts: choice.filtered && choice.field.section().takes_accounts(),
        filters: if choice.filtered { BTreeMap::from([(choice.field, filter)]) } else { BTreeMap::new() },
    }
}

fn case(choices: &[Choice], consents: bool) -> Case<Draft> {
    let rules = choices.iter().map(rule).collect();
    let consent = Consent::to(consents.then(|| "extras".to_owned()));
    let outcome = |field: FieldId, treatment: Treatment| {
        let absent = choices.iter().find(|choice| choice.field == field).and_then(|choice| choice.absent);
        absent.map_or_else(|| Ok(value(field, treatment)), Err)
    };
    Case::draft(document(rules), &consent, outcome)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn notice_permit_and_payload_name_the_same_fields(choices in choices(), consents in any::<bool>()) {
        let case = case(&choices, consents);
        let (words, notice) = (words(), case.notice().unwrap());
        let expected: Vec<FieldId> = of_permit(&case).iter().collect();
        prop_assert_eq!(of_payload(&case), of_permit(&case));
        prop_assert_eq!(notice.fields(), of_permit(&case));
        for (rendering, read) in [
            (Rendering::Text { width: 80 }, fields_of_text as fn(&str) -> Vec<FieldId>),
            (Rendering::Page, fields_of_page),
            (Rendering::Json, fields_of_json),
        ] {
            let mut named = read(&notice.render(rendering, &words).unwrap());
            named.sort();
            // As a list, not as a set: a field that is named twice is a mistake as well.
            prop_assert_eq!(&named, &expected, "{:?}", rendering);
        }
    }

    #[test]
    fn what_is_sent_is_marked_as_sent(choices in choices()) {
        let case = case(&choices, true);
        let html = case.notice().unwrap().render(Rendering::Page, &words()).unwrap();
        for field in of_permit(&case).iter() {
            let state = if case.disclosure.absent().contains_key(&field) { "absent" } else { "sent" };
            let marker = format!("data-field=\"{field}\" data-state=\"{state}\"");
            prop_assert!(html.contains(&marker), "{}", marker);
        }
    }
}

#[test]
fn every_field_of_the_catalogue_can_be_told() {
    let all: Vec<Choice> = FieldId::all()
        .map(|field| Choice {
            field,
            treatment: 0,
            purposes: 63,
            optional: true,
            filtered: true,
            absent: None,
        })
        .collect();
    let case = case(&all, true);
    assert_eq!(case.notice().unwrap().fields(), FieldSet::all());
}

#[test]
fn things_that_do_not_belong_together_make_no_notice() {
    let one = |name: &str| {
        let rules = vec![crate::fixture::rule(name, Treatment::Keep, &["security"])];
        Case::draft(document(rules), &Consent::default(), |field, treatment| Ok(value(field, treatment)))
    };
    let (left, right) = (one("os.name"), one("os.version"));
    let mut mixed = left.facts();
    mixed.disclosure = &right.disclosure;
    let error = Notice::draft(&mixed, &words(), crate::fixture::now()).unwrap_err();
    assert!(matches!(error, NoticeError::Differs(_)), "{error}");
    let mut mixed = left.facts();
    mixed.policy = &right.policy;
    assert!(matches!(
        Notice::draft(&mixed, &words(), crate::fixture::now()).unwrap_err(),
        NoticeError::Differs(_)
    ));
}
