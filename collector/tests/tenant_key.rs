//! The tenant key and the bundles that bring it, from making to signing, as an administrator does it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use candor_collector::cli::Cli;
use clap::Parser as _;
use collector_proto::envelope::{Document as _, Envelope, SigningKey};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::messages::Bundle;
use collector_proto::policy::trust::{BadBundle, RootDocument, SignedBundle};
use serde_json::Value;
use tempfile::TempDir;

fn run(arguments: &[&str]) -> Result<String, String> {
    let cli = Cli::try_parse_from([&["candor-collector"], arguments].concat()).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    cli.run(&mut out).map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

fn done(arguments: &[&str]) -> String {
    run(arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&done(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// A collector whose offline keys were taken away.
struct Place {
    folder: TempDir,
    data: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        done(&["init", &data]);
        std::fs::rename(format!("{data}/offline"), folder.path().join("safe")).unwrap();
        Self { folder, data }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn unsigned(&self, name: &str, more: &[&str]) -> String {
        let output = self.path(name);
        done(&[&["bundle", "--data", &self.data, "--output", &output], more].concat());
        output
    }
}

fn envelope(file: &str) -> Envelope {
    Envelope::parse(&std::fs::read(file).unwrap(), MAX_READER_REQUEST_BYTES).unwrap()
}

fn verified(file: &str) -> Result<SignedBundle, BadBundle> {
    SignedBundle::verify(envelope(file))
}

#[test]
fn a_bundle_is_made_without_a_key_and_signed_where_the_key_is() {
    let place = Place::new();
    let bundle = place.unsigned("laptop.json", &[]);
    assert!(matches!(verified(&bundle), Err(BadBundle::Signatures { good: 0, needed: 1 })));
    let (root, tenant) = (place.path("safe/root.pk8"), place.path("safe/tenant.key"));
    let foreign = run(&["bundle", "sign", &bundle, "--key", &place.path("safe/policy.pk8")]).unwrap_err();
    assert!(foreign.contains("would count for nothing"), "{foreign}");
    let said = done(&["bundle", "sign", &bundle, "--key", &root, "--tenant-key", &tenant]);
    let key = json(&["tenant-key", "show", &tenant]);
    let shown = json(&["bundle", "show", &bundle]);
    assert_eq!(shown["bundles"][0]["tenant_key"], key);
    let signed = verified(&bundle).unwrap();
    for part in [
        "https://localhost:8443",
        "`default`",
        &signed.root().sha256.to_string(),
        key["id"].as_str().unwrap(),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(signed.bundle().tenant_key.as_ref().unwrap().version, 1);
    // No secret is printed.
    let secret = &signed.bundle().tenant_key.as_ref().unwrap().key;
    let token = &signed.bundle().enrolment.as_ref().unwrap().token;
    assert!(!said.contains(secret) && !said.contains(token) && !shown.to_string().contains(secret));
    // Another key does not get into what is signed.
    done(&["tenant-key", "new", "--output", &place.path("other.key"), "--no-passphrase"]);
    let other = ["bundle", "sign", &bundle, "--key", &root, "--tenant-key", &place.path("other.key")];
    assert!(run(&other).unwrap_err().contains("is signed already"));
    // One without a token brings a key or nothing.
    let bringing = place.unsigned("key.json", &["--without-token"]);
    assert!(run(&["bundle", "sign", &bringing, "--key", &root]).unwrap_err().contains("would bring nothing"));
    done(&["bundle", "sign", &bringing, "--key", &root, "--tenant-key", &tenant]);
    assert!(verified(&bringing).unwrap().bundle().enrolment.is_none());
}

#[test]
fn several_bundles_have_a_token_each() {
    let place = Place::new();
    place.unsigned("laptops.json", &["--count", "12"]);
    let files: Vec<String> =
        (1..=12).map(|number| place.path(&format!("laptops-{number:02}.json"))).collect();
    let mut sign = vec!["bundle", "sign", "--key", "", "--"];
    let root = place.path("safe/root.pk8");
    sign[3] = &root;
    sign.extend(files.iter().map(String::as_str));
    done(&sign);
    let mut tokens: Vec<String> = files
        .iter()
        .map(|file| verified(file).unwrap().bundle().enrolment.as_ref().unwrap().token.clone())
        .collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 12);
    let again = ["bundle", "--data", &place.data, "--count", "12", "--output", &place.path("laptops.json")];
    assert!(run(&again).unwrap_err().contains("laptops-01.json exists already"));
}

#[test]
fn attack_m8_a_root_that_only_names_the_signers_key_is_not_signed() {
    let place = Place::new();
    let bundle = place.unsigned("laptop.json", &[]);
    let root = place.path("safe/root.pk8");
    // A collector that was taken over puts a root of its own there, with the holder's key beside its own.
    let (own, _) = SigningKey::generate(&ring::rand::SystemRandom::new()).unwrap();
    let mut content: Bundle =
        serde_json::from_slice(&envelope(&bundle).unverified_payload().unwrap()).unwrap();
    let mut forged: RootDocument =
        serde_json::from_slice(&content.root.unverified_payload().unwrap()).unwrap();
    forged.keys.insert(own.public().id().clone(), own.public().clone());
    for role in forged.roles.values_mut() {
        role.keyids.insert(own.public().id().clone());
    }
    let genuine = content.root.unverified_digest().unwrap();
    content.root = own.seal(&forged).unwrap().to_envelope();
    let digest = content.root.unverified_digest().unwrap().to_string();
    let body = serde_json::to_vec(&content).unwrap();
    std::fs::write(&bundle, Envelope::assemble(Bundle::PAYLOAD_TYPE, &body, &[]).to_json()).unwrap();
    let refused = run(&["bundle", "sign", &bundle, "--key", &root]).unwrap_err();
    assert!(refused.contains("which this key did not sign") && refused.contains(&digest), "{refused}");
    let named = ["bundle", "sign", &bundle, "--key", &root, "--root", &genuine.to_string()];
    assert!(run(&named).unwrap_err().contains("do not sign it"));
    assert!(verified(&bundle).is_err());
}

#[test]
fn a_rotation_makes_the_next_version_and_overwrites_none() {
    let place = Place::new();
    let (tenant, next) = (place.path("safe/tenant.key"), place.path("next.key"));
    let rotate = ["tenant-key", "rotate", &tenant, "--output", &next, "--no-passphrase"];
    let made = json(&[&rotate[..], &["--comparisons-break"]].concat());
    let old = json(&["tenant-key", "show", &tenant]);
    assert_eq!((&old["version"], &made["version"]), (&1.into(), &2.into()));
    assert_ne!(old["id"], made["id"]);
    assert!(run(&[&rotate[..], &["--comparisons-break"]].concat()).unwrap_err().contains("exists already"));
}

#[test]
fn a_tenant_key_beside_the_online_keys_is_told() {
    let place = Place::new();
    let doctor = |place: &Place| run(&["doctor", "--data", &place.data]).unwrap();
    assert!(doctor(&place).contains("none is on this host"));
    std::fs::copy(place.path("safe/tenant.key"), format!("{}/keys/harmless", place.data)).unwrap();
    let said = doctor(&place);
    assert!(said.contains("bad") && said.contains("keys/harmless is a tenant key"), "{said}");
    // A backup leaves it out all the same.
    let backup = place.path("backup");
    done(&["backup", "--data", &place.data, "--output", &backup]);
    let key = std::fs::read_to_string(place.path("safe/tenant.key")).unwrap();
    let key: Value = serde_json::from_str(&key).unwrap();
    let contains = |needle: &str| {
        let bytes = std::fs::read(&backup).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    };
    assert!(contains("-----BEGIN CERTIFICATE-----") && !contains(key["key"].as_str().unwrap()));
}

/// A purchase list: one bad line in the middle of thousands is told by its number, and nothing is printed of the others.
#[test]
fn a_long_list_is_hashed_as_a_whole_or_not_at_all() {
    const LINES: usize = 20_000;
    let place = Place::new();
    let (tenant, list) = (place.path("safe/tenant.key"), place.path("list.txt"));
    let address =
        |line: usize| format!("02:00:00:{:02x}:{:02x}:{:02x}", line >> 16, (line >> 8) & 255, line & 255);
    let hash = ["hash", "--tenant-key", &tenant, "--field", "host.mac", "--input", &list];
    let write = |bad: &[usize]| {
        // An empty line is left out, and is counted all the same.
        let line = |line: usize| match line {
            2 => String::new(),
            line if bad.contains(&line) => "no address".to_owned(),
            line => address(line),
        };
        std::fs::write(&list, (1..=LINES).map(|number| line(number) + "\n").collect::<String>()).unwrap();
    };
    let printed = |arguments: &[&str]| {
        let mut out = Vec::new();
        let cli = Cli::try_parse_from([&["candor-collector"], arguments].concat()).unwrap();
        let ended = cli.run(&mut out).map(drop).map_err(|error| format!("{error:#}"));
        (ended, String::from_utf8(out).unwrap())
    };
    write(&[12_345]);
    for format in [&[][..], &["--format", "json"]] {
        let (ended, out) = printed(&[&hash[..], format].concat());
        let error = ended.unwrap_err();
        assert!(error.contains("nothing was hashed: line 12345: "), "{error}");
        assert!(!error.contains("no address"), "a value is repeated: {error}");
        assert_eq!(out, "", "half a list is worse than none");
    }
    write(&[7, 12_345, LINES]);
    let (ended, out) = printed(&hash);
    assert!(ended.unwrap_err().contains("3 lines are not values of host.mac, the first is 7"));
    assert_eq!(out, "");
    write(&[]);
    let (ended, out) = printed(&hash);
    ended.unwrap();
    assert_eq!(out.lines().count(), LINES - 1);
    assert!(out.trim_end().ends_with(&format!("  {}", address(LINES))), "the order is that of the list");
}
