//! Documents of a later contract on a real device: what it does not know is ignored or withheld, and what it must understand
//! refuses them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document, Envelope, SigningKey};
use collector_proto::messages::Documents;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::TimestampDocument;
use serde_json::{Value, json};

/// An enrolled device whose collector has gone away, with the keys to make later documents for it.
struct Scene {
    agent: Agent,
    policy_key: SigningKey,
    timestamp_key: SigningKey,
    documents: Documents,
}

impl Scene {
    fn new() -> Self {
        let scene = Self::before_the_first_report();
        let _ = scene.agent.cycle().exits(5);
        scene
    }

    /// What comes to the device then is its first policy.
    fn before_the_first_report() -> Self {
        let mut collector = Collector::start();
        let agent = Agent::enrolled(&collector);
        std::fs::remove_file(agent.state().join("reader/versions.json")).unwrap();
        collector.kill();
        Self {
            policy_key: collector.key("offline/policy"),
            timestamp_key: collector.key("keys/timestamp"),
            documents: agent.documents(),
            agent,
        }
    }

    /// Gives the device the next version of its policy and a timestamp, both edited and well signed.
    fn plant(&self, policy_edit: impl FnOnce(&mut Value), timestamp_edit: impl FnOnce(&mut Value)) {
        let mut policy = payload(self.documents.policies.last());
        policy["version"] = (policy["version"].as_u64().unwrap() + 1).into();
        policy_edit(&mut policy);
        let (signed, digest) = sign::<PolicyDocument>(&policy, &self.policy_key);
        let mut timestamp = payload(self.documents.timestamp.as_ref());
        let group = policy["group"].as_str().unwrap();
        timestamp["policies"][group] = json!({
            "current": { "version": policy["version"], "sha256": digest }, "coming": [],
        });
        timestamp_edit(&mut timestamp);
        self.agent.plant(&Documents {
            roots: self.documents.roots.clone(),
            policies: vec![signed],
            timestamp: Some(sign::<TimestampDocument>(&timestamp, &self.timestamp_key).0),
            placement: None,
        });
    }
}

fn payload(envelope: Option<&Envelope>) -> Value {
    serde_json::from_slice(&envelope.unwrap().unverified_payload().unwrap()).unwrap()
}

fn sign<T: Document>(document: &Value, key: &SigningKey) -> (Envelope, Digest) {
    let body = serde_json::to_vec(document).unwrap();
    let envelope = Envelope::assemble(T::PAYLOAD_TYPE, &body, &[key.sign_payload(T::PAYLOAD_TYPE, &body)]);
    let digest = envelope.unverified_digest().unwrap();
    (envelope, digest)
}

#[test]
fn a_later_policy_works_but_for_what_is_not_understood() {
    let scene = Scene::before_the_first_report();
    let mut withheld = String::new();
    scene.plant(
        |policy| {
            policy["colour"] = json!({ "deep": ["er"] });
            let rules = policy["rules"].as_array_mut().unwrap();
            // One rule with a member that nobody knows, one with another meaning, one of a field that is yet to come.
            rules[0]["shade"] = json!(1);
            withheld = rules[1]["field"].as_str().unwrap().to_owned();
            rules[1]["meaning"] = json!(Digest::of(b"another"));
            let mut later = rules[0].clone();
            later["field"] = json!("os.colour");
            rules.push(later);
        },
        |timestamp| timestamp["hue"] = json!("blue"),
    );
    let preview = scene.agent.run(&["preview", "--format", "json"]).exits(0).json();
    assert_eq!(preview["absent"]["os.colour"], "unsupported", "{preview}");
    assert_eq!(preview["absent"][&withheld], "unsupported", "{preview}");
    assert!(!preview["sections"].as_object().unwrap().is_empty(), "the rest is collected: {preview}");
    let notice = scene.agent.run(&["notice", "--format", "text"]).exits(0);
    let (_, not_collected) = notice.out.split_once("Named in the rules and not collected").unwrap();
    assert!(not_collected.contains("os.colour") && not_collected.contains(&withheld), "{}", notice.out);
}

#[test]
fn what_must_be_understood_and_is_not_stops_the_collection() {
    let scene = Scene::new();
    let before = scene.agent.ledger_files();
    let refused = |what: &str| {
        let said = scene.agent.cycle().exits(3);
        assert!(said.err.contains("needs a newer Candor"), "{what}: {}", said.err);
        let status = scene.agent.run(&["status", "--format", "json"]);
        assert!(status.out.contains("not_understood"), "{what}: {}", status.all());
        assert_eq!(scene.agent.ledger_files(), before, "{what}: something was recorded");
    };
    scene.plant(|policy| policy["requires"] = json!(["colour"]), |_| ());
    refused("policy");
    scene.plant(|policy| policy["v"] = json!(2), |_| ());
    refused("format");
    scene.plant(|_| (), |timestamp| timestamp["requires"] = json!(["hue"]));
    refused("timestamp");
}
