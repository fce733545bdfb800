//! The tenant key on its way from where it is kept to devices, with the real programs: the collector never has it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use candor_tests::{Agent, Collector, Said, resign};
use collector_proto::catalog::fields;
use collector_proto::envelope::SigningKey;
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::Bundle;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The machine whose reports are hashed, and the hardware address in it.
const ROOT: &str = "tests/fixtures/roots/debian-12";
const MAC: &str = "52-54-00-12-34-56";

/// A collector whose offline keys are where they belong, and that place.
struct Place {
    collector: Collector,
    safe: TempDir,
}

impl Place {
    fn start() -> Self {
        let inventory = candor_tests::repository().join("packaging/policies/inventory.toml");
        let policy = fs::read_to_string(inventory).unwrap()
            + "\n[[collect]]\nfields = [\"host.mac\"]\npurposes = [\"inventory\"]\ntreat = { hmac = \"tenant\" }\n";
        let collector = Collector::with_policy(&policy);
        let safe = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(collector.data().join("offline")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, safe.path().join(path.file_name().unwrap())).unwrap();
        }
        fs::remove_dir_all(collector.data().join("offline")).unwrap();
        Self { collector, safe }
    }

    fn safe(&self, name: &str) -> String {
        self.safe.path().join(name).display().to_string()
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_pkcs8(&fs::read(self.safe("root.pk8")).unwrap()).unwrap()
    }

    /// A bundle as the collector makes it.
    fn unsigned(&self, name: &str, more: &[&str]) -> PathBuf {
        let (data, output) = (self.collector.data().display().to_string(), self.safe.path().join(name));
        let url = self.collector.url();
        let make = ["bundle", "--data", &data, "--url", &url, "--output", output.to_str().unwrap()];
        let said = self.collector.run(&[&make[..], more].concat()).exits(0);
        assert!(said.out.contains("not signed yet"), "{}", said.out);
        output
    }

    /// The same, signed with a tenant key.
    fn signed(&self, name: &str, tenant_key: &str, more: &[&str]) -> PathBuf {
        let bundle = self.unsigned(name, more);
        let (root, tenant_key) = (self.safe("root.pk8"), self.safe(tenant_key));
        let sign = ["bundle", "sign", bundle.to_str().unwrap(), "--key", &root, "--tenant-key", &tenant_key];
        let _ = self.collector.run(&sign).exits(0);
        bundle
    }

    /// A device that has the first tenant key.
    fn enrolled(&self) -> Agent {
        let mut agent = Agent::reading(candor_tests::repository().join(ROOT));
        agent.set("RUST_LOG", "trace");
        let said = enrol(&agent, &self.signed("first.json", "tenant.key", &[]), &[]).exits(0);
        assert!(said.out.contains("was used and is deleted"), "{}", said.out);
        agent
    }

    fn hashes(&self, tenant_key: &str, value: &str) -> String {
        let key = self.safe(tenant_key);
        let hash = ["hash", "--tenant-key", &key, "--field", "host.mac", value, "--format", "json"];
        let hashed = self.collector.run(&hash).exits(0).json();
        hashed["hashes"][0]["hash"].as_str().unwrap().to_owned()
    }
}

fn enrol(agent: &Agent, bundle: &Path, more: &[&str]) -> Said {
    agent.run(&[&["enrol", "--bundle", bundle.to_str().unwrap()], more].concat())
}

fn set(agent: &Agent, bundle: &Path) -> Said {
    agent.run(&["tenant-key", "set", "--bundle", bundle.to_str().unwrap()])
}

/// The hardware addresses in the newest report that has some, as they were sent.
fn sent(collector: &Collector) -> String {
    collector.reports().iter().rev().map(Value::to_string).find(|text| text.contains("hmac-sha256:")).unwrap()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

/// Whether any 32 bytes in what somebody has are the key under which the address has this hash: as they are, or in base64.
fn is_found(bytes: &[u8], hash: &str) -> bool {
    let is_it = |key: &[u8; 32]| HashKey::of(key).hash(fields::HOST_MAC, MAC) == hash;
    let raw = bytes.windows(32).any(|window| is_it(window.try_into().unwrap()));
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/');
    raw || bytes.windows(43).filter(|window| window.iter().all(is_base64)).any(|window| {
        let text: String = window.iter().map(|byte| char::from(*byte)).collect();
        let decoded = URL_SAFE_NO_PAD.decode(text.replace('+', "-").replace('/', "_"));
        decoded.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).is_some_and(|key| is_it(&key))
    })
}

#[test]
fn attack_m8_the_collector_finds_no_address_from_its_hash() {
    let place = Place::start();
    let agent = place.enrolled();
    let _ = agent.cycle().exits(0);
    let data = place.collector.data();
    let backup = place.safe.path().join("backup");
    let _ = place
        .collector
        .run(&["backup", "--data", data.to_str().unwrap(), "--output", backup.to_str().unwrap()])
        .exits(0);
    let hash = place.hashes("tenant.key", "52:54:00:12:34:56");
    assert!(sent(&place.collector).contains(&hash), "what `hash` prints is what the device sends");
    // Whoever has the key finds it; so the search is right.
    assert!(is_found(&fs::read(place.safe("tenant.key")).unwrap(), &hash));
    let mut has = below(&data);
    assert!(has.len() > 6, "{has:?}");
    has.push(backup);
    for file in has {
        assert!(!is_found(&fs::read(&file).unwrap(), &hash), "{} has the tenant key", file.display());
    }
    assert!(!is_found(place.collector.log().as_bytes(), &hash), "the log has the tenant key");
    // Nor does the agent have it, only the reader.
    for file in below(&agent.state()).iter().filter(|file| !file.ends_with("reader/keys.json")) {
        assert!(!is_found(&fs::read(file).unwrap(), &hash), "{} has the tenant key", file.display());
    }
}

#[test]
fn attack_m8_a_bundle_is_taken_as_it_was_signed_or_not_at_all() {
    let place = Place::start();
    let agent = Agent::new();
    let unsigned = place.unsigned("unsigned.json", &[]);
    let said = enrol(&agent, &unsigned, &[]).exits(4);
    assert!(said.err.contains("0 of the 1 holders") && said.err.contains("bundle sign"), "{}", said.err);
    let bundle = place.signed("laptop.json", "tenant.key", &[]);
    let good: Value = serde_json::from_slice(&fs::read(&bundle).unwrap()).unwrap();
    // Every member, changed by somebody who has no root key.
    let policy_key = SigningKey::from_pkcs8(&fs::read(place.safe("policy.pk8")).unwrap()).unwrap();
    for member in [
        "/collector/id",
        "/collector/ca",
        "/enrolment/group",
        "/enrolment/token",
        "/tenant_key/id",
        "/tenant_key/key",
    ] {
        let mut changed = good.clone();
        resign::<Bundle>(&mut changed, &policy_key, |document| {
            let value = document.pointer_mut(member).unwrap();
            *value = value.as_str().unwrap().replacen(|c: char| c.is_ascii_alphanumeric(), "A", 2).into();
        });
        // With the signature that it had, too.
        changed["signatures"].as_array_mut().unwrap().push(good["signatures"][0].clone());
        fs::write(&bundle, changed.to_string()).unwrap();
        let _ = enrol(&agent, &bundle, &[]).exits(4);
    }
    // Somebody replaced the whole bundle by one of a collector of their own: the digest in the script finds it.
    let digest = place.collector.json(&["root", "show"])["root"]["sha256"].as_str().unwrap().to_owned();
    let stranger = Collector::start();
    let theirs = place.safe.path().join("theirs.json");
    stranger.bundle(&theirs);
    let said = enrol(&agent, &theirs, &["--root", &digest]).exits(4);
    assert!(said.err.contains("somebody else made this bundle"), "{}", said.err);
    assert!(!agent.state().join("enrolling.json").exists() && !agent.state().join("device.key").exists());
    fs::write(&bundle, good.to_string()).unwrap();
    // Where others can put another file in its place.
    let open = place.safe.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let there = open.join("laptop.json");
    fs::copy(&bundle, &there).unwrap();
    let said = enrol(&agent, &there, &[]).exits(1);
    assert!(said.err.contains("install -m 600"), "{}", said.err);
    let _ = enrol(&agent, &bundle, &["--root", &digest, "--keep-bundle"]).exits(0);
    assert!(bundle.exists());
    let said = enrol(&agent, &bundle, &[]).exits(0);
    assert!(said.out.contains("already enrolled") && !bundle.exists(), "{}", said.out);
}

#[test]
fn without_a_tenant_key_the_rest_is_sent_and_what_to_bring_is_said() {
    let place = Place::start();
    let agent = Agent::reading(candor_tests::repository().join(ROOT));
    let bundle = place.unsigned("without.json", &[]);
    let sign = ["bundle", "sign", bundle.to_str().unwrap(), "--key", &place.safe("root.pk8")];
    let said = place.collector.run(&sign).exits(0);
    assert!(said.out.contains("none: fields that are hashed with it are withheld"), "{}", said.out);
    let _ = enrol(&agent, &bundle, &[]).exits(0);
    let _ = agent.cycle().exits(0);
    let reports = place.collector.reports();
    assert_eq!(reports[0]["absent"]["host.mac"], "unavailable", "{}", reports[0]["absent"]);
    assert!(!reports[0].to_string().contains("hmac-sha256:"));
    for verb in ["status", "doctor"] {
        let said = agent.run(&[verb]).exits(0);
        assert!(
            said.out.contains("fields that are hashed with it are withheld (3 of them)"),
            "{verb}: {}",
            said.out
        );
        assert!(said.out.contains("candor tenant-key set --bundle FILE"), "{verb}: {}", said.out);
    }
    let notice = agent.run(&["notice", "--format", "text"]).exits(0);
    assert!(notice.out.contains("does not have that key yet"), "{}", notice.out);
    let _ = set(&agent, &place.signed("key.json", "tenant.key", &["--without-token"])).exits(0);
    let _ = agent.cycle().exits(0);
    assert!(sent(&place.collector).contains(&place.hashes("tenant.key", MAC)));
    // Whoever looks is told which key, and since when.
    let key =
        place.collector.run(&["tenant-key", "show", &place.safe("tenant.key"), "--format", "json"]).json();
    let id = key["id"].as_str().unwrap();
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["tenant_key"]["kept"]["id"], id, "{status}");
    for looked in [&["status"][..], &["doctor"], &["policy", "history"], &["notice", "--format", "text"]] {
        let said = agent.run(looked).exits(0);
        assert!(said.out.contains(id), "{looked:?}: {}", said.out);
    }
}

#[test]
fn a_new_tenant_key_reaches_devices_in_a_signed_bundle_and_never_an_old_one() {
    let place = Place::start();
    let agent = place.enrolled();
    let _ = agent.cycle().exits(0);
    let rotate = [
        "tenant-key",
        "rotate",
        &place.safe("tenant.key"),
        "--output",
        &place.safe("next.key"),
        "--no-passphrase",
    ];
    let said = place.collector.run(&rotate).exits(1);
    assert!(
        said.err.contains("do not match") && !Path::new(&place.safe("next.key")).exists(),
        "{}",
        said.err
    );
    let _ = place.collector.run(&[&rotate[..], &["--comparisons-break"]].concat()).exits(0);
    // Nobody signed it, and somebody else did.
    let bare = place.unsigned("bare.json", &["--without-token"]);
    let _ = set(&agent, &bare).exits(4);
    let next = place.signed("next.json", "next.key", &["--without-token"]);
    let mut forged: Value = serde_json::from_slice(&fs::read(&next).unwrap()).unwrap();
    let stranger = Collector::initialised();
    resign::<Bundle>(&mut forged, &stranger.key("offline/root"), |_| ());
    fs::write(&bare, forged.to_string()).unwrap();
    let _ = set(&agent, &bare).exits(4);
    // It holds no token.
    let said = enrol(&Agent::new(), &next, &[]).exits(1);
    assert!(said.err.contains("candor tenant-key set"), "{}", said.err);
    let said = set(&agent, &next).exits(0);
    assert!(said.out.contains("version 2, from now on") && !next.exists(), "{}", said.out);
    let _ = agent.cycle().exits(0);
    let newest = sent(&place.collector);
    assert!(
        newest.contains(&place.hashes("next.key", MAC)) && !newest.contains(&place.hashes("tenant.key", MAC))
    );
    // Back to the first one, by whoever kept its bundle.
    let old = place.signed("old.json", "tenant.key", &["--without-token"]);
    let said = set(&agent, &old).exits(1);
    assert!(said.err.contains("only a higher version is taken") && old.exists(), "{}", said.err);
    let mut raised: Value = serde_json::from_slice(&fs::read(&old).unwrap()).unwrap();
    resign::<Bundle>(&mut raised, &place.key(), |bundle| bundle["tenant_key"]["version"] = 2.into());
    fs::write(&old, raised.to_string()).unwrap();
    let _ = set(&agent, &old).exits(1);
}
