//! Every field in words: its value or why there is none, its treatment, what it is used for, and which rows are kept.

use super::complete::Incomplete;
use super::phrasing::Phrasing;
use super::{Facts, FieldNotice, NoticeError, SectionNotice, SentContent, TreatmentNotice, Use, enforcement};
use crate::locale::{Term, instant, treatment_words};
use collector_proto::catalog::{FieldId, Section, Shape, Wording};
use collector_proto::disclosure::KeptTenantKey;
use collector_proto::policy::{KeyScope, Permit, Rule, Standing, Treatment, Withheld};
use collector_proto::text::plain;
use collector_proto::value::{Row, Value};

impl Phrasing<'_> {
    pub(super) fn sections<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
    ) -> Result<Vec<SectionNotice>, NoticeError> {
        let mut sections = Vec::new();
        for section in Section::ALL.iter().copied() {
            let rules: Vec<&Rule> =
                facts.policy.rules().filter(|rule| rule.field.section() == section).collect();
            if rules.is_empty() {
                continue;
            }
            let rows = facts.disclosure.sections().get(&section).map_or(&[][..], Vec::as_slice);
            let mut fields = Vec::new();
            for rule in rules {
                fields.push(self.field(facts, rule, rows)?);
            }
            let term = Term::of(Wording::Section, section.name(), self.words)?;
            let failed = enforcement::failed_sources(facts.disclosure.failed().get(&section), self.words)?;
            let left_out = facts
                .left_out
                .contains(&section)
                .then(|| self.words.text("notice-section-left-out"))
                .transpose()?;
            let rows = if section.shape() == Shape::Table { rows.to_vec() } else { Vec::new() };
            sections.push(SectionNotice {
                id: section,
                title: term.title,
                description: term.description,
                fields,
                left_out,
                failed,
                rows,
            });
        }
        Ok(sections)
    }

    pub(super) fn field<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
        rule: &Rule,
        rows: &[Row],
    ) -> Result<FieldNotice, NoticeError> {
        let field = rule.field;
        let term = Term::of(Wording::Field, field.name(), self.words)?;
        let is_left_out = facts.left_out.contains(&field.section());
        let mut values = rows.iter().filter_map(|row| row.value(field));
        let sent = match (facts.disclosure.absent().get(&field), values.next()) {
            // What is missing here may be in what is not shown.
            (Some(_), _) if is_left_out && facts.permit.grant(field).is_some() => {
                SentContent::LeftOut(Term {
                    id: "left_out".to_owned(),
                    title: self.words.text("notice-not-shown")?,
                    description: self.words.text("notice-not-shown-text")?,
                })
            }
            // The person is told what nobody else is.
            (Some(_), _) if withheld_for_consent(facts.permit, field) => SentContent::Absent(Term {
                id: "no_consent".to_owned(),
                title: self.words.text("notice-no-consent")?,
                description: self.words.text("notice-no-consent-text")?,
            }),
            (Some(reason), _) => SentContent::Absent(Term::of(Wording::Absence, reason.name(), self.words)?),
            (None, Some(value)) if field.section().shape() == Shape::Single => {
                SentContent::Value(value.clone())
            }
            (None, Some(first)) => SentContent::InRows(count(first) + values.map(count).sum::<usize>()),
            // `same_fields` has seen the field in a row or as absent.
            (None, None) => return Err(NoticeError::Differs(field)),
        };
        // What was granted is what counts: of the rule's purposes, those without consent are not pursued here.
        let (treatment, purposes) = match facts.permit.grant(field) {
            Some(grant) => (grant.treatment, &grant.purposes),
            None => (rule.treat, &rule.purposes),
        };
        let kept = self.kept(facts, field, &sent)?;
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
            kept,
            sensitivity: Term::of(Wording::Sensitivity, declared.sensitivity.name(), self.words)?,
            necessity: Term::of(Wording::Necessity, rule.necessity.name(), self.words)?,
            filters: self
                .filters(rule, facts.permit.grant(field).map_or(rule.accounts, |grant| grant.accounts))?,
            california: declared.ccpa.iter().map(|category| category.name().to_owned()).collect(),
        })
    }

    pub(super) fn usage(&self, name: &str) -> Result<Use, NoticeError> {
        let purpose = self.document.purposes.get(name).ok_or(Incomplete::purpose(name))?;
        let basis = purpose.legal_basis;
        Ok(Use {
            purpose: plain(name).into_owned(),
            title: self.words.title(Wording::Purpose, &purpose.dpv)?,
            legal_basis: basis,
            legal_basis_title: self.words.title(Wording::Basis, basis.name())?,
            article: basis.article(),
            recipients: self.recipient_names(&purpose.recipients),
        })
    }

    /// Which rows are kept: whose, and which of them. The device's ceiling may allow fewer accounts than the rule names.
    pub(super) fn filters(&self, rule: &Rule, accounts: bool) -> Result<Vec<String>, NoticeError> {
        let mut sentences = Vec::new();
        if rule.field.section().takes_accounts() {
            let id = if accounts { "notice-scope-accounts" } else { "notice-scope-machine" };
            sentences.push(self.words.text(id)?);
        }
        for (field, filter) in &rule.filters {
            for (id, patterns) in
                [("notice-filter-include", &filter.include), ("notice-filter-exclude", &filter.exclude)]
            {
                if !patterns.is_empty() {
                    let title = self.words.title(Wording::Field, field.name())?;
                    let patterns = plain(&patterns.join(", ")).into_owned();
                    let values = [("field", title.into()), ("patterns", patterns.into())];
                    sentences.push(self.words.text_with(id, &values)?);
                }
            }
        }
        Ok(sentences)
    }

    /// What the organisation's key allows to whom, and since when this device has it.
    pub(super) fn tenant_key<S: Standing>(
        &self,
        permit: &Permit<S>,
        key: Option<&KeptTenantKey>,
    ) -> Result<Option<String>, NoticeError> {
        if !permit.grants().any(|(_, grant)| grant.treatment == Treatment::Hmac(KeyScope::Tenant)) {
            return Ok(None);
        }
        let organisation = plain(&self.document.controller.name);
        let values = [("organisation", organisation.as_ref().into())];
        let allows = self.words.text_with("notice-tenant-key", &values)?;
        let held = self.words.text_with("notice-tenant-key-held", &values)?;
        let here = match key {
            Some(key) => {
                let id = plain(&key.id);
                let values = [("id", id.as_ref().into()), ("since", instant(key.since).into())];
                self.words.text_with("notice-tenant-key-since", &values)?
            }
            None => self.words.text("notice-tenant-key-none")?,
        };
        Ok(Some([allows, held, here].join(" ")))
    }
}

fn withheld_for_consent<S: Standing>(permit: &Permit<S>, field: FieldId) -> bool {
    permit.withheld().any(|(withheld, why)| withheld == field && why == Withheld::NoConsent)
}

/// A list counts as the values that it holds.
pub(super) fn count(value: &Value) -> usize {
    if let Value::List(items) = value { items.len() } else { 1 }
}
