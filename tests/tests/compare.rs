//! Different policies to different devices: neither device can see it. Two people who lay side by side what their devices were given can, and so can
//! whoever holds the policy as it was signed. Real programs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Meddler, Said, inventory, name_newest, resign};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::SystemTime;

/// A collector that can give one device something else than the other.
struct Scene {
    collector: Collector,
    meddler: Meddler,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let mut collector = Collector::with_policy(&inventory(1));
        let meddler = Meddler::before(&mut collector);
        Self { collector, meddler, folder: tempfile::tempdir().unwrap() }
    }

    fn device(&self) -> Agent {
        let agent = Agent::enrolled(&self.collector);
        let _ = agent.cycle().exits(0);
        agent
    }

    /// What the device's person hands on.
    fn export(&self, device: &Agent, name: &str) -> PathBuf {
        let said = device.run(&["policy", "export"]).exits(0);
        let id: Value =
            serde_json::from_slice(&std::fs::read(device.state().join("enrolment.json")).unwrap()).unwrap();
        assert!(!said.out.contains(id["device_id"].as_str().unwrap()), "nothing of the device is in it");
        let file = self.folder.path().join(name);
        std::fs::write(&file, said.out).unwrap();
        file
    }
}

#[track_caller]
fn compare(device: &Agent, file: &std::path::Path, code: i32) -> (Value, Said) {
    let file = file.to_string_lossy();
    let json = device.run(&["policy", "compare", &file, "--format", "json"]).exits(code).json();
    (json, device.run(&["policy", "compare", &file]).exits(code))
}

#[test]
fn devices_that_were_given_the_same_find_no_conflict_and_which_of_them_is_behind() {
    let scene = Scene::new();
    let (anna, ben) = (scene.device(), scene.device());
    let (compared, said) = compare(&ben, &scene.export(&anna, "anna.json"), 0);
    assert_eq!((&compared["result"], &compared["in_common"]), (&json!("same"), &json!(1)));
    assert!(said.out.contains("Version 1 is the newest of the group default here and there"), "{}", said.out);

    let signed = scene.collector.sign(&inventory(2));
    scene.collector.publish_signed(&signed);
    let _ = anna.cycle().exits(0);
    let (compared, said) = compare(&ben, &scene.export(&anna, "anna.json"), 0);
    assert_eq!(
        (&compared["result"], &compared["here"], &compared["there"]),
        (&json!("behind"), &json!(1), &json!(2))
    );
    assert!(said.out.contains("This device is behind"), "{}", said.out);
    let (compared, _) = compare(&anna, &scene.export(&ben, "ben.json"), 0);
    assert_eq!(compared["result"], "ahead");

    // The policy as its holders signed it will do.
    let file = scene.folder.path().join("policy.json");
    std::fs::write(&file, signed.to_json()).unwrap();
    assert_eq!(compare(&anna, &file, 0).0["result"], "same");
    assert_eq!(compare(&ben, &file, 0).0["result"], "behind");
}

#[test]
fn attack_another_policy_under_the_same_number_for_one_device_is_proved_by_both_files() {
    let scene = Scene::new();
    let (anna, ben) = (scene.device(), scene.device());
    let signed = scene.collector.sign(&inventory(2));
    scene.collector.publish_signed(&signed);
    let _ = anna.cycle().exits(0);
    // Whoever has the policy keys, and the online ones, gives Ben's device a version 2 of its own.
    let (key, own) = (scene.collector.key("offline/policy"), scene.collector.key("keys/timestamp"));
    scene.meddler.gives(move |documents| {
        let policies = documents["policies"].as_array_mut().unwrap();
        resign::<PolicyDocument>(policies.last_mut().unwrap(), &key, |policy| {
            policy["controller"]["name"] = json!("Somebody else");
        });
        name_newest(documents, &own);
    });
    let _ = ben.cycle();
    let file = scene.folder.path().join("policy.json");
    std::fs::write(&file, signed.to_json()).unwrap();
    for (device, theirs) in
        [(&ben, scene.export(&anna, "anna.json")), (&anna, scene.export(&ben, "ben.json")), (&ben, file)]
    {
        let (compared, said) = compare(device, &theirs, 4);
        assert_eq!(compared["result"], "conflict");
        let [conflict] = &compared["conflicts"].as_array().unwrap()[..] else { panic!("{compared}") };
        assert_eq!(
            (&conflict["document"], &conflict["version"], &conflict["proved"]),
            (&json!("policy"), &json!(2), &json!(true)),
            "{conflict}"
        );
        assert!(
            said.out.contains("TWO policies HAVE THE NUMBER 2") && said.out.contains("works council"),
            "{}",
            said.out
        );
    }
    // To an honest collector it shows as well: the device names in its report what was never published.
    let events = scene.collector.json(&["event", "list"]);
    let kinds: Vec<&str> =
        events["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["unknown_policy"]);
}

#[test]
fn attack_an_older_version_named_later_shows_that_the_newer_one_is_kept_from_a_device() {
    let scene = Scene::new();
    let ben = scene.device();
    let old = serde_json::to_value(ben.documents().policies).unwrap();
    let signed = scene.collector.sign(&inventory(2));
    scene.collector.publish_signed(&signed);
    // Anna's device is told of version 2, and Ben's ten minutes later that version 1 is still the newest.
    let own = scene.collector.key("keys/timestamp");
    let ten_minutes_ago = UtcTime::from_unix(UtcTime::from_system(SystemTime::now()).unix() - 600);
    scene.meddler.gives(move |documents| {
        resign::<TimestampDocument>(&mut documents["timestamp"], &own, |timestamp| {
            timestamp["issued"] = json!(ten_minutes_ago);
            timestamp["expires"] = json!(ten_minutes_ago.plus_seconds(3600));
        });
    });
    let told = scene.export(&scene.device(), "anna.json");
    let own = scene.collector.key("keys/timestamp");
    scene.meddler.gives(move |documents| {
        documents["policies"] = old.clone();
        name_newest(documents, &own);
    });
    let _ = ben.cycle().exits(0);
    scene.meddler.steps_aside();
    let (compared, said) = compare(&ben, &told, 4);
    assert_eq!(compared["result"], "conflict");
    let conflict = &compared["conflicts"][0];
    assert_eq!(
        (
            &conflict["kind"],
            &conflict["from_here"],
            &conflict["version"],
            &conflict["then"],
            &conflict["proved"]
        ),
        (&json!("withheld"), &json!(true), &json!(2), &json!(1), &json!(true)),
        "{conflict}"
    );
    assert!(said.out.contains("AN OLDER VERSION WAS NAMED LATER"), "{}", said.out);
}

#[test]
fn a_file_that_cannot_be_compared_is_named_without_what_is_in_it() {
    let scene = Scene::new();
    let device = scene.device();
    let file = scene.folder.path().join("file");
    for content in ["", "{}", "\"secret-canary\"", "{\"v\":1,\"type\":\"secret-canary\"}", "[[[["] {
        std::fs::write(&file, content).unwrap();
        let said = device.run(&["policy", "compare", &file.to_string_lossy()]).exits(1);
        assert!(
            said.err.contains("neither what `candor policy export` writes") && said.out.is_empty(),
            "{}",
            said.all()
        );
        assert!(!said.all().contains("secret-canary"), "{}", said.all());
    }
    let other = Scene::new();
    let theirs = other.export(&other.device(), "other.json");
    let changed = std::fs::read_to_string(&theirs)
        .unwrap()
        .replace("\"group\": \"default\"", "\"group\": \"\\u001b[2Jlab\"");
    std::fs::write(&file, changed).unwrap();
    let said = device.run(&["policy", "compare", &file.to_string_lossy()]).exits(1);
    assert!(said.err.contains("cannot be compared") && !said.err.contains('\u{1b}'), "{}", said.all());
    let said = Agent::new().run(&["policy", "compare", &theirs.to_string_lossy()]).exits(3);
    assert!(said.err.contains("not enrolled"), "{}", said.all());
}
