//! What a notice must say, and that it says it: Art. 13 GDPR and §1798.100(a) of California's Civil Code.
//!
//! The check reads the finished notice, not the policy, so that a mistake in building it is found as well.

use super::rights::{self, exists_always};
use super::{FieldNotice, Notice, PurposeNotice, Use};
use collector_proto::catalog::{LegalBasis, NEVER, Right};
use collector_proto::text::plain;

/// One thing that a notice must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredElement {
    /// Art. 13(1)(a): name and contact of the controller.
    Controller,
    /// Art. 13(1)(b): the data protection officer, or that there is none.
    Officer,
    /// Art. 13(1)(c): the purposes.
    Purposes,
    /// Art. 13(1)(c): the legal basis of each.
    LegalBasis,
    /// Art. 13(1)(d): the legitimate interests.
    LegitimateInterest,
    /// Art. 13(1)(e): the recipients.
    Recipients,
    /// Art. 13(1)(f): transfers and safeguards, or that there are none.
    Transfers,
    /// Art. 13(2)(a): how long values are kept.
    Retention,
    /// Art. 13(2)(b): the rights that the bases give.
    Rights,
    /// Art. 13(2)(c): withdrawal of consent.
    Withdrawal,
    /// Art. 13(2)(d): where to complain.
    Complaint,
    /// Art. 13(2)(e): whether values must be provided, and what follows from refusing.
    Obligation,
    /// Art. 13(2)(f): automated decisions, or that there are none.
    AutomatedDecisions,
    /// Art. 13(3): how further purposes are announced.
    Changes,
    /// What is collected: title, description and treatment of each field.
    Field,
    /// For each field why, for whom and how long.
    FieldUse,
    /// §1798.100(a): categories, purposes and retention of each field, and whether it is sold or shared.
    California,
    /// What the connection itself shows.
    Connection,
    /// What keeps the program to the rules.
    Enforcement,
    /// What is never collected.
    Never,
}

/// A notice that lacks something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is missing{}", .element.describe(), .place.as_deref().map(|place| format!(" at `{place}`")).unwrap_or_default())]
pub struct Incomplete {
    /// What is missing.
    pub element: RequiredElement,
    /// The field or purpose that lacks it, if it is not the whole notice.
    pub place: Option<String>,
}

impl Incomplete {
    pub(super) fn purpose(name: &str) -> Self {
        Self { element: RequiredElement::Purposes, place: Some(plain(name).into_owned()) }
    }
}

/// Checks that a notice of a policy, signed or draft, says everything.
pub(super) fn require_complete(notice: &Notice) -> Result<(), Incomplete> {
    if !notice.tells_of_a_policy() {
        return Ok(());
    }
    require_general(notice)?;
    for purpose in &notice.purposes {
        require_purpose(purpose)?;
    }
    require_rights(notice)?;
    for section in &notice.sections {
        for field in &section.fields {
            require_field(field)?;
        }
    }
    require_california(notice)
}

fn require_general(notice: &Notice) -> Result<(), Incomplete> {
    let responsible = notice.responsible.as_ref();
    let says = |part: Option<&String>| part.is_some_and(|text| !text.trim().is_empty());
    let all_say = |parts: &[String]| !parts.is_empty() && parts.iter().all(|part| says(Some(part)));
    let collects = !notice.sections.is_empty();
    for (element, present) in [
        (
            RequiredElement::Controller,
            says(responsible.map(|r| &r.name)) && says(responsible.map(|r| &r.contact)),
        ),
        (RequiredElement::Officer, says(responsible.map(|r| &r.data_protection_officer))),
        (RequiredElement::Purposes, !collects || !notice.purposes.is_empty()),
        (RequiredElement::Recipients, !collects || !notice.recipients.is_empty()),
        (RequiredElement::Transfers, all_say(&notice.transfers.text)),
        (
            RequiredElement::Retention,
            !collects || (all_say(&notice.retention.purposes) && all_say(&notice.retention.collector)),
        ),
        (
            RequiredElement::Complaint,
            notice
                .complaint
                .as_ref()
                .is_some_and(|c| says(Some(&c.text)) && says(Some(&c.authority)) && says(Some(&c.url))),
        ),
        (RequiredElement::Obligation, all_say(&notice.obligation)),
        (RequiredElement::AutomatedDecisions, all_say(&notice.automated_decisions)),
        (RequiredElement::Changes, all_say(&notice.changes)),
        (RequiredElement::Connection, all_say(&notice.connection)),
        (RequiredElement::Enforcement, all_say(&notice.enforcement)),
        (RequiredElement::Never, notice.never.len() == NEVER.len()),
    ] {
        if !present {
            return Err(Incomplete { element, place: None });
        }
    }
    Ok(())
}

fn require_purpose(purpose: &PurposeNotice) -> Result<(), Incomplete> {
    let interest = purpose.legitimate_interest.as_deref().unwrap_or("");
    for (element, present) in [
        (RequiredElement::Purposes, !purpose.text.trim().is_empty() && !purpose.dpv.title.is_empty()),
        (RequiredElement::LegalBasis, !purpose.basis.title.is_empty() && !purpose.article.is_empty()),
        (
            RequiredElement::LegitimateInterest,
            purpose.legal_basis != LegalBasis::LegitimateInterest || !interest.trim().is_empty(),
        ),
        (
            RequiredElement::Withdrawal,
            purpose.legal_basis != LegalBasis::Consent || purpose.free_to_refuse.is_some(),
        ),
        (RequiredElement::Recipients, !purpose.recipients.is_empty()),
        (RequiredElement::Retention, !purpose.retention_text.is_empty()),
    ] {
        if !present {
            return Err(Incomplete { element, place: Some(purpose.id.clone()) });
        }
    }
    Ok(())
}

/// Every right that a basis gives must be offered, and none that no basis gives.
fn require_rights(notice: &Notice) -> Result<(), Incomplete> {
    for right in rights::named() {
        let given = exists_always(right)
            || notice.purposes.iter().any(|purpose| right.applies_under(purpose.legal_basis));
        let offered = notice
            .rights
            .iter()
            .any(|r| r.right == right && !r.title.is_empty() && !r.description.is_empty());
        if given != offered {
            let element = if right == Right::Withdrawal {
                RequiredElement::Withdrawal
            } else {
                RequiredElement::Rights
            };
            return Err(Incomplete { element, place: Some(right.name().to_owned()) });
        }
    }
    Ok(())
}

fn require_field(field: &FieldNotice) -> Result<(), Incomplete> {
    let place = || Some(field.id.name().to_owned());
    let words = [
        &field.title,
        &field.description,
        &field.treatment.title,
        &field.treatment.description,
        &field.sensitivity.title,
        &field.necessity.title,
    ];
    if words.iter().any(|text| text.trim().is_empty()) {
        return Err(Incomplete { element: RequiredElement::Field, place: place() });
    }
    let stated = |usage: &Use| {
        !usage.title.is_empty() && !usage.legal_basis_title.is_empty() && !usage.recipients.is_empty()
    };
    if field.uses.is_empty() || !field.uses.iter().all(stated) || field.kept.text.trim().is_empty() {
        return Err(Incomplete { element: RequiredElement::FieldUse, place: place() });
    }
    // A field that says nothing about a person has no category; that is for the catalogue to say.
    let declared = field.id.field().ccpa.iter().map(|category| category.name());
    if !declared.eq(field.california.iter().map(String::as_str)) {
        return Err(Incomplete { element: RequiredElement::California, place: place() });
    }
    Ok(())
}

fn require_california(notice: &Notice) -> Result<(), Incomplete> {
    let missing = |place| Err(Incomplete { element: RequiredElement::California, place });
    let california = &notice.california;
    if california.text.trim().is_empty() || california.sold || california.shared {
        return missing(None);
    }
    for field in notice.sections.iter().flat_map(|section| &section.fields) {
        for letter in &field.california {
            let listed = california.categories.iter().any(|category| {
                category.category.id == *letter
                    && !category.purposes.is_empty()
                    && !category.retention.is_empty()
                    && category.fields.iter().any(|member| member.id == field.id)
            });
            if !listed {
                return missing(Some(field.id.name().to_owned()));
            }
        }
    }
    Ok(())
}

impl RequiredElement {
    /// The element with the provision that asks for it.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Controller => "who is responsible, Art. 13(1)(a) GDPR,",
            Self::Officer => "the data protection officer, Art. 13(1)(b) GDPR,",
            Self::Purposes => "a purpose, Art. 13(1)(c) GDPR,",
            Self::LegalBasis => "a legal basis, Art. 13(1)(c) GDPR,",
            Self::LegitimateInterest => "the legitimate interest, Art. 13(1)(d) GDPR,",
            Self::Recipients => "who receives values, Art. 13(1)(e) GDPR,",
            Self::Transfers => "a statement on transfers, Art. 13(1)(f) GDPR,",
            Self::Retention => "how long values are kept, Art. 13(2)(a) GDPR,",
            Self::Rights => {
                "a right that the legal bases give, or there is one that they do not give, Art. 13(2)(b) GDPR,"
            }
            Self::Withdrawal => "the withdrawal of consent, Art. 13(2)(c) GDPR,",
            Self::Complaint => "where to complain, Art. 13(2)(d) GDPR,",
            Self::Obligation => "whether values must be provided, Art. 13(2)(e) GDPR,",
            Self::AutomatedDecisions => "a statement on automated decisions, Art. 13(2)(f) GDPR,",
            Self::Changes => "how changes are announced, Art. 13(3) GDPR,",
            Self::Field => "what is collected",
            Self::FieldUse => "why, for whom and how long",
            Self::California => "the category under Cal. Civ. Code §1798.100(a)",
            Self::Connection => "what the connection itself shows",
            Self::Enforcement => "what keeps the program to the rules",
            Self::Never => "what is never collected",
        }
    }
}

#[cfg(test)]
mod tests;
