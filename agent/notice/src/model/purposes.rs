//! Why values are collected, for whom, for how long, and whether they must be provided: Art. 13(1)(c) to (e), (2)(a)
//! and (e), and (3) GDPR.

use super::complete::Incomplete;
use super::phrasing::Phrasing;
use super::{FieldNotice, FieldTitle, NoticeError, PurposeNotice, RecipientNotice, Use};
use crate::locale::{DEFAULT_LANGUAGE, Term, instant};
use collector_proto::catalog::{LegalBasis, RecipientRole, Wording};
use collector_proto::policy::diff::{Effect, diff};
use collector_proto::policy::{Announced, Necessity, Policy, Purpose, Recipient, Wait};
use collector_proto::text::plain;
use collector_proto::time::Span;
use std::collections::BTreeMap;

impl Phrasing<'_> {
    pub(super) fn purposes(&self, fields: &[&FieldNotice]) -> Result<Vec<PurposeNotice>, NoticeError> {
        let mut used: BTreeMap<&str, Vec<FieldTitle>> = BTreeMap::new();
        for name in self.document.purposes.keys() {
            let shown = plain(name);
            let titles: Vec<_> = fields
                .iter()
                .filter(|field| field.uses.iter().any(|usage| usage.purpose == shown))
                .map(|field| FieldTitle { id: field.id, title: field.title.clone() })
                .collect();
            if !titles.is_empty() {
                used.insert(name, titles);
            }
        }
        let mut purposes = Vec::new();
        for (name, fields) in used {
            let purpose = self.document.purposes.get(name).ok_or(Incomplete::purpose(name))?;
            let language = self.words.language();
            // A policy has English text for every purpose; other languages are the author's choice.
            let (text_language, text) = purpose
                .text
                .get_key_value(language)
                .or_else(|| purpose.text.get_key_value(DEFAULT_LANGUAGE))
                .ok_or(Incomplete::purpose(name))?;
            let text = plain(text).into_owned();
            let basis = purpose.legal_basis;
            purposes.push(PurposeNotice {
                id: plain(name).into_owned(),
                dpv: Term::of(Wording::Purpose, &purpose.dpv, self.words)?,
                legitimate_interest: (basis == LegalBasis::LegitimateInterest)
                    .then(|| self.interest(&text, purpose))
                    .transpose()?,
                free_to_refuse: (basis == LegalBasis::Consent && purpose.free_to_refuse)
                    .then(|| self.stated("notice-free-to-refuse"))
                    .transpose()?,
                text,
                text_language: text_language.clone(),
                legal_basis: basis,
                basis: Term::of(Wording::Basis, basis.name(), self.words)?,
                article: basis.article(),
                retention: purpose.retention,
                retention_text: self.words.span(purpose.retention)?,
                recipients: self.recipient_names(&purpose.recipients),
                fields,
            });
        }
        Ok(purposes)
    }

    /// The interest, and that it was weighed where the policy says so.
    fn interest(&self, text: &str, purpose: &Purpose) -> Result<String, NoticeError> {
        let interest = self.words.text_with("notice-interest", &[("text", text.into())])?;
        if !purpose.interests_weighed {
            return Ok(interest);
        }
        Ok(format!("{interest} {}", self.stated("notice-interest-weighed")?))
    }

    /// What a recipient is to the organisation, and where it stores what it receives.
    fn role(&self, recipient: &Recipient) -> Result<String, NoticeError> {
        let role = match recipient.role {
            RecipientRole::Controller => self.words.text("notice-role-controller")?,
            RecipientRole::Processor => self.stated("notice-role-processor")?,
            RecipientRole::SubProcessor => {
                let processor = self.recipient_names(recipient.on_behalf_of.as_slice()).join("");
                self.words.text_with("notice-role-sub-processor", &[("processor", processor.into())])?
            }
            RecipientRole::ThirdParty => self.words.text("notice-role-third-party")?,
        };
        let country = self.words.country(&recipient.stored_in)?;
        let stored = self.words.text_with("notice-stored-in", &[("country", country.into())])?;
        Ok(format!("{role} {stored}"))
    }

    pub(super) fn recipient_names(&self, ids: &[String]) -> Vec<String> {
        let named = |id: &String| self.document.recipients.iter().find(|recipient| recipient.id == *id);
        ids.iter().filter_map(named).map(|recipient| plain(&recipient.name).into_owned()).collect()
    }

    pub(super) fn recipients(&self, fields: &[&FieldNotice]) -> Result<Vec<RecipientNotice>, NoticeError> {
        let mut recipients = Vec::new();
        for recipient in &self.document.recipients {
            let receives = |usage: &Use| {
                let purpose = self.document.purposes.iter().find(|(name, _)| plain(name) == usage.purpose);
                purpose.is_some_and(|(_, purpose)| purpose.recipients.contains(&recipient.id))
            };
            let their_fields: Vec<_> = fields
                .iter()
                .filter(|field| field.uses.iter().any(receives))
                .map(|field| FieldTitle { id: field.id, title: field.title.clone() })
                .collect();
            if their_fields.is_empty() {
                continue;
            }
            let name = plain(&recipient.name).into_owned();
            let country = self.words.country(&recipient.country)?;
            let values = [("name", name.as_str().into()), ("country", country.into())];
            recipients.push(RecipientNotice {
                id: plain(&recipient.id).into_owned(),
                text: self.words.text_with("notice-recipient", &values)?,
                role: recipient.role,
                role_text: self.role(recipient)?,
                stored_in: recipient.stored_in.clone(),
                country: recipient.country.clone(),
                name,
                fields: their_fields,
            });
        }
        Ok(recipients)
    }

    pub(super) fn obligation(
        &self,
        policy: &Policy,
        purposes: &[PurposeNotice],
    ) -> Result<Vec<String>, NoticeError> {
        let words = self.words;
        let mut sentences = Vec::new();
        for (basis, id) in [
            (LegalBasis::LegalObligation, "notice-obligation-law"),
            (LegalBasis::Contract, "notice-obligation-contract"),
        ] {
            let resting: Vec<_> = purposes.iter().filter(|purpose| purpose.legal_basis == basis).collect();
            if !resting.is_empty() {
                sentences.push(words.text_with(id, &[("purposes", titles(&resting).into())])?);
            }
        }
        if sentences.is_empty() {
            sentences.push(words.text("notice-obligation-none")?);
        }
        let contact = plain(&self.document.controller.contact);
        let count = |necessity| policy.rules().filter(|rule| rule.necessity == necessity).count();
        for (necessity, id) in [
            (Necessity::Optional, "notice-obligation-optional"),
            (Necessity::Required, "notice-obligation-required"),
        ] {
            let fields = count(necessity);
            if fields > 0 {
                let values = [("fields", fields.into()), ("contact", contact.as_ref().into())];
                sentences.push(words.text_with(id, &values)?);
            }
        }
        Ok(sentences)
    }

    /// How changes are announced, and which are: against what holds, `terms`.
    pub(super) fn changes(&self, terms: &Policy, coming: &[Announced]) -> Result<Vec<String>, NoticeError> {
        let document = self.document;
        let period = self.words.span(document.notice_period)?;
        let dates = [
            ("announced", instant(document.notice_from).into()),
            ("effective", instant(document.effective_from).into()),
        ];
        let mut told = vec![
            self.words.text_with("notice-changes-text", &[("period", period.into())])?,
            self.words.text_with("notice-changes-dates", &dates)?,
        ];
        let mut group = &document.group;
        for version in coming {
            let before = std::mem::replace(&mut group, &version.policy().document().group);
            if group != before {
                let (before, after) = (plain(before), plain(group));
                let groups = [("from", before.as_ref().into()), ("to", after.as_ref().into())];
                told.push(self.words.text_with("notice-coming-move", &groups)?);
            }
            told.push(self.comes(version)?);
            let changes = diff(terms, version.policy());
            let changes = changes.iter().filter(|change| change.effect != Effect::Neutral);
            told.extend(changes.map(|change| plain(&change.to_string()).into_owned()));
        }
        Ok(told)
    }

    /// From when on a version holds that is announced.
    fn comes(&self, version: &Announced) -> Result<String, NoticeError> {
        let number = ("version", version.reference().version.into());
        if let Some(from) = version.effect() {
            return Ok(self
                .words
                .text_with("notice-coming-from", &[number, ("at", instant(from).into())])?);
        }
        let announcement = version.announcement();
        let period = match announcement.wait {
            Wait::Notice(period) => period,
            Wait::Nothing | Wait::Showing => Span::from_seconds(0),
        };
        let key = if announcement.asks { "notice-coming-acknowledged" } else { "notice-coming-shown" };
        Ok(self.words.text_with(key, &[number, ("period", self.words.span(period)?.into())])?)
    }
}

pub(super) fn titles(purposes: &[&PurposeNotice]) -> String {
    let mut titles: Vec<&str> = purposes.iter().map(|purpose| purpose.dpv.title.as_str()).collect();
    titles.dedup();
    titles.join(", ")
}
