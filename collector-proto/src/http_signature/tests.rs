use super::*;
use crate::contract::{CONTRACT, Contract};
use crate::digest::Digest;
use crate::envelope::{BadKey, Jwk};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// RFC 9421 B.1.4 `test-key-ed25519`.
const SEED: &str = "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5";

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODw";

const REPORT: Content<'_> = Content { media_type: "application/json", body: br#"{"hello": "world"}"# };

const GET: RequestParts<'_> = RequestParts {
    method: "GET",
    authority: "collector.example:8443",
    path: "/v1/policy",
    query: None,
    contract: CONTRACT,
};

fn key() -> SigningKey {
    SigningKey::from_seed(Digest::parse_hex(SEED).unwrap().bytes()).unwrap()
}

fn known(id: &KeyId) -> Option<PublicKey> {
    Some(key().public().clone()).filter(|key| key.id() == id)
}

fn nonce() -> Nonce {
    Nonce::parse(NONCE).unwrap()
}

fn now() -> UtcTime {
    UtcTime::from_unix(1_618_884_473)
}

fn signed(content: Option<Content<'_>>) -> SignedHeaders {
    sign(GET, content, &key(), now(), &nonce()).unwrap()
}

fn received(headers: &SignedHeaders) -> Result<VerifiedRequest, SignatureError> {
    verify(GET, headers.as_received(), None, known, now())
}

/// Signs a `Signature-Input` that the profile does not write, as a careless or hostile client could.
fn signed_as(input: &str, covered: &[(&str, &str)]) -> SignedHeaders {
    let base = base::signature_base(covered, input);
    SignedHeaders {
        signature_input: format!("sig1={input}"),
        signature: input::write_signature(&key().sign_raw(base.as_bytes())),
        content_digest: None,
    }
}

const COVERED: [(&str, &str); 5] = [
    ("@method", "GET"),
    ("@authority", "collector.example:8443"),
    ("@path", "/v1/policy"),
    ("@query", "?"),
    ("candor-contract", "1"),
];

fn with_parameters(parameters: &str) -> SignedHeaders {
    signed_as(&format!("{}{parameters}", input::WITHOUT_CONTENT), &COVERED)
}

fn usual_parameters() -> String {
    format!(r#";created=1618884473;nonce="{NONCE}";keyid="{}";tag="candor-v1""#, key().public().id())
}

#[test]
fn rfc_9421_b_2_6_ed25519() {
    let covered = [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("@method", "POST"),
        ("@path", "/foo"),
        ("@authority", "example.com"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ];
    let parameters = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    let base = base::signature_base(&covered, parameters);
    assert_eq!(base.lines().count(), 7);
    assert!(!base.ends_with('\n'));
    let signature =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    assert!(key().public().verifies(base.as_bytes(), &STANDARD.decode(signature).unwrap()));
    assert_eq!(STANDARD.encode(key().sign_raw(base.as_bytes())), signature);
}

#[test]
fn rfc_9421_b_2_4_ecdsa_p256() {
    let covered = [
        ("@status", "200"),
        ("content-type", "application/json"),
        (
            "content-digest",
            "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
        ),
        ("content-length", "23"),
    ];
    let parameters = r#"("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#;
    let base = base::signature_base(&covered, parameters);
    let signature = STANDARD
        .decode("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")
        .unwrap();
    std::fs::write("/tmp/b24", &base).unwrap();
    std::fs::write("/tmp/b24s", &signature).unwrap();
    assert!(p256_key().unwrap().verifies(base.as_bytes(), &signature));
    let changed = base.replace("200", "201");
    assert!(!p256_key().unwrap().verifies(changed.as_bytes(), &signature));
}

/// RFC 9421 B.1.3 `test-key-ecc-p256`.
fn p256_key() -> Result<PublicKey, BadKey> {
    PublicKey::from_jwk(&Jwk {
        kty: "EC".to_owned(),
        crv: "P-256".to_owned(),
        x: "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA".to_owned(),
        y: Some("Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0".to_owned()),
    })
}

#[test]
fn a_hardware_key_on_p256_signs_under_the_same_profile() {
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    let random = ring::rand::SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let public = PublicKey::p256(point[1..33].try_into().unwrap(), point[33..].try_into().unwrap());
    let parameters = Parameters { created: now(), nonce: nonce(), key_id: public.id().clone() };
    let text = SignatureInput::write(false, &parameters);
    let base = base::signature_base(&COVERED, &text);
    let signature = pair.sign(&random, base.as_bytes()).unwrap();
    let headers = SignedHeaders {
        signature_input: format!("sig1={text}"),
        signature: input::write_signature(signature.as_ref()),
        content_digest: None,
    };
    let verified = verify(GET, headers.as_received(), None, |_| Some(public.clone()), now()).unwrap();
    assert_eq!(verified.key_id(), public.id());
}

#[test]
fn rfc_9530_sample_digest() {
    assert_eq!(content_digest(REPORT.body), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
}

#[test]
fn the_written_form() {
    let id = key().public().id().clone();
    let headers = signed(Some(REPORT));
    assert_eq!(
        headers.signature_input,
        format!(
            r#"sig1=("@method" "@authority" "@path" "@query" "candor-contract" "content-digest" "content-type");created=1618884473;nonce="{NONCE}";keyid="{id}";tag="candor-v1""#
        )
    );
    let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["signature-input", "signature", "content-digest"]);
    assert_eq!(signed(None).iter().count(), 2);
}

#[test]
fn good_requests_are_verified() {
    let bare = received(&signed(None)).unwrap();
    assert_eq!((bare.key_id(), bare.nonce()), (key().public().id(), &nonce()));
    let headers = signed(Some(REPORT));
    assert!(verify(GET, headers.as_received(), Some(REPORT), known, now()).is_ok());
    // The authority's case, the default port and an empty query are not part of a request's meaning.
    let plain = RequestParts { authority: "Collector.example:443", query: Some(""), ..GET };
    let headers = sign(plain, None, &key(), now(), &nonce()).unwrap();
    let same = RequestParts { authority: "collector.example", ..GET };
    assert!(verify(same, headers.as_received(), None, known, now()).is_ok());
}

#[test]
fn another_method_authority_path_or_query_is_refused() {
    let headers = signed(None);
    let others = [
        RequestParts { method: "POST", ..GET },
        RequestParts { method: "get", ..GET },
        RequestParts { authority: "collector.example", ..GET },
        RequestParts { authority: "evil.example:8443", ..GET },
        RequestParts { path: "/v1/polic%79", ..GET },
        RequestParts { path: "/v1/policy/", ..GET },
        RequestParts { query: Some("group=it"), ..GET },
        RequestParts { contract: Contract::new(2).unwrap(), ..GET },
    ];
    for parts in others {
        let refused = verify(parts, headers.as_received(), None, known, now());
        assert_eq!(refused, Err(SignatureError::BadSignature), "{parts:?}");
    }
}

#[test]
fn changed_content_is_refused() {
    let headers = signed(Some(REPORT));
    let check = |headers: &SignedHeaders, content| verify(GET, headers.as_received(), content, known, now());
    let changed = Content { body: br#"{"hello": "World"}"#, ..REPORT };
    assert_eq!(check(&headers, Some(changed)), Err(SignatureError::ContentChanged));
    let empty = Content { body: b"", ..REPORT };
    assert_eq!(check(&headers, Some(empty)), Err(SignatureError::ContentChanged));
    let relabelled = Content { media_type: "text/plain", ..REPORT };
    assert_eq!(check(&headers, Some(relabelled)), Err(SignatureError::BadSignature));
    // A digest that fits the changed content is not the one that was signed.
    let fitted = SignedHeaders { content_digest: Some(content_digest(changed.body)), ..headers.clone() };
    assert_eq!(check(&fitted, Some(changed)), Err(SignatureError::BadSignature));
    let bare = SignedHeaders { content_digest: None, ..headers };
    assert_eq!(check(&bare, Some(REPORT)), Err(SignatureError::DigestPresence));
}

#[test]
fn content_may_be_neither_added_nor_dropped() {
    let without = SignedHeaders { content_digest: Some(content_digest(REPORT.body)), ..signed(None) };
    let added = verify(GET, without.as_received(), Some(REPORT), known, now());
    assert_eq!(added, Err(SignatureError::Components { with_content: true }));
    let dropped = verify(GET, signed(Some(REPORT)).as_received(), None, known, now());
    assert_eq!(dropped, Err(SignatureError::Components { with_content: false }));
    assert_eq!(received(&without), Err(SignatureError::DigestPresence));
}

#[test]
fn only_sha_256_digests_are_taken() {
    let signed_digest = |digest: &str| {
        let input = format!("{}{}", input::WITH_CONTENT, usual_parameters());
        let mut covered = COVERED.to_vec();
        covered.extend([("content-digest", digest), ("content-type", REPORT.media_type)]);
        SignedHeaders { content_digest: Some(digest.to_owned()), ..signed_as(&input, &covered) }
    };
    let check = |digest: &str| {
        verify(GET, signed_digest(digest).as_received(), Some(REPORT), known, now()).map(|_| ())
    };
    let good = content_digest(REPORT.body);
    assert_eq!(check(&good), Ok(()));
    for other in
        [good.replace("256", "512"), good.trim_end_matches(':').to_owned(), format!("{good}, {good}")]
    {
        assert_eq!(check(&other), Err(SignatureError::Syntax(CONTENT_DIGEST)), "{other}");
    }
}

#[test]
fn every_other_component_list_is_refused_even_when_well_signed() {
    let [method, authority, path, query, contract] = COVERED;
    let lists: [(&str, &[(&str, &str)]); 6] = [
        (r#"("@method" "@authority" "@path" "candor-contract")"#, &[method, authority, path, contract]),
        (r#"("@method" "@authority" "@path" "@query")"#, &[method, authority, path, query]),
        ("()", &[]),
        (
            r#"("@method" "@path" "@authority" "@query" "candor-contract")"#,
            &[method, path, authority, query, contract],
        ),
        (
            r#"("@method" "@authority" "@path" "@query" "candor-contract" "date")"#,
            &[method, authority, path, query, contract, ("date", "x")],
        ),
        (r#"("@method";req "@authority" "@path" "@query" "candor-contract")"#, &COVERED),
    ];
    for (list, covered) in lists {
        let headers = signed_as(&format!("{list}{}", usual_parameters()), covered);
        assert_eq!(received(&headers), Err(SignatureError::Components { with_content: false }), "{list}");
    }
    assert!(received(&with_parameters(&usual_parameters())).is_ok(), "the control is good");
}

#[test]
fn every_other_set_of_parameters_is_refused_even_when_well_signed() {
    let usual = usual_parameters();
    let check = |parameters: &str| received(&with_parameters(parameters)).map(|_| ());
    assert_eq!(check(&format!(r#"{usual};alg="ed25519""#)), Err(SignatureError::AlgorithmNamed));
    assert_eq!(check(&format!(r#";alg="ed25519"{usual}"#)), Err(SignatureError::AlgorithmNamed));
    assert_eq!(check(&usual.replace("candor-v1", "candor-v2")), Err(SignatureError::Tag));
    assert_eq!(check(&format!("{usual};expires=1618884999")), Err(SignatureError::Parameters));
    assert_eq!(check(&format!("{usual};created=1618884473")), Err(SignatureError::Parameters));
    assert_eq!(check(""), Err(SignatureError::Parameters));
    let start = usual.find(";tag").unwrap();
    assert_eq!(check(&usual[..start]), Err(SignatureError::Parameters));
    assert_eq!(check(&format!("{}{}", &usual[start..], &usual[..start])), Err(SignatureError::Parameters));
    let text_time = usual.replace("=1618884473", "=\"1618884473\"");
    assert_eq!(check(&text_time), Err(SignatureError::Parameters));
    assert_eq!(check(&usual.replace(";nonce", "; nonce")), Err(SignatureError::Parameters));
}

#[test]
fn only_the_canonical_writing_is_read() {
    let usual = usual_parameters();
    let check = |parameters: &str| received(&with_parameters(parameters)).map(|_| ());
    for wrong in [
        usual.replace("=1618", "=01618"),
        usual.replace("=1618", "=+1618"),
        usual.replace("=1618884473", "=1618884473.0"),
        usual.replace("=1618884473", "=1618884473618884473"),
        usual.replace(";tag=", ";tag"),
        format!("{usual};"),
        format!("{usual} "),
        usual.trim_end_matches('"').to_owned(),
        usual.replace(key().public().id().as_str(), "a b"),
        usual.replace(key().public().id().as_str(), ""),
    ] {
        // A trailing blank is what a header's own syntax trims.
        let expected = if wrong.ends_with(' ') {
            Err(SignatureError::BadSignature)
        } else {
            Err(SignatureError::Syntax(SIGNATURE_INPUT))
        };
        assert_eq!(check(&wrong), expected, "{wrong}");
    }
}

#[test]
fn one_signature_with_the_one_label() {
    let good = signed(None);
    let with_input = |signature_input: String| SignedHeaders { signature_input, ..good.clone() };
    let with_signature = |signature: String| SignedHeaders { signature, ..good.clone() };
    let text = &good.signature_input;
    for wrong in [format!("{text}, {text}"), text.replace("sig1", "sig2"), format!("{text},sig2=()")] {
        assert_eq!(received(&with_input(wrong)), Err(SignatureError::Label(SIGNATURE_INPUT)));
    }
    let text = &good.signature;
    for wrong in [format!("{text}, {text}"), text.replace("sig1", "Sig1")] {
        assert_eq!(received(&with_signature(wrong)), Err(SignatureError::Label(SIGNATURE)));
    }
    for wrong in ["", "sig1", "sig1=", "sig1=::x", "sig1=:AA:"] {
        assert!(received(&with_signature(wrong.to_owned())).is_err(), "{wrong}");
        assert!(received(&with_input(wrong.to_owned())).is_err(), "{wrong}");
    }
    let endless = format!("sig1=({})", "\"@method\" ".repeat(10_000));
    assert_eq!(received(&with_input(endless)), Err(SignatureError::Syntax(SIGNATURE_INPUT)));
}

#[test]
fn freshness_to_the_second() {
    let headers = signed(None);
    let at = |offset: i64| {
        let now = UtcTime::from_unix(now().unix() + offset);
        verify(GET, headers.as_received(), None, known, now).map(|_| ())
    };
    assert_eq!(at(300), Ok(()));
    assert_eq!(at(301), Err(SignatureError::TooOld { seconds: 301 }));
    assert_eq!(at(-60), Ok(()));
    assert_eq!(at(-61), Err(SignatureError::TooFarAhead { seconds: 61 }));
}

#[test]
fn unknown_and_exchanged_keys_are_refused() {
    let headers = signed(None);
    let stranger = SigningKey::from_seed(&[7; 32]).unwrap();
    let check = |key: Option<PublicKey>| verify(GET, headers.as_received(), None, |_| key, now());
    assert_eq!(check(None), Err(SignatureError::UnknownKey));
    // A record that holds another key than its id says.
    assert_eq!(check(Some(stranger.public().clone())), Err(SignatureError::UnknownKey));
    let foreign = sign(GET, None, &stranger, now(), &nonce()).unwrap();
    let relabelled = SignedHeaders { signature: foreign.signature, ..headers.clone() };
    assert_eq!(received(&relabelled), Err(SignatureError::BadSignature));
}

#[test]
fn values_that_could_forge_a_line_are_not_signed() {
    for parts in [
        RequestParts { path: "/a\n\"@query\" \"candor-contract\": ?x", ..GET },
        RequestParts { path: "v1/policy", ..GET },
        RequestParts { method: "", ..GET },
        RequestParts { authority: "", ..GET },
        RequestParts { query: Some("ü"), ..GET },
    ] {
        let refused = sign(parts, None, &key(), now(), &nonce());
        assert!(matches!(refused, Err(SignatureError::Value(_))), "{parts:?}");
        let headers = signed(None);
        let refused = verify(parts, headers.as_received(), None, known, now());
        assert!(matches!(refused, Err(SignatureError::Value(_))), "{parts:?}");
    }
}

#[test]
fn nonces_have_128_bits_or_more() {
    let random = ring::rand::SystemRandom::new();
    let (one, two) = (Nonce::generate(&random).unwrap(), Nonce::generate(&random).unwrap());
    assert_ne!(one, two);
    assert_eq!(Nonce::parse(&one.to_string()), Ok(one));
    assert!(Nonce::parse(&"A".repeat(64)).is_ok());
    for wrong in
        ["", "AAECAwQFBgcICQoLDA0O", "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0OD+", &"A".repeat(66)]
    {
        assert_eq!(Nonce::parse(wrong), Err(SignatureError::Nonce), "{wrong}");
        let headers = with_parameters(&usual_parameters().replace(NONCE, wrong));
        assert_eq!(received(&headers), Err(SignatureError::Nonce), "{wrong}");
    }
}

#[test]
fn messages_and_debug_carry_nothing_of_the_request() {
    let content = Content { media_type: "text/plain", body: b"canary" };
    assert!(!format!("{content:?}").contains("canary"));
    assert_eq!(
        SignatureError::Components { with_content: false }.to_string(),
        r#"the signature must cover exactly ("@method" "@authority" "@path" "@query" "candor-contract")"#
    );
}
