//! A collector in process with a clock that stands still, and devices that talk to its router.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses its own part")]
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "test support")]

mod draft;
pub mod serving;

#[allow(unused_imports, reason = "each test binary uses its own part")]
pub use draft::{Draft, SALT, Signed, digest_of, full, part, part_of};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use candor_collector::clock::Clock;
use candor_collector::collector::Collector;
use candor_collector::data_dir::DataDir;
use candor_collector::init::{InitOptions, init};
use candor_collector::reverify::{Discrepancy, reverify};
use candor_collector::store::{self, Published, RootAdded, SecurityEvent, Store, StoreOptions, all, wait};
use candor_collector::verify::VerifiedPolicy;
use candor_collector::{http, keys};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::contract::Version1;
use collector_proto::contract::{CONTRACT, CONTRACT_HEADER, Contract};
use collector_proto::digest::Digest;
use collector_proto::envelope::{DSSE_SIGNATURE, Document as _, Envelope, SigningKey, pae_digest};
use collector_proto::http_signature::{self, Nonce, RequestParts, SignedHeaders};
use collector_proto::messages::{
    Absence, Challenge, EnrolmentAnswer, EnrolmentRequest, Problem, ProblemKind, Receipt, Report,
    SectionBody, StandingParts, media, path, sequence,
};
use collector_proto::policy::PolicyRef;
use collector_proto::policy::author::compile;
use collector_proto::policy::trust::{Role, RoleKeys, RootDocument};
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use ring::rand::SystemRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;

pub const HOST: &str = "localhost:8443";
pub const START: i64 = 1_795_000_020;

pub const POLICY: &str = include_str!("policy.toml");

/// The policy with `host.mac` under a keyed hash, as version `version`.
pub fn hashed(version: u64) -> String {
    POLICY
        .replace("version = 1\nexpires", &format!("version = {version}\nexpires"))
        .replace("[\"host.mac\", \"network.interface.name\"]", "[\"host.mac\"]")
        .replace("treat = \"keep\"", "treat = { hmac = \"tenant\" }")
}

pub struct World {
    pub folder: TempDir,
    /// The collector's directory.
    pub directory: PathBuf,
    pub clock: Arc<AtomicI64>,
    pub collector: Arc<Collector>,
    pub app: Router,
    pub policy: PolicyRef,
    pub random: Arc<SystemRandom>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn problem(&self) -> Problem {
        assert_eq!(self.headers["content-type"], media::PROBLEM, "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        problem
    }

    pub fn kind(&self) -> ProblemKind {
        self.problem().kind().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn receipt(&self, world: &World) -> Receipt {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        assert_eq!(self.headers["content-type"], media::ENVELOPE);
        let (keys, threshold) = world.root().role(Role::Receipt);
        let envelope = Envelope::parse(&self.body, 10_000).unwrap();
        envelope.verify::<Receipt>(&keys, threshold).unwrap().into_document()
    }
}

impl World {
    /// A collector with [`POLICY`] published.
    pub fn new() -> Self {
        Self::with(StoreOptions::default())
    }

    pub fn with(options: StoreOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let random = Arc::new(SystemRandom::new());
        let made = init(
            folder.path().join("data"),
            InitOptions::default(),
            UtcTime::from_unix(START),
            random.as_ref(),
        );
        made.unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let collector = open(&DataDir::at(folder.path().join("data")), &clock, &random, options);
        let app = http::router(Arc::clone(&collector));
        let mut world = Self {
            directory: folder.path().join("data"),
            folder,
            clock,
            collector,
            app,
            policy: PolicyRef::new(0, Digest::of(b"")),
            random,
        };
        world.policy = world.publish(POLICY);
        world
    }

    pub fn dir(&self) -> DataDir {
        DataDir::at(&self.directory)
    }

    /// The database behind the store, for what no program of ours does to it.
    pub fn database(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.dir().database()).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        connection
    }

    pub fn store(&self) -> &dyn Store {
        self.collector.store().as_ref()
    }

    /// What a second look at everything stored finds.
    pub fn faults(&self) -> Vec<Discrepancy> {
        wait(reverify(self.store())).unwrap().faults
    }

    /// What a second look finds in a copy of the database after a change to it.
    pub fn faults_after(&self, change: impl FnOnce(&rusqlite::Connection)) -> Vec<Discrepancy> {
        let copy = self.folder.path().join("changed.db");
        let _ = std::fs::remove_file(&copy);
        self.database().execute("VACUUM INTO ?1", [copy.display().to_string()]).unwrap();
        let changed = rusqlite::Connection::open(&copy).unwrap();
        changed.pragma_update(None, "foreign_keys", false).unwrap();
        change(&changed);
        drop(changed);
        let store = store::open(&copy, StoreOptions::default()).unwrap();
        wait(reverify(store.as_ref())).unwrap().faults
    }

    pub fn now(&self) -> UtcTime {
        UtcTime::from_unix(self.clock.load(Ordering::SeqCst))
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn root(&self) -> RootDocument {
        wait(self.store().current_root()).unwrap().document().clone()
    }

    pub fn publish(&self, toml: &str) -> PolicyRef {
        let compiled = compile(toml, "policy.toml", self.now()).map_err(|found| found.to_string()).unwrap();
        let key = keys::read(&self.dir().offline_key("policy")).unwrap();
        let sealed = key.seal(compiled.policy.document()).unwrap();
        let root = wait(self.store().current_root()).unwrap();
        let verified = VerifiedPolicy::verify(sealed.to_envelope(), &root, self.now()).unwrap();
        let reference = verified.reference();
        assert_eq!(wait(self.store().publish(verified, self.now())).unwrap(), Published::New);
        reference
    }

    /// Where the offline keys are: in no backup.
    fn elsewhere(&self) -> DataDir {
        DataDir::at(self.folder.path().join("data"))
    }

    /// Publishes another root, which is the one in force with this edit.
    pub fn publish_root(&self, edit: impl FnOnce(&mut RootDocument)) {
        let current = wait(self.store().current_root()).unwrap();
        let mut next = current.document().clone();
        next.version += 1;
        edit(&mut next);
        let sealed = keys::read(&self.elsewhere().offline_key("root")).unwrap().seal(&next).unwrap();
        let next = current.followed_by(sealed.to_envelope()).unwrap();
        assert_eq!(wait(self.store().add_root(next, self.now())).unwrap(), RootAdded::New);
    }

    /// A root with another receipt key, which takes the place of the one that was stolen.
    pub fn replace_receipt_key(&self) -> SigningKey {
        let (key, document) = SigningKey::generate(self.random.as_ref()).unwrap();
        candor_durable::replace(&self.dir().online_key("receipt-2"), &document).unwrap();
        self.publish_root(|root| {
            root.keys.insert(key.public().id().clone(), key.public().clone());
            root.roles.insert(
                Role::Receipt,
                RoleKeys { keyids: BTreeSet::from([key.public().id().clone()]), threshold: 1 },
            );
        });
        key
    }

    /// A token of the group `default` that works for a day.
    pub fn token(&self) -> String {
        let token = Uuid::from_bytes(candor_collector::clock::random_bytes(self.random.as_ref()).unwrap())
            .to_string();
        let expires = self.now().plus_seconds(86_400);
        let digest = Digest::of(token.as_bytes());
        wait(self.store().add_token(&digest, "default", expires, self.now())).unwrap();
        token
    }

    /// Sends a request, with the contract number of this program unless it has one.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let number = HeaderValue::from(CONTRACT.number());
        request.headers_mut().entry(CONTRACT_HEADER).or_insert(number);
        self.send_as_is(request).await
    }

    /// Sends a request as an agent would not: nothing is added to it.
    pub async fn send_as_is(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn challenge(&self) -> Challenge {
        let answer = self.send(Request::get(path::CHALLENGE).body(Body::empty()).unwrap()).await;
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub async fn post_enrolment(&self, envelope: &[u8], token: &str) -> Answer {
        let request = Request::post(path::ENROL)
            .header("content-type", media::ENVELOPE)
            .header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::from(envelope.to_vec())).unwrap()).await
    }

    pub async fn enrol(&self) -> Device {
        let device = Device::new(self);
        let token = self.token();
        let request = device.enrolment(self, &token, &self.challenge().await.nonce);
        let answer =
            self.post_enrolment(&device.key.seal(&request).unwrap().to_envelope().to_json(), &token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let _: EnrolmentAnswer = serde_json::from_slice(&answer.body).unwrap();
        device
    }

    /// Posts a body as it stands with these headers.
    pub async fn post_raw(&self, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::post(path::REPORTS);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Signs bytes as a report's head with the key, compresses and posts them.
    pub async fn post_payload(&self, payload: &[u8], key: &SigningKey) -> Answer {
        self.post_texts(payload, &[], key).await
    }

    /// The same with texts after the head.
    pub async fn post_texts(&self, payload: &[u8], parts: &[&[u8]], key: &SigningKey) -> Answer {
        let signature = key.sign_payload(Report::PAYLOAD_TYPE, payload).to_string();
        self.post_body(&signature, &sequence::write(payload, parts.iter().copied())).await
    }

    pub async fn post(&self, report: &Signed) -> Answer {
        self.post_body(&report.signature().to_string(), &report.body()).await
    }

    async fn post_body(&self, signature: &str, body: &[u8]) -> Answer {
        let headers =
            [("content-type", media::REPORT), ("content-encoding", "zstd"), (DSSE_SIGNATURE, signature)];
        self.post_raw(&headers, zstd::stream::encode_all(body, 3).unwrap()).await
    }

    /// Asks how the collector is.
    pub async fn health(&self) -> Answer {
        self.send(Request::get(path::HEALTH).body(Body::empty()).unwrap()).await
    }

    /// The keys under which what is stored is sealed.
    pub fn value_keys(&self) -> Vec<Vec<u8>> {
        let database = self.database();
        let mut statement = database.prepare("SELECT key FROM value_key WHERE used = 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Whether any file of the collector's directory holds these bytes.
    pub fn is_on_disk(&self, bytes: &[u8]) -> bool {
        let mut files = std::fs::read_dir(self.dir().path()).unwrap().map(|entry| entry.unwrap().path());
        files.any(|path| {
            path.is_file() && std::fs::read(path).unwrap().windows(bytes.len()).any(|found| found == bytes)
        })
    }

    pub fn stored(&self) -> i64 {
        self.database().query_row("SELECT count(*) FROM report", [], |row| row.get(0)).unwrap()
    }

    /// Kinds of the security events, in their order.
    pub fn events(&self) -> Vec<String> {
        self.security_events().into_iter().rev().map(|event| event.kind).collect()
    }

    /// The security events, newest first.
    pub fn security_events(&self) -> Vec<SecurityEvent> {
        wait(all(|page| self.store().events(page))).unwrap()
    }

    pub fn restart(&mut self) {
        self.app = Router::new();
        self.collector = open(&self.dir(), &self.clock, &self.random, StoreOptions::default());
        self.app = http::router(Arc::clone(&self.collector));
    }
}

/// A value sealed under the key of this number, as the store seals it.
pub fn sealed(database: &rusqlite::Connection, key_id: i64, value: &[u8]) -> Vec<u8> {
    use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    let key: Vec<u8> =
        database.query_row("SELECT key FROM value_key WHERE id = ?1", [key_id], |row| row.get(0)).unwrap();
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let mut sealed = value.to_vec();
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed).unwrap();
    sealed
}

pub fn open(
    dir: &DataDir,
    clock: &Arc<AtomicI64>,
    random: &Arc<SystemRandom>,
    options: StoreOptions,
) -> Arc<Collector> {
    let hand = Arc::clone(clock);
    let clock: Clock = Arc::new(move || UtcTime::from_unix(hand.load(Ordering::SeqCst)));
    let random = Arc::clone(random);
    Arc::new(Collector::open(dir, [HOST.to_owned()], options, clock, random).unwrap())
}

/// A device's side, written for the tests: no line of it is the agent's.
pub struct Device {
    pub id: Uuid,
    pub key: SigningKey,
    pub stream: String,
    pub seq: u64,
    pub prev: Option<Digest>,
    /// How its parts stand.
    pub standing: StandingParts,
}

impl Device {
    pub fn new(world: &World) -> Self {
        let random = world.random.as_ref();
        let id = Uuid::from_bytes(candor_collector::clock::random_bytes(random).unwrap());
        let key = SigningKey::generate(random).unwrap().0;
        let standing = StandingParts::default();
        Self { id, key, stream: "0f".repeat(16), seq: 0, prev: None, standing }
    }

    pub fn enrolment(&self, world: &World, token: &str, nonce: &str) -> EnrolmentRequest {
        EnrolmentRequest {
            v: Version1,
            jwk: self.key.public().clone(),
            device_id: self.id,
            nonce: nonce.to_owned(),
            token_sha256: Digest::of(token.as_bytes()),
            aud: world.collector.id().to_owned(),
            contract: CONTRACT,
        }
    }

    /// Signs a report and takes it for the last one of the stream.
    pub fn seal(&mut self, report: &Draft) -> Signed {
        let signed = self.sign(report);
        self.take(&signed.head);
        signed
    }

    /// Takes a head for the last one of the stream.
    pub fn take(&mut self, head: &Report) {
        self.seq = head.seq;
        self.prev = Some(pae_digest(Report::PAYLOAD_TYPE, &serde_json::to_vec(head).unwrap()));
        self.standing = self.standing.after(head).unwrap();
    }

    /// Signs and posts the next report; it must be receipted.
    pub async fn deliver(&mut self, world: &World, sections: BTreeMap<Section, SectionBody>) -> Receipt {
        let report = self.report(world, sections);
        let sealed = self.seal(&report);
        world.post(&sealed).await.receipt(world)
    }

    pub fn signed(&self, world: &World, authority: &str) -> SignedHeaders {
        self.signed_under(CONTRACT, world, authority)
    }

    /// The signature of an agent of this contract.
    pub fn signed_under(&self, contract: Contract, world: &World, authority: &str) -> SignedHeaders {
        self.signed_question(None, contract, world, authority)
    }

    /// The signature of a question with this query.
    pub fn signed_question(
        &self,
        query: Option<&str>,
        contract: Contract,
        world: &World,
        authority: &str,
    ) -> SignedHeaders {
        let parts = RequestParts { method: "GET", authority, path: path::POLICY, query, contract };
        let nonce = Nonce::generate(world.random.as_ref()).unwrap();
        http_signature::sign(parts, None, &self.key, world.now(), &nonce).unwrap()
    }
}

pub fn field(name: &str) -> FieldId {
    FieldId::parse(name).unwrap()
}

pub fn row(values: &[(&str, &str)]) -> Row {
    let mut row = Row::new();
    for (name, text) in values {
        row.insert(field(name), Value::Text((*text).to_owned()));
    }
    row
}

pub fn package(name: &str, version: &str) -> Row {
    row(&[
        ("package.type", "deb"),
        ("package.name", name),
        ("package.version", version),
        ("package.architecture", "amd64"),
    ])
}

pub fn os() -> (Section, SectionBody) {
    (Section::Os, full(vec![row(&[("os.name", "Debian GNU/Linux"), ("os.version", "12")])]))
}

pub fn sections<const N: usize>(bodies: [(Section, SectionBody); N]) -> BTreeMap<Section, SectionBody> {
    BTreeMap::from(bodies)
}

pub const UNAVAILABLE: Absence = Absence::Unavailable;
