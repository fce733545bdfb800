use super::*;

/// RFC 9421 B.1.4 `test-key-ed25519`.
const SEED: &str = "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5";

fn test_key() -> SigningKey {
    let seed = Digest::parse_hex(SEED).unwrap();
    SigningKey::from_seed(seed.bytes()).unwrap()
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
}

impl Document for Note {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.test-note.v1+json";
}

/// The same shape under another type.
#[derive(Debug, Serialize, Deserialize)]
struct OtherNote {
    text: String,
}

impl Document for OtherNote {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.other-note.v1+json";
}

fn note() -> Note {
    Note { text: "hello".to_owned() }
}

#[test]
fn dsse_ed25519_vector() {
    let key = test_key();
    let message = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(message, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assert_eq!(
        STANDARD.encode(key.sign_raw(&message)),
        "gHCIu7DKrutxlWh9tPMvLvIG7Mj/eXYjJsAnX/jc1LUJUyiF7YL5csF8u+HspcR1qMShKNtaG5aGeEV1MNLECQ=="
    );
    assert_eq!(key.public().to_jwk().x, "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs");
    assert_eq!(key.public().id().as_str(), "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U");
}

#[test]
fn lengths_count_bytes_not_characters() {
    assert_eq!(pae("é", "ü".as_bytes()), "DSSEv1 2 é 2 ü".as_bytes());
}

#[test]
fn accepts_url_safe_base64_missing_keyid_and_extra_fields() {
    let key = test_key();
    let sealed = key.seal(&note()).unwrap();
    let json = serde_json::json!({
        "payload": URL_SAFE_NO_PAD.encode(sealed.payload()),
        "payloadType": Note::PAYLOAD_TYPE,
        "signatures": [{"sig": URL_SAFE.encode(sealed.signature().bytes()), "extension": 1}],
        "comment": "ignored",
    });
    let envelope = Envelope::parse(json.to_string().as_bytes(), 4096).unwrap();
    let verified = envelope.verify::<Note>(&[key.public().clone()], 1).unwrap();
    assert_eq!(verified.document(), &note());
    assert_eq!(verified.digest(), sealed.digest());
}

#[test]
fn refuses_another_payload_type() {
    let key = test_key();
    let envelope = key.seal(&note()).unwrap().to_envelope();
    let refused = envelope.verify::<OtherNote>(&[key.public().clone()], 1);
    assert!(matches!(refused, Err(VerifyError::Type { .. })));
}

#[test]
fn a_relabelled_payload_type_breaks_the_signature() {
    let key = test_key();
    let mut envelope = key.seal(&note()).unwrap().to_envelope();
    envelope.payload_type = OtherNote::PAYLOAD_TYPE.to_owned();
    let refused = envelope.verify::<OtherNote>(&[key.public().clone()], 1);
    assert!(matches!(refused, Err(VerifyError::Signatures { good: 0, needed: 1 })));
}

#[test]
fn refuses_changed_bytes_and_foreign_keys() {
    let key = test_key();
    let stranger = SigningKey::from_seed(&[7; 32]).unwrap();
    let mut envelope = key.seal(&note()).unwrap().to_envelope();
    assert!(envelope.verify::<Note>(&[stranger.public().clone()], 1).is_err());
    envelope.payload = STANDARD.encode(br#"{"text":"hellp"}"#);
    assert!(envelope.verify::<Note>(&[key.public().clone()], 1).is_err());
}

#[test]
fn one_key_counts_once_toward_a_threshold() {
    let (one, two) = (test_key(), SigningKey::from_seed(&[7; 32]).unwrap());
    let body = serde_json::to_vec(&note()).unwrap();
    let sign = |key: &SigningKey| key.sign_payload(Note::PAYLOAD_TYPE, &body);
    let keys = [one.public().clone(), two.public().clone()];
    let repeated = Envelope::assemble(Note::PAYLOAD_TYPE, &body, &[sign(&one), sign(&one)]);
    assert!(matches!(repeated.verify::<Note>(&keys, 2), Err(VerifyError::Signatures { good: 1, needed: 2 })));
    // A key listed twice counts once as well.
    let twice = [one.public().clone(), one.public().clone()];
    assert!(repeated.verify::<Note>(&twice, 2).is_err());
    let mut both = Envelope::assemble(Note::PAYLOAD_TYPE, &body, &[sign(&one)]);
    both.add_signatures(&Envelope::assemble(Note::PAYLOAD_TYPE, &body, &[sign(&two)]));
    assert_eq!(both.verify::<Note>(&keys, 2).unwrap().signers().len(), 2);
}

#[test]
fn signed_bytes_of_the_wrong_shape_are_refused_after_verification() {
    let key = test_key();
    let body = br#"{"text":"a","text":"b"}"#;
    let envelope =
        Envelope::assemble(Note::PAYLOAD_TYPE, body, &[key.sign_payload(Note::PAYLOAD_TYPE, body)]);
    let refused = envelope.verify::<Note>(&[key.public().clone()], 1);
    assert!(matches!(refused, Err(VerifyError::Content(_))));
}

#[test]
fn detached_header_round_trips() {
    let key = test_key();
    let sealed = key.seal(&note()).unwrap();
    let header = sealed.signature().to_string();
    let parsed = DetachedSignature::parse(&header).unwrap();
    assert_eq!(&parsed, sealed.signature());
    parsed.verify::<Note>(sealed.payload().to_vec(), key.public()).unwrap();
    assert!(parsed.verify::<OtherNote>(sealed.payload().to_vec(), key.public()).is_err());
    for wrong in ["", "keyid=\"a\"", "keyid=\"a\", sig=::x", "keyid=\"a b\", sig=:AA==:", "sig=:AA==:"] {
        assert!(DetachedSignature::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn all_fourteen_weak_keys_are_refused() {
    let all = weak::all_encodings();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), 14);
    for encoding in &all {
        assert_eq!(PublicKey::ed25519(encoding), Err(BadKey::Weak));
        let jwk = Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: URL_SAFE_NO_PAD.encode(encoding),
            y: None,
        };
        assert_eq!(PublicKey::from_jwk(&jwk), Err(BadKey::Weak));
    }
}

#[test]
fn why_weak_keys_are_refused_a_universal_forgery_verifies_in_ring() {
    let identity = weak::all_encodings()[0];
    let mut forgery = [0; 64];
    forgery[0] = 1;
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, identity);
    assert!(key.verify(b"any message", &forgery).is_ok());
}

#[test]
fn p256_keys_verify_and_round_trip() {
    let random = ring::rand::SystemRandom::new();
    let algorithm = &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = ring::signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = ring::signature::EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
    let point = ring::signature::KeyPair::public_key(&pair).as_ref();
    let key = PublicKey::p256(point[1..33].try_into().unwrap(), point[33..].try_into().unwrap());
    assert_eq!(PublicKey::from_jwk(&key.to_jwk()), Ok(key.clone()));
    let signature = pair.sign(&random, b"message").unwrap();
    assert!(key.verifies(b"message", signature.as_ref()));
    assert!(!key.verifies(b"massage", signature.as_ref()));
}

#[test]
fn oversized_envelopes_are_refused_unparsed() {
    assert!(matches!(Envelope::parse(&[b'{'; 11], 10), Err(EnvelopeError::TooLarge(11, 10))));
}

/// With these keys, each signature is tried under each: what a collector gives must not take a device minutes.
#[test]
fn an_envelope_has_few_signatures() {
    let of = |count| {
        let signature = serde_json::json!({"sig": "AA=="});
        let envelope = serde_json::json!({
            "payload": "e30=", "payloadType": "t", "signatures": vec![signature; count],
        });
        Envelope::parse(envelope.to_string().as_bytes(), usize::MAX)
    };
    assert!(of(MAX_SIGNATURES).is_ok());
    assert!(matches!(of(MAX_SIGNATURES + 1), Err(EnvelopeError::Json(_))));
}
