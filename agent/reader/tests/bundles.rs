//! Which bundles the reader takes, whoever hands them over.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{PinRoot, SetTenantKey, ShowStatus};
use collector_proto::disclosure::{Answer, KeptTenantKey, TenantKeyAnswer};
use collector_proto::envelope::{Document as _, Envelope, SigningKey};
use collector_proto::keyed_hash::{HashKey, KEY_BYTES};
use collector_proto::messages::{Bundle, TenantKey};
use collector_proto::policy::trust::{Approval, KeyHolder, Role, RoleKeys, RootDocument, RootKind};
use std::collections::{BTreeMap, BTreeSet};
use support::{Bench, Signer, now, pin, refusal};

fn sealed(keys: &[&SigningKey], bundle: &Bundle) -> Envelope {
    let body = serde_json::to_vec(bundle).unwrap();
    let signatures: Vec<_> = keys.iter().map(|key| key.sign_payload(Bundle::PAYLOAD_TYPE, &body)).collect();
    Envelope::assemble(Bundle::PAYLOAD_TYPE, &body, &signatures)
}

fn key(version: u64) -> TenantKey {
    let bytes = [u8::try_from(version).unwrap(); KEY_BYTES];
    let id = HashKey::of(&bytes).id().to_owned();
    TenantKey { id, version, key: URL_SAFE_NO_PAD.encode(bytes) }
}

fn kept(bench: &Bench) -> Vec<KeptTenantKey> {
    match bench.ask(ShowStatus { documents: None }) {
        Answer::Status(status) => status.tenant_keys,
        other => panic!("{other:?}"),
    }
}

fn keys_file(bench: &Bench) -> String {
    std::fs::read_to_string(bench.state().join("keys.json")).unwrap_or_default()
}

#[test]
fn attack_m8_a_bundle_that_nobody_signed_or_that_was_changed_since_is_refused() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    let whole = signer.unsigned_bundle(1, "staff");
    assert_eq!(refusal(&bench.ask(pin(sealed(&[], &whole)))), "bundle_not_signed");
    assert_eq!(refusal(&bench.ask(pin(sealed(&[&Signer::new(2).key], &whole)))), "bundle_not_signed");
    // Each member, changed after it was signed.
    let members = serde_json::to_value(&whole).unwrap();
    let good = signer.bundle(1, "staff");
    let mut changed = Vec::new();
    for (place, value) in [
        ("/collector/id", "other".into()),
        ("/collector/urls", serde_json::json!(["https://evil.example"])),
        ("/collector/ca", "other".into()),
        ("/enrolment/group", "other".into()),
        ("/enrolment/token", "other".into()),
        ("/enrolment/token_expires", "2099-01-01T00:00:00Z".into()),
        ("/tenant_key/id", "other".into()),
        ("/tenant_key/version", 9.into()),
        ("/tenant_key/key", serde_json::to_value(key(2).key.replacen('A', "B", 1)).unwrap()),
        ("/v", 2.into()),
        ("/root", serde_json::to_value(Signer::new(2).root(1)).unwrap()),
    ] {
        let mut other = members.clone();
        *other.pointer_mut(place).unwrap() = value;
        let mut envelope =
            Envelope::assemble(Bundle::PAYLOAD_TYPE, &serde_json::to_vec(&other).unwrap(), &[]);
        envelope.add_signatures(&good);
        changed.push((place, refusal(&bench.ask(pin(envelope)))));
    }
    for (place, refused) in &changed {
        let expected = if *place == "/v" { "bundle_not_understood" } else { "bundle_not_signed" };
        assert_eq!(refused, expected, "{place}");
    }
    assert_eq!(keys_file(&bench), "", "nothing was kept");
    assert!(matches!(bench.ask(pin(good)), Answer::RootPinned(_)));
}

#[test]
fn a_bundle_of_another_root_or_collector_than_named_is_refused() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    // Somebody replaced the whole bundle: everything in it fits together, and the digest that the script knows does not.
    let named = signer.root(1).unverified_digest().unwrap();
    let replaced = PinRoot { root: Some(named), ..pin(Signer::new(2).bundle(1, "staff")) };
    assert_eq!(refusal(&bench.ask(replaced)), "bundle_with_other_root");
    let wrong = PinRoot { root: Some(Digest::of(b"another")), ..pin(signer.bundle(1, "staff")) };
    assert_eq!(refusal(&bench.ask(wrong)), "bundle_with_other_root");
    let mut other = signer.unsigned_bundle(1, "staff");
    other.collector.id = "collector-2".to_owned();
    assert_eq!(refusal(&bench.ask(pin(sealed(&[&signer.key], &other)))), "bundle_of_other_collector");
    let good = PinRoot { root: Some(named), ..pin(signer.bundle(1, "staff")) };
    assert!(matches!(bench.ask(good), Answer::RootPinned(_)));
}

/// A root with a threshold of two, for which the first holder has two keys.
fn root_of_two(keys: [&SigningKey; 3]) -> Envelope {
    let ids =
        |keys: &[&SigningKey]| keys.iter().map(|key| key.public().id().clone()).collect::<BTreeSet<_>>();
    let holder = |name: &str, keys: &[&SigningKey]| KeyHolder { name: name.to_owned(), keyids: ids(keys) };
    let threshold = |role| if role == Role::Root { 2 } else { 1 };
    let root = RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version: 1,
        expires: now().plus_seconds(365 * 86_400),
        collector: "collector-1".to_owned(),
        endpoints: None,
        holders: BTreeMap::from([
            ("it".to_owned(), holder("IT", &keys[..2])),
            ("works-council".to_owned(), holder("Works council", &keys[2..])),
        ]),
        approval: Approval::default(),
        keys: keys.map(|key| (key.public().id().clone(), key.public().clone())).into(),
        roles: Role::ALL
            .iter()
            .map(|role| (*role, RoleKeys { keyids: ids(&keys), threshold: threshold(*role) }))
            .collect(),
    };
    let body = serde_json::to_vec(&root).unwrap();
    let signatures = keys.map(|key| key.sign_payload(RootDocument::PAYLOAD_TYPE, &body));
    Envelope::assemble(RootDocument::PAYLOAD_TYPE, &body, &signatures)
}

#[test]
fn a_holder_counts_once_however_many_keys_it_holds() {
    let bench = Bench::on("debian-12");
    let [one, another, council] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]).unwrap());
    let root = root_of_two([&one, &another, &council]);
    let bundle = Bundle { root, ..Signer::new(1).unsigned_bundle(1, "staff") };
    for too_few in [&[&one][..], &[&one, &one], &[&one, &another]] {
        assert_eq!(refusal(&bench.ask(pin(sealed(too_few, &bundle)))), "bundle_not_signed");
    }
    assert!(matches!(bench.ask(pin(sealed(&[&another, &council], &bundle))), Answer::RootPinned(_)));
}

#[test]
fn the_organisations_key_rises_under_the_newest_root_and_never_falls() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    let whole = signer.unsigned_bundle(1, "staff");
    let bringing = |key| Bundle { enrolment: None, tenant_key: Some(key), ..whole.clone() };
    let set = |bench: &Bench, by: &SigningKey, key| {
        bench.ask(SetTenantKey { bundle: sealed(&[by], &bringing(key)) })
    };
    assert_eq!(refusal(&set(&bench, &signer.key, key(2))), "not_enrolled");
    // A bundle without a key enrols, and one without a token does not.
    let without = Bundle { tenant_key: None, ..whole.clone() };
    assert_eq!(refusal(&bench.ask(pin(sealed(&[&signer.key], &bringing(key(1)))))), "no_enrolment");
    assert!(matches!(bench.ask(pin(sealed(&[&signer.key], &without))), Answer::RootPinned(_)));
    assert_eq!(kept(&bench), []);
    for version in [1, 3] {
        let Answer::TenantKey(TenantKeyAnswer { key: kept, was_before: false }) =
            set(&bench, &signer.key, key(version))
        else {
            panic!("version {version} is not taken")
        };
        assert_eq!((kept.version, kept.since), (version, now()));
    }
    bench.now = bench.now.plus_seconds(60);
    // The same again is no harm, and nothing that goes back or is of the same version is taken.
    let again = set(&bench, &signer.key, key(3));
    assert!(matches!(again, Answer::TenantKey(TenantKeyAnswer { was_before: true, .. })), "{again:?}");
    let same_version = TenantKey { version: 3, ..key(9) };
    for refused in [key(1), key(2), same_version] {
        assert_eq!(refusal(&set(&bench, &signer.key, refused)), "tenant_key_not_newer");
    }
    assert_eq!(refusal(&set(&bench, &Signer::new(2).key, key(4))), "bundle_not_signed");
    let nothing = Bundle { tenant_key: None, ..bringing(key(4)) };
    assert_eq!(
        refusal(&bench.ask(SetTenantKey { bundle: sealed(&[&signer.key], &nothing) })),
        "no_tenant_key"
    );
    let versions: Vec<_> = kept(&bench).iter().map(|key| key.version).collect();
    assert_eq!(versions, [1, 3]);
    assert!(!keys_file(&bench).contains("tenant_key") && keys_file(&bench).contains(&key(3).id));
    // An old bundle of the same root does not bring its key back either.
    let old = Bundle { tenant_key: Some(key(1)), ..whole };
    assert_eq!(refusal(&bench.ask(pin(sealed(&[&signer.key], &old)))), "tenant_key_not_newer");
}
