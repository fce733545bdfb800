//! Nothing that the law asks for can be left out: each element is taken away once, and the notice is refused.

use super::fixture::{Case, document, now, rule, value, words};
use crate::notice::complete::{Element, require_complete};
use crate::notice::model::{Notice, Right, Sent};
use crate::notice::{Format, NoSafeguard, NoticeError, transfers};
use collector_proto::catalog::FieldId;
use collector_proto::policy::{Consent, KeyScope, PolicyDocument, Recipient, Transfer, Treatment};
use collector_proto::time::UtcTime;

/// A document that has something of everything.
fn rich() -> PolicyDocument {
    let mut extra = rule("x.host.timezone", Treatment::Keep, &["extras"]);
    extra.necessity = collector_proto::policy::Necessity::Optional;
    let mut document = document(vec![
        rule("os.name", Treatment::Keep, &["security", "duty"]),
        rule("host.mac", Treatment::Hmac(KeyScope::Tenant), &["security"]),
        rule("package.name", Treatment::Keep, &["contract"]),
        extra,
    ]);
    document.recipients.push(Recipient {
        id: "us".into(),
        name: "Example Inc.".into(),
        country: "US".into(),
    });
    document.transfers.push(Transfer {
        country: "US".into(),
        mechanism: "scc".into(),
        review: UtcTime::parse("2027-06-01T00:00:00Z").unwrap(),
    });
    document.purposes.get_mut("security").unwrap().recipients.push("us".into());
    document
}

fn rich_notice() -> Notice {
    let consent = Consent::to(["extras".to_owned()]);
    Case::draft(rich(), &consent, |field, treatment| Ok(value(field, treatment))).notice().unwrap()
}

/// Takes the element out of a complete notice. The match is exhaustive: a further element needs a line here.
fn remove(notice: &mut Notice, element: Element) {
    match element {
        Element::Controller => notice.responsible.as_mut().unwrap().contact = "  ".into(),
        Element::Officer => notice.responsible.as_mut().unwrap().data_protection_officer.clear(),
        Element::Purposes => notice.purposes.clear(),
        Element::LegalBasis => notice.purposes[0].basis.title.clear(),
        Element::LegitimateInterest => {
            let interest = notice.purposes.iter_mut().find(|purpose| purpose.legitimate_interest.is_some());
            interest.unwrap().legitimate_interest = None;
        }
        Element::Recipients => notice.recipients.clear(),
        Element::Transfers => notice.transfers.text.clear(),
        Element::Retention => notice.retention.clear(),
        Element::Rights => notice.rights.retain(|right| right.right != Right::Erasure),
        Element::Withdrawal => notice.rights.retain(|right| right.right != Right::Withdrawal),
        Element::Complaint => notice.complaint = None,
        Element::Obligation => notice.obligation.clear(),
        Element::AutomatedDecisions => notice.automated_decisions.clear(),
        Element::Changes => notice.changes.clear(),
        Element::Field => notice.sections[0].fields[0].description.clear(),
        Element::FieldUse => notice.sections[0].fields[0].uses.clear(),
        Element::California => notice.california.categories.clear(),
        Element::Connection => notice.connection.clear(),
        Element::Enforcement => notice.enforcement.clear(),
        Element::Never => {
            notice.never.pop();
        }
    }
}

const ALL: [Element; 20] = [
    Element::Controller,
    Element::Officer,
    Element::Purposes,
    Element::LegalBasis,
    Element::LegitimateInterest,
    Element::Recipients,
    Element::Transfers,
    Element::Retention,
    Element::Rights,
    Element::Withdrawal,
    Element::Complaint,
    Element::Obligation,
    Element::AutomatedDecisions,
    Element::Changes,
    Element::Field,
    Element::FieldUse,
    Element::California,
    Element::Connection,
    Element::Enforcement,
    Element::Never,
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
    let changes: [(&str, Change); 8] = [
        ("text", |n| n.purposes[0].text.clear()),
        ("purpose recipients", |n| n.purposes[0].recipients.clear()),
        ("purpose retention", |n| n.purposes[0].retention_text.clear()),
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
        notice.automated_decisions.clone(),
        notice.tenant_key.clone().unwrap(),
        notice.california.text.clone(),
    ];
    shown.extend(notice.transfers.text.iter().cloned());
    shown.extend(notice.retention.iter().cloned());
    shown.extend(notice.obligation.iter().cloned());
    shown.extend(notice.changes.iter().cloned());
    shown.extend(notice.connection.iter().cloned());
    shown.extend(notice.never.iter().flat_map(|term| [term.title.clone(), term.description.clone()]));
    shown.extend(notice.rights.iter().flat_map(|right| [right.title.clone(), right.description.clone()]));
    for purpose in &notice.purposes {
        shown.extend([purpose.text.clone(), purpose.basis.description.clone(), purpose.article.to_owned()]);
        shown.extend(purpose.legitimate_interest.clone());
        shown.push(purpose.retention_text.clone());
    }
    for recipient in &notice.recipients {
        shown.push(recipient.name.clone());
    }
    for field in notice.sections.iter().flat_map(|section| &section.fields) {
        shown.extend([field.title.clone(), field.description.clone(), field.treatment.description.clone()]);
        shown.extend([field.sensitivity.title.clone(), field.necessity.title.clone()]);
    }
    assert!(shown.iter().all(|text| !text.is_empty()) && shown.len() > 60);
    for format in [Format::Text, Format::Html, Format::Json] {
        let rendered = collapse(&notice.render(format, &words, 80).unwrap());
        for text in &shown {
            assert!(rendered.contains(&collapse(text)), "{format:?} does not show: {text}");
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
        let mut document = rich();
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
    let case = Case::draft(rich(), &Consent::default(), |field, treatment| Ok(value(field, treatment)));
    let notice = case.notice().unwrap();
    let timezone = FieldId::parse("x.host.timezone").unwrap();
    let field = notice.sections.iter().flat_map(|s| &s.fields).find(|field| field.id == timezone).unwrap();
    assert!(matches!(&field.sent, Sent::Absent(reason) if reason.id == "no_consent"));
    assert!(notice.rights().any(|right| right == Right::Withdrawal));
}
