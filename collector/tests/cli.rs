//! The administrator's commands, run in process on a real directory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::cli::Cli;
use clap::Parser as _;
use collector_proto::contract::Contract;
use collector_proto::envelope::{Document as _, Envelope, SigningKey};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::SignedBundle;
use collector_proto::time::UtcTime;
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;
use support::{POLICY, World, hashed, os, part, sections};
use tempfile::TempDir;

/// Runs a command line; its exit code and what it printed, or the error.
fn run(arguments: &[&str]) -> Result<(ExitCode, String), String> {
    let cli = Cli::try_parse_from([&["candor-collector"], arguments].concat()).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    let code = cli.run(&mut out).map_err(|error| format!("{error:#}"))?;
    Ok((code, String::from_utf8(out).unwrap()))
}

fn done(arguments: &[&str]) -> String {
    let (code, out) = run(arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
    assert_eq!(code, ExitCode::SUCCESS, "{out}");
    out
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&done(&[arguments, &["--format", "json"]].concat())).unwrap()
}

struct Place {
    folder: TempDir,
    data: String,
}

impl Place {
    fn initialised() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        done(&["init", &data]);
        Self { folder, data }
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn everything_that_init_writes_is_private() {
    let place = Place::initialised();
    let mut folders = vec![Path::new(&place.data).to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 10, "{files}");
}

#[test]
fn attack_low_init_makes_no_secret_that_nothing_asks_for_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let made = json(&["init", &data, "--host", "collector.example", "--host", "192.0.2.7"]);
    let mut told: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    told.sort_unstable();
    assert_eq!(told, ["ca_sha256", "collector", "directory", "hosts", "offline_keys", "root_sha256"]);
    assert_eq!(made["hosts"], serde_json::json!(["collector.example", "192.0.2.7"]));
    let shown = done(&["init", &folder.path().join("other").display().to_string()]);
    assert!(!shown.to_lowercase().contains("token"), "{shown}");
    let database = rusqlite::Connection::open(folder.path().join("data/collector.db")).unwrap();
    let tables = "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE '%admin%'";
    assert_eq!(database.query_row(tables, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    assert!(run(&["init", &data]).unwrap_err().contains("not empty"));
}

#[test]
fn a_policy_is_signed_published_and_only_rises() {
    let place = Place::initialised();
    let (author, signed) = (place.file("policy.toml", POLICY), place.path("policy.json"));
    let sign = ["policy", "sign", &author, "--data", &place.data, "--output", &signed];
    assert!(done(&sign).contains("1 of the 1"));
    assert!(done(&["policy", "publish", &signed, "--data", &place.data]).contains("Version 1"));
    let again = done(&["policy", "publish", &signed, "--data", &place.data]);
    assert!(again.contains("before"), "{again}");
    assert!(again.contains("no device is enrolled in the group"), "{again}");
    // Another policy of the same version, and a lower one.
    let second = place.file("second.toml", &hashed(2));
    done(&["policy", "sign", &second, "--data", &place.data, "--output", &signed]);
    let first = place.path("first.json");
    done(&["policy", "sign", &author, "--data", &place.data, "--output", &first]);
    done(&["policy", "publish", &signed, "--data", &place.data]);
    let refused = run(&["policy", "publish", &first, "--data", &place.data]).unwrap_err();
    assert!(refused.contains("version 1 is not above version 2"), "{refused}");
    let shown = json(&["policy", "show", "--data", &place.data]);
    assert_eq!(shown["policies"][0]["version"], 2);
    assert_eq!(
        shown["policies"].as_array().unwrap().len(),
        1,
        "it widens nothing, so no other stands: {shown}"
    );
    let all = json(&["policy", "show", "--data", &place.data, "--all"]);
    let states = |shown: &Value| -> Vec<String> {
        let policies = shown["policies"].as_array().unwrap().iter();
        policies.map(|policy| policy["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&all), ["superseded", "in_force"]);
    // What widens is coming, with a date.
    let third = place.file("third.toml", &hashed(3).replace("\"os.name\"", "\"os.name\", \"os.type\""));
    done(&["policy", "sign", &third, "--data", &place.data, "--output", &signed]);
    done(&["policy", "publish", &signed, "--data", &place.data, "--force"]);
    let shown = json(&["policy", "show", "--data", &place.data]);
    assert_eq!(states(&shown), ["in_force", "coming"]);
    let instant = |name: &str| UtcTime::parse(shown["policies"][1][name].as_str().unwrap()).unwrap();
    assert_eq!(instant("from").seconds_since(instant("published")), 7 * 86_400);
}

#[test]
fn a_signed_policy_is_verified_with_a_collector_and_without() {
    let place = Place::initialised();
    let (author, signed) = (place.file("policy.toml", POLICY), place.path("policy.json"));
    done(&["policy", "sign", &author, "--data", &place.data, "--output", &signed]);
    assert!(done(&["policy", "check", &signed]).contains("`policy verify` verifies its signatures"));
    let said = done(&["policy", "verify", &signed, "--data", &place.data]);
    assert!(said.contains("good; version 1 for the group `default`"), "{said}");
    assert!(said.contains("1 of the holders of policy keys of root 1 signed it, 1 had to"), "{said}");
    let bundle = place.path("bundle.json");
    done(&["bundle", "--data", &place.data, "--output", &bundle]);
    let said = json(&["policy", "verify", &signed, "--root", &bundle]);
    assert_eq!(
        (&said["ok"], &said["policy"]["version"], &said["threshold"]),
        (&true.into(), &1.into(), &1.into())
    );
    assert_eq!(said["signed_by"].as_array().unwrap().len(), 1);
    // Another organisation's, and one that was changed after it was signed.
    let other = Place::initialised();
    let (code, said) = run(&["policy", "verify", &signed, "--data", &other.data]).unwrap();
    assert_eq!(code, ExitCode::from(4));
    assert!(said.contains("0 of the 1 needed signatures are good"), "{said}");
    let mut envelope: Value = serde_json::from_slice(&std::fs::read(&signed).unwrap()).unwrap();
    let payload = envelope["payload"].as_str().unwrap().replacen('e', "f", 1);
    envelope["payload"] = payload.into();
    let changed = place.file("changed.json", &envelope.to_string());
    let (code, _) = run(&["policy", "verify", &changed, "--data", &place.data]).unwrap();
    assert_eq!(code, ExitCode::from(4));
    let refused = run(&["policy", "verify", &author, "--data", &place.data]).unwrap_err();
    assert!(refused.contains("`policy check` takes an author's file"), "{refused}");
}

#[test]
fn signing_lists_what_a_wildcard_stands_for() {
    let place = Place::initialised();
    let wild = POLICY.replace("\"os.name\", \"os.version\"", "\"os.*\"");
    assert_ne!(wild, POLICY);
    let (author, signed) = (place.file("policy.toml", &wild), place.path("policy.json"));
    let said = done(&["policy", "sign", &author, "--data", &place.data, "--output", &signed]);
    let line = said.lines().find(|line| line.starts_with("`os.*` stands for ")).unwrap();
    let (_, listed) = line.split_once(": ").unwrap();
    let listed: Vec<_> = listed.split(", ").collect();
    assert!(listed.contains(&"os.name") && listed.len() > 2, "{line}");
    assert!(line.contains(&format!("{} fields", listed.len())), "{line}");
    done(&["policy", "publish", &signed, "--data", &place.data]);
    let document = &json(&["policy", "show", "--data", &place.data])["policies"][0]["document"];
    let rules = document["rules"].as_array().unwrap();
    let fields: Vec<_> = rules.iter().map(|rule| rule["field"].as_str().unwrap()).collect();
    assert!(listed.iter().all(|field| fields.contains(field)), "a rule for each: {fields:?}");
    assert!(!fields.iter().any(|field| field.contains('*')), "{fields:?}");
    // A second signature expands nothing.
    let again = done(&["policy", "sign", &signed, "--data", &place.data, "--output", &signed]);
    assert!(!again.contains("stands for"), "{again}");
}

#[test]
fn a_wrong_policy_is_refused_with_everything_that_is_wrong() {
    let place = Place::initialised();
    let wrong = POLICY.replace("os.name", "os.nam").replace("retention = \"30d\"", "retention = \"30 days\"");
    let (author, signed) = (place.file("policy.toml", &wrong), place.path("policy.json"));
    let (code, out) = run(&["policy", "sign", &author, "--data", &place.data, "--output", &signed]).unwrap();
    assert_eq!(code, ExitCode::FAILURE);
    assert!(
        out.contains("os.nam") && out.contains("retention") && out.contains("Nothing was signed"),
        "{out}"
    );
    assert!(!Path::new(&signed).exists());
    let unsigned = run(&["policy", "publish", &author, "--data", &place.data]).unwrap_err();
    assert!(unsigned.contains("not a signed policy"), "{unsigned}");
}

#[test]
fn only_the_roots_policy_keys_sign() {
    let (place, other) = (Place::initialised(), Place::initialised());
    let (author, signed) = (place.file("policy.toml", POLICY), place.path("policy.json"));
    let foreign = format!("{}/offline/policy.pk8", other.data);
    let sign = ["policy", "sign", &author, "--data", &place.data, "--key", &foreign, "--output", &signed];
    assert!(run(&sign).unwrap_err().contains("not one of the root's policy keys"));
    // Signed by another organisation's key.
    done(&["policy", "sign", &author, "--data", &other.data, "--output", &signed]);
    let refused = run(&["policy", "publish", &signed, "--data", &place.data]).unwrap_err();
    assert!(refused.contains("0 of the 1 needed"), "{refused}");
    // The second office signs what the first signed; the bytes stay.
    let both = place.path("both.json");
    done(&["policy", "sign", &signed, "--data", &place.data, "--output", &both]);
    let envelope: Value = serde_json::from_slice(&std::fs::read(&both).unwrap()).unwrap();
    assert_eq!(envelope["signatures"].as_array().unwrap().len(), 2);
    done(&["policy", "publish", &both, "--data", &place.data]);
    std::fs::rename(format!("{}/offline/policy.pk8", place.data), place.path("away.pk8")).unwrap();
    let gone = run(&["policy", "sign", &author, "--data", &place.data, "--output", &signed]).unwrap_err();
    assert!(gone.contains("--key"), "{gone}");
}

#[test]
fn a_policy_that_requires_more_than_this_collector_knows_gets_no_second_signature() {
    let place = Place::initialised();
    let (author, signed) = (place.file("policy.toml", POLICY), place.path("policy.json"));
    done(&["policy", "sign", &author, "--data", &place.data, "--output", &signed]);
    let envelope = Envelope::parse(&std::fs::read(&signed).unwrap(), usize::MAX).unwrap();
    let payload = String::from_utf8(envelope.unverified_payload().unwrap()).unwrap();
    let key = SigningKey::from_pkcs8(&std::fs::read(format!("{}/offline/policy.pk8", place.data)).unwrap());
    let key = key.unwrap();
    let newer = |members: &str| {
        let payload = format!("{},{members}}}", payload.strip_suffix('}').unwrap());
        let signature = key.sign_payload(PolicyDocument::PAYLOAD_TYPE, payload.as_bytes());
        let envelope = Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, payload.as_bytes(), &[signature]);
        place.file("newer.json", std::str::from_utf8(&envelope.to_json()).unwrap())
    };
    let again = |file: &str| run(&["policy", "sign", file, "--data", &place.data, "--output", &signed]);
    assert!(again(&newer(r#""hold":1"#)).is_ok(), "what need not be understood is ignored");
    let requiring = newer(r#""hold":1,"requires":["hold"]"#);
    let (_, checked) = run(&["policy", "check", &requiring]).unwrap();
    let published = run(&["policy", "publish", &requiring, "--data", &place.data]).unwrap_err();
    for refused in [again(&requiring).unwrap_err(), checked, published] {
        assert!(refused.contains("it requires `hold`, which this program does not understand"), "{refused}");
    }
}

#[test]
fn a_bundle_has_all_that_a_device_needs() {
    let place = Place::initialised();
    let output = place.path("bundle.json");
    let said = done(&["bundle", "--data", &place.data, "--output", &output]);
    assert!(said.contains("no policy is published for the group `default`"), "{said}");
    let envelope = Envelope::parse(&std::fs::read(&output).unwrap(), MAX_READER_REQUEST_BYTES).unwrap();
    let signed = SignedBundle::verify(envelope).unwrap();
    let bundle = signed.bundle();
    #[cfg(unix)]
    assert_eq!(mode(Path::new(&output)), 0o600);
    assert_eq!(
        bundle.collector.urls,
        ["https://localhost:8443", "https://127.0.0.1:8443", "https://[::1]:8443"]
    );
    assert!(bundle.collector.ca.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(bundle.tenant_key.as_ref().map(|key| key.version), Some(1));
    assert_eq!(bundle.enrolment.as_ref().map(|one| &*one.group), Some("default"));
    let tokens = json(&["token", "list", "--data", &place.data]);
    assert_eq!(tokens["tokens"][0]["state"], "open");
    assert!(run(&["bundle", "--data", &place.data, "--output", &output]).unwrap_err().contains("exists"));
    assert_eq!(json(&["token", "list", "--data", &place.data])["tokens"].as_array().unwrap().len(), 1);
    let plain = ["bundle", "--data", &place.data, "--url", "http://a", "--output", &place.path("b")];
    assert!(run(&plain).unwrap_err().contains("https://"));
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let place = Place::initialised();
    let made = json(&["token", "new", "--data", &place.data, "--group", "laptops", "--expires", "1d"]);
    let digest = collector_proto::digest::Digest::of(made["token"].as_str().unwrap().as_bytes());
    assert_eq!(made["group"], "laptops");
    let listed = done(&["token", "list", "--data", &place.data]);
    assert!(listed.contains(&digest.hex()[..16]) && !listed.contains(made["token"].as_str().unwrap()));
    assert!(run(&["token", "revoke", "abc", "--data", &place.data]).is_err());
    done(&["token", "revoke", &digest.hex()[..10], "--data", &place.data]);
    assert_eq!(json(&["token", "list", "--data", &place.data])["tokens"][0]["state"], "revoked");
    assert!(run(&["token", "revoke", &digest.hex()[..10], "--data", &place.data]).is_err());
}

#[tokio::test]
async fn devices_and_reports_are_listed_shown_and_verified_beside_a_running_collector() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let data = world.dir().path().display().to_string();
    let id = device.id.to_string();
    assert_eq!(json(&["device", "list", "--data", &data])["devices"][0]["device_id"], id.as_str());
    let shown = json(&["device", "show", &id, "--data", &data, "--purpose", "audit"]);
    assert_eq!(shown["parts"][part(30).to_string()]["sections"]["os"]["rows"][0]["os.version"], "12");
    assert!(done(&["device", "show", &id, "--data", &data, "--purpose", "audit"]).contains("os.version=12"));
    assert_eq!(json(&["report", "list", "--data", &data])["reports"][0]["seq"], 1);
    let shown = json(&["report", "show", "1", "--data", &data, "--purpose", "audit"]);
    assert_eq!(shown["receipt"]["seq"], 1);
    assert!(done(&["report", "verify", "--data", &data]).contains("0 fault(s)"));
    done(&["device", "revoke", &id, "--data", &data]);
    assert!(done(&["device", "list", "--data", &data]).contains("revoked"));
    world.database().execute("UPDATE report SET received_at = received_at + 60", []).unwrap();
    let (code, out) = run(&["report", "verify", "--data", &data]).unwrap();
    assert_eq!(code, ExitCode::from(4));
    assert!(out.contains("report 1"), "{out}");
    assert_eq!(json(&["event", "list", "--data", &data])["events"], serde_json::json!([]));
}

#[tokio::test]
async fn publishing_counts_the_enrolled_devices_that_would_refuse() {
    let world = World::new();
    let (_, newer, revoked) = (world.enrol().await, world.enrol().await, world.enrol().await);
    world.store().note_contract(newer.id, Contract::new(2).unwrap()).await.unwrap();
    world.store().revoke_device(revoked.id, world.now()).await.unwrap();
    let (data, folder) = (world.dir().path().display().to_string(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name).display().to_string();
    // A field that devices lack makes none of them refuse: they withhold it.
    let wider = hashed(2).replace("\"os.name\"", "\"os.name\", \"os.type\"");
    std::fs::write(path("policy.toml"), &wider).unwrap();
    let (author, signed) = (path("policy.toml"), path("policy.json"));
    done(&["policy", "sign", &author, "--data", &data, "--output", &signed]);
    let refusing = serde_json::json!({ "needs_contract": 1, "devices": 2, "would_refuse": {} });
    let published = json(&["policy", "publish", &signed, "--data", &data, "--force"]);
    assert_eq!((&published["refusing"], &published["wider"]), (&refusing, &serde_json::json!(true)));
    let said = done(&["policy", "publish", &signed, "--data", &data]);
    assert!(
        said.contains("2 devices are enrolled in the group; 0 of them would refuse the policy\n"),
        "{said}"
    );
}

#[tokio::test]
async fn whoever_is_shown_values_is_on_record_with_the_purpose() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let (data, id) = (world.dir().path().display().to_string(), device.id.to_string());
    let accesses = || json(&["access", "list", "--data", &data])["accesses"].clone();
    done(&["device", "list", "--data", &data]);
    done(&["report", "list", "--data", &data]);
    assert_eq!(accesses(), serde_json::json!([]), "no value was shown");
    for values in [["device", "show", &id], ["report", "show", "1"]] {
        let without = run(&[&values[..], &["--data", &data]].concat()).unwrap_err();
        assert!(without.contains("--purpose <TEXT>"), "{without}");
    }
    assert_eq!(accesses(), serde_json::json!([]), "nobody stated a purpose");
    done(&["device", "show", &id, "--data", &data, "--purpose", "audit"]);
    done(&["device", "show", &id, "--data", &data, "--purpose", "audit"]);
    done(&["report", "show", "1", "--data", &data, "--purpose", " ticket 4711 "]);
    let kept = accesses();
    for (one, operation, purpose, count) in
        [(&kept[0], "report_show", "ticket 4711", 1), (&kept[1], "device_show", "audit", 2)]
    {
        assert_eq!(one["operation"], operation);
        assert_eq!(one["purpose"], purpose);
        assert_eq!(one["count"], count);
        assert_eq!(one["device_id"], id.as_str());
        assert!(one["actor"].as_str().unwrap().starts_with("operator "), "{one}");
    }
    let stranger = uuid::Uuid::nil().to_string();
    for nothing in [["device", "show", &stranger], ["report", "show", "2"]] {
        let error = run(&[&nothing[..], &["--data", &data, "--purpose", "audit"]].concat()).unwrap_err();
        assert!(error.contains("there is no"), "{error}");
    }
    for wrong in ["", "  ", "two\nlines", &"long ".repeat(100)] {
        assert!(run(&["device", "show", &id, "--data", &data, "--purpose", wrong]).is_err(), "{wrong:?}");
    }
    assert_eq!(accesses(), kept, "nothing was shown");
}

#[test]
fn a_directory_without_a_collector_is_named_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().display().to_string();
    for arguments in [["device", "list"], ["report", "list"], ["token", "list"], ["policy", "show"]] {
        let error = run(&[&arguments[..], &["--data", &empty]].concat()).unwrap_err();
        assert!(error.contains("init"), "{error}");
    }
    assert!(run(&["serve", "--data", &empty]).unwrap_err().contains("init"));
    assert!(run(&["serve", "--data", &empty, "--store", "postgres://x"]).unwrap_err().contains("sqlite"));
}

#[test]
fn every_help_text_has_an_example() {
    use clap::CommandFactory as _;
    fn walk(command: &clap::Command, seen: &mut usize) {
        if command.has_subcommands() {
            command.get_subcommands().for_each(|verb| walk(verb, seen));
            return;
        }
        *seen += 1;
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("candor-collector "), "`{}` has no example", command.get_name());
    }
    let mut seen = 0;
    walk(&Cli::command(), &mut seen);
    assert!(seen >= 15, "{seen}");
}
