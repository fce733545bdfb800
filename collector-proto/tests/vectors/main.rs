//! The signed fixtures in `vectors/`: made from fixed seeds, committed, and read back as another language would.
//!
//! `UPDATE_EXPECT=1` writes them. The first test fails when a committed file is not what the generator makes, or when
//! a file lies there that it does not make; the others judge the files by what is in them and nothing else.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod generate;

use collector_proto::envelope::{DetachedSignature, Envelope, PublicKey, Verified, pae, pae_digest};
use collector_proto::policy::trust::{AcceptedPolicy, Documents, Floor, Place, Trust};
use collector_proto::policy::{Announcements, NotInForce, Verdict};
use collector_proto::time::UtcTime;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Every committed file by its path under `vectors/`.
fn committed() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The committed files of one folder, parsed.
fn cases(of: &str) -> Vec<(String, Value)> {
    let files: Vec<_> = committed()
        .into_iter()
        .filter(|(name, _)| name.starts_with(&format!("{of}/")))
        .map(|(name, text)| (name, serde_json::from_str(&text).unwrap()))
        .collect();
    assert!(!files.is_empty(), "no vectors in {of}/");
    files
}

#[test]
fn committed_files_are_fresh() {
    let made = generate::files();
    assert_eq!(made, generate::files(), "the generator is deterministic");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        for (name, text) in &made {
            let path = folder().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let committed = committed();
    for (name, text) in &made {
        assert!(committed.get(name) == Some(text), "{name} is not fresh; UPDATE_EXPECT=1 writes it");
    }
    let strays: Vec<_> = committed.keys().filter(|name| !made.contains_key(*name)).collect();
    assert!(strays.is_empty(), "nothing makes {strays:?}");
}

#[test]
fn keys_have_their_thumbprints() {
    let files = committed();
    let keys: Value = serde_json::from_str(&files["keys.json"]).unwrap();
    for key in keys["keys"].as_array().unwrap() {
        let public: PublicKey = serde_json::from_value(key["jwk"].clone()).unwrap();
        assert_eq!(public.id().as_str(), key["keyid"].as_str().unwrap());
    }
    let weak = keys["refused"].as_array().unwrap();
    assert_eq!(weak.len(), 14, "the encodings of the points of small order");
    for jwk in weak {
        assert!(serde_json::from_value::<PublicKey>(jwk.clone()).is_err(), "{jwk}");
    }
}

/// Whether the body reads as the type that its payload type names.
fn verifies(payload_type: &str, envelope: &Envelope, keys: &[PublicKey]) -> bool {
    use collector_proto::messages::{DeviceRecord, EnrolmentRequest, Head, Receipt, Report};
    use collector_proto::policy::PolicyDocument;
    use collector_proto::policy::trust::{PlacementDocument, RootDocument, TimestampDocument};
    fn good<T>(result: &Result<Verified<T>, collector_proto::envelope::VerifyError>) -> bool {
        result.is_ok()
    }
    let name =
        payload_type.strip_prefix("application/vnd.candor.").unwrap().strip_suffix(".v1+json").unwrap();
    match name {
        "root" => good(&envelope.verify::<RootDocument>(keys, 1)),
        "policy" => good(&envelope.verify::<PolicyDocument>(keys, 1)),
        "timestamp" => good(&envelope.verify::<TimestampDocument>(keys, 1)),
        "report" => good(&envelope.verify::<Report>(keys, 1)),
        "receipt" => good(&envelope.verify::<Receipt>(keys, 1)),
        "head" => good(&envelope.verify::<Head>(keys, 1)),
        "enrolment" => good(&envelope.verify::<EnrolmentRequest>(keys, 1)),
        "placement" => good(&envelope.verify::<PlacementDocument>(keys, 1)),
        "device" => good(&envelope.verify::<DeviceRecord>(keys, 1)),
        other => panic!("no document has the type {other}"),
    }
}

#[test]
fn messages_verify_exactly_when_they_say_so() {
    let (mut good, mut bad) = (0, 0);
    for (name, case) in cases("messages") {
        let payload_type = case["payload_type"].as_str().unwrap();
        let key: PublicKey = serde_json::from_value(case["key"].clone()).unwrap();
        let envelope: Envelope = serde_json::from_value(case["envelope"].clone()).unwrap();
        let expected = case["verifies"].as_bool().unwrap();
        assert_eq!(verifies(payload_type, &envelope, std::slice::from_ref(&key)), expected, "{name}");
        if !expected {
            bad += 1;
            continue;
        }
        good += 1;
        let body = case["body"].as_str().unwrap().as_bytes();
        assert_eq!(envelope.unverified_payload().unwrap(), body, "{name}");
        assert_eq!(
            pae_digest(payload_type, body).to_string(),
            case["pae_sha256"].as_str().unwrap(),
            "{name}"
        );
        let header = DetachedSignature::parse(case["header"].as_str().unwrap()).unwrap();
        assert!(key.verifies(&pae(payload_type, body), header.bytes()), "{name}");
    }
    assert!(good >= 7 && bad >= 4, "{good} good and {bad} bad ones were found");
}

/// What a device makes of the documents on which their notice is shown at once.
fn verdict(trust: &mut Trust, documents: &Documents, now: UtcTime) -> Result<AcceptedPolicy, NotInForce> {
    let mut announced = Announcements::default();
    let accepted = trust.accept(documents, &mut announced, now)?;
    announced.show(accepted.newest(), now);
    Verdict::of(trust.accept(documents, &mut announced, now)).in_force()
}

#[test]
fn documents_are_accepted_or_refused_as_they_say() {
    let (mut accepted, mut refused) = (0, 0);
    for (name, case) in cases("acceptance") {
        let root: Envelope = serde_json::from_value(case["root"].clone()).unwrap();
        let floor: Floor = serde_json::from_value(case["floor"].clone()).unwrap();
        let documents: Documents = serde_json::from_value(case["documents"].clone()).unwrap();
        let now = UtcTime::parse(case["now"].as_str().unwrap()).unwrap();
        let device = serde_json::from_value(case["device_id"].clone()).unwrap();
        let place = Place::of_enrolment(device, case["group"].as_str().unwrap().to_owned());
        let mut trust = Trust::pin(&root, place, floor).unwrap();
        let outcome = verdict(&mut trust, &documents, now);
        match case["refused"].as_str() {
            None => {
                accepted += 1;
                let policy = outcome.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
                let unsupported: Vec<_> =
                    policy.terms().unsupported().map(|(name, _)| Value::from(name.as_str())).collect();
                let expected = case["unsupported"].as_array().cloned().unwrap_or_default();
                assert_eq!(unsupported, expected, "{name}");
                assert_eq!(serde_json::to_value(policy.newest()).unwrap(), case["accepted"], "{name}");
                assert_eq!(policy.fresh_until().to_string(), case["fresh_until"].as_str().unwrap(), "{name}");
            }
            Some(code) => {
                refused += 1;
                assert_eq!(outcome.unwrap_err().code(), code, "{name}");
            }
        }
        assert_eq!(serde_json::to_value(trust.floor()).unwrap(), case["floor_after"], "{name}");
    }
    assert!(accepted >= 4 && refused >= 15, "{accepted} accepted and {refused} refused ones were found");
}
