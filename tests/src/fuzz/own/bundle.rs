//! Enrolment bundles: as they are handed over, and as the holders of the root sign them.

use super::vectors::{Holder, acceptance, key};
use super::{MARKER, Run, Seed, assert_silent, assert_stable};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::Version1;
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::keyed_hash::HashKey;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Bundle, BundleCollector, BundleEnrolment, TenantKey};
use collector_proto::policy::trust::{BadBundle, SignedBundle, bundle};
use collector_proto::time::UtcTime;

/// An envelope as it is; anything else is what is signed.
pub(super) fn prepare() -> Run {
    let holder = key(Holder::Root);
    Box::new(move |input| {
        let envelope = Envelope::parse(input, MAX_DOCUMENT_BYTES).unwrap_or_else(|_| {
            Envelope::assemble(
                Bundle::PAYLOAD_TYPE,
                input,
                &[holder.sign_payload(Bundle::PAYLOAD_TYPE, input)],
            )
        });
        let payload = envelope.unverified_payload().unwrap_or_default();
        match SignedBundle::verify(envelope.clone()) {
            Ok(signed) => {
                assert_stable(signed.bundle(), "a bundle");
                is_bound_to_its_bytes(&signed, &payload);
                shows_no_secret(&signed, &payload);
                true
            }
            Err(error) => {
                // What is no secret is told.
                if !matches!(error, BadBundle::OtherCollector { .. }) {
                    assert_silent(&error, "a bundle");
                }
                false
            }
        }
    })
}

/// Neither a changed byte nor another root passes.
fn is_bound_to_its_bytes(signed: &SignedBundle, payload: &[u8]) {
    let written = signed.envelope().to_json();
    let mut written: serde_json::Value = serde_json::from_slice(&written).expect("an envelope");
    let mut changed = payload.to_vec();
    changed.push(b' ');
    let of = Envelope::assemble(Bundle::PAYLOAD_TYPE, &changed, &[]);
    let of: serde_json::Value = serde_json::from_slice(&of.to_json()).expect("an envelope");
    written["payload"] = of["payload"].clone();
    let changed: Envelope = serde_json::from_value(written).expect("an envelope");
    assert!(SignedBundle::verify(changed).is_err(), "a changed bundle is taken");
    let root = signed.root();
    let read = bundle::unverified(signed.envelope()).expect("a bundle that was taken");
    assert_eq!(read.root.unverified_digest().ok(), Some(root.sha256), "another root is named");
    assert!(signed.clone().has_root(Some(root.sha256)).is_ok());
    let other = collector_proto::digest::Digest::of(b"another root");
    assert!(signed.clone().has_root(Some(other)).is_err(), "another root is taken");
}

/// Token and key stand nowhere where what was taken is shown.
fn shows_no_secret(signed: &SignedBundle, payload: &[u8]) {
    let shown = format!("{:?}", signed.bundle());
    let bundle = signed.bundle();
    let token = bundle.enrolment.as_ref().map(|enrolment| enrolment.token.as_str());
    let key = bundle.tenant_key.as_ref().map(|key| key.key.as_str());
    let parts = [
        bundle.enrolment.as_ref().map(|enrolment| format!("{enrolment:?}")),
        bundle.tenant_key.as_ref().map(|key| format!("{key:?}")),
    ];
    for secret in [token, key].into_iter().flatten().filter(|secret| secret.len() >= MARKER.len()) {
        // One that stands elsewhere in the bundle as well is told by whoever made it.
        let stands = payload.windows(secret.len()).filter(|window| *window == secret.as_bytes()).count();
        let is_shown = |text: &String| text.contains(secret);
        assert!(
            stands != 1 || !(is_shown(&shown) || parts.iter().flatten().any(is_shown)),
            "a secret is shown"
        );
    }
}

fn of(with_enrolment: bool, with_key: bool) -> Bundle {
    let root = acceptance("good").root;
    let (id, ca) = ("collector.example".to_owned(), "-----BEGIN CERTIFICATE-----".to_owned());
    let enrolment = BundleEnrolment {
        group: "default".to_owned(),
        token: format!("{MARKER}_token_of_256_bits_in_base64url_AAAA"),
        token_expires: UtcTime::from_unix(1_800_000_000),
    };
    let key = format!("{MARKER}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    Bundle {
        v: Version1,
        collector: BundleCollector { id, urls: vec!["https://collector.example:8443".to_owned()], ca },
        root,
        enrolment: with_enrolment.then_some(enrolment),
        tenant_key: with_key.then(|| TenantKey { id: id_of(&key), version: 1, key }),
    }
}

/// The id of a key, which is computed from it.
fn id_of(key: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(key).expect("base64url");
    HashKey::of(&bytes.try_into().expect("256 bits")).id().to_owned()
}

pub(super) fn seeds() -> Vec<Seed> {
    let bundles = [("enrolment", of(true, false)), ("whole", of(true, true)), ("key", of(false, true))];
    let whole = key(Holder::Root).seal(&of(true, true)).expect("a bundle").to_envelope().to_json();
    let payloads =
        bundles.map(|(name, bundle)| (name.to_owned(), serde_json::to_vec(&bundle).expect("a bundle")));
    payloads.into_iter().chain([("envelope".to_owned(), whole)]).collect()
}
