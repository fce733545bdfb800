//! A collector in this process, with one policy and one device on record, to which a report can be brought.

use super::vectors::{self, Holder, key, now};
use candor_collector::collector::Collector;
use candor_collector::data_dir::DataDir;
use candor_collector::init::{InitOptions, init};
use candor_collector::keys;
use candor_collector::store::{Store, StoreOptions, wait};
use candor_collector::verify::{ArrivedEnrolment, Claim, DeviceKey, VerifiedPolicy};
use collector_proto::contract::{CONTRACT, Version1};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, SigningKey};
use collector_proto::messages::{EnrolmentRequest, PartName, Report, StandingParts, sequence};
use collector_proto::policy::author::compile;
use collector_proto::policy::{Policy, PolicyRef};
use ring::rand::SystemRandom;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Stands in inputs for the collector's id, which is another one in each process.
pub(super) const COLLECTOR: &str = "the-collector";

/// Stands in inputs for the digest of the policy.
pub(super) const POLICY: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

/// Stands in inputs for a digest that follows from the parts.
pub(super) const FOLLOWS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

pub(super) struct Stand {
    /// Removed with it.
    _folder: tempfile::TempDir,
    runtime: Runtime,
    pub(super) collector: Arc<Collector>,
    pub(super) policy: Policy,
    reference: PolicyRef,
    pub(super) device: SigningKey,
    on_record: DeviceKey,
}

/// A report as the device sends it.
pub(super) struct Sent {
    pub(super) head: Vec<u8>,
    pub(super) parts: Vec<Vec<u8>>,
}

impl Stand {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let random = Arc::new(SystemRandom::new());
        let dir = DataDir::at(folder.path().join("data"));
        init(dir.path().to_path_buf(), InitOptions::default(), now(), random.as_ref()).expect("a collector");
        let opened = Collector::open(
            &dir,
            ["localhost:8443".to_owned()],
            StoreOptions::default(),
            Arc::new(now),
            Arc::<SystemRandom>::clone(&random),
        );
        let collector = Arc::new(opened.expect("a collector that was made"));
        let (policy, reference) = publish(&collector, &dir);
        let device = key(Holder::Device);
        enrol(&collector, &device);
        let on_record = wait(collector.store().key(device.public().id())).expect("a store that answers");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let on_record = on_record.expect("the device on record");
        Self { _folder: folder, runtime, collector, policy, reference, device, on_record }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.collector.store().as_ref()
    }

    /// Waits for something that the collector does on threads of its own.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// What the device claims to have signed.
    pub(super) fn claim(&self, head: &[u8]) -> Claim {
        let signature = self.device.sign_payload(Report::PAYLOAD_TYPE, head);
        Claim::new(signature, Some(self.on_record.clone())).expect("a device on record")
    }

    /// The report of an input: with this collector, its policy and the digests that follow from the parts. `None` of what is not a
    /// sequence of texts.
    pub(super) fn sent(&self, input: &[u8]) -> Option<Sent> {
        let texts = sequence::read(input).ok()?;
        let head = replaced(texts.head, COLLECTOR, self.collector.id());
        let head = replaced(&head, POLICY, &self.reference.sha256.to_string());
        let parts: Vec<Vec<u8>> = texts.parts.iter().map(|part| part.to_vec()).collect();
        Some(Sent { head: with_digests(head, &parts), parts })
    }
}

fn publish(collector: &Collector, dir: &DataDir) -> (Policy, PolicyRef) {
    let text = std::fs::read_to_string(crate::repository().join("collector/tests/support/policy.toml"));
    let compiled = compile(&text.expect("a policy"), "policy.toml", now()).expect("a policy that compiles");
    let holder = keys::read(&dir.offline_key("policy")).expect("the policy key");
    let sealed = holder.seal(compiled.policy.document()).expect("a policy that can be signed");
    let root = wait(collector.store().current_root()).expect("a root");
    let verified = VerifiedPolicy::verify(sealed.to_envelope(), &root, now()).expect("a signed policy");
    let reference = verified.reference();
    wait(collector.store().publish(verified, now())).expect("a policy that is published");
    (compiled.policy, reference)
}

fn enrol(collector: &Collector, device: &SigningKey) {
    const TOKEN: &str = "token";
    let digest = Digest::of(TOKEN.as_bytes());
    let expires = now().plus_seconds(86_400);
    wait(collector.store().add_token(&digest, "default", expires, now())).expect("a token");
    let request = EnrolmentRequest {
        v: Version1,
        jwk: device.public().clone(),
        device_id: vectors::device(),
        nonce: collector.challenge().expect("a challenge").nonce,
        token_sha256: digest,
        aud: collector.id().to_owned(),
        contract: CONTRACT,
    };
    let body = device.seal(&request).expect("a request").to_envelope().to_json();
    wait(collector.enrol(ArrivedEnrolment { body, token: Some(TOKEN.to_owned()) })).expect("an enrolment");
}

/// The same with a placeholder replaced wherever it stands.
fn replaced(bytes: &[u8], placeholder: &str, with: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(placeholder.len()).position(|window| window == placeholder.as_bytes()) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with.as_bytes());
        rest = &rest[at + placeholder.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// A head with the digests of its parts, where it leaves them open; otherwise byte for byte the same.
fn with_digests(head: Vec<u8>, parts: &[Vec<u8>]) -> Vec<u8> {
    let open = FOLLOWS.as_bytes();
    if !head.windows(open.len()).any(|window| window == open) {
        return head;
    }
    let Ok(mut report) = serde_json::from_slice::<Value>(&head) else { return head };
    for part in parts {
        let named = serde_json::from_slice::<Value>(part)
            .ok()
            .and_then(|part| part["part"].as_str().map(str::to_owned));
        let named = named.and_then(|name| report.get_mut("parts")?.as_object_mut()?.get_mut(&name));
        if let Some(digest) = named.filter(|digest| **digest == FOLLOWS) {
            *digest = Digest::of(part).to_string().into();
        }
    }
    if report["standing"] == FOLLOWS {
        let named: Option<BTreeMap<PartName, Digest>> = serde_json::from_value(report["parts"].clone()).ok();
        report["standing"] = StandingParts(named.unwrap_or_default()).digest().to_string().into();
    }
    serde_json::to_vec(&report).expect("it was read before")
}
