//! `GET /v1/policy`: only for an enrolled device that signs, and always fresh.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::body::Body;
use axum::http::Request;
use candor_collector::store::wait;
use collector_proto::contract::CONTRACT;
use collector_proto::http_signature::SignedHeaders;
use collector_proto::messages::{Documents, ProblemKind, path};
use collector_proto::policy::Announcements;
use collector_proto::policy::trust::{Floor, Refusal, Trust};
use support::{Answer, HOST, World, hashed};

async fn get(world: &World, host: &str, signed: &SignedHeaders) -> Answer {
    let mut request = Request::get(path::POLICY).header("host", host).header("candor-contract", "1");
    for (name, value) in signed.iter() {
        request = request.header(name, value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

fn documents(answer: &Answer) -> Documents {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{}", answer.text()))
}

fn trust(world: &World) -> Trust {
    let root = wait(world.store().current_root()).unwrap();
    Trust::pin(root.envelope(), "default".to_owned(), Floor::default()).unwrap()
}

#[tokio::test]
async fn documents_verify_and_follow_what_is_published() {
    let world = World::new();
    let device = world.enrol().await;
    let mut trust = trust(&world);
    let first = documents(&get(&world, HOST, &device.signed(&world, HOST)).await);
    assert_eq!(
        trust.accept(&first, &mut Announcements::default(), world.now()).unwrap().newest(),
        world.policy
    );
    let second = world.publish(&hashed(2));
    world.pass(10);
    let after = documents(&get(&world, HOST, &device.signed(&world, HOST)).await);
    assert_eq!(trust.accept(&after, &mut Announcements::default(), world.now()).unwrap().newest(), second);
    // What an older answer says is refused by then.
    assert!(matches!(
        trust.accept(&first, &mut Announcements::default(), world.now()),
        Err(Refusal::TimestampRollback(_))
    ));
}

#[tokio::test]
async fn a_device_says_which_root_it_follows_and_none_that_is_not_there() {
    let world = World::new();
    let device = world.enrol().await;
    let noted = || wait(world.store().device(device.id)).unwrap().unwrap().root;
    assert_eq!(noted(), 0, "it has said nothing yet");
    let ask = async |query: &str, signed: &str| {
        let headers = device.signed_question(Some(signed), CONTRACT, &world, HOST);
        let mut request = Request::get(format!("{}?{query}", path::POLICY)).header("host", HOST);
        request = request.header("candor-contract", "1");
        for (name, value) in headers.iter() {
            request = request.header(name, value);
        }
        world.send(request.body(Body::empty()).unwrap()).await
    };
    for other in ["root=2", "root=9007199254740991"] {
        documents(&ask(other, other).await);
        assert_eq!(noted(), 0, "{other}");
    }
    documents(&ask("root=1", "root=1").await);
    assert_eq!(noted(), 1);
    // The signature covers it.
    let forged = ask("root=0", "root=1").await;
    assert_eq!(forged.problem().kind(), Some(ProblemKind::BadSignature), "{}", forged.text());
    for malformed in
        ["root=", "root=01", "root=+1", "root=1&root=1", "version=1", "root=-1", "root=9007199254740992"]
    {
        let refused = ask(malformed, malformed).await;
        assert_eq!(refused.problem().kind(), Some(ProblemKind::Malformed), "{malformed}: {}", refused.text());
    }
    assert_eq!(noted(), 1);
}

#[tokio::test]
async fn timestamps_are_reused_for_minutes_and_renewed_after() {
    let world = World::new();
    let device = world.enrol().await;
    let first = documents(&get(&world, HOST, &device.signed(&world, HOST)).await).timestamp;
    world.pass(299);
    let same = documents(&get(&world, HOST, &device.signed(&world, HOST)).await).timestamp;
    assert_eq!(first, same);
    world.pass(1);
    let renewed = documents(&get(&world, HOST, &device.signed(&world, HOST)).await).timestamp;
    assert_ne!(first, renewed);
}

#[tokio::test]
async fn unsigned_stale_replayed_and_foreign_requests_are_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let unsigned =
        world.send(Request::get(path::POLICY).header("host", HOST).body(Body::empty()).unwrap()).await;
    assert_eq!(unsigned.kind(), ProblemKind::BadSignature);
    let signed = device.signed(&world, HOST);
    assert_eq!(get(&world, HOST, &signed).await.status, 200);
    assert_eq!(get(&world, HOST, &signed).await.kind(), ProblemKind::BadSignature, "received before");
    let stale = device.signed(&world, HOST);
    world.pass(301);
    assert_eq!(get(&world, HOST, &stale).await.kind(), ProblemKind::BadSignature);
    // Signed for another host, or sent to one.
    let elsewhere = device.signed(&world, "evil.example");
    assert_eq!(get(&world, "evil.example", &elsewhere).await.kind(), ProblemKind::BadSignature);
    assert_eq!(get(&world, HOST, &elsewhere).await.kind(), ProblemKind::BadSignature);
    let mut forwarded =
        Request::get(path::POLICY).header("host", "evil.example").header("x-forwarded-host", HOST);
    forwarded = forwarded.header("candor-contract", "1");
    for (name, value) in device.signed(&world, HOST).iter() {
        forwarded = forwarded.header(name, value);
    }
    let answer = world.send(forwarded.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.kind(), ProblemKind::BadSignature, "forwarding headers are not believed");
    let stranger = support::Device::new(&world);
    assert_eq!(get(&world, HOST, &stranger.signed(&world, HOST)).await.kind(), ProblemKind::BadSignature);
    world.store().revoke_device(device.id, world.now()).await.unwrap();
    assert_eq!(get(&world, HOST, &device.signed(&world, HOST)).await.kind(), ProblemKind::Revoked);
}

#[tokio::test]
async fn wrong_paths_and_methods_are_problems() {
    let world = World::new();
    let lost = world.send(Request::get("/v1/secrets").body(Body::empty()).unwrap()).await;
    assert_eq!(lost.kind(), ProblemKind::NotFound);
    let wrong = world.send(Request::delete(path::REPORTS).body(Body::empty()).unwrap()).await;
    assert_eq!(wrong.problem().status, 405);
    assert_eq!(wrong.headers["allow"], "POST");
    let health = world.health().await;
    assert_eq!((health.status.as_u16(), &health.json()["status"]), (200, &"ok".into()));
}

#[tokio::test]
async fn a_request_that_one_process_took_is_refused_by_another_on_the_same_store() {
    let world = World::new();
    let device = world.enrol().await;
    let signed = device.signed(&world, HOST);
    assert_eq!(get(&world, HOST, &signed).await.status, 200);
    let mut other = world;
    // The first process is still there while the second answers.
    let (first, first_app) = (other.collector.clone(), other.app.clone());
    other.restart();
    let answer = get(&other, HOST, &signed).await;
    assert_eq!(answer.kind(), ProblemKind::BadSignature);
    assert!(answer.problem().detail.unwrap().contains("received before"));
    drop((first, first_app));
}
