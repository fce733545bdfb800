//! No valid, fresh, sufficiently signed policy: nothing is read, exit 3, and the person is told why.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said};
use collector_proto::envelope::{Document, Envelope, SigningKey};
use collector_proto::messages::Documents;
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::policy::{PolicyDocument, PolicyRef};
use collector_proto::time::UtcTime;

/// An enrolled device whose collector has gone away, with what is needed to make other documents for it.
struct Scene {
    agent: Agent,
    policy_key: SigningKey,
    timestamp_key: SigningKey,
    documents: Documents,
    policy: PolicyDocument,
    timestamp: TimestampDocument,
}

fn payload<T: Document>(envelope: Option<&Envelope>) -> T {
    serde_json::from_slice(&envelope.unwrap().unverified_payload().unwrap()).unwrap()
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
        let documents = agent.documents();
        Self {
            policy_key: collector.key("offline/policy"),
            timestamp_key: collector.key("keys/timestamp"),
            policy: payload(documents.policies.last()),
            timestamp: payload(documents.timestamp.as_ref()),
            documents,
            agent,
        }
    }

    /// Plants a policy signed with the key, and a good timestamp that names it.
    fn plant_policy(&self, policy: &PolicyDocument, key: &SigningKey) {
        let sealed = key.seal(policy).unwrap();
        let mut timestamp = self.timestamp.clone();
        let reference = PolicyRef::new(policy.version, sealed.digest());
        timestamp.policies.insert(policy.group.clone(), reference.into());
        self.plant(Some(sealed.to_envelope()), &timestamp);
    }

    fn plant(&self, policy: Option<Envelope>, timestamp: &TimestampDocument) {
        let timestamp = self.timestamp_key.seal(timestamp).unwrap().to_envelope();
        self.agent.plant(&Documents {
            policies: policy.into_iter().collect(),
            timestamp: Some(timestamp),
            roots: self.documents.roots.clone(),
            placement: None,
        });
    }

    /// Runs a cycle and asserts that it was refused with the code, that nothing was recorded, and that status and
    /// notice say why.
    #[track_caller]
    fn refused(&self, code: &str) -> Said {
        let before = self.agent.ledger_files();
        let said = self.agent.cycle().exits(3);
        assert_eq!(self.agent.ledger_files(), before, "something was recorded");
        let status = self.agent.run(&["status", "--format", "json"]);
        assert!(status.out.contains(code), "status does not name {code}: {}", status.all());
        let reason = status.json()["refused"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(!reason.is_empty(), "{}", status.out);
        assert!(said.err.contains(&reason), "`{reason}` is not in: {}", said.err);
        let notice = self.agent.run(&["notice", "--format", "text"]);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&notice.out).contains(&words(&reason)), "`{reason}` is not in: {}", notice.all());
        let _ = self.agent.run(&["preview"]).exits(3);
        said
    }
}

#[test]
fn a_policy_that_nobody_signed() {
    let scene = Scene::new();
    let mut policy = scene.policy.clone();
    policy.version += 1;
    let bytes = serde_json::to_vec(&policy).unwrap();
    let unsigned = Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &bytes, &[]);
    let mut timestamp = scene.timestamp.clone();
    let reference = PolicyRef::new(policy.version, unsigned.unverified_digest().unwrap());
    timestamp.policies.insert(policy.group.clone(), reference.into());
    scene.plant(Some(unsigned), &timestamp);
    scene.refused("policy_not_signed");
}

#[test]
fn a_policy_signed_by_a_stranger() {
    let scene = Scene::new();
    let mut policy = scene.policy.clone();
    policy.version += 1;
    scene.plant_policy(&policy, &SigningKey::from_seed(&[9; 32]).unwrap());
    scene.refused("policy_not_signed");
}

#[test]
fn a_tampered_policy() {
    let scene = Scene::new();
    let envelope = serde_json::to_string(scene.documents.policies.last().unwrap()).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&envelope).unwrap();
    // The same signature over a longer retention.
    let mut policy = scene.policy.clone();
    policy.max_stale = collector_proto::time::Span::from_seconds(1);
    let encoded =
        Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &serde_json::to_vec(&policy).unwrap(), &[]);
    json["payload"] = serde_json::to_value(encoded).unwrap()["payload"].clone();
    scene.plant(Some(serde_json::from_value(json).unwrap()), &scene.timestamp);
    scene.refused("policy_not_signed");
}

#[test]
fn an_expired_policy() {
    let scene = Scene::new();
    let mut policy = scene.policy.clone();
    policy.version += 1;
    policy.issued = UtcTime::from_unix(scene.timestamp.issued.unix() - 2000);
    policy.notice_from = policy.issued;
    policy.effective_from = policy.issued;
    policy.expires = UtcTime::from_unix(scene.timestamp.issued.unix() - 1000);
    scene.plant_policy(&policy, &scene.policy_key);
    scene.refused("policy_expired");
}

#[test]
fn a_policy_that_is_not_in_force_yet() {
    let scene = Scene::before_the_first_report();
    let mut policy = scene.policy.clone();
    policy.version += 1;
    policy.effective_from = policy.issued.plus_seconds(86_400);
    scene.plant_policy(&policy, &scene.policy_key);
    scene.refused("policy_not_yet_effective");
}

#[test]
fn an_older_policy_than_the_one_before() {
    let scene = Scene::new();
    let mut newer = scene.policy.clone();
    newer.version += 1;
    scene.plant_policy(&newer, &scene.policy_key);
    // The collector is away, so the report is kept; the policy is accepted.
    let _ = scene.agent.cycle().exits(5);
    scene.agent.plant(&scene.documents);
    scene.refused("policy_rolled_back");
}

#[test]
fn a_stale_policy() {
    // One second is the shortest max_stale: no timestamp of a real collector is that fresh for long.
    let scene = Scene::new();
    let mut policy = scene.policy.clone();
    policy.version += 1;
    policy.max_stale = collector_proto::time::Span::from_seconds(1);
    scene.plant_policy(&policy, &scene.policy_key);
    std::thread::sleep(std::time::Duration::from_secs(2));
    scene.refused("policy_stale");
}

#[test]
fn a_timestamp_that_names_another_policy() {
    let scene = Scene::new();
    let mut timestamp = scene.timestamp.clone();
    for named in timestamp.policies.values_mut() {
        named.current.as_mut().unwrap().version += 1;
    }
    scene.plant(scene.documents.policies.last().cloned(), &timestamp);
    scene.refused("policy_not_current");
}

#[test]
fn no_policy_at_all() {
    let scene = Scene::new();
    scene.plant(None, &scene.timestamp);
    scene.refused("no_policy");
}

#[test]
fn a_device_that_was_never_enrolled() {
    let agent = Agent::new();
    let said = agent.cycle().exits(1);
    assert!(said.err.contains("candor enrol"), "{}", said.err);
    let status = agent.run(&["status"]);
    assert!(status.all().contains("enrol"), "{}", status.all());
}

#[test]
fn a_policy_whose_notice_nobody_has_acknowledged() {
    let inventory =
        std::fs::read_to_string(candor_tests::repository().join("packaging/policies/inventory.toml"));
    let asking =
        inventory.unwrap().replace("require_acknowledgement = false", "require_acknowledgement = true");
    let collector = Collector::with_policy(&asking);
    let agent = Agent::enrolled(&collector);
    let before = agent.ledger_files();
    let said = agent.cycle().exits(3);
    assert!(said.err.contains("candor notice --acknowledge"), "{}", said.err);
    assert_eq!(agent.ledger_files(), before);
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["refused"]["code"], "not_acknowledged");
    let notice = agent.run(&["notice", "--format", "json"]).exits(0).json();
    assert_eq!(notice["status"]["state"], "awaiting_acknowledgement");
    let preview = agent.run(&["preview", "--format", "json"]).exits(0).json();
    assert_eq!(preview["standing"], "awaiting_acknowledgement");
    let doctor = agent.run(&["doctor"]).exits(1);
    assert!(doctor.all().contains("candor notice --acknowledge"), "{}", doctor.all());
    let _ = agent.run(&["notice", "--acknowledge"]).exits(0);
    let preview = agent.run(&["preview", "--format", "json"]).exits(0).json();
    assert_eq!(preview["standing"], "in_force");
    let _ = agent.cycle().exits(0);
    // Another version that widens nothing tells nothing new.
    collector.publish(&asking.replace("version = 1", "version = 2"));
    let _ = agent.cycle().exits(0);
}

/// A device with one report that waits for its collector, and the policy it was made under.
fn waiting() -> (Collector, Agent, String) {
    let inventory = candor_tests::repository().join("packaging/policies/inventory.toml");
    let policy = std::fs::read_to_string(inventory).unwrap();
    let mut collector = Collector::with_policy(&policy);
    let agent = Agent::enrolled(&collector);
    collector.kill();
    let _ = agent.cycle().exits(5);
    collector.serve();
    (collector, agent, policy)
}

/// Runs a cycle that makes a report and leaves the one that waits where it is: it names the system, which is no longer
/// permitted.
#[track_caller]
fn withheld(collector: &Collector, agent: &Agent) {
    let said = agent.run(&["run", "--once", "--format", "json"]).exits(0).json();
    assert_eq!(said["withheld"], serde_json::json!([1]), "{said}");
    assert_eq!((&said["recorded"], &said["pending"]), (&serde_json::json!(2), &serde_json::json!([1])));
    let stored = collector.stored_payloads();
    let kept = agent.payloads();
    assert_eq!(stored, kept[1..]);
    let names_the_system =
        |report: &serde_json::Value| report["sections"]["os"]["rows"][0]["os.name"].is_string();
    let reports = agent.reports();
    assert!(names_the_system(&reports[0]) && !names_the_system(&reports[1]));
    let _ = agent.run(&["sent", "verify"]).exits(0);
    let said = agent.cycle().exits(0);
    assert!(said.out.contains("Report 1 is kept and not sent"), "{}", said.out);
}

#[test]
fn a_report_that_waited_is_not_sent_once_the_policy_permits_less() {
    let (collector, agent, policy) = waiting();
    let narrower = policy.replace("\"os.*\", ", "").replace("version = 1", "version = 2");
    assert_ne!(narrower, policy.replace("version = 1", "version = 2"));
    collector.publish(&narrower);
    withheld(&collector, &agent);
}

#[test]
fn a_report_that_waited_is_not_sent_once_the_device_allows_less() {
    let (collector, agent, _) = waiting();
    agent.allow_only(&["package.name", "package.version", "package.type"]);
    withheld(&collector, &agent);
}
