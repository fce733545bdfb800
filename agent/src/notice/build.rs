//! Builds the notice from the very things that are obeyed: policy, permit and disclosure.
//!
//! Where the three do not name the same fields, or an element that the law asks for is missing, there is no notice.

use super::complete::{Incomplete, require_complete};
use super::enforcement;
use super::locale::{LocaleError, Words};
use super::model::{
    California, CategoryNotice, Complaint, FieldNotice, FieldTitle, Notice, PolicyFacts, PurposeNotice,
    RecipientNotice, Responsible, Right, RightNotice, SectionNotice, Sent, Status, Summary, TreatmentNotice,
    Use,
};
use super::terms::{Term, treatment_words};
use super::transfers::{self, NoSafeguard};
use crate::show::plain;
use collector_proto::catalog::{CcpaCategory, FieldId, FieldSet, LegalBasis, NEVER, Section, Shape};
use collector_proto::disclosure::{Disclosure, RefusalMessage, Sandbox};
use collector_proto::policy::{
    Controller, Draft, Filter, KeyScope, Necessity, Permit, Policy, PolicyDocument, PolicyRef, Rule, Signed,
    Standing, Treatment,
};
use collector_proto::time::UtcTime;
use collector_proto::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a notice is made from.
pub struct Source<'a, S: Standing> {
    /// The policy.
    pub policy: &'a Policy,
    /// The permit that was derived from it for this device.
    pub permit: &'a Permit<S>,
    /// What was read under the permit.
    pub disclosure: &'a Disclosure<S>,
    /// What kept the reader to the permit.
    pub sandbox: Sandbox,
    /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
    pub fresh_until: Option<UtcTime>,
}

/// Why there is no notice.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// An element that the law asks for is missing.
    #[error("the notice is not complete, so it is not shown")]
    Incomplete(#[from] Incomplete),
    /// A transfer to a third country has no valid safeguard.
    #[error("the notice cannot say how a transfer is safeguarded, so it is not shown")]
    Transfer(#[from] NoSafeguard),
    /// Policy, permit and disclosure differ.
    #[error("policy, permit and values do not name the same fields: `{0}` differs")]
    Differs(FieldId),
    /// The words are missing.
    #[error("the notice has no words for something")]
    Words(#[from] LocaleError),
    /// The page could not be written.
    #[error("the notice could not be rendered")]
    Render(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Notice {
    /// The notice of a signed policy in force.
    pub fn in_force(source: &Source<'_, Signed>, words: &Words, now: UtcTime) -> Result<Self, NoticeError> {
        let version = source.policy.document().version.into();
        let text = words.text_with("notice-status-in-force-text", &[("version", version)])?;
        build(source, Some(source.permit.policy()), Status::InForce { text }, words, now)
    }

    /// The notice of a signed policy under which nothing is collected until somebody acknowledges this notice.
    pub fn awaiting_acknowledgement(
        source: &Source<'_, Signed>,
        words: &Words,
        now: UtcTime,
    ) -> Result<Self, NoticeError> {
        let version = source.policy.document().version.into();
        let status = Status::AwaitingAcknowledgement {
            text: words.text_with("notice-status-awaiting-text", &[("version", version)])?,
            reason: words.text("notice-refused-not-acknowledged")?,
        };
        build(source, Some(source.permit.policy()), status, words, now)
    }

    /// The notice that a draft would have.
    pub fn draft(source: &Source<'_, Draft>, words: &Words, now: UtcTime) -> Result<Self, NoticeError> {
        let text = words.text("notice-status-draft-text")?;
        build(source, None, Status::Draft { text }, words, now)
    }

    /// The notice of a device on which nothing is collected. `controller` is whoever is known to be responsible.
    pub fn nothing(
        refusal: &RefusalMessage,
        controller: Option<&Controller>,
        words: &Words,
        now: UtcTime,
    ) -> Result<Self, NoticeError> {
        let known = format!("notice-refused-{}", refusal.code.replace('_', "-"));
        let reason = words.text(if words.has(&known) { &known } else { "notice-refused-other" })?;
        Ok(Self {
            v: 1,
            kind: "notice",
            language: words.language(),
            made: now,
            status: Status::NothingCollected {
                text: words.text("notice-status-nothing-text")?,
                code: plain(&refusal.code).into_owned(),
                reason,
                details: plain(&refusal.message).into_owned(),
            },
            policy: None,
            summary: Summary {
                sentence: words.text("notice-summary-nobody")?,
                sent: 0,
                missing: 0,
                recipients: Vec::new(),
                interval: None,
                retention: None,
                refusable: None,
            },
            responsible: controller.map(|known| responsible(known, words)).transpose()?,
            sections: Vec::new(),
            purposes: Vec::new(),
            recipients: Vec::new(),
            transfers: transfers::none(words)?,
            retention: vec![words.text("notice-ledger")?],
            // What was collected before may still be held.
            rights: if controller.is_some() { rights(&[], words)? } else { Vec::new() },
            complaint: controller.map(|known| complaint(known, words)).transpose()?,
            obligation: Vec::new(),
            automated_decisions: words.text("notice-automated-text")?,
            changes: Vec::new(),
            tenant_key: None,
            connection: Vec::new(),
            enforcement: Vec::new(),
            never: never(words)?,
            california: California {
                sold: false,
                shared: false,
                text: words.text("notice-ccpa-text")?,
                categories: Vec::new(),
            },
        })
    }
}

fn build<S: Standing>(
    source: &Source<'_, S>,
    reference: Option<PolicyRef>,
    status: Status,
    words: &Words,
    now: UtcTime,
) -> Result<Notice, NoticeError> {
    same_fields(source)?;
    let document = source.policy.document();
    let author = Author { document, words };
    let sections = author.sections(source)?;
    let fields: Vec<&FieldNotice> = sections.iter().flat_map(|section| &section.fields).collect();
    let purposes = author.purposes(&fields)?;
    let recipients = author.recipients(&fields)?;
    let notice = Notice {
        v: 1,
        kind: "notice",
        language: words.language(),
        made: now,
        summary: author.summary(&status, &fields)?,
        status,
        policy: Some(PolicyFacts {
            version: document.version,
            group: plain(&document.group).into_owned(),
            sha256: reference.map(|reference| reference.sha256),
            issued: document.issued,
            effective_from: document.effective_from,
            expires: document.expires,
            fresh_until: source.fresh_until,
        }),
        responsible: Some(responsible(&document.controller, words)?),
        transfers: transfers::of(document, recipients.iter().map(|r| r.country.as_str()), words, now)?,
        retention: author.retention(&purposes)?,
        rights: rights(&purposes, words)?,
        complaint: Some(complaint(&document.controller, words)?),
        obligation: author.obligation(source.policy, &purposes)?,
        automated_decisions: words.text("notice-automated-text")?,
        changes: author.changes()?,
        tenant_key: author.tenant_key(source.permit)?,
        connection: vec![words.text("notice-connection-address")?, words.text("notice-connection-times")?],
        enforcement: enforcement::of(source.sandbox, document.require_sandbox, words)?,
        never: never(words)?,
        california: author.california(&fields)?,
        purposes,
        recipients,
        sections,
    };
    require_complete(&notice)?;
    Ok(notice)
}

/// The fields that the policy has rules for, the permit decides on and the disclosure carries must be the same.
fn same_fields<S: Standing>(source: &Source<'_, S>) -> Result<(), NoticeError> {
    let ruled = source.policy.fields();
    let decided: FieldSet =
        source.permit.fields().iter().chain(source.permit.withheld().map(|(field, _)| field)).collect();
    let in_rows = source.disclosure.sections().values().flatten().flat_map(collector_proto::value::Row::iter);
    let disclosed: FieldSet =
        in_rows.map(|(field, _)| field).chain(source.disclosure.absent().keys().copied()).collect();
    for (left, right) in [(&ruled, &decided), (&decided, &disclosed)] {
        let differing = left.difference(right).iter().next().or_else(|| right.difference(left).iter().next());
        if let Some(field) = differing {
            return Err(NoticeError::Differs(field));
        }
    }
    Ok(())
}

/// Puts what the policy says into words.
struct Author<'a> {
    document: &'a PolicyDocument,
    words: &'a Words,
}

impl Author<'_> {
    fn sections<S: Standing>(&self, source: &Source<'_, S>) -> Result<Vec<SectionNotice>, NoticeError> {
        let mut sections = Vec::new();
        for section in Section::ALL.iter().copied() {
            let rules: Vec<&Rule> =
                source.policy.rules().filter(|rule| rule.field.section() == section).collect();
            if rules.is_empty() {
                continue;
            }
            let rows = source.disclosure.sections().get(&section).map_or(&[][..], Vec::as_slice);
            let mut fields = Vec::new();
            for rule in rules {
                fields.push(self.field(source, rule, rows)?);
            }
            let term = Term::of("section", section.name(), self.words)?;
            let failed = enforcement::failed_sources(source.disclosure.failed().get(&section), self.words)?;
            let rows = if section.shape() == Shape::Table { rows.to_vec() } else { Vec::new() };
            sections.push(SectionNotice {
                id: section,
                title: term.title,
                description: term.description,
                fields,
                failed,
                rows,
            });
        }
        Ok(sections)
    }

    fn field<S: Standing>(
        &self,
        source: &Source<'_, S>,
        rule: &Rule,
        rows: &[collector_proto::value::Row],
    ) -> Result<FieldNotice, NoticeError> {
        let field = rule.field;
        let term = Term::of("field", field.name(), self.words)?;
        let mut values = rows.iter().filter_map(|row| row.value(field));
        let sent = match (source.disclosure.absent().get(&field), values.next()) {
            (Some(reason), _) => Sent::Absent(Term::of("absence", reason.name(), self.words)?),
            (None, Some(value)) if field.section().shape() == Shape::Single => Sent::Value(value.clone()),
            (None, Some(first)) => Sent::InRows(count(first) + values.map(count).sum::<usize>()),
            // `same_fields` has seen the field in a row or as absent.
            (None, None) => return Err(NoticeError::Differs(field)),
        };
        // What was granted is what counts: of the rule's purposes, those without consent are not pursued here.
        let (treatment, purposes) = match source.permit.grant(field) {
            Some(grant) => (grant.treatment, &grant.purposes),
            None => (rule.treat, &rule.purposes),
        };
        let in_words = treatment_words(treatment, self.words)?;
        let declared = field.field();
        Ok(FieldNotice {
            id: field,
            title: term.title,
            description: term.description,
            sent,
            treatment: TreatmentNotice {
                rule: treatment,
                title: in_words.title,
                description: in_words.description,
            },
            uses: purposes.iter().map(|name| self.usage(name)).collect::<Result<_, _>>()?,
            sensitivity: Term::of("sensitivity", declared.sensitivity.name(), self.words)?,
            necessity: Term::of("necessity", rule.necessity.name(), self.words)?,
            filters: self.filters(&rule.filters)?,
            california: declared.ccpa.iter().map(|category| category.name().to_owned()).collect(),
        })
    }

    fn usage(&self, name: &str) -> Result<Use, NoticeError> {
        let purpose = self.document.purposes.get(name).ok_or(Incomplete::purpose(name))?;
        let basis = purpose.legal_basis;
        Ok(Use {
            purpose: plain(name).into_owned(),
            title: self.words.title("purpose", &purpose.dpv)?,
            legal_basis: basis,
            legal_basis_title: self.words.title("basis", basis.name())?,
            article: basis.article(),
            retention: purpose.retention,
            retention_text: self.words.span(purpose.retention)?,
            recipients: self.recipient_names(&purpose.recipients),
        })
    }

    fn filters(&self, filters: &BTreeMap<FieldId, Filter>) -> Result<Vec<String>, NoticeError> {
        let mut sentences = Vec::new();
        for (field, filter) in filters {
            for (id, patterns) in
                [("notice-filter-include", &filter.include), ("notice-filter-exclude", &filter.exclude)]
            {
                if !patterns.is_empty() {
                    let title = self.words.title("field", field.name())?;
                    let patterns = plain(&patterns.join(", ")).into_owned();
                    let values = [("field", title.into()), ("patterns", patterns.into())];
                    sentences.push(self.words.text_with(id, &values)?);
                }
            }
        }
        Ok(sentences)
    }

    fn purposes(&self, fields: &[&FieldNotice]) -> Result<Vec<PurposeNotice>, NoticeError> {
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
                .or_else(|| purpose.text.get_key_value(super::locale::DEFAULT_LANGUAGE))
                .ok_or(Incomplete::purpose(name))?;
            let text = plain(text).into_owned();
            let basis = purpose.legal_basis;
            purposes.push(PurposeNotice {
                id: plain(name).into_owned(),
                dpv: Term::of("purpose", &purpose.dpv, self.words)?,
                legitimate_interest: (basis == LegalBasis::LegitimateInterest)
                    .then(|| self.words.text_with("notice-interest", &[("text", text.as_str().into())]))
                    .transpose()?,
                text,
                text_language: text_language.clone(),
                legal_basis: basis,
                basis: Term::of("basis", basis.name(), self.words)?,
                article: basis.article(),
                retention: purpose.retention,
                retention_text: self.words.span(purpose.retention)?,
                recipients: self.recipient_names(&purpose.recipients),
                fields,
            });
        }
        Ok(purposes)
    }

    fn recipient_names(&self, ids: &[String]) -> Vec<String> {
        let named = |id: &String| self.document.recipients.iter().find(|recipient| recipient.id == *id);
        ids.iter().filter_map(named).map(|recipient| plain(&recipient.name).into_owned()).collect()
    }

    fn recipients(&self, fields: &[&FieldNotice]) -> Result<Vec<RecipientNotice>, NoticeError> {
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
                country: recipient.country.clone(),
                name,
                fields: their_fields,
            });
        }
        Ok(recipients)
    }

    fn summary(&self, status: &Status, fields: &[&FieldNotice]) -> Result<Summary, NoticeError> {
        let words = self.words;
        let sent: Vec<_> = fields.iter().filter(|field| field.is_sent()).collect();
        let organisation = plain(&self.document.controller.name);
        let is_not_yet = matches!(status, Status::Draft { .. } | Status::AwaitingAcknowledgement { .. });
        let id = if is_not_yet { "notice-summary-sent-draft" } else { "notice-summary-sent" };
        let recipients: BTreeSet<&String> =
            fields.iter().flat_map(|field| &field.uses).flat_map(|usage| &usage.recipients).collect();
        let longest = fields.iter().flat_map(|field| &field.uses).map(|usage| usage.retention).max();
        let refusable =
            fields.iter().filter(|field| field.necessity.id == Necessity::Optional.name()).count();
        let interval = words.span(self.document.report_every)?;
        Ok(Summary {
            sentence: words.text_with(
                id,
                &[("fields", sent.len().into()), ("organisation", organisation.as_ref().into())],
            )?,
            sent: sent.len(),
            missing: fields.len() - sent.len(),
            recipients: recipients.into_iter().cloned().collect(),
            interval: Some(words.text_with("notice-interval", &[("interval", interval.into())])?),
            retention: longest.map(|span| words.span(span)).transpose()?,
            refusable: Some(words.text_with(
                "notice-of-fields",
                &[("refusable", refusable.into()), ("fields", fields.len().into())],
            )?),
        })
    }

    fn retention(&self, purposes: &[PurposeNotice]) -> Result<Vec<String>, NoticeError> {
        let mut lines = Vec::new();
        for purpose in purposes {
            let span = purpose.retention_text.as_str();
            let values = [("purpose", purpose.dpv.title.as_str().into()), ("span", span.into())];
            let line = self.words.text_with("notice-retention-line", &values)?;
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        Ok(lines)
    }

    fn obligation(&self, policy: &Policy, purposes: &[PurposeNotice]) -> Result<Vec<String>, NoticeError> {
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

    fn changes(&self) -> Result<Vec<String>, NoticeError> {
        let document = self.document;
        let period = self.words.span(document.notice_period)?;
        let dates = [
            ("announced", super::locale::instant(document.notice_from).into()),
            ("effective", super::locale::instant(document.effective_from).into()),
        ];
        Ok(vec![
            self.words.text_with("notice-changes-text", &[("period", period.into())])?,
            self.words.text_with("notice-changes-dates", &dates)?,
        ])
    }

    fn tenant_key<S: Standing>(&self, permit: &Permit<S>) -> Result<Option<String>, NoticeError> {
        if !permit.grants().any(|(_, grant)| grant.treatment == Treatment::Hmac(KeyScope::Tenant)) {
            return Ok(None);
        }
        let organisation = plain(&self.document.controller.name);
        let values = [("organisation", organisation.as_ref().into())];
        Ok(Some(self.words.text_with("notice-tenant-key", &values)?))
    }

    fn california(&self, fields: &[&FieldNotice]) -> Result<California, NoticeError> {
        let mut categories = Vec::new();
        for category in CcpaCategory::ALL {
            let members: Vec<_> =
                fields.iter().filter(|field| field.california.iter().any(|c| c == category.name())).collect();
            let uses = || members.iter().flat_map(|field| &field.uses);
            let Some(longest) = uses().map(|usage| usage.retention).max() else { continue };
            let purposes: BTreeSet<&String> = uses().map(|usage| &usage.title).collect();
            categories.push(CategoryNotice {
                category: Term::of("ccpa", category.name(), self.words)?,
                purposes: purposes.into_iter().cloned().collect(),
                retention: self.words.span(longest)?,
                fields: members
                    .iter()
                    .map(|field| FieldTitle { id: field.id, title: field.title.clone() })
                    .collect(),
            });
        }
        // A policy cannot express a sale or sharing: its purposes are a closed list that holds neither.
        Ok(California { sold: false, shared: false, text: self.words.text("notice-ccpa-text")?, categories })
    }
}

/// The rights that the purposes' legal bases give.
fn rights(purposes: &[PurposeNotice], words: &Words) -> Result<Vec<RightNotice>, LocaleError> {
    let mut rights = Vec::new();
    for right in Right::ALL {
        let (with, without): (Vec<_>, Vec<_>) =
            purposes.iter().partition(|purpose| right.exists_under(purpose.legal_basis));
        // Access, rectification, erasure and restriction exist whatever the basis, and also when nothing is sent.
        let always = LegalBasis::ALL.iter().all(|basis| right.exists_under(*basis));
        if with.is_empty() && !always {
            continue;
        }
        let term = Term::of("right", right.name(), words)?;
        let only_for = if without.is_empty() {
            None
        } else {
            let value = titles(&with).into();
            Some(words.text_with("notice-right-for", &[("purposes", value)])?)
        };
        rights.push(RightNotice {
            right,
            article: right.article(),
            title: term.title,
            description: term.description,
            only_for,
        });
    }
    Ok(rights)
}

/// A list counts as the values that it holds.
fn count(value: &Value) -> usize {
    if let Value::List(items) = value { items.len() } else { 1 }
}

fn responsible(controller: &Controller, words: &Words) -> Result<Responsible, LocaleError> {
    Ok(Responsible {
        name: plain(&controller.name).into_owned(),
        contact: plain(&controller.contact).into_owned(),
        representative: controller.representative.as_deref().map(|text| plain(text).into_owned()),
        data_protection_officer: match controller.data_protection_officer.as_deref() {
            Some(officer) => plain(officer).into_owned(),
            None => words.text("notice-officer-none")?,
        },
    })
}

fn complaint(controller: &Controller, words: &Words) -> Result<Complaint, LocaleError> {
    let authority = plain(&controller.supervisory_authority.name);
    Ok(Complaint {
        text: words.text_with("notice-complaint-text", &[("authority", authority.as_ref().into())])?,
        authority: authority.into_owned(),
        url: plain(&controller.supervisory_authority.url).into_owned(),
    })
}

fn never(words: &Words) -> Result<Vec<Term>, LocaleError> {
    NEVER.iter().map(|never| Term::of("never", never.name, words)).collect()
}

fn titles(purposes: &[&PurposeNotice]) -> String {
    let mut titles: Vec<&str> = purposes.iter().map(|purpose| purpose.dpv.title.as_str()).collect();
    titles.dedup();
    titles.join(", ")
}
