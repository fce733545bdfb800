//! Documents that a device has to refuse: each attack by whoever stands before the collector, or holds its keys. Real programs. What is in force
//! goes on or stops, the device says what was refused, and once it is well again the collector has one event of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Meddler, Said, inventory, name_newest, resign};
use collector_proto::catalog::{Attack, DocumentKind};
use collector_proto::disclosure::Answer;
use collector_proto::disclosure::request::JudgeGiven;
use collector_proto::limits::{MAX_READER_REQUEST_BYTES, MAX_ROOT_STEPS};
use collector_proto::messages::RefusedDocument;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::{RootDocument, TimestampDocument};
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::time::SystemTime;

const HOUR: i64 = 3600;

/// A device that reports, and whoever stands between it and its collector.
struct Scene {
    collector: Collector,
    agent: Agent,
    meddler: Meddler,
}

fn now() -> i64 {
    UtcTime::from_system(SystemTime::now()).unix()
}

fn instant(at: i64) -> Value {
    json!(UtcTime::from_unix(at))
}

impl Scene {
    /// The device's newest timestamp is two hours old, so that there are older and newer ones of the past.
    fn new() -> Self {
        let mut collector = Collector::with_policy(&inventory(1));
        let (key, meddler) = (collector.key("keys/timestamp"), Meddler::before(&mut collector));
        meddler.gives(move |documents| {
            resign::<TimestampDocument>(&mut documents["timestamp"], &key, |timestamp| {
                timestamp["issued"] = instant(now() - 2 * HOUR);
                timestamp["expires"] = instant(now() + 20 * HOUR);
            });
        });
        let agent = Agent::enrolled(&collector);
        let _ = agent.cycle().exits(0);
        Self { collector, agent, meddler }
    }

    /// The documents as the collector gives them now.
    fn change(&self, change: impl Fn(&mut Value) + Send + 'static) {
        self.meddler.gives(change);
    }

    /// Signs a timestamp again with the collector's own key.
    fn timestamp(
        &self,
        change: impl Fn(&mut Value) + Send + 'static,
    ) -> impl Fn(&mut Value) + Send + 'static {
        let key = self.collector.key("keys/timestamp");
        move |documents: &mut Value| {
            resign::<TimestampDocument>(&mut documents["timestamp"], &key, &change);
        }
    }

    /// Has the policy that is given be another document, signed by the key `key`, which the timestamp names.
    fn other_policy(&self, key: &str, change: impl Fn(&mut Value) + Send + 'static) {
        let (key, own) = (self.collector.key(key), self.collector.key("keys/timestamp"));
        self.change(move |documents| {
            let policies = documents["policies"].as_array_mut().unwrap();
            resign::<PolicyDocument>(policies.last_mut().unwrap(), &key, &change);
            name_newest(documents, &own);
        });
    }

    fn events(&self) -> Vec<(String, u64)> {
        let events = self.collector.json(&["event", "list"]);
        let events = events["events"].as_array().unwrap().iter();
        events
            .map(|event| (event["kind"].as_str().unwrap().to_owned(), event["count"].as_u64().unwrap()))
            .filter(|(kind, _)| kind.starts_with("refused"))
            .collect()
    }

    fn status(&self) -> Value {
        self.agent.run(&["status", "--format", "json"]).exits(0).json()
    }

    /// The newest entry of what was refused.
    fn entry(&self) -> Value {
        let entries = self.status()["refused_documents"]["entries"].clone();
        entries.as_array().and_then(|entries| entries.last()).cloned().unwrap_or_default()
    }

    /// The next root, signed by the holder and published.
    fn publish_root(&self) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let data = self.collector.data().display().to_string();
        let (draft, signed) = (at("root.toml"), at("root.json"));
        for verb in [
            &["new-version", "--output", &draft][..],
            &["sign", &draft, "--output", &signed],
            &["publish", &signed],
        ] {
            let _ = self.collector.run(&[&["root"], verb, &["--data", &data]].concat()).exits(0);
        }
    }

    /// One cycle against what is given now, which ends so, and is refused as this attack on this document.
    #[track_caller]
    fn refuses(&self, code: i32, attack: Attack, document: DocumentKind) -> Said {
        let before = self.events();
        let said = self.agent.cycle().exits(code);
        let status = self.status();
        let refused = &status["refused_documents"];
        let newest = refused["entries"]
            .as_array()
            .unwrap()
            .last()
            .unwrap_or_else(|| panic!("nothing was refused: {}", said.all()));
        assert_eq!(
            (newest["attack"].as_str(), newest["document"].as_str()),
            (Some(attack.name()), Some(document.name())),
            "{}",
            said.all()
        );
        assert_eq!(refused["well_since"], Value::Null, "{status}");
        let told = self.agent.run(&["status"]).exits(0).out;
        assert!(told.contains(attack.name()) && told.contains("tell whoever answers"), "{told}");
        let history = self.agent.run(&["policy", "history"]).exits(0).out;
        assert!(history.contains(&format!("({attack})")), "{history}");
        let doctor = self.agent.run(&["doctor", "--offline", "--format", "json"]).json();
        let line = doctor.as_array().unwrap().iter().find(|line| line["check"] == "documents").unwrap();
        assert_eq!(line["result"], "doubtful", "{line}");
        assert_eq!(self.events(), before, "nothing is told while it is not well");
        said
    }

    /// The honest collector is back: the next report tells it, once.
    #[track_caller]
    fn is_well_and_has_told(&self, expected: &[Attack]) {
        self.meddler.steps_aside();
        for _ in 0..3 {
            let _ = self.agent.cycle().exits(0);
        }
        let mut events = self.events();
        events.sort();
        let mut expected: Vec<(String, u64)> =
            expected.iter().map(|attack| (format!("refused_{attack}"), 1)).collect();
        expected.sort();
        assert_eq!(events, expected);
        let status = self.status();
        assert!(status["refused_documents"]["well_since"].is_string(), "{status}");
        let entries = status["refused_documents"]["entries"].as_array().unwrap();
        assert!(entries.iter().all(|entry| entry["told"] == true), "{status}");
        assert!(self.agent.run(&["status"]).exits(0).out.contains("all is well again since"));
        let telling: Vec<Value> =
            self.agent.reports().into_iter().filter(|report| !report["refused"].is_null()).collect();
        assert_eq!(telling.len(), 1, "one report tells of it");
        for told in telling[0]["refused"].as_array().unwrap() {
            assert!(told["first"].as_str().unwrap().ends_with("T00:00:00Z"), "{told}");
        }
    }
}

#[test]
fn rollback_of_the_policy_with_a_fresh_timestamp_stops_the_cycle() {
    let scene = Scene::new();
    let old = serde_json::to_value(scene.agent.documents().policies).unwrap();
    scene.meddler.steps_aside();
    scene.collector.publish(&inventory(2));
    let _ = scene.agent.cycle().exits(0);
    let key = scene.collector.key("keys/timestamp");
    scene.change(move |documents| {
        documents["policies"] = old.clone();
        name_newest(documents, &key);
    });
    let before = scene.agent.ledger_files();
    scene.refuses(3, Attack::Rollback, DocumentKind::Policy);
    assert_eq!(scene.agent.ledger_files(), before, "nothing was recorded");
    let _ = scene.agent.cycle().exits(3);
    let entries = scene.status()["refused_documents"]["entries"].clone();
    assert_eq!(
        (entries.as_array().unwrap().len(), &entries[0]["count"]),
        (1, &json!(2)),
        "counted, not added"
    );
    assert_eq!((&entries[0]["offered"]["version"], &entries[0]["held"]["version"]), (&json!(1), &json!(2)));
    scene.is_well_and_has_told(&[Attack::Rollback]);
}

#[test]
fn rollback_of_the_timestamp_stops_the_cycle() {
    let scene = Scene::new();
    scene.change(scene.timestamp(|timestamp| {
        timestamp["issued"] = instant(now() - 3 * HOUR);
        timestamp["expires"] = instant(now() + 20 * HOUR);
    }));
    scene.refuses(3, Attack::Rollback, DocumentKind::Timestamp);
    scene.is_well_and_has_told(&[Attack::Rollback]);
}

#[test]
fn freeze_goes_on_under_what_is_kept_as_long_as_that_is_fresh() {
    let scene = Scene::new();
    scene.change(scene.timestamp(|timestamp| {
        timestamp["issued"] = instant(now() - HOUR);
        timestamp["expires"] = instant(now() - HOUR / 2);
    }));
    scene.refuses(0, Attack::Freeze, DocumentKind::Timestamp);
    scene.is_well_and_has_told(&[Attack::Freeze]);
}

#[test]
fn mix_and_match_of_an_old_policy_with_the_newest_timestamp_stops_the_cycle() {
    let scene = Scene::new();
    let old = serde_json::to_value(scene.agent.documents().policies[0].clone()).unwrap();
    scene.collector.publish(&inventory(2));
    // In the place of the newest, and behind it, where the newest is expected: in both cases it is not the one that is current.
    for with_the_newest in [false, true] {
        let old = old.clone();
        scene.change(move |documents| {
            let policies = documents["policies"].as_array_mut().unwrap();
            let newest = policies.pop().unwrap();
            *policies = if with_the_newest { vec![newest, old.clone()] } else { vec![old.clone()] };
        });
        let said = scene.refuses(3, Attack::MixAndMatch, DocumentKind::Policy);
        assert!(said.err.contains("current policy is version 2; the version 1"), "{}", said.all());
        assert_eq!(scene.entry()["offered"]["version"], 1);
    }
    scene.is_well_and_has_told(&[Attack::MixAndMatch]);
}

#[test]
fn mix_and_match_leaves_no_version_out_and_brings_no_policy_of_another_group() {
    let scene = Scene::new();
    let second = scene.collector.sign(&inventory(2));
    let named = json!({ "version": 2, "sha256": second.unverified_digest().unwrap() });
    scene.collector.publish_signed(&second);
    scene.collector.publish(&inventory(3));
    let key = scene.collector.key("keys/timestamp");
    scene.change(move |documents| {
        let newest = documents["policies"].as_array_mut().unwrap().pop().unwrap();
        documents["policies"] = json!([newest]);
        name_newest(documents, &key);
        resign::<TimestampDocument>(&mut documents["timestamp"], &key, |timestamp| {
            let newest = timestamp["policies"]["default"]["current"].clone();
            timestamp["policies"]["default"] = json!({ "current": named, "coming": [newest] });
        });
    });
    let said = scene.refuses(3, Attack::MixAndMatch, DocumentKind::Policy);
    assert!(said.err.contains("version 2 of the policy") && said.err.contains("left out"), "{}", said.all());
    scene.other_policy("offline/policy", |policy| policy["group"] = json!("servers"));
    let said = scene.refuses(3, Attack::MixAndMatch, DocumentKind::Policy);
    assert!(said.err.contains("for the group `servers`"), "{}", said.all());
    assert_eq!(scene.entry()["count"], 2);
    scene.is_well_and_has_told(&[Attack::MixAndMatch]);
}

#[test]
fn fast_forward_of_time_and_of_roots_leaves_no_trace_in_what_is_accepted_later() {
    let scene = Scene::new();
    scene.change(scene.timestamp(|timestamp| {
        timestamp["issued"] = instant(now() + 20 * HOUR);
        timestamp["expires"] = instant(now() + 40 * HOUR);
    }));
    scene.refuses(0, Attack::FastForward, DocumentKind::Timestamp);
    let (key, first) = (scene.collector.key("offline/root"), scene.agent.state().join("enrolment.json"));
    let first: Value = serde_json::from_slice(&std::fs::read(first).unwrap()).unwrap();
    scene.change(move |documents| {
        let mut root = first["root"].clone();
        resign::<RootDocument>(&mut root, &key, |root| root["version"] = json!(5));
        documents["roots"] = json!([root]);
    });
    scene.refuses(3, Attack::FastForward, DocumentKind::Root);
    scene.meddler.steps_aside();
    for _ in 0..3 {
        let _ = scene.agent.cycle().exits(0);
    }
    assert_eq!(scene.events(), [("refused_fast_forward".to_owned(), 2)], "one for each document");
}

#[test]
fn rollback_of_the_root_with_a_fresh_timestamp_stops_the_cycle() {
    let scene = Scene::new();
    let old = serde_json::to_value(scene.agent.documents().timestamp).unwrap();
    scene.meddler.steps_aside();
    scene.publish_root();
    let _ = scene.agent.cycle().exits(0);
    let key = scene.collector.key("keys/timestamp");
    scene.change(move |documents| {
        documents["roots"] = json!([]);
        documents["timestamp"] = old.clone();
        resign::<TimestampDocument>(&mut documents["timestamp"], &key, |timestamp| {
            timestamp["issued"] = instant(now());
            timestamp["expires"] = instant(now() + 20 * HOUR);
        });
    });
    let before = scene.agent.ledger_files();
    scene.refuses(3, Attack::Rollback, DocumentKind::Root);
    let entry = scene.entry();
    assert_eq!((&entry["offered"]["version"], &entry["held"]["version"]), (&json!(1), &json!(2)), "{entry}");
    assert_eq!(scene.agent.ledger_files(), before, "nothing was recorded");
    scene.is_well_and_has_told(&[Attack::Rollback]);
    assert_eq!(scene.agent.documents().roots.len(), 1, "the newest root is followed again");
}

#[test]
fn more_roots_than_anybody_walks_stop_the_cycle() {
    let scene = Scene::new();
    let first = scene.agent.state().join("enrolment.json");
    let first: Value = serde_json::from_slice(&std::fs::read(first).unwrap()).unwrap();
    let key = scene.collector.key("keys/timestamp");
    scene.change(move |documents| {
        documents["roots"] = json!(vec![first["root"].clone(); MAX_ROOT_STEPS + 1]);
        resign::<TimestampDocument>(&mut documents["timestamp"], &key, |timestamp| {
            timestamp["root"]["version"] = json!(MAX_ROOT_STEPS + 2);
        });
    });
    scene.refuses(3, Attack::EndlessData, DocumentKind::All);
    assert_eq!(scene.entry()["by_agent"], Value::Null, "the reader has seen it itself");
    scene.is_well_and_has_told(&[Attack::EndlessData]);
}

/// A report that was made without a connection waits; whoever is found before the collector then gets neither that one nor another, and is
/// told of once the collector is honest again.
#[test]
fn an_attack_while_a_report_waits_is_told_by_the_one_after_it() {
    let mut scene = Scene::new();
    let old = serde_json::to_value(scene.agent.documents().policies).unwrap();
    scene.meddler.steps_aside();
    scene.collector.publish(&inventory(2));
    let _ = scene.agent.cycle().exits(0);
    scene.collector.kill();
    let _ = scene.agent.cycle().exits(5);
    assert_eq!(scene.agent.unreceipted(), 1);
    scene.collector.serve();
    let key = scene.collector.key("keys/timestamp");
    scene.change(move |documents| {
        documents["policies"] = old.clone();
        name_newest(documents, &key);
    });
    let stored = scene.collector.stored_payloads().len();
    scene.refuses(3, Attack::Rollback, DocumentKind::Policy);
    assert_eq!(scene.agent.unreceipted(), 1, "it still waits");
    assert_eq!(scene.collector.stored_payloads().len(), stored);
    scene.meddler.steps_aside();
    let _ = scene.agent.cycle().exits(0);
    assert_eq!(scene.agent.unreceipted(), 0);
    let told: Vec<bool> = scene.agent.reports().iter().map(|report| !report["refused"].is_null()).collect();
    assert_eq!(told[told.len() - 2..], [false, true], "what waited was made before");
    scene.is_well_and_has_told(&[Attack::Rollback]);
}

/// What is kept of refused documents decides nothing: without it the device reports, and says what is missing.
#[test]
fn a_damaged_record_of_refused_documents_shows_and_stops_nothing() {
    let scene = Scene::new();
    scene.other_policy("keys/receipt", |policy| policy["version"] = json!(2));
    scene.refuses(3, Attack::Forged, DocumentKind::Policy);
    scene.meddler.steps_aside();
    let kept = scene.agent.state().join("reader/refused.json");
    let whole = std::fs::read(&kept).unwrap();
    std::fs::write(&kept, &whole[..whole.len() / 2]).unwrap();
    let _ = scene.agent.cycle().exits(0);
    let status = scene.status();
    assert!(status["refused"].is_null() && status["sandbox"].is_object(), "{status:#}");
    assert!(status["policy"].is_object() && status["ledger"]["pending"] == 0, "{status:#}");
    assert!(status["refused_documents"].is_null(), "{status:#}");
    let lost = status["refused_documents_lost"].as_str().unwrap();
    assert!(lost.contains("refused.json is damaged") && lost.contains("remove it"), "{lost}");
    let told = scene.agent.run(&["status"]).exits(0).out;
    assert!(told.contains("not known:") && told.contains("refused.json is damaged"), "{told}");
    let doctor = scene.agent.run(&["doctor", "--offline", "--format", "json"]).json();
    let line = doctor.as_array().unwrap().iter().find(|line| line["check"] == "documents").unwrap();
    assert!(line["result"] == "bad" && line["detail"].as_str().unwrap().contains("remove it"), "{line}");
    assert!(scene.agent.run(&["policy", "history"]).exits(0).out.contains("(forged)"));
    // As it says.
    std::fs::remove_file(&kept).unwrap();
    let _ = scene.agent.cycle().exits(0);
    assert_eq!(scene.status()["refused_documents"]["entries"], json!([]));
}

#[test]
fn endless_data_is_cut_off_and_what_is_kept_goes_on() {
    let scene = Scene::new();
    scene.change(|documents| documents["later"] = json!(" ".repeat(MAX_READER_REQUEST_BYTES)));
    scene.refuses(5, Attack::EndlessData, DocumentKind::All);
    let entry = scene.status()["refused_documents"]["entries"][0].clone();
    assert_eq!(entry["by_agent"], true, "the reader saw nothing of it: {entry}");
    scene.is_well_and_has_told(&[Attack::EndlessData]);
}

#[test]
fn another_policy_under_the_same_number_stops_the_cycle() {
    let scene = Scene::new();
    scene.other_policy("offline/policy", |policy| policy["controller"]["name"] = json!("Somebody else"));
    scene.refuses(3, Attack::OtherContent, DocumentKind::Policy);
    scene.is_well_and_has_told(&[Attack::OtherContent]);
}

#[test]
fn a_forged_policy_stops_the_cycle() {
    let scene = Scene::new();
    scene.other_policy("keys/receipt", |policy| policy["version"] = json!(2));
    scene.refuses(3, Attack::Forged, DocumentKind::Policy);
    scene.is_well_and_has_told(&[Attack::Forged]);
}

/// Whoever took candor over can hand anything over. What the reader keeps is what it saw.
#[test]
fn who_took_candor_over_invents_nothing_at_the_reader() {
    let scene = Scene::new();
    let day = UtcTime::from_unix(now()).to_day();
    let invented = RefusedDocument {
        attack: Attack::Rollback,
        document: DocumentKind::Root,
        offered: None,
        held: None,
        first: day,
        last: day,
    };
    let documents = Some(scene.agent.documents());
    let answer = scene.agent.ask_reader(JudgeGiven { documents, told: vec![invented] });
    let Answer::Given(answer) = answer else { panic!("{answer:?}") };
    assert!(answer.refused.is_none() && answer.to_tell.is_empty(), "{answer:?}");
    assert_eq!(scene.status()["refused_documents"]["entries"], json!([]));
}
