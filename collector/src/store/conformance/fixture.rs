//! A collector's keys, and devices that sign.

use super::Place;
use super::draft::Draft;
use crate::admit::{self, IssuedPolicy, NewReport};
use crate::challenge::Challenges;
use crate::policies::issued;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::{
    EnrolmentOutcome, Page, Published, Quota, SealReceipt, SealRecord, SecurityEvent, Store, Stored,
};
use crate::verify::{self, ArrivedEnrolment, Claim, NewDevice, TrustRoot, VerifiedPlacement, VerifiedPolicy};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::contract::CONTRACT;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, Envelope, SigningKey, pae_digest};
use collector_proto::messages::{EnrolmentRequest, Report, Salt, SectionBody, StandingParts, sequence};
use collector_proto::policy::PolicyRef;
use collector_proto::policy::author::compile;
use collector_proto::policy::trust::{
    Approval, PlacementDocument, PlacementKind, Role, RoleKeys, RootDocument, RootKind,
};
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use ring::rand::SystemRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

pub(super) const POLICY: &str = include_str!("../../../tests/support/policy.toml");

/// The salt of all rows here.
const SALT: Salt = Salt::of([7; 16]);

/// Id of the collector.
const COLLECTOR: &str = "c0ffee";

/// When everything starts: on a full minute.
pub(crate) fn start() -> UtcTime {
    UtcTime::from_unix(1_795_000_020)
}

pub(super) const DAY: u64 = 86_400;

/// A quota that nothing here uses up.
pub(super) const AMPLE: Quota = Quota { reports: 100_000, bytes: 1 << 40 };

/// A collector that has [`POLICY`] published.
pub(crate) struct Fixture<'a> {
    pub(super) place: &'a dyn Place,
    pub(crate) store: Arc<dyn Store>,
    policy_key: SigningKey,
    random: SystemRandom,
    pub(super) policy: PolicyRef,
}

impl<'a> Fixture<'a> {
    pub(crate) async fn new(place: &'a dyn Place) -> Self {
        let (store, random) = (place.open(), SystemRandom::new());
        let policy_key = SigningKey::generate(&random).unwrap().0;
        let root = root(&policy_key, 1);
        store.first_contents(&root, start()).await.unwrap();
        let mut fixture =
            Self { place, store, policy_key, random, policy: PolicyRef::new(0, Digest::of(b"")) };
        fixture.policy = fixture.verified(POLICY).await.reference();
        assert_eq!(fixture.publish(POLICY).await, Published::New);
        fixture
    }

    /// A policy under the root in force.
    pub(super) async fn verified(&self, toml: &str) -> VerifiedPolicy {
        let root = self.store.current_root().await.unwrap();
        VerifiedPolicy::verify(self.signed(toml, &self.policy_key), &root, start()).unwrap()
    }

    pub(super) async fn publish(&self, toml: &str) -> Published {
        self.store.publish(self.verified(toml).await, start()).await.unwrap()
    }

    /// A policy under a root that is not this collector's.
    pub(super) fn verified_elsewhere(&self, toml: &str) -> VerifiedPolicy {
        let key = SigningKey::generate(&self.random).unwrap().0;
        VerifiedPolicy::verify(self.signed(toml, &key), &root(&key, 1), start()).unwrap()
    }

    /// A placement under the root in force.
    pub(super) async fn placement(
        &self,
        device: Uuid,
        number: u64,
        from: &str,
        to: &str,
    ) -> VerifiedPlacement {
        let root = self.store.current_root().await.unwrap();
        VerifiedPlacement::verify(placement(&self.policy_key, device, number, from, to), &root).unwrap()
    }

    /// One under a root that is not this collector's.
    pub(super) fn placement_elsewhere(
        &self,
        device: Uuid,
        number: u64,
        from: &str,
        to: &str,
    ) -> VerifiedPlacement {
        let key = SigningKey::generate(&self.random).unwrap().0;
        VerifiedPlacement::verify(placement(&key, device, number, from, to), &root(&key, 1)).unwrap()
    }

    /// A placement that somebody else signs as well.
    pub(super) async fn signed_again(
        &self,
        placement: &VerifiedPlacement,
        key: &SigningKey,
    ) -> VerifiedPlacement {
        let root = self.store.current_root().await.unwrap();
        let mut envelope = placement.envelope().clone();
        envelope.add_signatures(&key.seal(placement.document()).unwrap().to_envelope());
        VerifiedPlacement::verify(envelope, &root).unwrap()
    }

    /// A root that is not this collector's.
    pub(super) fn root_elsewhere(&self, version: u64) -> TrustRoot {
        root(&SigningKey::generate(&self.random).unwrap().0, version)
    }

    #[expect(clippy::unused_self, reason = "reads better beside the others")]
    fn signed(&self, toml: &str, key: &SigningKey) -> Envelope {
        let compiled = compile(toml, "policy.toml", start()).map_err(|found| found.to_string()).unwrap();
        key.seal(compiled.policy.document()).unwrap().to_envelope()
    }

    /// Keeps a token that works for a day.
    pub(super) async fn add_token(&self, token: &str) {
        let digest = Digest::of(token.as_bytes());
        self.store.add_token(&digest, "default", start().plus_seconds(DAY), start()).await.unwrap();
    }

    /// An enrolled device.
    pub(crate) async fn enrol(&self) -> Device {
        let device = self.device();
        let token = device.id.to_string();
        self.add_token(&token).await;
        let enrolled =
            self.store.enrol(device.enrolment(&token, &token), seal_record(), start()).await.unwrap();
        assert!(matches!(enrolled, EnrolmentOutcome::Yes { .. }), "{enrolled:?}");
        device
    }

    /// A device that is not enrolled.
    pub(super) fn device(&self) -> Device {
        Device {
            id: Uuid::from_bytes(crate::clock::random_bytes(&self.random).unwrap()),
            key: SigningKey::generate(&self.random).unwrap().0,
            seq: 0,
            prev: None,
            policy: self.policy,
            standing: StandingParts::default(),
        }
    }

    /// Verifies and admits a report by what the store has now.
    pub(super) async fn admit(&self, device: &Device, draft: &Draft) -> NewReport {
        let report = draft.finished();
        let sealed = device.key.seal(&report).unwrap();
        let parts = draft.bytes();
        let body = sequence::write(sealed.payload(), parts.values().map(Vec::as_slice));
        let body = zstd::stream::encode_all(body.as_slice(), 1).unwrap();
        let on_record = self.store.key(device.key.public().id()).await.unwrap();
        let claim = Claim::new(sealed.signature().clone(), on_record).unwrap();
        let authentic = verify::report(&verify::decoded(&body).unwrap(), claim).unwrap();
        let screened =
            admit::screen(authentic, COLLECTOR, self.issued(&report).await, report.created).unwrap();
        let bases = self.store.bases(device.id, screened.wanted()).await.unwrap();
        screened.admit(bases).unwrap()
    }

    async fn issued(&self, report: &Report) -> Result<IssuedPolicy, RequestRefusal> {
        let policy = issued(self.store.as_ref(), "default", &report.policy.sha256).await.unwrap();
        let policy = policy.ok_or(Reason::UnknownPolicy)?;
        Ok(IssuedPolicy { group: "default".to_owned(), versions: report.policy.clone(), policy })
    }

    pub(super) async fn keep(&self, report: NewReport, now: UtcTime) -> Stored {
        self.keep_within(AMPLE, report, now).await
    }

    pub(super) async fn keep_within(&self, quota: Quota, report: NewReport, now: UtcTime) -> Stored {
        self.store.store_report(report, seal_receipt(), quota, now).await.unwrap()
    }

    /// Admits and stores the next report of a device.
    pub(super) async fn deliver(
        &self,
        device: &mut Device,
        sections: BTreeMap<Section, SectionBody>,
    ) -> Stored {
        let report = device.next(sections);
        let admitted = self.admit(device, &report).await;
        self.keep(admitted, start()).await
    }

    pub(super) async fn rows(&self, device: &Device, section: Section) -> Option<Vec<Row>> {
        let held = self.store.sections(device.id).await.unwrap();
        held.into_iter().find(|held| held.section == section).map(|held| held.rows.rows)
    }

    pub(super) async fn events(&self) -> Vec<SecurityEvent> {
        self.store.events(Page::first()).await.unwrap().items
    }
}

/// A root whose policy key this is.
fn root(policy_key: &SigningKey, version: u64) -> TrustRoot {
    let key = policy_key.public().clone();
    let role = RoleKeys { keyids: BTreeSet::from([key.id().clone()]), threshold: 1 };
    let document = RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version,
        expires: start().plus_seconds(400 * DAY),
        collector: COLLECTOR.to_owned(),
        endpoints: None,
        holders: BTreeMap::new(),
        approval: Approval::default(),
        keys: BTreeMap::from([(key.id().clone(), key)]),
        roles: Role::ALL.iter().map(|name| (*name, role.clone())).collect(),
    };
    TrustRoot::from_envelope(policy_key.seal(&document).unwrap().to_envelope()).unwrap()
}

/// A placement with this key's signature.
fn placement(key: &SigningKey, device_id: Uuid, number: u64, from: &str, to: &str) -> Envelope {
    let document = PlacementDocument {
        v: Version1,
        kind: PlacementKind::Placement,
        collector: COLLECTOR.to_owned(),
        device_id,
        number,
        group: to.to_owned(),
        from: from.to_owned(),
    };
    key.seal(&document).unwrap().to_envelope()
}

/// Receipts that say what they were signed with.
pub(super) fn seal_receipt() -> SealReceipt {
    Box::new(|facts| Ok(format!("{facts:?}").into_bytes()))
}

pub(super) fn seal_record() -> SealRecord {
    Box::new(|facts| Ok(format!("record of the group {}", facts.group).into_bytes()))
}

pub(crate) struct Device {
    pub(crate) id: Uuid,
    pub(super) key: SigningKey,
    pub(super) seq: u64,
    pub(super) prev: Option<Digest>,
    pub(super) policy: PolicyRef,
    /// How its parts stand.
    pub(super) standing: StandingParts,
}

impl Device {
    /// An enrolment of this device as verification leaves it, with a nonce of this name.
    pub(super) fn enrolment(&self, token: &str, nonce: &str) -> NewDevice {
        let challenges = Challenges::new(&[0; 32]);
        let mut random = [0; 16];
        random.iter_mut().zip(nonce.bytes()).for_each(|(place, byte)| *place = byte);
        let request = EnrolmentRequest {
            v: Version1,
            jwk: self.key.public().clone(),
            device_id: self.id,
            nonce: challenges.with(random, start()).nonce,
            token_sha256: Digest::of(token.as_bytes()),
            aud: COLLECTOR.to_owned(),
            contract: CONTRACT,
        };
        let body = self.key.seal(&request).unwrap().to_envelope().to_json();
        let arrived = ArrivedEnrolment { body, token: Some(token.to_owned()) };
        verify::enrolment(&arrived, COLLECTOR, &challenges, start()).unwrap()
    }

    /// The next report of the stream, with everything that the device has.
    pub(super) fn next(&mut self, sections: BTreeMap<Section, SectionBody>) -> Draft {
        let mut draft = Draft::new(self.head());
        draft.head.gone = self.standing.0.keys().copied().collect();
        for (section, body) in sections {
            draft.insert(section, body);
        }
        draft.head = draft.finished();
        self.take(&draft.head);
        draft
    }

    /// The next report of the stream, in which nothing changed.
    pub(super) fn same(&mut self) -> Draft {
        let mut draft = Draft::new(self.head());
        draft.head.standing = self.standing.digest();
        self.take(&draft.head);
        draft
    }

    /// The device as it was before the last report, where that was its first.
    pub(super) fn begin_again(&mut self) {
        (self.seq, self.prev, self.standing) = (0, None, StandingParts::default());
    }

    fn head(&self) -> Report {
        Report {
            v: Version1,
            aud: COLLECTOR.to_owned(),
            device_id: self.id,
            stream: "0f".repeat(16),
            seq: self.seq + 1,
            prev: self.prev,
            created: start(),
            policy: self.policy.into(),
            daily: None,
            parts: BTreeMap::new(),
            gone: BTreeSet::new(),
            standing: StandingParts::default().digest(),
            absent: BTreeMap::new(),
            failed: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    fn take(&mut self, head: &Report) {
        self.seq = head.seq;
        self.prev = Some(pae_digest(Report::PAYLOAD_TYPE, &serde_json::to_vec(head).unwrap()));
        self.standing = self.standing.after(head).unwrap();
    }
}

fn row(values: &[(&str, &str)]) -> Row {
    let mut row = Row::new();
    for (name, text) in values {
        row.insert(FieldId::parse(name).unwrap(), Value::Text((*text).to_owned()));
    }
    row
}

pub(super) fn package(name: &str, version: &str) -> Row {
    row(&[
        ("package.type", "deb"),
        ("package.name", name),
        ("package.version", version),
        ("package.architecture", "amd64"),
    ])
}

pub(super) fn full(mut rows: Vec<Row>) -> SectionBody {
    rows.sort_unstable();
    SectionBody::Full { salt: SALT, rows }
}

/// The section of packages with one row.
pub(super) fn curl(version: &str) -> BTreeMap<Section, SectionBody> {
    BTreeMap::from([(Section::Package, full(vec![package("curl", version)]))])
}

/// A difference between two of these.
pub(super) fn curl_from(before: &str, after: &str) -> BTreeMap<Section, SectionBody> {
    let body = SectionBody::Difference {
        salt: SALT,
        digest: full(vec![package("curl", after)]).digest(),
        base: full(vec![package("curl", before)]).digest(),
        upsert: vec![package("curl", after)],
        remove: vec![format!("deb:curl:amd64:{before}")],
    };
    BTreeMap::from([(Section::Package, body)])
}

/// The section of packages as it stands.
pub(super) fn unchanged(version: &str) -> BTreeMap<Section, SectionBody> {
    let digest = full(vec![package("curl", version)]).digest();
    BTreeMap::from([(Section::Package, SectionBody::Unchanged { digest })])
}

pub(super) fn os() -> BTreeMap<Section, SectionBody> {
    BTreeMap::from([(Section::Os, full(vec![row(&[("os.name", "Debian GNU/Linux"), ("os.version", "12")])]))])
}
