//! What goes over the wire when all is well.

use crate::peer::{Answer, Authority, LOOPBACK, Peer, deliver, key, receipt, signature, uplink};
use collector_proto::contract::CONTRACT;
use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::http_signature::{self, Nonce, ReceivedHeaders, RequestParts};
use collector_proto::messages::{EnrolmentRequest, media};
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;
use serde_json::json;

#[tokio::test]
async fn delivers_a_report_as_it_is_and_returns_the_receipt() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::receipt()).await;
    assert_eq!(deliver(&uplink(&peer, &authority)).await.unwrap(), receipt());
    let request = peer.only_request();
    assert_eq!(request.line(), "POST /v1/reports HTTP/1.1");
    assert_eq!(request.body, b"compressed");
    assert_eq!(request.tls, Some(rustls::ProtocolVersion::TLSv1_3));
    assert_eq!(request.header("dsse-signature"), Some(&*signature().to_string()));
    assert_eq!(request.header("content-type"), Some(media::REPORT));
    assert_eq!(request.header("content-encoding"), Some("zstd"));
    assert_eq!(request.header("user-agent"), Some("candor"));
}

#[tokio::test]
async fn keeps_no_cookie_and_sends_nothing_more_than_needed() {
    let authority = Authority::new();
    let body = receipt().to_json();
    let answer = Answer::new("200 OK", &[("set-cookie", "track=1; Path=/")], body);
    let peer = Peer::tls(&authority.server(LOOPBACK), answer).await;
    let uplink = uplink(&peer, &authority);
    for _ in 0..2 {
        deliver(&uplink).await.unwrap();
    }
    assert_eq!(peer.requests().len(), 2);
    for request in peer.requests() {
        for absent in ["cookie", "referer", "accept-encoding", "accept-language", "authorization"] {
            assert_eq!(request.header(absent), None, "{absent}");
        }
    }
}

#[tokio::test]
async fn signs_the_request_for_documents() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::json(r#"{"roots":[]}"#)).await;
    let now = UtcTime::from_unix(1_800_000_000);
    let uplink = uplink(&peer, &authority);
    for _ in 0..2 {
        let documents = uplink.documents(&key(), Some(3), now, &SystemRandom::new()).await.unwrap();
        assert!(documents.roots.is_empty() && documents.policies.is_empty());
    }
    let mut nonces = Vec::new();
    for request in peer.requests() {
        assert_eq!(request.line(), "GET /v1/policy?root=3 HTTP/1.1");
        let authority = request.header("host").unwrap();
        assert_eq!(authority, format!("{LOOPBACK}:{}", peer.port));
        assert_eq!(request.header("candor-contract"), Some("1"));
        let query = Some("root=3");
        let parts = RequestParts { method: "GET", authority, path: "/v1/policy", query, contract: CONTRACT };
        let headers = ReceivedHeaders {
            signature_input: request.header("signature-input").unwrap(),
            signature: request.header("signature").unwrap(),
            content_digest: request.header("content-digest"),
        };
        let verified = http_signature::verify(parts, headers, None, |_| Some(key().public().clone()), now);
        nonces.push(verified.unwrap().nonce().to_string());
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn signs_the_request_for_the_head_with_the_nonce_that_is_given() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::receipt()).await;
    let now = UtcTime::from_unix(1_800_000_000);
    let nonce = Nonce::generate(&SystemRandom::new()).unwrap();
    let answer = uplink(&peer, &authority).head(&key(), now, &nonce).await.unwrap();
    assert_eq!(answer, receipt(), "passed on as it came");
    let request = peer.only_request();
    assert_eq!(request.line(), "GET /v1/head HTTP/1.1");
    let authority = request.header("host").unwrap();
    let parts = RequestParts { method: "GET", authority, path: "/v1/head", query: None, contract: CONTRACT };
    let headers = ReceivedHeaders {
        signature_input: request.header("signature-input").unwrap(),
        signature: request.header("signature").unwrap(),
        content_digest: None,
    };
    let verified = http_signature::verify(parts, headers, None, |_| Some(key().public().clone()), now);
    assert_eq!(verified.unwrap().nonce(), &nonce);
}

#[tokio::test]
async fn asks_for_a_challenge() {
    let authority = Authority::new();
    let body = json!({"nonce": "AAECAwQFBgcICQoLDA0ODw", "expires": "2026-11-22T08:05:00Z"});
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::json(body.to_string())).await;
    let challenge = uplink(&peer, &authority).challenge().await.unwrap();
    assert_eq!(challenge.nonce, "AAECAwQFBgcICQoLDA0ODw");
    assert_eq!(peer.only_request().line(), "GET /v1/enroll/challenge HTTP/1.1");
}

#[tokio::test]
async fn enrols_with_the_token_and_the_envelope() {
    let authority = Authority::new();
    let body = json!({"device": receipt(), "documents": {"roots": []}});
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::json(body.to_string())).await;
    let request = EnrolmentRequest {
        v: serde_json::from_value(json!(1)).unwrap(),
        jwk: key().public().clone(),
        device_id: serde_json::from_value(json!("6f8c9f3e-57e5-4c7b-9d4e-0a5d7c2b1e90")).unwrap(),
        nonce: "AAECAwQFBgcICQoLDA0ODw".to_owned(),
        token_sha256: Digest::of(b"token"),
        aud: "collector".to_owned(),
        contract: CONTRACT,
    };
    let sealed = key().seal(&request).unwrap();
    let answer = uplink(&peer, &authority).enrol("token", &sealed).await.unwrap();
    assert_eq!(answer.device, receipt());
    let received = peer.only_request();
    assert_eq!(received.line(), "POST /v1/enroll HTTP/1.1");
    assert_eq!(received.header("authorization"), Some("Bearer token"));
    assert_eq!(received.header("content-type"), Some("application/vnd.dsse.envelope+json"));
    let envelope = Envelope::parse(&received.body, 4096).unwrap();
    let verified = envelope.verify::<EnrolmentRequest>(&[key().public().clone()], 1).unwrap();
    assert_eq!(verified.document(), &request);
    // A token that cannot stand in a header is refused and not repeated.
    let refused = uplink(&peer, &authority).enrol("secret\ntoken", &sealed).await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("secret"));
}
