//! `GET /v1/head`: only for an enrolled device that signs, about its own reports, for this one request.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::body::Body;
use axum::http::Request;
use candor_collector::store::wait;
use collector_proto::envelope::Envelope;
use collector_proto::http_signature::{self, Nonce, RequestParts, SignedHeaders};
use collector_proto::messages::{Head, ProblemKind, StreamHead, media, path};
use collector_proto::policy::trust::Role;
use support::{Answer, Device, HOST, World, os, sections};

/// Headers for a request with this nonce.
fn signed(device: &Device, world: &World, path: &str, nonce: &Nonce) -> SignedHeaders {
    let contract = collector_proto::contract::CONTRACT;
    let parts = RequestParts { method: "GET", authority: HOST, path, query: None, contract };
    http_signature::sign(parts, None, &device.key, world.now(), nonce).unwrap()
}

async fn get(world: &World, signed: &SignedHeaders) -> Answer {
    let mut request = Request::get(path::HEAD).header("host", HOST);
    for (name, value) in signed.iter() {
        request = request.header(name, value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

fn nonce(world: &World) -> Nonce {
    Nonce::generate(world.random.as_ref()).unwrap()
}

async fn head(world: &World, device: &Device) -> Head {
    let nonce = nonce(world);
    let answer = get(world, &signed(device, world, path::HEAD, &nonce)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], media::ENVELOPE);
    let (keys, threshold) = wait(world.store().current_root()).unwrap().document().role(Role::Receipt);
    let envelope = Envelope::parse(&answer.body, 10_000).unwrap();
    let head = envelope.verify::<Head>(&keys, threshold).unwrap().into_document();
    assert_eq!((head.nonce.as_str(), head.device_id, head.at), (&*nonce.to_string(), device.id, world.now()));
    assert_eq!(head.collector, world.collector.id());
    head
}

#[tokio::test]
async fn a_device_is_told_its_newest_report_and_nobody_elses() {
    let world = World::new();
    let (mut device, mut other) = (world.enrol().await, world.enrol().await);
    assert_eq!(head(&world, &device).await.streams, []);
    other.deliver(&world, sections([os()])).await;
    for device in [&mut device, &mut other] {
        let receipt = device.deliver(&world, sections([os()])).await;
        let (stream, seq, report_sha256) = (receipt.stream, receipt.seq, receipt.report_sha256);
        assert_eq!(head(&world, device).await.streams, [StreamHead { stream, seq, report_sha256 }]);
    }
    assert_eq!(head(&world, &device).await.streams[0].seq, 1);
}

#[tokio::test]
async fn a_head_is_given_once_to_whoever_signs_for_it() {
    let world = World::new();
    let device = world.enrol().await;
    let unsigned =
        world.send(Request::get(path::HEAD).header("host", HOST).body(Body::empty()).unwrap()).await;
    assert_eq!(unsigned.kind(), ProblemKind::BadSignature);
    let request = signed(&device, &world, path::HEAD, &nonce(&world));
    assert_eq!(get(&world, &request).await.status, 200);
    assert_eq!(get(&world, &request).await.kind(), ProblemKind::BadSignature, "received before");
    // Signed for another endpoint.
    let elsewhere = signed(&device, &world, path::POLICY, &nonce(&world));
    assert_eq!(get(&world, &elsewhere).await.kind(), ProblemKind::BadSignature);
    let stranger = Device::new(&world);
    let foreign = signed(&stranger, &world, path::HEAD, &nonce(&world));
    assert_eq!(get(&world, &foreign).await.kind(), ProblemKind::BadSignature);
    world.store().revoke_device(device.id, world.now()).await.unwrap();
    let revoked = signed(&device, &world, path::HEAD, &nonce(&world));
    assert_eq!(get(&world, &revoked).await.kind(), ProblemKind::Revoked);
    assert_eq!(world.events(), ["revoked_device"]);
}
