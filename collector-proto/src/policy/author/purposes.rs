//! `[purposes.<name>]`: why data is collected.

use super::claims::absolute_claim;
use super::diagnostic::Code;
use super::head::{DeclaredRecipient, check_id};
use super::nearest::nearest;
use super::report::{At, Diagnosis};
use super::walk::Node;
use crate::catalog::LegalBasis;
use crate::policy::Purpose;
use crate::policy::document_terms::{LANGUAGES, PURPOSES, REFUSED_PURPOSES, is_purpose};
use crate::time::Span;
use std::collections::BTreeMap;

/// A purpose's name, declared even where the rest of its entry is wrong.
pub(super) struct DeclaredPurpose {
    pub(super) at: At,
    pub(super) legal_basis: Option<LegalBasis>,
    pub(super) recipients: Vec<String>,
    pub(super) purpose: Option<Purpose>,
}

pub(super) type Purposes = BTreeMap<String, DeclaredPurpose>;

pub(super) fn read_purposes(
    node: &Node<'_>,
    recipients: &[DeclaredRecipient],
    report: &mut Diagnosis<'_>,
) -> Purposes {
    let Some(table) = node.table(report) else { return Purposes::new() };
    let mut purposes = Purposes::new();
    for (name, at, node) in table.entries() {
        check_id(name, &at, report);
        let declared = read_purpose(&node, at, recipients, report);
        purposes.insert(name.to_owned(), declared);
    }
    purposes
}

fn read_purpose(
    node: &Node<'_>,
    at: At,
    known: &[DeclaredRecipient],
    report: &mut Diagnosis<'_>,
) -> DeclaredPurpose {
    let mut declared = DeclaredPurpose { at, legal_basis: None, recipients: Vec::new(), purpose: None };
    let Some(mut table) = node.table(report) else { return declared };
    let dpv = table
        .need("dpv", "the DPV term of the purpose, such as \"EnforceSecurity\"", report)
        .and_then(|n| read_term(&n, report));
    declared.legal_basis = table
        .need("legal_basis", "nothing is collected without a basis of Art. 6(1) GDPR", report)
        .and_then(|n| read_basis(&n, report));
    let retention = table
        .need("retention", "how long the data is kept, such as \"90d\"", report)
        .and_then(|n| read_retention(&n, report));
    let recipients = table.need("recipients", "who receives the data", report);
    if let Some(node) = &recipients {
        declared.recipients = read_recipient_ids(node, known, report);
    }
    let weighed = table.take("interests_weighed").and_then(|n| Some((n.boolean(report)?, n.at.clone())));
    let free = table.take("free_to_refuse").and_then(|n| Some((n.boolean(report)?, n.at.clone())));
    let text = table
        .need("text", "the purpose in plain words, at least `text.en`", report)
        .and_then(|n| read_text(&n, report));
    table.finish(report);
    check_said(declared.legal_basis, weighed.as_ref(), free.as_ref(), (node, report));
    declared.purpose = (|| {
        Some(Purpose {
            dpv: dpv?,
            legal_basis: declared.legal_basis?,
            retention: retention?,
            interests_weighed: weighed.is_some_and(|(said, _)| said),
            free_to_refuse: free.is_some_and(|(said, _)| said),
            recipients: declared.recipients.clone(),
            text: text?,
        })
    })();
    declared
}

/// What a basis needs to be one, and only the organisation can say.
fn check_said(
    basis: Option<LegalBasis>,
    weighed: Option<&(bool, At)>,
    free: Option<&(bool, At)>,
    (node, report): (&Node<'_>, &mut Diagnosis<'_>),
) {
    let (key, said, why) = match basis {
        Some(LegalBasis::LegitimateInterest) => (
            "interests_weighed",
            weighed,
            "a legitimate interest is a basis once it was weighed against those of the people (Art. 6(1)(f) GDPR)",
        ),
        Some(LegalBasis::Consent) => (
            "free_to_refuse",
            free,
            "consent is free only where refusing has no disadvantage (Art. 7(4) GDPR)",
        ),
        _ => return,
    };
    match said {
        Some((true, _)) => {}
        Some((false, at)) => report.error(at, Code::BadValue, format!("must be true: {why}")),
        None => {
            let at = At { path: format!("{}.{key}", node.at.path), offset: node.at.offset };
            report.error(
                &at,
                Code::MissingKey,
                format!("is missing; write `{key} = true` once it is so: {why}"),
            );
        }
    }
}

fn read_term(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<String> {
    let written = node.text(report)?;
    let term = written.strip_prefix("dpv:").unwrap_or(written);
    if REFUSED_PURPOSES.contains(&term) {
        report.error(&node.at, Code::RefusedPurpose, refusal(term));
        return None;
    }
    if is_purpose(term) && term == written {
        return Some(term.to_owned());
    }
    let near = nearest(term, PURPOSES.iter().copied());
    let message = if near.is_some() {
        format!("`{written}` is not a DPV purpose that this program knows")
    } else {
        format!("`{written}` is not a DPV purpose that this program knows; they are {}", PURPOSES.join(", "))
    };
    report.error_near(&node.at, Code::UnknownTerm, message, near);
    None
}

fn refusal(term: &str) -> String {
    let why = match term {
        "SellDataToThirdParties" => "nothing that Candor collects is sold",
        "Marketing" => "people cannot refuse a managed device, so its data must not be used to sell to them",
        _ => {
            "Candor looks after devices, not after people's work; monitoring staff needs a system of its own, with \
             their representatives"
        }
    };
    format!("`{term}` is a purpose that Candor is not for: {why}")
}

fn read_basis(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<LegalBasis> {
    let name = node.text(report)?;
    if let Some(basis) = LegalBasis::parse(name) {
        return Some(basis);
    }
    let all: Vec<_> = LegalBasis::ALL.iter().map(|basis| basis.name()).collect();
    let message = format!("`{name}` is not a legal basis; they are {}", all.join(", "));
    report.error_near(&node.at, Code::UnknownBasis, message, nearest(name, all));
    None
}

/// A fixed time: "as long as needed" cannot be checked by anybody (Art. 13(2)(a) GDPR wants the period or criteria).
fn read_retention(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Span> {
    if let Some(text) = node.as_text()
        && !text.trim().is_empty()
        && Span::parse(text).is_err()
    {
        let message = format!(
            "`{text}` is not a span such as 90d; data is deleted after a fixed time, which people can check"
        );
        report.error(&node.at, Code::BadValue, message);
        return None;
    }
    node.span(report)
}

fn read_recipient_ids(
    node: &Node<'_>,
    known: &[DeclaredRecipient],
    report: &mut Diagnosis<'_>,
) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (id, at) in node.texts(report).unwrap_or_default() {
        if !known.iter().any(|recipient| recipient.id == id) {
            let near = nearest(id, known.iter().map(|recipient| recipient.id.as_str()));
            report.error_near(
                &at,
                Code::UnknownRecipient,
                format!("`{id}` is not among the [[recipients]]"),
                near,
            );
        }
        if !ids.iter().any(|other| other == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

fn read_text(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<BTreeMap<String, String>> {
    let table = node.table(report)?;
    let mut texts = BTreeMap::new();
    for (language, at, node) in table.entries() {
        if !LANGUAGES.contains(&language) {
            let message = format!(
                "the notice is not written in `{language}`; its languages are {}",
                LANGUAGES.join(", ")
            );
            // `de-DE` means `de`; other near misses of two letters would be guesses.
            let near = language.split(['-', '_']).next().filter(|primary| LANGUAGES.contains(primary));
            report.error_near(&at, Code::UnknownLanguage, message, near.map(str::to_owned));
        }
        if let Some(text) = node.text(report) {
            if let Some(claim) = absolute_claim(text) {
                let message = format!(
                    "promises `{claim}`, which nobody can keep; say what is done with the data instead"
                );
                report.error(&node.at, Code::AbsoluteClaim, message);
            }
            texts.insert(language.to_owned(), text.to_owned());
        }
    }
    if !table.entries().iter().any(|(language, ..)| *language == "en") {
        let at = At { path: format!("{}.en", node.at.path), offset: node.at.offset };
        report.error(&at, Code::MissingKey, "is missing: English is what every device can show");
        return None;
    }
    Some(texts)
}
