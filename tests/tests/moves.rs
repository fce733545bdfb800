//! Devices that are moved to another group, with the real programs: by whoever signs policies, and by a collector that would like to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said, repository};
use collector_proto::contract::Version1;
use collector_proto::disclosure::request::{KeepDocuments, ShowDevice, ShowStatus};
use collector_proto::disclosure::{Answer, DeviceAnswer};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::messages::Documents;
use collector_proto::policy::trust::{PlacementDocument, PlacementKind, TimestampDocument};
use collector_proto::time::UtcTime;
use rusqlite::Connection;
use serde_json::Value;

const NAMED: &str = "[[collect]]\nfields = [\"host.name\"]\npurposes = [\"inventory\"]\n";

/// The inventory for a group.
fn policy(group: &str) -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    assert!(inventory.contains(NAMED));
    inventory.replace("[policy]\n", &format!("[policy]\ngroup = \"{group}\"\n"))
}

/// The name of the host less.
fn narrower(group: &str) -> String {
    policy(group).replace(NAMED, "")
}

/// The names of users more.
fn wider(group: &str) -> String {
    format!("{}\n[[collect]]\nfields = [\"user.name\"]\npurposes = [\"inventory\"]\n", policy(group))
}

/// A collector with a narrower group `kiosk` and a wider group `lab`, and a device of `default` that reports.
struct World {
    collector: Collector,
    agent: Agent,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(Collector::start())
    }

    fn with(collector: Collector) -> Self {
        collector.publish(&narrower("kiosk"));
        collector.publish(&wider("lab"));
        let agent = Agent::enrolled(&collector);
        let _ = agent.cycle().exits(0);
        Self { collector, agent, folder: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let data = self.collector.data().to_string_lossy().into_owned();
        self.collector.run(&[arguments, &["--data", &data]].concat())
    }

    fn device(&self) -> DeviceAnswer {
        match self.agent.ask_reader(ShowDevice {}) {
            Answer::Device(device) => device,
            other => panic!("{other:?}"),
        }
    }

    fn id(&self) -> String {
        self.device().device_id.to_string()
    }

    fn file(&self) -> String {
        self.folder.path().join("moves.json").display().to_string()
    }

    /// Writes, signs and publishes what moves the device; what each said.
    fn move_to(&self, group: &str) -> [Said; 3] {
        let file = self.file();
        let new = self.run(&["placement", "new", &self.id(), "--group", group, "--output", &file]).exits(0);
        let sign = self.run(&["placement", "sign", &file, "--output", &file]).exits(0);
        [new, sign, self.run(&["placement", "publish", &file]).exits(0)]
    }

    fn listed(&self) -> Value {
        self.collector.json(&["device", "list"])["devices"][0].clone()
    }

    /// The newest report that the collector keeps.
    fn newest(&self) -> Value {
        self.collector.reports().pop().unwrap()
    }

    fn status(&self) -> Value {
        self.agent.run(&["status", "--format", "json"]).exits(0).json()
    }

    /// As if these days had passed since the collector published anything.
    fn publications_lie_back(&mut self, days: i64) {
        self.collector.kill();
        let database = Connection::open(self.collector.data().join("collector.db")).unwrap();
        for statement in [
            "UPDATE policy SET published_at = published_at - ?1",
            "UPDATE placement SET placed_at = placed_at - ?1",
        ] {
            database.execute(statement, [days * 86_400]).unwrap();
        }
        drop(database);
        self.collector.serve();
    }

    /// What the reader says of documents that a collector made up.
    fn refused(&self, documents: Documents) -> Option<String> {
        self.agent.ask_reader(KeepDocuments { documents: documents.clone() });
        match self.agent.ask_reader(ShowStatus { documents: Some(documents) }) {
            Answer::Status(status) => status.refused.map(|refused| refused.code),
            other => panic!("{other:?}"),
        }
    }

    /// A placement of this device.
    fn placement(&self, number: u64, from: &str, group: &str) -> PlacementDocument {
        let device = self.device();
        PlacementDocument {
            v: Version1,
            kind: PlacementKind::Placement,
            collector: device.collector,
            device_id: device.device_id,
            number,
            group: group.to_owned(),
            from: from.to_owned(),
        }
    }

    /// What the collector would give the devices of a group, with a placement.
    fn documents_of(&self, group: &str, placement: Option<Envelope>) -> Documents {
        let other = Agent::new();
        let bundle = tempfile::tempdir_in(self.folder.path()).unwrap().keep().join("bundle.json");
        let output = bundle.display().to_string();
        let url = self.collector.url();
        let _ = self.run(&["bundle", "--group", group, "--url", &url, "--output", &output]).exits(0);
        let _ = other.run(&["enrol", "--bundle", &output]).exits(0);
        let given = other.documents();
        // It holds the key of timestamps: none is older than one that it gave.
        let body = given.timestamp.as_ref().unwrap().unverified_payload().unwrap();
        let mut timestamp: TimestampDocument = serde_json::from_slice(&body).unwrap();
        timestamp.issued = UtcTime::from_system(std::time::SystemTime::now());
        timestamp.expires = timestamp.issued.plus_seconds(3_600);
        Documents { timestamp: Some(self.stamp(&timestamp)), placement, ..given }
    }

    fn stamp(&self, timestamp: &TimestampDocument) -> Envelope {
        self.collector.key("keys/timestamp").seal(timestamp).unwrap().to_envelope()
    }
}

fn signed(document: &PlacementDocument, key: &SigningKey) -> Envelope {
    key.seal(document).unwrap().to_envelope()
}

#[test]
fn a_device_is_under_a_narrower_group_with_the_next_cycle() {
    let world = World::new();
    assert!(world.newest().to_string().contains("host.name"));
    let [new, sign, publish] = world.move_to("kiosk");
    for said in [&new, &sign, &publish] {
        assert!(said.out.contains("From the group `default` to `kiosk`"), "{}", said.out);
        assert!(said.out.contains("host.name is no longer collected"), "{}", said.out);
    }
    assert!(
        publish.out.contains("holds on each device as soon as the device hears of it"),
        "{}",
        publish.out
    );
    let listed = world.run(&["device", "list"]).exits(0).out;
    assert!(listed.contains("kiosk (moved, not taken up yet)"), "{listed}");

    let _ = world.agent.cycle().exits(0);
    let report = world.newest();
    assert_eq!((&report["seq"], &report["policy"]["placement"]), (&2.into(), &1.into()), "{report}");
    assert_eq!(report["policy"]["coming"], serde_json::json!([]));
    assert!(!report.to_string().contains("host.name"), "{report}");
    let device = world.listed();
    assert_eq!((&device["group"], &device["placement_seen"]), (&"kiosk".into(), &1.into()), "{device}");
    assert_eq!(world.status()["enrolment"]["group"], "kiosk");
    let history = world.agent.run(&["policy", "history"]).exits(0).out;
    assert!(history.contains("the policy is for the group `kiosk` instead of `default`"), "{history}");
    let shown = world.run(&["device", "show", &world.id(), "--purpose", "test"]).exits(0).out;
    assert!(shown.contains("kiosk"), "{shown}");
    let again = world.run(&["placement", "publish", &world.file()]).exits(0).out;
    assert!(again.contains("0 device(s) moved, 1 moved before"), "{again}");
    let _ = world.run(&["report", "verify"]).exits(0);
}

#[test]
fn a_wider_group_waits_until_people_were_told_and_both_hold_until_then() {
    let mut world = World::new();
    let [new, ..] = world.move_to("lab");
    assert!(new.out.contains("user.name is collected"), "{}", new.out);
    assert!(new.out.contains("7 days after it was shown on the device"), "{}", new.out);
    for _ in 0..2 {
        let _ = world.agent.cycle().exits(0);
    }
    let report = world.newest();
    let policy = &report["policy"];
    assert_eq!(
        (&policy["placement"], &policy["coming"][0]["placement"]),
        (&Value::Null, &1.into()),
        "{report}"
    );
    assert!(!report.to_string().contains("user.name"), "{report}");
    let told = world.agent.run(&["status"]).exits(0).out;
    assert!(told.contains("this device is moved to the group lab: version 1, in force from "), "{told}");
    let notice = world.agent.run(&["notice"]).exits(0).out;
    let notice = notice.split_whitespace().collect::<Vec<_>>().join(" ");
    let moves = "moves this device from the group “default” to the group “lab”";
    assert!(notice.contains(moves), "the notice does not say that the device is moved");

    // A device whose clock ran ahead, or that was taken over, is refused before its day.
    world.agent.let_pass(8);
    let hasty = world.agent.cycle();
    assert!(hasty.all().contains("superseded-policy"), "{}", hasty.all());
    world.publications_lie_back(8);
    let _ = world.agent.cycle().exits(0);
    let report = world.newest();
    assert_eq!(report["policy"]["placement"], 1, "{report}");
    assert!(report["policy"]["coming"].as_array().unwrap().is_empty(), "{report}");
    assert!(report.to_string().contains("user.name"), "{report}");
}

#[test]
fn a_collector_moves_no_device_by_itself() {
    let world = World::new();
    let lab = |placement| world.documents_of("lab", placement);
    let policy_key = world.collector.key("offline/policy");
    let move_to_lab = world.placement(1, "default", "lab");
    for name in ["keys/timestamp", "keys/receipt", "offline/root"] {
        let forged = signed(&move_to_lab, &world.collector.key(name));
        assert_eq!(world.refused(lab(Some(forged))).as_deref(), Some("placement_invalid"), "{name}");
    }
    let other = PlacementDocument { device_id: uuid::Uuid::from_u128(9), ..move_to_lab.clone() };
    assert_eq!(world.refused(lab(Some(signed(&other, &policy_key)))).as_deref(), Some("placement_invalid"));
    assert_eq!(world.refused(lab(None)).as_deref(), Some("policy_for_other_group"));
    // A timestamp of its own making, which names the other group's policy for this device's group.
    let mut mixed = lab(None);
    let body = mixed.timestamp.as_ref().unwrap().unverified_payload().unwrap();
    let mut timestamp: TimestampDocument = serde_json::from_slice(&body).unwrap();
    let named = timestamp.policies.remove("lab").unwrap();
    timestamp.policies.insert("default".to_owned(), named);
    mixed.timestamp = Some(world.stamp(&timestamp));
    assert_eq!(world.refused(mixed).as_deref(), Some("policy_for_other_group"));
    assert_eq!((world.device().group.as_str(), world.device().placed), ("default", None));
}

#[test]
fn a_placement_of_the_past_does_not_come_again() {
    let world = World::new();
    let _ = world.move_to("lab");
    let _ = world.agent.cycle().exits(0);
    let first = world.agent.documents().placement;
    let _ = world.move_to("kiosk");
    let _ = world.agent.cycle().exits(0);
    assert_eq!(world.device().group, "kiosk");
    assert_eq!(world.refused(world.documents_of("lab", first)).as_deref(), Some("placement_rolled_back"));
    let policy_key = world.collector.key("offline/policy");
    let second = signed(&world.placement(2, "lab", "lab"), &policy_key);
    assert_eq!(
        world.refused(world.documents_of("lab", Some(second))).as_deref(),
        Some("placement_equivocation")
    );
    assert_eq!(world.refused(world.documents_of("lab", None)).as_deref(), Some("policy_for_other_group"));
    assert_eq!(world.device().group, "kiosk");
    // What is refused stops nothing that is good.
    let _ = world.agent.cycle().exits(0);
}

#[test]
fn what_devices_would_not_take_is_not_published() {
    let world = World::new();
    let (file, id) = (world.file(), world.id());
    let nowhere = world.run(&["placement", "new", &id, "--group", "nowhere", "--output", &file]).exits(1);
    assert!(nowhere.err.contains("has no published policy"), "{}", nowhere.err);
    let there = world.run(&["placement", "new", &id, "--group", "default", "--output", &file]).exits(1);
    assert!(there.err.contains("is in the group `default` already"), "{}", there.err);
    let _ = world
        .run(&["placement", "new", "--all-of", "default", "--group", "kiosk", "--output", &file])
        .exits(0);
    let unsigned = world.run(&["placement", "publish", &file]).exits(1);
    assert!(unsigned.err.contains("not validly signed"), "{}", unsigned.err);
    let root_key = world.collector.data().join("offline/root.pk8").display().to_string();
    let foreign = world.run(&["placement", "sign", &file, "--key", &root_key, "--output", &file]).exits(1);
    assert!(foreign.err.contains("not one of the root's policy keys"), "{}", foreign.err);
    let _ = world.run(&["placement", "sign", &file, "--output", &file]).exits(0);
    let _ = world.move_to("lab");
    let _ = world.run(&["placement", "new", &id, "--group", "kiosk", "--output", &file]).exits(0);
    let _ = world.run(&["device", "revoke", &id]).exits(0);
    let _ = world.run(&["placement", "sign", &file, "--output", &file]).exits(0);
    let revoked = world.run(&["placement", "publish", &file]).exits(1);
    assert!(revoked.err.contains("is revoked"), "{}", revoked.err);
}

#[test]
fn a_restore_does_not_undo_a_move() {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut collector = Collector::initialised();
    let config = collector.data().join("collector.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let journal = elsewhere.path().join("candor.journal");
    std::fs::write(&config, format!("{text}\n[journal]\npath = \"{}\"\n", journal.display())).unwrap();
    collector.publish(&policy("default"));
    collector.serve();
    let mut world = World::with(collector);
    let backup = elsewhere.path().join("backup").display().to_string();
    let _ = world.run(&["backup", "--output", &backup]).exits(0);
    let _ = world.move_to("kiosk");
    let _ = world.agent.cycle().exits(0);

    world.collector.kill();
    let data = world.collector.data();
    let offline = elsewhere.path().join("offline");
    std::fs::rename(data.join("offline"), &offline).unwrap();
    std::fs::remove_dir_all(&data).unwrap();
    let restored = world.run(&["restore", "--from", &backup, "--format", "json"]).exits(0).json();
    assert_eq!(restored["recovered"]["devices_placed"], 1, "{restored}");
    std::fs::rename(&offline, data.join("offline")).unwrap();
    world.collector.serve();
    assert_eq!(world.listed()["group"], "kiosk");
    // It sends again what the backup lacks, which was made under the placement.
    let _ = world.agent.cycle().exits(0);
    let lost = &world.agent.payloads()[1];
    assert!(world.collector.stored_payloads().contains(lost), "the report under the placement is lost");
    assert_eq!(world.newest()["policy"]["placement"], 1);
}
