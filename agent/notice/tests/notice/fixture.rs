//! Policies, permits and disclosures to make notices from.

use candor_notice::locale::Words;
use candor_notice::{Audience, Confirmed, Facts, Notice, NoticeError, Record, Setting};
use collector_proto::catalog::{
    EXISTS, FieldId, LegalBasis, Platform, RecipientRole, Section, Shape, ValueKind,
};
use collector_proto::contract::Version1;
use collector_proto::disclosure::sent::LastReceipt;
use collector_proto::disclosure::{Disclosure, DisclosureMessage, KeptTenantKey, Sandbox, Split};
use collector_proto::envelope::SigningKey;
use collector_proto::messages::{Absence, Holder, PartName};
use collector_proto::policy::trust::{
    AcceptedPolicy, Approval, Documents, Floor, Role, RoleKeys, RootDocument, RootKind, RootRef,
    TimestampDocument, TimestampKind, Trust,
};
use collector_proto::policy::{
    Announced, Authority, BoundsOf, Ceiling, Consent, Controller, Declarations, Draft, Generalisation,
    KeyScope, Necessity, Permit, Policy, PolicyDocument, PolicyKind, Purpose, Recipient, Rule, Signed,
    Standing, Treatment, WrittenRule, fits,
};
use collector_proto::time::{Span, UtcTime};
use collector_proto::value::{Row, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Purposes of the fixtures' policies, one for each legal basis.
pub(super) const PURPOSES: &[(&str, &str, LegalBasis)] = &[
    ("extras", "ServiceUsageAnalytics", LegalBasis::Consent),
    ("contract", "FulfilmentOfContractualObligation", LegalBasis::Contract),
    ("duty", "LegalCompliance", LegalBasis::LegalObligation),
    ("rescue", "RepairImpairments", LegalBasis::VitalInterest),
    ("public", "EnforceAccessControl", LegalBasis::PublicTask),
    ("security", "EnforceSecurity", LegalBasis::LegitimateInterest),
];

/// Everything is shown.
static NOTHING: BTreeSet<Section> = BTreeSet::new();

pub(super) fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:30Z").unwrap()
}

pub(super) fn words() -> Words {
    Words::load("en").unwrap()
}

/// A notice for nobody in particular on a device on which nothing was read.
pub(super) fn setting(words: &Words) -> Setting<'_> {
    Setting {
        words,
        now: now(),
        audience: Audience::Unknown,
        record: Record::Kept(Vec::new()),
        confirmed: None,
        page_at: None,
    }
}

/// The receipt of an hour ago for a report whose parts have these retentions.
pub(super) fn confirmed(retentions: &[&str]) -> Confirmed {
    let received_at = UtcTime::from_unix(now().unix() - 3_600).to_minute();
    let until = |span: Span| received_at.plus_seconds(span.seconds());
    let spans = retentions.iter().map(|span| Span::parse(span).unwrap());
    let values_until: BTreeMap<Span, UtcTime> = spans.map(|span| (span, until(span))).collect();
    let last_value_until = values_until.values().max().copied();
    let records_until = until(Span::parse("400d").unwrap());
    Confirmed { last: LastReceipt { entry: 42, received_at, values_until, records_until }, last_value_until }
}

pub(super) fn field(name: &str) -> FieldId {
    FieldId::parse(name).unwrap()
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn rule(name: &str, treat: Treatment, purposes: &[&str]) -> Rule {
    Rule {
        field: field(name),
        treat,
        purposes: purposes.iter().map(|name| (*name).to_owned()).collect(),
        necessity: Necessity::Required,
        accounts: false,
        filters: BTreeMap::new(),
    }
}

/// A policy document with those rules and the purposes that they name.
pub(super) fn document(rules: Vec<Rule>) -> PolicyDocument {
    let used: BTreeSet<&String> = rules.iter().flat_map(|rule| &rule.purposes).collect();
    let time = |text: &str| UtcTime::parse(text).unwrap();
    PolicyDocument {
        v: Version1,
        kind: PolicyKind::Policy,
        group: "default".into(),
        version: 7,
        issued: time("2026-11-01T00:00:00Z"),
        expires: time("2027-05-31T00:00:00Z"),
        notice_from: time("2026-11-01T00:00:00Z"),
        effective_from: time("2026-11-08T00:00:00Z"),
        max_stale: Span::parse("7d").unwrap(),
        records: Span::parse("400d").unwrap(),
        notice_period: Span::parse("7d").unwrap(),
        require_acknowledgement: false,
        require_sandbox: collector_proto::catalog::SandboxLevel::None,
        report_every: Span::parse("6h").unwrap(),
        declares: Declarations::default(),
        controller: Controller {
            name: "Example GmbH".into(),
            country: "DE".into(),
            contact: "privacy@example.com".into(),
            representative: None,
            data_protection_officer: Some("dpo@example.com".into()),
            supervisory_authority: Authority {
                name: "Berlin Commissioner for Data Protection".into(),
                url: "https://www.datenschutz-berlin.de".into(),
            },
        },
        jurisdictions: vec!["DE".into(), "US-CA".into()],
        recipients: vec![
            Recipient {
                id: "it".into(),
                name: "Example IT department".into(),
                role: RecipientRole::Controller,
                on_behalf_of: None,
                country: "DE".into(),
                stored_in: "DE".into(),
            },
            Recipient {
                id: "audit".into(),
                name: "Example Audit SARL".into(),
                role: RecipientRole::Processor,
                on_behalf_of: None,
                country: "FR".into(),
                stored_in: "NL".into(),
            },
        ],
        transfers: Vec::new(),
        purposes: PURPOSES
            .iter()
            .filter(|(name, ..)| used.iter().any(|wanted| *wanted == name))
            .map(|(name, dpv, basis)| {
                let days = if *name == "security" { 90 } else { 30 };
                let purpose = Purpose {
                    dpv: (*dpv).into(),
                    legal_basis: *basis,
                    interests_weighed: *basis == LegalBasis::LegitimateInterest,
                    free_to_refuse: *basis == LegalBasis::Consent,
                    retention: Span::from_seconds(days * 86_400),
                    recipients: vec![if *name == "duty" { "audit" } else { "it" }.into()],
                    text: BTreeMap::from([("en".into(), format!("The purpose that is called {name}."))]),
                };
                ((*name).to_owned(), purpose)
            })
            .collect(),
        rules: rules.into_iter().map(WrittenRule::from).collect(),
    }
}

/// A policy, what it permits, and what was read under it.
pub(super) struct Case<S: Standing> {
    pub(super) policy: Policy,
    pub(super) permit: Permit<S>,
    pub(super) disclosure: Disclosure<S>,
    pub(super) fresh_until: Option<UtcTime>,
    pub(super) coming: Vec<Announced>,
    pub(super) ceiling: Ceiling,
    pub(super) tenant_key: Option<KeptTenantKey>,
}

impl<S: Standing> Case<S> {
    pub(super) fn facts(&self) -> Facts<'_, S> {
        Facts {
            policy: &self.policy,
            permit: &self.permit,
            disclosure: &self.disclosure,
            left_out: &NOTHING,
            ceiling: &self.ceiling,
            sandbox: Sandbox {
                files: true,
                calls: true,
                capabilities: true,
                landlock_abi: 7,
                split: Split::Enforced,
            },
            tenant_key: self.tenant_key.as_ref(),
            fresh_until: self.fresh_until,
            coming: &self.coming,
        }
    }
}

impl Case<Draft> {
    /// A draft of the document; `value` gives each granted field's value or the reason that there is none.
    pub(super) fn draft(
        document: PolicyDocument,
        consent: &Consent,
        value: impl Fn(FieldId, Treatment) -> Result<Value, Absence>,
    ) -> Self {
        let policy = Policy::check(document).unwrap();
        let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, consent);
        let disclosure = disclose(&permit, value);
        let (coming, ceiling, tenant_key) = (Vec::new(), Ceiling::Unset, None);
        Self { policy, permit, disclosure, fresh_until: None, coming, ceiling, tenant_key }
    }

    pub(super) fn notice(&self) -> Result<Notice, NoticeError> {
        Notice::draft(&self.facts(), &words(), now())
    }
}

impl Case<Signed> {
    /// The document signed and in force.
    pub(super) fn signed(
        document: &PolicyDocument,
        value: impl Fn(FieldId, Treatment) -> Result<Value, Absence>,
    ) -> Self {
        Self::under(Ceiling::Unset, document, value)
    }

    /// The same on a device with this ceiling.
    pub(super) fn under(
        ceiling: Ceiling,
        document: &PolicyDocument,
        value: impl Fn(FieldId, Treatment) -> Result<Value, Absence>,
    ) -> Self {
        let accepted = accept(document);
        let permit = Permit::<Signed>::derive(&accepted, Platform::Linux, &ceiling, &Consent::default());
        let disclosure = disclose(&permit, value);
        let fresh_until = Some(accepted.fresh_until());
        Self {
            policy: accepted.terms().clone(),
            permit,
            disclosure,
            fresh_until,
            coming: Vec::new(),
            ceiling,
            tenant_key: Some(KeptTenantKey { id: "Zm9yLXRlc3Rz".to_owned(), version: 2, since: now() }),
        }
    }

    pub(super) fn notice(&self) -> Notice {
        Notice::in_force(&self.facts(), &setting(&words())).unwrap()
    }

    pub(super) fn awaiting(&self) -> Notice {
        Notice::awaiting_acknowledgement(&self.facts(), &setting(&words())).unwrap()
    }
}

/// Two rows in tables, so that a table is more than a single row.
fn disclose<S: Standing>(
    permit: &Permit<S>,
    value: impl Fn(FieldId, Treatment) -> Result<Value, Absence>,
) -> Disclosure<S> {
    let mut sections: BTreeMap<Section, Vec<Row>> = BTreeMap::new();
    let mut absent = BTreeMap::new();
    for (field, grant) in permit.grants() {
        let section = field.section();
        let count = if section.shape() == Shape::Single { 1 } else { 2 };
        match value(field, grant.treatment) {
            Ok(value) => {
                let rows = sections.entry(section).or_insert_with(|| vec![Row::new(); count]);
                for (index, row) in rows.iter_mut().enumerate() {
                    // Rows that are the same are one.
                    let is_plain = matches!(&value, Value::Text(text) if text == "x");
                    row.insert(field, if index > 0 && is_plain { text("y") } else { value.clone() });
                }
            }
            Err(reason) => {
                absent.insert(field, reason);
            }
        }
    }
    let written = serde_json::json!({ "parts": parts_of(permit, &sections), "absent": absent });
    serde_json::from_value::<DisclosureMessage>(written).unwrap().under(permit).unwrap()
}

/// The rows as the reader puts them into parts: each value in one that lives as long as it, and with it the keys of its row.
fn parts_of<S: Standing>(
    permit: &Permit<S>,
    sections: &BTreeMap<Section, Vec<Row>>,
) -> BTreeMap<PartName, BTreeMap<Section, Vec<Row>>> {
    let mut parts: BTreeMap<PartName, BTreeMap<Section, Vec<Row>>> = BTreeMap::new();
    for (section, rows) in sections {
        for row in rows {
            let mut split: BTreeMap<PartName, Row> = BTreeMap::new();
            for (field, value) in row.iter() {
                split.entry(part(permit, field)).or_default().insert(field, value.clone());
            }
            for (part, mut row_of_part) in split {
                for key in section.key() {
                    if let Some(value) = row.value(*key) {
                        row_of_part.insert(*key, value.clone());
                    }
                }
                parts.entry(part).or_default().entry(*section).or_default().push(row_of_part);
            }
        }
    }
    parts
}

/// The part for values of the field.
fn part<S: Standing>(permit: &Permit<S>, field: FieldId) -> PartName {
    PartName {
        holder: Holder::of([1; 8]),
        retention: permit.retention(field).unwrap(),
        series: permit.series(field),
    }
}

/// Every treatment that the field can have.
pub(super) fn treatments(field: FieldId) -> Vec<Treatment> {
    let mut all = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: 24, v6: 48 },
        Treatment::TruncateText { chars: 1 },
        Treatment::TruncateText { chars: 8 },
    ];
    all.extend(KeyScope::ALL.iter().copied().map(Treatment::Hmac));
    all.extend(Generalisation::ALL.iter().copied().map(Treatment::Generalise));
    all.retain(|treatment| treatment.unfit_for(field.field()).is_none());
    all
}

/// A value that the treatment could give for the field.
pub(super) fn value(id: FieldId, treatment: Treatment) -> Value {
    let field = id.field();
    let written = match (treatment, field.kind) {
        (Treatment::Keep, ValueKind::Integer) => return Value::Integer(42),
        (Treatment::Keep, ValueKind::Boolean) => return Value::Boolean(true),
        (Treatment::Keep, ValueKind::Text) | (Treatment::TruncateText { .. }, _) => "x",
        (Treatment::Keep, ValueKind::Ip) => "192.0.2.7",
        (Treatment::Keep, ValueKind::Mac) => "00-11-22-33-44-55",
        (Treatment::Keep, ValueKind::Timestamp) => "2026-11-22T08:00:00Z",
        (Treatment::Keep, ValueKind::Decimal) => "52.5",
        (Treatment::Hmac(_), _) => "hmac-sha256:dGVuYW50:AAAAAAAAAAAAAAAAAAAAAA",
        (Treatment::TruncateIp { .. }, _) => "192.0.2.0/24",
        (Treatment::Generalise(level), _) => match level {
            Generalisation::Oui => "00-11-22",
            Generalisation::Major => "12",
            Generalisation::MajorMinor => "12.4",
            Generalisation::Day => "2026-11-22",
            Generalisation::Month => "2026-11",
            Generalisation::TenthDegree => "52.5",
            Generalisation::Degree => "52",
            Generalisation::Area | Generalisation::Continent => "Europe",
            Generalisation::Region => "2",
            Generalisation::Existence => EXISTS,
            Generalisation::Days | Generalisation::Weeks | Generalisation::Decade => {
                return Value::Integer(0);
            }
        },
    };
    let value = if field.many { Value::List(vec![written.into()]) } else { text(written) };
    assert!(
        fits(field, treatment, &value, BoundsOf::Catalogue),
        "the fixture's value of `{id}` does not fit {treatment:?}"
    );
    value
}

/// Signs the document as a one-key collector would, and has it accepted.
fn accept(document: &PolicyDocument) -> AcceptedPolicy {
    let time = |text: &str| UtcTime::parse(text).unwrap();
    let key = SigningKey::from_seed(&[7; 32]).unwrap();
    let role = || RoleKeys { keyids: BTreeSet::from([key.public().id().clone()]), threshold: 1 };
    let root = RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version: 1,
        expires: time("2028-01-01T00:00:00Z"),
        collector: "collector.example".into(),
        endpoints: None,
        holders: BTreeMap::new(),
        approval: Approval::default(),
        keys: BTreeMap::from([(key.public().id().clone(), key.public().clone())]),
        roles: Role::ALL.iter().map(|name| (*name, role())).collect(),
    };
    let (root, policy) = (key.seal(&root).unwrap(), key.seal(document).unwrap());
    let reference = collector_proto::policy::PolicyRef::new(document.version, policy.digest());
    let timestamp = TimestampDocument {
        v: Version1,
        kind: TimestampKind::Timestamp,
        issued: time("2026-11-22T00:00:00Z"),
        expires: time("2026-11-23T00:00:00Z"),
        root: RootRef { version: 1, sha256: root.digest() },
        policies: BTreeMap::from([(document.group.clone(), reference.into())]),
    };
    let documents = Documents {
        roots: Vec::new(),
        policies: vec![policy.to_envelope()],
        timestamp: Some(key.seal(&timestamp).unwrap().to_envelope()),
        placement: None,
    };
    let mut trust = Trust::pin(&root.to_envelope(), document.group.clone(), Floor::default()).unwrap();
    trust.accept(&documents, &mut collector_proto::policy::Announcements::default(), now()).unwrap()
}
