//! Nothing that the law asks for can be left out: each element is taken away once, and the notice is refused.

use super::{RequiredElement, require_complete};
use crate::Rendering;
use crate::locale::Words;
use crate::model::{Facts, NoSafeguard, Notice, NoticeError, SentContent, transfers};
use collector_proto::catalog::{FieldId, Platform, Right, Section};
use collector_proto::disclosure::{DisclosureMessage, Sandbox, Split};
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, PolicyDocument, Treatment, author};
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A policy that has something of everything.
const RICH: &str = include_str!("../../../tests/rich.toml");

/// Everything is shown.
static NOTHING: BTreeSet<Section> = BTreeSet::new();

fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:30Z").unwrap()
}

fn words() -> Words {
    Words::load("en").unwrap()
}

fn rich() -> Policy {
    author::compile(RICH, "rich.toml", now()).unwrap().policy
}

/// The notice of the rich policy, every permitted field of which has a value.
fn notice(consent: &Consent) -> Notice {
    let policy = rich();
    let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, consent);
    let mut sections: BTreeMap<_, Vec<Row>> = BTreeMap::new();
    for (field, grant) in permit.grants() {
        let written = match grant.treatment {
            Treatment::Hmac(_) => "hmac-sha256:dGVuYW50:AAAAAAAAAAAAAAAAAAAAAA",
            _ => "x",
        };
        let value = if field.field().many {
            Value::List(vec![written.into()])
        } else {
            Value::Text(written.to_owned())
        };
        let rows = sections.entry(field.section()).or_insert_with(|| vec![Row::new()]);
        rows[0].insert(field, value);
    }
    let written = serde_json::json!({ "parts": { "0123456789abcdef/1d/latest": sections }, "absent": {} });
    let disclosure = serde_json::from_value::<DisclosureMessage>(written).unwrap().under(&permit).unwrap();
    let facts = Facts {
        policy: &policy,
        permit: &permit,
        disclosure: &disclosure,
        left_out: &NOTHING,
        ceiling: &Ceiling::Unset,
        sandbox: Sandbox {
            files: true,
            calls: true,
            capabilities: true,
            landlock_abi: 7,
            split: Split::Enforced,
        },
        tenant_key: None,
        fresh_until: None,
        coming: &[],
    };
    Notice::draft(&facts, &words(), now()).unwrap()
}

fn rich_notice() -> Notice {
    notice(&Consent::to(["extras".to_owned()]))
}

/// Takes the element out of a complete notice. The match is exhaustive: a further element needs a line here.
fn remove(notice: &mut Notice, element: RequiredElement) {
    match element {
        RequiredElement::Controller => notice.responsible.as_mut().unwrap().contact = "  ".into(),
        RequiredElement::Officer => notice.responsible.as_mut().unwrap().data_protection_officer.clear(),
        RequiredElement::Purposes => notice.purposes.clear(),
        RequiredElement::LegalBasis => notice.purposes[0].basis.title.clear(),
        RequiredElement::LegitimateInterest => {
            let interest = notice.purposes.iter_mut().find(|purpose| purpose.legitimate_interest.is_some());
            interest.unwrap().legitimate_interest = None;
        }
        RequiredElement::Recipients => notice.recipients.clear(),
        RequiredElement::Transfers => notice.transfers.text.clear(),
        RequiredElement::Retention => notice.retention.purposes.clear(),
        RequiredElement::Rights => notice.rights.retain(|right| right.right != Right::Erasure),
        RequiredElement::Withdrawal => notice.rights.retain(|right| right.right != Right::Withdrawal),
        RequiredElement::Complaint => notice.complaint = None,
        RequiredElement::Obligation => notice.obligation.clear(),
        RequiredElement::AutomatedDecisions => notice.automated_decisions.clear(),
        RequiredElement::Changes => notice.changes.clear(),
        RequiredElement::Field => notice.sections[0].fields[0].description.clear(),
        RequiredElement::FieldUse => notice.sections[0].fields[0].uses.clear(),
        RequiredElement::California => notice.california.categories.clear(),
        RequiredElement::Connection => notice.connection.clear(),
        RequiredElement::Enforcement => notice.enforcement.clear(),
        RequiredElement::Never => {
            notice.never.pop();
        }
    }
}

const ALL: [RequiredElement; 20] = [
    RequiredElement::Controller,
    RequiredElement::Officer,
    RequiredElement::Purposes,
    RequiredElement::LegalBasis,
    RequiredElement::LegitimateInterest,
    RequiredElement::Recipients,
    RequiredElement::Transfers,
    RequiredElement::Retention,
    RequiredElement::Rights,
    RequiredElement::Withdrawal,
    RequiredElement::Complaint,
    RequiredElement::Obligation,
    RequiredElement::AutomatedDecisions,
    RequiredElement::Changes,
    RequiredElement::Field,
    RequiredElement::FieldUse,
    RequiredElement::California,
    RequiredElement::Connection,
    RequiredElement::Enforcement,
    RequiredElement::Never,
];

#[test]
fn a_notice_without_one_element_is_refused() {
    assert_eq!(require_complete(&rich_notice()), Ok(()));
    for element in ALL {
        let mut notice = rich_notice();
        remove(&mut notice, element);
        let refused = require_complete(&notice).expect_err(&format!("{element:?} was not missed"));
        assert_eq!(refused.element, element);
        assert!(refused.to_string().contains("missing"), "{refused}");
    }
}

#[test]
fn every_part_of_a_purpose_and_of_a_field_counts() {
    type Change = fn(&mut Notice);
    let changes: [(&str, Change); 10] = [
        ("text", |n| n.purposes[0].text.clear()),
        ("purpose recipients", |n| n.purposes[0].recipients.clear()),
        ("purpose retention", |n| n.purposes[0].retention_text.clear()),
        ("what happens at the end", |n| n.retention.collector.clear()),
        ("until when", |n| n.sections[0].fields[0].kept.text.clear()),
        ("use recipients", |n| n.sections[0].fields[0].uses[0].recipients.clear()),
        ("use basis", |n| n.sections[0].fields[0].uses[0].legal_basis_title.clear()),
        ("treatment", |n| n.sections[0].fields[0].treatment.description.clear()),
        ("category", |n| n.sections[0].fields[0].california.clear()),
        ("category retention", |n| n.california.categories[0].retention.clear()),
    ];
    for (what, change) in changes {
        let mut notice = rich_notice();
        change(&mut notice);
        assert!(require_complete(&notice).is_err(), "{what} was not missed");
    }
}

/// What each rendering shows of an element; the words come from the notice itself.
#[test]
fn every_rendering_shows_every_element() {
    let (notice, words) = (rich_notice(), words());
    let mut shown: Vec<String> = vec![
        "Example GmbH".into(),
        "privacy@example.com".into(),
        "dpo@example.com".into(),
        "https://www.datenschutz-berlin.de".into(),
        notice.complaint.as_ref().unwrap().text.clone(),
        notice.tenant_key.clone().unwrap(),
        notice.california.text.clone(),
    ];
    shown.extend(notice.automated_decisions.iter().cloned());
    shown.extend(notice.transfers.text.iter().cloned());
    let retention = &notice.retention;
    shown.extend(
        [&retention.purposes, &retention.collector, &retention.device].into_iter().flatten().cloned(),
    );
    let can_show = notice.can_show.as_ref().unwrap();
    shown.extend(can_show.text.iter().chain(&can_show.accounts).cloned());
    shown.extend(can_show.fields.iter().map(|field| field.shows_text.clone()));
    shown.extend(notice.obligation.iter().cloned());
    shown.extend(notice.changes.iter().cloned());
    shown.extend(notice.connection.iter().cloned());
    shown.extend(notice.never.iter().flat_map(|term| [term.title.clone(), term.description.clone()]));
    shown.extend(notice.rights.iter().flat_map(|right| [right.title.clone(), right.description.clone()]));
    for purpose in &notice.purposes {
        shown.extend([purpose.text.clone(), purpose.basis.description.clone(), purpose.article.to_owned()]);
        shown.extend(purpose.legitimate_interest.iter().chain(&purpose.free_to_refuse).cloned());
        shown.push(purpose.retention_text.clone());
    }
    for recipient in &notice.recipients {
        shown.extend([recipient.name.clone(), recipient.role_text.clone()]);
    }
    for field in notice.sections.iter().flat_map(|section| &section.fields) {
        shown.extend([field.title.clone(), field.description.clone(), field.treatment.description.clone()]);
        shown.extend([field.sensitivity.title.clone(), field.necessity.title.clone()]);
        shown.extend(field.kept.dates.iter().chain([&field.kept.text]).cloned());
    }
    assert!(shown.iter().all(|text| !text.is_empty()) && shown.len() > 60);
    for rendering in [Rendering::Text { width: 80 }, Rendering::Page, Rendering::Json] {
        let rendered = collapse(&notice.render(rendering, &words).unwrap());
        for text in &shown {
            assert!(rendered.contains(&collapse(text)), "{rendering:?} does not show: {text}");
        }
    }
}

/// Undoes wrapping and escaping, so that a sentence can be looked for.
fn collapse(text: &str) -> String {
    let plain = text.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", "\"").replace("\\\"", "\"");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_transfer_needs_a_known_safeguard_that_is_not_overdue() {
    // The notice does not rely on the policy's own check, which finds the first of these as well.
    let transfers = |change: fn(&mut PolicyDocument)| {
        let mut document = rich().document().clone();
        change(&mut document);
        let countries: Vec<&str> = document.recipients.iter().map(|to| to.country.as_str()).collect();
        transfers::of(&document, countries.into_iter(), &words(), now())
    };
    let refused = |change: fn(&mut PolicyDocument)| match transfers(change) {
        Err(NoticeError::Transfer(problem)) => problem,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the transfers were stated"),
    };
    assert!(matches!(refused(|d| d.transfers.clear()), NoSafeguard::Undeclared { .. }));
    assert!(matches!(refused(|d| d.transfers[0].mechanism = "trust_us".into()), NoSafeguard::Unknown { .. }));
    assert!(matches!(refused(|d| d.transfers[0].review = now()), NoSafeguard::Overdue { .. }));
    // Where the policy names nobody in the EEA there is nothing to transfer out of it, and the notice says so.
    let elsewhere = transfers(|d| {
        d.transfers.clear();
        d.jurisdictions = vec!["US-CA".into()];
    });
    assert!(elsewhere.unwrap().text[0].contains("United States"));
}

#[test]
fn a_field_without_consent_is_named_with_the_reason() {
    let notice = notice(&Consent::default());
    let timezone = FieldId::parse("x.host.timezone").unwrap();
    let field = notice.sections.iter().flat_map(|s| &s.fields).find(|field| field.id == timezone).unwrap();
    assert!(matches!(&field.sent, SentContent::Absent(reason) if reason.id == "no_consent"));
    assert!(notice.rights().any(|right| right == Right::Withdrawal));
}
