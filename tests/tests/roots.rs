//! Roots of trust over the years: renewal, several holders, other online keys, another authority, a stolen key. Real programs, each key where its
//! holder would have it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Message, Relay, Said, repository, resign};
use collector_proto::disclosure::Answer;
use collector_proto::disclosure::request::ShowStatus;
use collector_proto::envelope::Envelope;
use collector_proto::messages::{Documents, Receipt, path};
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::time::UtcTime;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A collector with a device that has reported, and what its holders keep elsewhere.
struct World {
    collector: Collector,
    agent: Agent,
    desk: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let inventory = repository().join("packaging/policies/inventory.toml");
        Self::of(Collector::with_policy(&std::fs::read_to_string(inventory).unwrap()))
    }

    fn of(collector: Collector) -> Self {
        let agent = Agent::enrolled(&collector);
        let _ = agent.cycle().exits(0);
        Self { collector, agent, desk: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> String {
        self.desk.path().join(name).display().to_string()
    }

    fn offline(&self, role: &str) -> String {
        self.collector.data().join("offline").join(format!("{role}.pk8")).display().to_string()
    }

    fn collector(&self, arguments: &[&str]) -> Said {
        let data = self.collector.data().display().to_string();
        match arguments {
            // Keys are made where there is no collector.
            ["key", ..] => self.collector.run(arguments),
            _ => self.collector.run(&[arguments, &["--data", &data]].concat()),
        }
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        self.collector(&[arguments, &["--format", "json"]].concat()).exits(0).json()
    }

    /// The next root as it is written with these arguments, and edited.
    fn draft(&self, name: &str, arguments: &[&str], edit: impl FnOnce(String) -> String) -> String {
        let path = self.at(name);
        let written = [&["root", "new-version", "--output", &path], arguments].concat();
        let _ = self.collector(&written).exits(0);
        std::fs::write(&path, edit(std::fs::read_to_string(&path).unwrap())).unwrap();
        path
    }

    /// Signs with each key in turn, with nothing but the key and the root in force.
    fn sign(&self, file: &str, keys: &[&str]) -> String {
        let (now, signed) = (self.at("root-now.json"), format!("{file}.json"));
        let _ = self.collector(&["root", "show", "--output", &now]).exits(0);
        let mut from = file.to_owned();
        for key in keys {
            let arguments = ["root", "sign", &from, "--root", &now, "--key", key, "--output", &signed];
            let _ = self.collector(&arguments).exits(0);
            from.clone_from(&signed);
        }
        signed
    }

    fn publish(&self, signed: &str) {
        let _ = self.collector(&["root", "publish", signed]).exits(0);
    }

    /// A holder's key that is made where it stays; gives the file and the public part.
    fn key(&self, name: &str) -> (String, String) {
        let path = self.at(name);
        let made = self.collector(&["key", "new", "--output", &path, "--no-passphrase", "--format", "json"]);
        let public = made.exits(0).json()["jwk"]["x"].as_str().unwrap().to_owned();
        (path, public)
    }

    /// The device reports, and everything that it ever sent verifies.
    fn reports(&self) {
        let _ = self.agent.cycle().exits(0);
        let _ = self.agent.run(&["sent", "verify"]).exits(0);
    }

    /// Moves the device to a group whose policy asks for nothing of high sensitivity.
    fn moves_to_kiosk(&self, key: &str) {
        let (file, policy) = (self.at("moves.json"), self.at("kiosk.json"));
        let author = self.at("kiosk.toml");
        std::fs::write(&author, kiosk(1, "")).unwrap();
        let _ = self.collector(&["policy", "sign", &author, "--key", key, "--output", &policy]).exits(0);
        let _ = self.collector(&["policy", "publish", &policy]).exits(0);
        let _ = self
            .collector(&["placement", "new", "--all-of", "default", "--group", "kiosk", "--output", &file])
            .exits(0);
        let _ = self.collector(&["placement", "sign", &file, "--key", key, "--output", &file]).exits(0);
        let _ = self.collector(&["placement", "publish", &file]).exits(0);
    }

    fn signs_placements_again(&self, key: &str) {
        let file = self.at("standing.json");
        let _ = self.collector(&["placement", "new", "--standing", "--output", &file]).exits(0);
        let _ = self.collector(&["placement", "sign", &file, "--key", key, "--output", &file]).exits(0);
        let _ = self.collector(&["placement", "publish", &file]).exits(0);
    }

    fn root_version(&self) -> u64 {
        self.json(&["root", "show"])["root"]["version"].as_u64().unwrap()
    }
}

/// The policy of a group beside the usual one.
fn kiosk(version: u64, more: &str) -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let group = format!("version = {version}\ngroup = \"kiosk\"\n");
    format!("{}\n{more}", inventory.replace("version = 1\n", &group))
}

#[test]
fn a_root_is_renewed_and_devices_follow() {
    let world = World::new();
    for version in 2..=4 {
        let file = world.draft(&format!("{version}.toml"), &[], |text| text);
        world.publish(&world.sign(&file, &[&world.offline("root")]));
        assert_eq!(world.root_version(), version);
    }
    world.reports();
    // The cache is what the collector gives again.
    std::fs::remove_dir_all(world.agent.state().join("cache")).unwrap();
    world.reports();
}

#[test]
fn doctor_says_what_ends_within_ninety_days_with_the_command() {
    let world = World::new();
    let said = |check: &str| {
        // What is bad is its exit status as well.
        let findings = world.collector(&["doctor", "--format", "json"]).json()["findings"].clone();
        let found = findings.as_array().unwrap().iter().find(|one| one["check"] == check).unwrap();
        (found["result"].as_str().unwrap().to_owned(), found["detail"].as_str().unwrap().to_owned())
    };
    assert_eq!((said("root").0, said("certificate").0), ("good".to_owned(), "good".to_owned()));
    let file = world.draft("2.toml", &["--life", "30d"], |text| text);
    world.publish(&world.sign(&file, &[&world.offline("root")]));
    let (result, detail) = said("root");
    assert!(result == "doubtful" && detail.contains("Renew it: `root new-version`"), "{detail}");
    std::fs::remove_file(world.collector.data().join("tls/server.pem")).unwrap();
    let (result, detail) = said("certificate");
    assert!(result == "bad" && detail.contains("`certificate renew`"), "{detail}");
}

#[test]
fn online_keys_change_under_a_running_server_and_old_receipts_stay_good() {
    let world = World::new();
    let file = world.draft("next.toml", &["--rotate", "timestamp", "--rotate", "receipt"], |text| text);
    world.reports();
    world.publish(&world.sign(&file, &[&world.offline("root")]));
    world.reports();
    world.reports();
    let _ = world.agent.run(&["sent", "verify", "--online"]).exits(0);
    let _ = world.collector(&["report", "verify"]).exits(0);
    // Without what the collector gave, the agent learns from its reader who signed.
    std::fs::remove_dir_all(world.agent.state().join("cache")).unwrap();
    let _ = world.agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn attack_m4_a_receipt_of_a_rotated_out_key_is_not_taken() {
    let mut collector = Collector::start();
    let (stolen, serves_thief) = (collector.key("keys/receipt"), Arc::new(AtomicBool::new(false)));
    let posing = Arc::clone(&serves_thief);
    let on_answer = move |path: &str, answer: &mut Message| {
        if path == path::REPORTS && answer.is_good() && posing.load(Ordering::SeqCst) {
            answer.edit(|body| resign::<Receipt>(body, &stolen, |_| {}));
        }
    };
    let _relay = Relay::before(&mut collector, Box::new(|_| None), Box::new(on_answer));
    let world = World::of(collector);
    serves_thief.store(true, Ordering::SeqCst);
    world.reports();
    let file = world.draft("next.toml", &["--rotate", "receipt"], |text| text);
    world.publish(&world.sign(&file, &[&world.offline("root")]));
    let _ = world.agent.cycle().exits(4);
    assert_eq!(world.agent.unreceipted(), 1);
    serves_thief.store(false, Ordering::SeqCst);
    world.reports();
    assert_eq!(world.agent.unreceipted(), 0);
}

#[test]
fn the_authority_changes_without_touching_a_device() {
    let mut world = World::new();
    let root = world.offline("root");
    let early = world.collector(&["certificate", "renew", "--authority"]).exits(1);
    assert!(early.err.contains("`root new-version --authority` makes one"), "{}", early.err);
    let both = world.draft("both.toml", &["--authority"], |text| text);
    let refused = world.collector(&["certificate", "renew", "--authority"]).exits(1);
    assert!(refused.err.contains("publish a root with it first"), "{}", refused.err);
    world.publish(&world.sign(&both, &[&root]));
    // A device hears of it with its next report, and says that it follows with the one after that. Before, it would be left behind.
    let gone = Agent::enrolled(&world.collector);
    let left_behind = |whom: &str| {
        let refused = world.collector(&["certificate", "renew", "--authority"]).exits(1);
        assert!(refused.err.contains(whom), "{}", refused.err);
        assert!(refused.err.contains("not said yet to follow a root that names the new authority"));
    };
    left_behind("2 devices, ");
    world.reports();
    left_behind("2 devices, ");
    world.reports();
    let silent = gone.run(&["status", "--format", "json"]).exits(0).json()["enrolment"]["device_id"].clone();
    let silent = silent.as_str().unwrap();
    left_behind(&format!("the device {silent} has"));
    let _ = world.collector(&["device", "revoke", silent]).exits(0);
    let _ = world.collector(&["certificate", "renew", "--authority"]).exits(0);
    world.collector.kill();
    world.collector.serve();
    world.reports();
    let new = world.draft("new.toml", &["--only-newest-authority"], |text| text);
    world.publish(&world.sign(&new, &[&root]));
    world.reports();
    world.reports();
    // What is left out is not believed any more, and the bundle names nothing else: where the agent lost what the collector gave, its documents
    // or else its reader know better.
    std::fs::remove_file(world.agent.state().join("cache/roots.json")).unwrap();
    world.reports();
    std::fs::remove_dir_all(world.agent.state().join("cache")).unwrap();
    world.reports();
}

#[test]
fn another_authority_can_be_forced_on_devices_that_have_not_heard_of_it() {
    let world = World::new();
    let both = world.draft("both.toml", &["--authority"], |text| text);
    world.publish(&world.sign(&both, &[&world.offline("root")]));
    let _ = world.collector(&["certificate", "renew", "--force"]).exits(2);
    let refused = world.collector(&["certificate", "renew", "--authority"]).exits(1);
    assert!(refused.err.contains("with --force they have to be enrolled again"), "{}", refused.err);
    let _ = world.collector(&["certificate", "renew", "--authority", "--force"]).exits(0);
}

#[test]
fn a_root_whose_authorities_do_not_vouch_for_the_server_is_not_published() {
    let world = World::new();
    let _ = world.draft("both.toml", &["--authority"], |text| text);
    // Only the one that the server's certificate does not come from.
    let file = world.draft("wrong.toml", &[], |text| {
        let next = std::fs::read_to_string(world.collector.data().join("tls/ca-next.pem")).unwrap();
        let at = text.find("authorities = [").unwrap();
        format!("{}authorities = ['''{next}''']\n", &text[..at])
    });
    let refused =
        world.collector(&["root", "publish", &world.sign(&file, &[&world.offline("root")])]).exits(1);
    assert!(refused.err.contains("would not believe the server's certificate"), "{}", refused.err);
    assert_eq!(world.root_version(), 1);
    world.reports();
}

/// A root under which IT and a works council sign together, and the works council approves what is sensitive.
fn two_holders(world: &World) -> (String, String) {
    let (council, public) = world.key("works-council.key");
    let file = world.draft("holders.toml", &[], |text| {
        text.replace("[keys]\n", &format!("[keys]\ncouncil = \"{public}\"\n"))
            .replace(
                "[roles.root]\nkeys = [\"root\"]\nthreshold = 1",
                "[roles.root]\nkeys = [\"root\", \"council\"]\nthreshold = 2",
            )
            .replace(
                "[roles.policy]\nkeys = [\"policy\"]",
                "[roles.policy]\nkeys = [\"policy\", \"council\"]",
            )
            .replace(
                "[holders]\n",
                "[holders.it]\nname = \"IT\"\nkeys = [\"root\", \"policy\"]\n\
                 [holders.works-council]\nname = \"Works council\"\nkeys = [\"council\"]\n",
            )
            .replace("high = []", "high = [\"works-council\"]")
    });
    let root = world.offline("root");
    let alone = world.collector(&["root", "publish", &world.sign(&file, &[&root])]).exits(1);
    assert!(alone.err.contains("1 of the 2 needed signatures"), "{}", alone.err);
    world.publish(&world.sign(&file, &[&root, &council]));
    world.reports();
    (council, file)
}

#[test]
fn nobody_widens_to_what_is_sensitive_without_the_works_council() {
    let world = World::new();
    let (council, _) = two_holders(&world);
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let wider = inventory.replace("version = 1\n", "version = 2\n")
        + "\n[[collect]]\nfields = [\"user.name\"]\npurposes = [\"inventory\"]\n";
    let (file, signed) = (world.at("wider.toml"), world.at("wider.json"));
    std::fs::write(&file, wider).unwrap();
    let now = world.at("root-now.json");
    let sign = |from: &str, key: &str| {
        world.collector(&["policy", "sign", from, "--root", &now, "--key", key, "--output", &signed]).exits(0)
    };
    let _ = world.collector(&["root", "show", "--output", &now]).exits(0);
    let said = sign(&file, &world.offline("policy"));
    assert!(said.out.contains("Works council has to sign it as well"), "{}", said.out);
    let refused = world.collector(&["policy", "publish", &signed, "--force"]).exits(1);
    assert!(refused.all().contains("was not approved by Works council"), "{}", refused.all());
    let _ = sign(&signed, &council);
    let verified = world.collector(&["policy", "verify", &signed]).exits(0);
    assert!(verified.out.contains("signed by Works council") && verified.out.contains("signed by IT"));
    let _ = world.collector(&["policy", "publish", &signed, "--force"]).exits(0);
    world.reports();
}

#[test]
fn a_device_that_was_moved_is_not_told_of_what_nobody_approved_for_it() {
    let world = World::new();
    let (council, _) = two_holders(&world);
    world.moves_to_kiosk(&world.offline("policy"));
    world.reports();
    let (file, signed) = (world.at("sensitive.toml"), world.at("sensitive.json"));
    std::fs::write(&file, kiosk(2, "[[collect]]\nfields = [\"user.name\"]\npurposes = [\"inventory\"]\n"))
        .unwrap();
    let sign = |from: &str, key: &str| {
        world.collector(&["policy", "sign", from, "--key", key, "--output", &signed]).exits(0)
    };
    let _ = sign(&file, &world.offline("policy"));
    let _ = sign(&signed, &council);
    let refused = world.collector(&["policy", "publish", &signed, "--force"]).exits(1);
    let why = "would refuse this policy, because Works council did not sign the placement";
    assert!(refused.err.contains(why), "{}", refused.err);
    world.signs_placements_again(&council);
    let _ = world.collector(&["policy", "publish", &signed, "--force"]).exits(0);
    world.reports();
    let status = world.agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["enrolment"]["group"], "kiosk", "{status}");
}

/// Where a works council approves, what it approved for one group is brought to a device of another only by a move that it approved.
#[test]
fn a_move_under_what_is_sensitive_takes_the_approval_of_the_works_council() {
    let world = World::new();
    let (council, _) = two_holders(&world);
    let it = world.offline("policy");
    let (author, policy, moves) = (world.at("kiosk.toml"), world.at("kiosk.json"), world.at("moves.json"));
    std::fs::write(&author, kiosk(1, "[[collect]]\nfields = [\"user.name\"]\npurposes = [\"inventory\"]\n"))
        .unwrap();
    for (from, key) in [(&author, &it), (&policy, &council)] {
        let _ = world.collector(&["policy", "sign", from, "--key", key, "--output", &policy]).exits(0);
    }
    let _ = world.collector(&["policy", "publish", &policy, "--force"]).exits(0);
    let new = ["placement", "new", "--all-of", "default", "--group", "kiosk", "--output", &moves];
    let _ = world.collector(&new).exits(0);
    let now = world.at("root-now.json");
    let _ = world.collector(&["root", "show", "--output", &now]).exits(0);
    let sign = |key: &str| {
        world
            .collector(&["placement", "sign", &moves, "--root", &now, "--key", key, "--output", &moves])
            .exits(0)
    };
    let said = sign(&it);
    assert!(said.out.contains("Works council has to sign it as well"), "{}", said.out);
    let by_it = placement_of(&moves);
    let refused = world.collector(&["placement", "publish", &moves]).exits(1);
    assert!(refused.err.contains("has to be signed by Works council as well"), "{}", refused.err);
    let said = sign(&council);
    assert!(!said.out.contains("Works council has to sign"), "{}", said.out);
    // A collector that gives the one without it all the same.
    let given = |placement| Documents {
        policies: vec![envelope(&std::fs::read_to_string(&policy).unwrap())],
        placement: Some(placement),
        ..world.agent.documents()
    };
    let says = |placement| match world
        .agent
        .ask_reader(ShowStatus { documents: Some(named(given(placement), &world)) })
    {
        Answer::Status(status) => status.refused.map(|refused| refused.code),
        other => panic!("{other:?}"),
    };
    assert_eq!(says(by_it).as_deref(), Some("placement_invalid"));
    assert_ne!(says(placement_of(&moves)).as_deref(), Some("placement_invalid"));
    let _ = world.collector(&["placement", "publish", &moves]).exits(0);
    world.reports();
    world.reports();
    let told = world.agent.run(&["status"]).exits(0).out;
    assert!(told.contains("this device is moved to the group kiosk"), "{told}");
}

fn envelope(text: &str) -> Envelope {
    serde_json::from_str(text).unwrap()
}

/// The one placement in a file.
fn placement_of(file: &str) -> Envelope {
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(file["placements"].as_array().unwrap().len(), 1);
    envelope(&file["placements"][0].to_string())
}

/// Has a fresh timestamp name the policy for the group `kiosk`.
fn named(documents: Documents, world: &World) -> Documents {
    let sha256 = documents.policies[0].unverified_digest().unwrap();
    let mut timestamp = serde_json::to_value(&documents.timestamp).unwrap();
    let now = UtcTime::from_system(std::time::SystemTime::now());
    resign::<TimestampDocument>(&mut timestamp, &world.collector.key("keys/timestamp"), |timestamp| {
        timestamp["policies"]["kiosk"] =
            json!({ "current": { "version": 1, "sha256": sha256 }, "coming": [] });
        timestamp["issued"] = json!(now);
        timestamp["expires"] = json!(now.plus_seconds(3600));
    });
    Documents { timestamp: serde_json::from_value(timestamp).unwrap(), ..documents }
}

#[test]
fn a_stolen_policy_key_is_left_out_and_the_fleet_goes_on() {
    let world = World::new();
    let (new, public) = world.key("policy-2.key");
    let root = world.offline("root");
    let both = world.draft("both.toml", &[], |text| {
        text.replace("[keys]\n", &format!("[keys]\nnew = \"{public}\"\n"))
            .replace("[roles.policy]\nkeys = [\"policy\"]", "[roles.policy]\nkeys = [\"policy\", \"new\"]")
    });
    world.publish(&world.sign(&both, &[&root]));
    let without = world.draft("without.toml", &[], |text| {
        // Whatever the draft calls it, the old key's line goes, and the new one stays.
        let old = world.collector(&["key", "show", &world.offline("policy"), "--format", "json"]).exits(0);
        let old = old.json()["jwk"]["x"].as_str().unwrap().to_owned();
        let name =
            text.lines().find(|line| line.contains(&old)).unwrap().split(' ').next().unwrap().to_owned();
        let kept = if name == "policy" { "policy-2" } else { "policy" };
        let lines = text.lines().filter(|line| !line.contains(&old));
        let text = lines.collect::<Vec<_>>().join("\n");
        let at = text.find("[roles.policy]").unwrap();
        let end = at + text[at..].find("threshold").unwrap();
        format!("{}[roles.policy]\nkeys = [\"{kept}\"]\n{}", &text[..at], &text[end..])
    });
    world.moves_to_kiosk(&world.offline("policy"));
    let signed = world.sign(&without, &[&root]);
    let refused = world.collector(&["root", "publish", &signed]).exits(1);
    assert!(refused.err.contains("no device would accept the policy of default, kiosk"), "{}", refused.err);
    // The policy in force gets the new key's signature, and nothing stops.
    let policy = world.at("policy.json");
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let again = world.at("again.toml");
    std::fs::write(&again, inventory.replace("version = 1\n", "version = 2\n")).unwrap();
    let _ = world.collector(&["policy", "sign", &again, "--key", &new, "--output", &policy]).exits(0);
    let _ = world.collector(&["policy", "publish", &policy]).exits(0);
    std::fs::write(&again, kiosk(2, "")).unwrap();
    let _ = world.collector(&["policy", "sign", &again, "--key", &new, "--output", &policy]).exits(0);
    let _ = world.collector(&["policy", "publish", &policy]).exits(0);
    // So does the placement of a device that was moved.
    let refused = world.collector(&["root", "publish", &signed]).exits(1);
    assert!(refused.err.contains("would not accept the placement by which it was moved"), "{}", refused.err);
    world.signs_placements_again(&new);
    world.publish(&signed);
    world.reports();
    let status = world.agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["policy"]["version"], 2, "{status}");
}

#[test]
fn a_key_under_a_passphrase_signs_with_it_alone() {
    let world = World::new();
    let (key, pass) = (PathBuf::from(world.at("it.key")), world.at("pass"));
    std::fs::write(&pass, "correct horse battery\n").unwrap();
    let path = key.display().to_string();
    let _ = world.collector(&["key", "new", "--output", &path, "--passphrase-file", &pass]).exits(0);
    assert!(!std::fs::read_to_string(&key).unwrap().contains("PRIVATE"));
    let shown = world.collector(&["key", "show", &path, "--format", "json"]).exits(0).json();
    let public = shown["jwk"]["x"].as_str().unwrap();
    let file = world.draft("next.toml", &[], |text| {
        text.replace("[keys]\n", &format!("[keys]\nit = \"{public}\"\n"))
            .replace("[roles.root]\nkeys = [\"root\"]", "[roles.root]\nkeys = [\"root\", \"it\"]")
    });
    let signed = world.sign(&file, &[&world.offline("root")]);
    let now = world.at("root-now.json");
    let sign = |pass: &str| {
        let arguments = ["--root", &now, "--key", &path, "--passphrase-file", pass, "--output", &signed];
        world.collector(&[&["root", "sign", &signed], &arguments[..]].concat())
    };
    let wrong = world.at("wrong");
    std::fs::write(&wrong, "incorrect horse battery\n").unwrap();
    assert!(sign(&wrong).exits(1).err.contains("does not open with this passphrase"));
    let _ = sign(&pass).exits(0);
    world.publish(&signed);
    world.reports();
}
