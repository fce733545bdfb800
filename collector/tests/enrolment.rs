//! Enrolment: one-time token, nonce, proof of possession.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use candor_collector::store::{TokenState, all, wait};
use collector_proto::contract::Contract;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::messages::{DeviceRecord, EnrolmentAnswer, EnrolmentRequest, ProblemKind};
use collector_proto::policy::Announcements;
use collector_proto::policy::trust::{Floor, Role, Trust};
use support::{Answer, Device, World};

/// The 14 encodings of points of small order, from STANDARDS.
const WEAK: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

async fn ask(world: &World, device: &Device, token: &str, change: impl Fn(&mut EnrolmentRequest)) -> Answer {
    let mut request = device.enrolment(world, token, &world.challenge().await.nonce);
    change(&mut request);
    let envelope = device.key.seal(&request).unwrap().to_envelope();
    world.post_enrolment(&envelope.to_json(), token).await
}

fn device_count(world: &World) -> usize {
    wait(all(|page| world.store().devices(page))).unwrap().len()
}

#[tokio::test]
async fn an_enrolled_device_gets_a_signed_record_and_documents_that_verify() {
    let world = World::new();
    let device = Device::new(&world);
    let answer = ask(&world, &device, &world.token(), |_| ()).await;
    let answer: EnrolmentAnswer = serde_json::from_slice(&answer.body).unwrap();
    let (keys, threshold) = world.root().role(Role::Receipt);
    let record = answer.device.verify::<DeviceRecord>(&keys, threshold).unwrap().into_document();
    assert_eq!((record.device_id, &record.key_id), (device.id, device.key.public().id()));
    assert_eq!((record.group.as_str(), record.collector.as_str()), ("default", world.collector.id()));
    let root = world.store().current_root().await.unwrap();
    let mut trust = Trust::pin(root.envelope(), "default".to_owned(), Floor::default()).unwrap();
    assert_eq!(
        trust.accept(&answer.documents, &mut Announcements::default(), world.now()).unwrap().newest(),
        world.policy
    );
}

#[tokio::test]
async fn weak_keys_are_refused() {
    let world = World::new();
    let token = world.token();
    for hex in WEAK {
        let bytes: Vec<u8> =
            (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
        let x = URL_SAFE_NO_PAD.encode(bytes);
        let payload = format!(r#"{{"jwk":{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}}}"#);
        // R = identity, S = 0: under the identity's key this verifies for every message.
        let forged = collector_proto::envelope::DetachedSignature::new(
            collector_proto::envelope::KeyId::from_text("forged"),
            [&[1][..], &[0; 63]].concat(),
        );
        let envelope = Envelope::assemble(EnrolmentRequest::PAYLOAD_TYPE, payload.as_bytes(), &[forged]);
        let answer = world.post_enrolment(&envelope.to_json(), &token).await;
        assert_eq!(answer.kind(), ProblemKind::EnrolmentRefused, "{hex}");
        assert!(answer.problem().detail.unwrap().contains("small order"), "{hex}");
    }
    assert_eq!(device_count(&world), 0);
}

#[tokio::test]
async fn a_token_works_once_for_one_device() {
    let world = World::new();
    let token = world.token();
    let first = Device::new(&world);
    assert_eq!(ask(&world, &first, &token, |_| ()).await.status, StatusCode::OK);
    let second = Device::new(&world);
    assert_eq!(ask(&world, &second, &token, |_| ()).await.kind(), ProblemKind::EnrolmentRefused);
    // The same device id under another key is not the same device.
    let twin = Device { id: first.id, ..Device::new(&world) };
    assert_eq!(ask(&world, &twin, &token, |_| ()).await.kind(), ProblemKind::EnrolmentRefused);
    assert_eq!(device_count(&world), 1);
    // What a spent token is used for is filed under the device that spent it, whatever the request says.
    let [event] = &world.security_events()[..] else { panic!("one event, counted twice") };
    assert_eq!((event.kind.as_str(), event.count), ("enrolment_conflict", 2));
    assert_eq!(event.device_id, first.id.to_string());
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again() {
    let world = World::new();
    let (token, device) = (world.token(), Device::new(&world));
    let request = device.enrolment(&world, &token, &world.challenge().await.nonce);
    let envelope = device.key.seal(&request).unwrap().to_envelope().to_json();
    let first = world.post_enrolment(&envelope, &token).await;
    let again = world.post_enrolment(&envelope, &token).await;
    world.pass(3 * 86_400);
    let later = ask(&world, &device, &token, |_| ()).await;
    let record = |answer: &Answer| serde_json::from_slice::<EnrolmentAnswer>(&answer.body).unwrap().device;
    assert_eq!(record(&first), record(&again));
    assert_eq!(record(&first), record(&later));
    assert_eq!(device_count(&world), 1);
    world.store().revoke_device(device.id, world.now()).await.unwrap();
    assert_eq!(ask(&world, &device, &token, |_| ()).await.kind(), ProblemKind::Revoked);
}

#[tokio::test]
async fn a_nonce_works_once_and_for_five_minutes() {
    let world = World::new();
    let challenge = world.challenge().await;
    let enrol = async |nonce: &str| {
        let (device, token) = (Device::new(&world), world.token());
        let request = device.enrolment(&world, &token, nonce);
        world.post_enrolment(&device.key.seal(&request).unwrap().to_envelope().to_json(), &token).await
    };
    assert_eq!(enrol(&challenge.nonce).await.status, StatusCode::OK);
    assert_eq!(enrol(&challenge.nonce).await.kind(), ProblemKind::EnrolmentRefused);
    assert_eq!(enrol("AAAA").await.kind(), ProblemKind::EnrolmentRefused);
    let other = world.challenge().await;
    world.pass(300);
    assert_eq!(enrol(&other.nonce).await.kind(), ProblemKind::EnrolmentRefused);
    assert_eq!(device_count(&world), 1);
}

#[tokio::test]
async fn wrong_requests_are_refused_and_consume_nothing() {
    let world = World::new();
    let (token, device) = (world.token(), Device::new(&world));
    let stranger = Device::new(&world);
    let foreign_audience = ask(&world, &device, &token, |request| request.aud = "another".to_owned()).await;
    assert_eq!(foreign_audience.kind(), ProblemKind::WrongAudience);
    let other_token = ask(&world, &device, &token, |r| r.token_sha256 = Digest::of(b"another")).await;
    assert_eq!(other_token.kind(), ProblemKind::EnrolmentRefused);
    // Signed by another key than it brings.
    let not_possessed = ask(&world, &device, &token, |r| r.jwk = stranger.key.public().clone()).await;
    assert_eq!(not_possessed.kind(), ProblemKind::EnrolmentRefused);
    let unknown = ask(&world, &device, "never made", |_| ()).await;
    assert_eq!(unknown.kind(), ProblemKind::EnrolmentRefused);
    let far_ahead = ask(&world, &device, &token, |r| r.contract = Contract::new(3).unwrap()).await;
    assert_eq!(far_ahead.kind(), ProblemKind::Contract);
    assert_eq!(world.post_enrolment(b"{}", &token).await.kind(), ProblemKind::Malformed);
    assert_eq!(world.post_enrolment(&vec![b' '; 20_000], &token).await.kind(), ProblemKind::TooLarge);
    assert_eq!(device_count(&world), 0);
    assert_eq!(ask(&world, &device, &token, |_| ()).await.status, StatusCode::OK, "the token is still good");
}

#[tokio::test]
async fn expired_and_revoked_tokens_are_refused() {
    let world = World::new();
    let (revoked, expired) = (world.token(), world.token());
    let digits = Digest::of(revoked.as_bytes()).hex();
    assert_eq!(world.store().revoke_token(&digits[..12], world.now()).await.unwrap(), 1);
    assert_eq!(
        ask(&world, &Device::new(&world), &revoked, |_| ()).await.kind(),
        ProblemKind::EnrolmentRefused
    );
    world.pass(86_400);
    assert_eq!(
        ask(&world, &Device::new(&world), &expired, |_| ()).await.kind(),
        ProblemKind::EnrolmentRefused
    );
    let tokens = all(|page| world.store().tokens(page, world.now())).await.unwrap();
    let states: Vec<_> = tokens.iter().map(|token| token.state).collect();
    assert!(states.contains(&TokenState::Revoked) && states.contains(&TokenState::Expired));
}

#[tokio::test]
async fn a_device_cannot_enrol_over_another() {
    let world = World::new();
    let first = world.enrol().await;
    let same_id = Device { id: first.id, ..Device::new(&world) };
    assert_eq!(ask(&world, &same_id, &world.token(), |_| ()).await.kind(), ProblemKind::EnrolmentRefused);
    let same_key = Device { key: first.key, ..Device::new(&world) };
    assert_eq!(ask(&world, &same_key, &world.token(), |_| ()).await.kind(), ProblemKind::EnrolmentRefused);
    let events = world.security_events();
    let filed: Vec<_> = events.iter().map(|event| (event.device_id.clone(), event.count)).collect();
    assert_eq!(filed, [(first.id.to_string(), 2)], "filed under the device on record");
    assert_eq!(device_count(&world), 1);
}
