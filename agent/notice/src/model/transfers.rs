//! Transfers to third countries and their safeguards, Art. 13(1)(f) GDPR.

use super::{TransferNotice, Transfers};
use crate::locale::{LocaleError, Words, instant};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::document_terms::{TRANSFER_MECHANISMS, is_in_eea};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;

/// Why a transfer cannot be described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSafeguard {
    /// Someone outside the EEA receives values of people inside it, and no transfer is declared.
    #[error("values go to {country}, and the policy declares no transfer to it; add one to `transfers`")]
    Undeclared {
        /// Country of the recipient.
        country: String,
    },
    /// The law does not know the safeguard.
    #[error("the safeguard `{mechanism}` of the transfer to {country} is unknown; known are: {}", TRANSFER_MECHANISMS.join(", "))]
    Unknown {
        /// Country of the transfer.
        country: String,
        /// What the policy says.
        mechanism: String,
    },
    /// The safeguard should have been examined again.
    #[error(
        "the safeguard of the transfer to {country} was to be reviewed by {review}; the policy needs a later date"
    )]
    Overdue {
        /// Country of the transfer.
        country: String,
        /// When it was to be reviewed.
        review: UtcTime,
    },
}

/// The transfers of a policy in words. `countries` are those of the recipients who do receive values.
pub(super) fn of<'a>(
    document: &PolicyDocument,
    countries: impl Iterator<Item = &'a str>,
    words: &Words,
    now: UtcTime,
) -> Result<Transfers, super::NoticeError> {
    let outside: BTreeSet<&str> = countries.filter(|country| !is_in_eea(country)).collect();
    if outside.is_empty() && document.transfers.is_empty() {
        return Ok(none(words)?);
    }
    let mut text = Vec::new();
    let mut declared = Vec::new();
    for transfer in &document.transfers {
        let country = plain(&transfer.country).into_owned();
        let mechanism = plain(&transfer.mechanism).into_owned();
        if !TRANSFER_MECHANISMS.contains(&transfer.mechanism.as_str()) {
            return Err(NoSafeguard::Unknown { country, mechanism }.into());
        }
        if now >= transfer.review {
            return Err(NoSafeguard::Overdue { country, review: transfer.review }.into());
        }
        let contact = plain(&document.controller.contact);
        let values = [
            ("country", words.country(&transfer.country)?.into()),
            ("safeguard", words.text(&format!("notice-safeguard-{mechanism}"))?.into()),
            ("review", instant(transfer.review).into()),
            ("contact", contact.as_ref().into()),
        ];
        text.push(words.text_with("notice-transfer", &values)?);
        declared.push(TransferNotice { country, mechanism, review: transfer.review });
    }
    let undeclared: Vec<&str> = outside
        .into_iter()
        .filter(|country| !document.transfers.iter().any(|transfer| transfer.country == *country))
        .collect();
    if let Some(country) = undeclared.first() {
        // `DE`, `DE-BE`: people in the EEA. Where the policy names no place in it, Chapter V may not apply.
        if document.jurisdictions.iter().any(|place| is_in_eea(place)) {
            return Err(NoSafeguard::Undeclared { country: plain(country).into_owned() }.into());
        }
        let names: Vec<String> =
            undeclared.iter().map(|country| words.country(country)).collect::<Result<_, _>>()?;
        text.push(words.text_with("notice-transfers-outside", &[("countries", names.join(", ").into())])?);
    }
    Ok(Transfers { text, declared })
}

/// That there are none.
pub(super) fn none(words: &Words) -> Result<Transfers, LocaleError> {
    Ok(Transfers { text: vec![words.text("notice-transfers-none")?], declared: Vec::new() })
}
