//! Makes a [`PolicyDocument`] a [`Policy`], or says everything that is wrong with it.
//!
//! The author's compiler, the reader and the collector all go through here, so what one of them accepts the others
//! accept. A rule that this program does not understand withholds its field (STANDARDS: default deny); an unknown basis or
//! purpose refuses the whole policy. Whoever makes or publishes a policy understands all of it ([`Policy::whole`]).

use super::document_terms::{LANGUAGES, TRANSFER_MECHANISMS, is_in_eea};
use super::series::series_of;
use super::{FieldName, PolicyDocument, Recipient, Rule, Unsupported, WrittenRule};
use crate::catalog::{FieldId, FieldSet, LegalBasis, RecipientRole, Series};
use crate::limits::{MAX_INTEGER, MAX_STALE_SECONDS, MIN_REPORT_EVERY_SECONDS};
use crate::text::class::garbles;
use crate::time::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A policy of which every rule that this program understands is within the catalogue's bounds.
#[derive(Debug, Clone)]
pub struct Policy {
    document: PolicyDocument,
    rules: BTreeMap<FieldId, Rule>,
    /// Of the fields that not every report holds.
    series: BTreeMap<FieldId, Series>,
    unsupported: BTreeMap<FieldName, Unsupported>,
}

/// One thing wrong with a policy. `place` is a path into the document such as `rules[host.mac].treat`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct PolicyFault {
    /// Where.
    pub place: String,
    /// What.
    pub problem: String,
}

impl Policy {
    /// Checks a document against this program's catalogue. All faults are reported, not only the first.
    pub fn check(document: PolicyDocument) -> Result<Self, Vec<PolicyFault>> {
        let mut faults = Faults::default();
        check_head(&document, &mut faults);
        check_purposes(&document, &mut faults);
        let (rules, unsupported) = check_rules(&document, &mut faults);
        let series = series_of(&rules);
        if faults.0.is_empty() { Ok(Self { document, rules, series, unsupported }) } else { Err(faults.0) }
    }

    /// What several checked policies allow. One that is not sound, which narrowing does not make of sound ones, allows nothing.
    pub(super) fn of_terms(document: PolicyDocument) -> Self {
        let mut faults = Faults::default();
        let (mut rules, unsupported) = check_rules(&document, &mut faults);
        if !faults.0.is_empty() {
            rules.clear();
        }
        let series = series_of(&rules);
        Self { document, rules, series, unsupported }
    }

    /// The policy if this program understands every rule of it, as whoever makes or publishes one must.
    pub fn whole(self) -> Result<Self, Vec<PolicyFault>> {
        let mut faults = Faults::default();
        for (name, why) in &self.unsupported {
            faults.add(format!("rules[{name}]{}", why.member()), why.to_string());
        }
        if faults.0.is_empty() { Ok(self) } else { Err(faults.0) }
    }

    /// The document as signed.
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// The fields whose rules this program does not understand, and why. They are withheld.
    pub fn unsupported(&self) -> impl Iterator<Item = (&FieldName, Unsupported)> {
        self.unsupported.iter().map(|(name, why)| (name, *why))
    }

    /// Whether a rule names the field, understood or not.
    pub fn names(&self, name: &FieldName) -> bool {
        self.unsupported.contains_key(name)
            || name.field().is_some_and(|field| self.rules.contains_key(&field))
    }

    /// The rule of a field; `None` means that it is not collected.
    pub fn rule(&self, field: FieldId) -> Option<&Rule> {
        self.rules.get(&field)
    }

    /// All rules that this program understands, in the order of the field names.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The longest that a value of the field may live, whoever consented to what; `None` where it has no rule. What a device
    /// keeps lives no longer ([`Permit::retention`](super::Permit::retention)).
    pub fn retention(&self, field: FieldId) -> Option<Span> {
        self.longest_retention(&self.rule(field)?.purposes)
    }

    /// In which series the field's values are sent.
    pub fn series(&self, field: FieldId) -> Series {
        self.series.get(&field).copied().unwrap_or_else(|| field.series())
    }

    /// The series of the fields whose values are sent at most once a day.
    pub(super) const fn daily_series(&self) -> &BTreeMap<FieldId, Series> {
        &self.series
    }

    /// The longest retention of these purposes.
    pub(super) fn longest_retention<'p>(
        &self,
        purposes: impl IntoIterator<Item = &'p String>,
    ) -> Option<Span> {
        let of = |name: &String| Some(self.document.purposes.get(name)?.retention);
        purposes.into_iter().filter_map(of).max()
    }

    /// The fields that have a rule that this program understands.
    pub fn fields(&self) -> FieldSet {
        self.rules.keys().copied().collect()
    }
}

#[derive(Default)]
struct Faults(Vec<PolicyFault>);

impl Faults {
    fn add(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.0.push(PolicyFault { place: place.into(), problem: problem.into() });
    }
}

fn check_head(document: &PolicyDocument, faults: &mut Faults) {
    if document.version == 0 {
        faults.add("version", "versions start at 1");
    }
    if document.version > MAX_INTEGER.unsigned_abs() {
        faults.add("version", "is beyond 2^53, which not every reader of JSON can hold");
    }
    if document.group.is_empty() {
        faults.add("group", "is empty");
    }
    if document.expires <= document.issued {
        faults.add("expires", "is not after the date of issue");
    }
    if document.effective_from < document.notice_from {
        faults.add("effective_from", "is before notice_from: people must be told first");
    }
    if document.max_stale.seconds() == 0 || document.max_stale.seconds() > MAX_STALE_SECONDS {
        faults.add("max_stale", "must be between 1s and 7d");
    }
    if document.report_every.seconds() < MIN_REPORT_EVERY_SECONDS {
        faults.add("report_every", "must be at least 5m");
    }
    // A head says what was stored, for as long as something of it is.
    let longest = document.purposes.values().map(|purpose| purpose.retention).max();
    if longest.is_some_and(|longest| document.records < longest) {
        faults.add("records", "is shorter than the longest retention");
    }
    let declares = document.declares;
    for (place, is_so) in [
        ("declares.sold", declares.sold),
        ("declares.shared_for_advertising", declares.shared_for_advertising),
        ("declares.automated_decisions", declares.automated_decisions),
    ] {
        if is_so {
            faults.add(place, "must be false: Candor is not for that");
        }
    }
    let controller = &document.controller;
    check_country("controller", &controller.country, faults);
    let authority = &controller.supervisory_authority;
    for (place, text) in [
        ("controller.name", Some(&controller.name)),
        ("controller.contact", Some(&controller.contact)),
        ("controller.representative", controller.representative.as_ref()),
        ("controller.data_protection_officer", controller.data_protection_officer.as_ref()),
        ("controller.supervisory_authority.name", Some(&authority.name)),
        ("controller.supervisory_authority.url", Some(&authority.url)),
    ] {
        if let Some(text) = text {
            check_text(place, text, faults);
        }
    }
    // The notice links to it.
    if !authority.url.starts_with("https://") && !authority.url.starts_with("http://") {
        faults.add("controller.supervisory_authority.url", "is not a web address");
    }
    for (index, recipient) in document.recipients.iter().enumerate() {
        let place = format!("recipients[{}]", recipient.id);
        check_text(&format!("{place}.id"), &recipient.id, faults);
        check_text(&format!("{place}.name"), &recipient.name, faults);
        if document.recipients[..index].iter().any(|other| other.id == recipient.id) {
            faults.add(&place, "appears twice");
        }
        check_country(&place, &recipient.country, faults);
        check_code(&format!("{place}.stored_in"), &recipient.stored_in, faults);
        check_role(document, recipient, &place, faults);
    }
    for transfer in &document.transfers {
        let place = format!("transfers[{}]", transfer.country);
        check_country(&place, &transfer.country, faults);
        if !TRANSFER_MECHANISMS.contains(&transfer.mechanism.as_str()) {
            faults.add(format!("{place}.mechanism"), "is not a safeguard that this program knows");
        }
    }
    if document.jurisdictions.iter().any(|place| is_in_eea(place)) {
        check_transfers_declared(document, faults);
    }
}

/// Art. 44 GDPR: what leaves the Economic Area needs a safeguard, and the notice has to name it.
fn check_transfers_declared(document: &PolicyDocument, faults: &mut Faults) {
    for recipient in &document.recipients {
        let undeclared = |country: &&&str| {
            !is_in_eea(country) && !document.transfers.iter().any(|transfer| transfer.country == ***country)
        };
        for country in recipient.countries().iter().filter(undeclared) {
            let member = if **country == recipient.country { "country" } else { "stored_in" };
            let place = format!("recipients[{}].{member}", recipient.id);
            faults.add(place, "is outside the European Economic Area, and no transfer names the safeguard");
        }
    }
}

/// A text that people read: not empty, and nothing in it that would garble a notice.
fn check_text(place: &str, text: &str, faults: &mut Faults) {
    if text.trim().is_empty() {
        faults.add(place, "is empty");
    }
    if text.contains(garbles) {
        faults.add(place, "contains control characters");
    }
}

/// Who processes on whose behalf: a sub-processor for a processor, and nobody else for anybody.
fn check_role(document: &PolicyDocument, recipient: &Recipient, place: &str, faults: &mut Faults) {
    let place = format!("{place}.on_behalf_of");
    let is_processor = |id: &String| {
        document.recipients.iter().any(|other| other.id == *id && other.role == RecipientRole::Processor)
    };
    match (recipient.role, &recipient.on_behalf_of) {
        (RecipientRole::SubProcessor, None) => {
            faults.add(place, "is missing: a sub-processor works for a processor");
        }
        (RecipientRole::SubProcessor, Some(id)) if !is_processor(id) => {
            faults.add(place, format!("`{id}` is not a processor among the recipients"));
        }
        (RecipientRole::SubProcessor, Some(_)) | (_, None) => {}
        (_, Some(_)) => faults.add(place, "is for sub-processors"),
    }
}

fn check_country(place: &str, country: &str, faults: &mut Faults) {
    check_code(&format!("{place}.country"), country, faults);
}

fn check_code(place: &str, country: &str, faults: &mut Faults) {
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        faults.add(place, "is not an ISO 3166-1 alpha-2 code such as DE");
    }
}

fn check_purposes(document: &PolicyDocument, faults: &mut Faults) {
    for (name, purpose) in &document.purposes {
        let place = format!("purposes.{name}");
        if purpose.retention.seconds() == 0 {
            faults.add(format!("{place}.retention"), "is zero");
        }
        match purpose.legal_basis {
            LegalBasis::LegitimateInterest if !purpose.interests_weighed => {
                let problem = "must be true: a legitimate interest counts once it was weighed against those of the people";
                faults.add(format!("{place}.interests_weighed"), problem);
            }
            LegalBasis::Consent if !purpose.free_to_refuse => {
                let problem = "must be true: consent counts only where refusing has no disadvantage";
                faults.add(format!("{place}.free_to_refuse"), problem);
            }
            _ => {}
        }
        if purpose.recipients.is_empty() {
            faults.add(format!("{place}.recipients"), "names nobody");
        }
        for id in &purpose.recipients {
            if !document.recipients.iter().any(|recipient| recipient.id == *id) {
                faults.add(format!("{place}.recipients"), format!("`{id}` is not among the recipients"));
            }
        }
        if !purpose.text.contains_key("en") {
            faults.add(format!("{place}.text"), "has no English text");
        }
        for (language, text) in &purpose.text {
            check_text(&format!("{place}.text.{language}"), text, faults);
            if !LANGUAGES.contains(&language.as_str()) {
                faults.add(format!("{place}.text.{language}"), "is not a language of the notice");
            }
        }
        if !super::document_terms::is_purpose(&purpose.dpv) {
            faults.add(format!("{place}.dpv"), "is not a DPV purpose that this program knows");
        }
    }
}

type Rules = (BTreeMap<FieldId, Rule>, BTreeMap<FieldName, Unsupported>);

fn check_rules(document: &PolicyDocument, faults: &mut Faults) -> Rules {
    let (mut rules, mut unsupported) = Rules::default();
    let mut named = BTreeSet::new();
    for written in &document.rules {
        let place = format!("rules[{}]", written.field);
        if !named.insert(&written.field) {
            faults.add(&place, "appears twice");
        }
        if written.is_never_collected() {
            faults.add(&place, "is never collected");
        }
        match written.understood() {
            Ok(rule) => {
                check_rule(document, &rule, &place, faults);
                rules.insert(rule.field, rule);
            }
            Err(why) => {
                unsupported.insert(written.field.clone(), why);
            }
        }
    }
    (rules, unsupported)
}

fn check_rule(document: &PolicyDocument, rule: &Rule, place: &str, faults: &mut Faults) {
    if let Some(reason) = rule.treat.unfit_for(rule.field.field()) {
        faults.add(format!("{place}.treat"), reason);
    }
    if rule.accounts && !rule.field.section().takes_accounts() {
        faults.add(format!("{place}.accounts"), "has no rows about accounts beside the machine's");
    }
    check_rule_purposes(document, rule, place, faults);
    for (field, filter) in &rule.filters {
        if filter.include.is_empty() && filter.exclude.is_empty() {
            faults.add(format!("{place}.where"), format!("the filter by `{field}` names no pattern"));
        }
        if field.section() != rule.field.section() {
            faults.add(format!("{place}.where"), format!("`{field}` is in another section"));
        }
        // A filter reads the field, so the field must itself be collected.
        if !document.rules.iter().any(|other: &WrittenRule| other.field == *field) {
            faults.add(format!("{place}.where"), format!("`{field}` is not collected"));
        }
    }
}

fn check_rule_purposes(document: &PolicyDocument, rule: &Rule, place: &str, faults: &mut Faults) {
    if rule.purposes.is_empty() {
        faults.add(format!("{place}.purposes"), "names none");
    }
    for name in &rule.purposes {
        let Some(purpose) = document.purposes.get(name) else {
            faults.add(format!("{place}.purposes"), format!("`{name}` is not declared"));
            continue;
        };
        let bases = rule.field.field().bounds.legal_bases;
        if !bases.is_empty() && !bases.contains(&purpose.legal_basis) {
            let allowed: Vec<_> = bases.iter().map(|b| b.name()).collect();
            faults.add(
                format!("{place}.purposes"),
                format!(
                    "`{name}` rests on {}; the field allows only {}",
                    purpose.legal_basis,
                    allowed.join(", ")
                ),
            );
        }
        if purpose.legal_basis == LegalBasis::Consent && rule.necessity == super::Necessity::Required {
            faults.add(format!("{place}.necessity"), "consent that cannot be refused is not consent");
        }
        // Otherwise what comes for the field, and how long it is kept, would tell who refused.
        if purpose.legal_basis == LegalBasis::Consent && rule.purposes.len() > 1 {
            let problem = format!("`{name}` rests on consent and stands beside another purpose");
            faults.add(format!("{place}.purposes"), problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Filter, fixture};
    use super::*;
    use crate::catalog::fields;

    #[test]
    fn a_filter_without_patterns_is_a_fault() {
        let mut document = fixture::document(&[fields::PACKAGE_NAME]);
        let none = Filter { include: Vec::new(), exclude: Vec::new() };
        document.rules[0].filters = BTreeMap::from([(fields::PACKAGE_NAME.into(), none)]);
        let faults = Policy::check(document.clone()).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].place, "rules[package.name].where");
        let some = Filter { include: Vec::new(), exclude: vec!["lib*".to_owned()] };
        document.rules[0].filters = BTreeMap::from([(fields::PACKAGE_NAME.into(), some)]);
        Policy::check(document).unwrap();
    }
}
