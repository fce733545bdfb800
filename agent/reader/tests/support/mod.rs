//! Policies, documents and readers for the tests.
#![allow(dead_code, unreachable_pub, reason = "a module of several tests, each of which uses its part")]

pub mod bus;
pub mod inside;

use candor_reader::caller::Caller;
use candor_reader::host::{Host, LedgerService};
use candor_reader::request::Reader;
use candor_reader::sandbox::Confinement;
use candor_reader::state::State;
use candor_reader::treat::Viewer;
use collector_proto::catalog::{
    Field, FieldId, LegalBasis, RecipientRole, SandboxLevel, TreatmentKind, ValueKind,
};
use collector_proto::contract::Version1;
use collector_proto::disclosure::request::{Disclose, KeepDocuments, PinRoot, RecordShown};
use collector_proto::disclosure::{Answer, AskedBy, DisclosureMessage, Question, Request, Split};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::messages::{Bundle, BundleCollector, BundleEnrolment, TenantKey};
use collector_proto::policy::trust::{
    Approval, Documents, Role, RoleKeys, RootDocument, RootKind, RootRef, TimestampDocument, TimestampKind,
};
use collector_proto::policy::{
    Authority, Controller, Declarations, Generalisation, KeyScope, Necessity, PolicyDocument, PolicyKind,
    PolicyRef, Purpose, Recipient, Rule, Treatment, WrittenRule,
};
use collector_proto::time::{Span, UtcTime};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// The tests' present.
pub fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
}

/// The folder of the fixture trees.
pub fn roots() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/roots")
}

/// A policy of these rules, acceptable in every other respect.
pub fn policy(rules: Vec<Rule>) -> PolicyDocument {
    let text = |text: &str| BTreeMap::from([("en".to_owned(), text.to_owned())]);
    let purpose = |legal_basis| Purpose {
        interests_weighed: true,
        free_to_refuse: true,
        dpv: "EnforceSecurity".to_owned(),
        legal_basis,
        retention: Span::parse("90d").unwrap(),
        recipients: vec!["it".to_owned()],
        text: text("Find devices that run software with known flaws."),
    };
    PolicyDocument {
        v: Version1,
        kind: PolicyKind::Policy,
        group: "staff".to_owned(),
        version: 1,
        issued: now(),
        expires: now().plus_seconds(90 * 86_400),
        notice_from: now(),
        effective_from: now(),
        max_stale: Span::parse("7d").unwrap(),
        records: Span::parse("400d").unwrap(),
        notice_period: Span::parse("7d").unwrap(),
        require_acknowledgement: false,
        require_sandbox: SandboxLevel::None,
        report_every: Span::parse("6h").unwrap(),
        declares: Declarations::default(),
        controller: Controller {
            name: "Example GmbH".to_owned(),
            country: "DE".to_owned(),
            contact: "privacy@example.com".to_owned(),
            representative: None,
            data_protection_officer: None,
            supervisory_authority: Authority {
                name: "BlnBDI".to_owned(),
                url: "https://example.com".to_owned(),
            },
        },
        jurisdictions: vec!["DE".to_owned()],
        recipients: vec![Recipient {
            id: "it".to_owned(),
            name: "IT".to_owned(),
            role: RecipientRole::Controller,
            on_behalf_of: None,
            country: "DE".to_owned(),
            stored_in: "DE".to_owned(),
        }],
        transfers: vec![],
        purposes: LegalBasis::ALL.iter().map(|basis| (basis.name().to_owned(), purpose(*basis))).collect(),
        rules: rules.into_iter().map(WrittenRule::from).collect(),
    }
}

/// A rule for the field on a basis that its bounds allow.
pub fn rule(field: FieldId, treat: Treatment) -> Rule {
    let allowed = field.field().bounds.legal_bases;
    let basis = allowed.first().copied().unwrap_or(LegalBasis::LegitimateInterest);
    Rule {
        field,
        treat,
        purposes: BTreeSet::from([basis.name().to_owned()]),
        necessity: Necessity::Optional,
        accounts: field.section().takes_accounts(),
        filters: BTreeMap::new(),
    }
}

/// Every treatment that a policy could choose for the field, one set of parameters each.
pub fn treatments(field: &Field) -> Vec<Treatment> {
    let mut all = Vec::new();
    for kind in field.treatments {
        match kind {
            TreatmentKind::Keep => all.push(Treatment::Keep),
            TreatmentKind::Drop => {}
            TreatmentKind::Hmac => {
                all.extend([Treatment::Hmac(KeyScope::Tenant), Treatment::Hmac(KeyScope::Device)]);
            }
            TreatmentKind::Truncate if field.kind == ValueKind::Ip => {
                all.extend([
                    Treatment::TruncateIp { v4: 24, v6: 48 },
                    Treatment::TruncateIp { v4: 32, v6: 128 },
                ]);
            }
            TreatmentKind::Truncate => {
                all.extend([
                    Treatment::TruncateText { chars: 3 },
                    Treatment::TruncateText { chars: u16::MAX },
                ]);
            }
            TreatmentKind::Generalise => all.extend(
                Generalisation::ALL
                    .iter()
                    .map(|level| Treatment::Generalise(*level))
                    .filter(|treatment| treatment.unfit_for(field).is_none()),
            ),
        }
    }
    all.retain(|treatment| treatment.unfit_for(field).is_none());
    all
}

/// A policy over every field, each with the first treatment that the catalogue allows.
pub fn full_policy() -> PolicyDocument {
    policy(
        FieldId::all().filter_map(|field| Some(rule(field, *treatments(field.field()).first()?))).collect(),
    )
}

/// A collector's keys: one for every role, unless the timestamp's is another.
pub struct Signer {
    pub key: SigningKey,
    pub timestamp: SigningKey,
    pub group: String,
    /// When the roots begin.
    pub at: UtcTime,
}

impl Signer {
    pub fn new(seed: u8) -> Self {
        let key = || SigningKey::from_seed(&[seed; 32]).unwrap();
        Self { key: key(), timestamp: key(), group: "staff".to_owned(), at: now() }
    }

    pub fn root(&self, version: u64) -> Envelope {
        let keys =
            |key: &SigningKey| RoleKeys { keyids: BTreeSet::from([key.public().id().clone()]), threshold: 1 };
        let key_of = |role| if role == Role::Timestamp { &self.timestamp } else { &self.key };
        let root = RootDocument {
            v: Version1,
            kind: RootKind::Root,
            version,
            expires: self.at.plus_seconds(365 * 86_400),
            collector: "collector-1".to_owned(),
            endpoints: None,
            holders: BTreeMap::new(),
            approval: Approval::default(),
            keys: [&self.key, &self.timestamp]
                .map(|key| (key.public().id().clone(), key.public().clone()))
                .into(),
            roles: Role::ALL.iter().map(|role| (*role, keys(key_of(*role)))).collect(),
        };
        self.key.seal(&root).unwrap().to_envelope()
    }

    /// A signed bundle with a root of this version and the organisation's key.
    pub fn bundle(&self, version: u64, group: &str) -> Envelope {
        self.key.seal(&self.unsigned_bundle(version, group)).unwrap().to_envelope()
    }

    /// What is in it.
    pub fn unsigned_bundle(&self, version: u64, group: &str) -> Bundle {
        let (id, urls, ca) = ("collector-1".to_owned(), Vec::new(), String::new());
        let (group, token, token_expires) =
            (group.to_owned(), "token".to_owned(), self.at.plus_seconds(86_400));
        Bundle {
            v: Version1,
            collector: BundleCollector { id, urls, ca },
            root: self.root(version),
            enrolment: Some(BundleEnrolment { group, token, token_expires }),
            tenant_key: Some(tenant_key()),
        }
    }

    /// A policy and a timestamp that names it and a root, both good at `at`.
    pub fn documents(&self, policy: &PolicyDocument, roots: Vec<Envelope>, at: UtcTime) -> Documents {
        let sealed = self.key.seal(policy).unwrap();
        let root = roots.last().cloned().unwrap_or_else(|| self.root(1));
        let version = 1 + roots.len() as u64;
        let timestamp = TimestampDocument {
            v: Version1,
            kind: TimestampKind::Timestamp,
            issued: at,
            expires: at.plus_seconds(3600),
            root: RootRef { version, sha256: root.unverified_digest().unwrap() },
            policies: BTreeMap::from([(
                self.group.clone(),
                PolicyRef::new(policy.version, sealed.digest()).into(),
            )]),
        };
        let timestamp = self.timestamp.seal(&timestamp).unwrap().to_envelope();
        Documents { roots, policies: vec![sealed.to_envelope()], timestamp: Some(timestamp), placement: None }
    }
}

/// The organisation's key.
pub fn tenant_key() -> TenantKey {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".to_owned();
    TenantKey { id: collector_proto::keyed_hash::HashKey::of(&[1; 32]).id().to_owned(), version: 1, key }
}

/// A state directory and a machine.
pub struct Bench {
    pub directory: tempfile::TempDir,
    pub host: Host,
    pub now: UtcTime,
    pub running: Option<u64>,
    pub caller: Caller,
    /// Who looks at what is read.
    pub viewer: Viewer,
    /// Where the agent's user answers for its ledger.
    pub ledger: LedgerService,
    /// Whether what the agent brings is shown before it has the machine read.
    pub shows: bool,
}

impl Bench {
    pub fn on(root: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ledger = LedgerService {
            socket: directory.path().join("ledger.sock"),
            agent: None,
            within: Duration::from_secs(20),
        };
        Self {
            directory,
            ledger,
            host: Host::at(&roots().join(root)),
            now: now(),
            running: None,
            caller: Caller::Equal,
            viewer: Viewer::Everyone,
            shows: true,
        }
    }

    pub fn state(&self) -> PathBuf {
        self.directory.path().join("reader")
    }

    pub fn ask(&self, request: impl Into<Request>) -> Answer {
        let request = request.into();
        if let Request::Disclose(Disclose { documents, .. }) = &request
            && self.shows
        {
            self.show(documents);
        }
        self.ask_question(Question::of(request))
    }

    /// As a service of root's does it: the notice of what the agent brought is written, and that is said.
    pub fn show(&self, documents: &Documents) {
        let Some(policy) = documents.policies.last().and_then(newest) else { return };
        let documents = documents.clone();
        let _ = self.answer(Caller::Equal, Question::of(KeepDocuments { documents }));
        let _ = self.answer(Caller::Equal, Question::of(RecordShown { policy }));
    }

    pub fn ask_question(&self, question: Question) -> Answer {
        self.answer(self.caller, question)
    }

    fn answer(&self, caller: Caller, question: Question) -> Answer {
        let random = ring::rand::SystemRandom::new();
        let state = State::at(&self.state());
        let answer = Reader {
            host: &self.host,
            state: &state,
            ledger: &self.ledger,
            now: self.now,
            running: self.running,
            random: &random,
            caller,
            asked_by: AskedBy::Account("1000".to_owned()),
            viewer: self.viewer.clone(),
            split: Split::NotEnforced,
            confinement: Confinement::Off,
        }
        .answer(question);
        // As candor reads it: only parsing makes a message.
        serde_json::from_slice(&serde_json::to_vec(&answer).unwrap()).unwrap()
    }

    pub fn trust(&self, bundle: Envelope) -> Answer {
        self.ask(pin(bundle))
    }
}

/// Version and digest of a policy.
pub fn newest(policy: &Envelope) -> Option<PolicyRef> {
    let document: PolicyDocument = serde_json::from_slice(&policy.unverified_payload().ok()?).ok()?;
    Some(PolicyRef::new(document.version, policy.unverified_digest().ok()?))
}

/// An enrolment with this bundle.
pub fn pin(bundle: Envelope) -> PinRoot {
    PinRoot { bundle, root: None, device_id: uuid::Uuid::from_u128(7) }
}

/// A policy of these rules that is in force from `at` on.
pub fn policy_from(rules: Vec<Rule>, at: UtcTime) -> PolicyDocument {
    PolicyDocument {
        issued: at,
        notice_from: at,
        effective_from: at,
        expires: at.plus_seconds(90 * 86_400),
        ..policy(rules)
    }
}

/// The code of a refusal, or what the answer was instead.
pub fn refusal(answer: &Answer) -> String {
    match answer {
        Answer::Refused(message) => message.code.clone(),
        other => format!("{other:?}"),
    }
}

/// What was disclosed.
pub fn disclosure(answer: Answer) -> DisclosureMessage {
    match answer {
        Answer::Disclosure(answer) => answer.disclosure,
        other => panic!("no disclosure: {other:?}"),
    }
}
