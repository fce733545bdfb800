//! Agents of other contracts: who is spoken with, what is ignored, and what is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use candor_collector::keys;
use candor_collector::store::wait;
use collector_proto::catalog::Section;
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, Envelope, pae_digest};
use collector_proto::messages::{Absence, Documents, EnrolmentRequest, ProblemKind, path};
use collector_proto::policy::author::compile;
use collector_proto::policy::{FieldName, PolicyDocument, PolicyRef};
use support::{Answer, Device, HOST, World, full, os, part, row, sections};

fn contract(number: u16) -> Contract {
    Contract::new(number).unwrap()
}

async fn challenge(world: &World, spoken: &str) -> Answer {
    let request = Request::get(path::CHALLENGE).header("candor-contract", spoken);
    world.send(request.body(Body::empty()).unwrap()).await
}

async fn policy(world: &World, device: &Device, signed: Contract, sent: Contract) -> Answer {
    let mut request =
        Request::get(path::POLICY).header("host", HOST).header("candor-contract", sent.to_string());
    let headers = device.signed_under(signed, world, HOST);
    for (name, value) in headers.iter() {
        request = request.header(name, value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn neighbours_are_served_and_others_are_told_what_to_upgrade() {
    let world = World::new();
    for spoken in ["1", "2"] {
        let answer = challenge(&world, spoken).await;
        assert_eq!(answer.status, StatusCode::OK, "{spoken}");
        assert_eq!(answer.headers["candor-contract"], "1");
    }
    let ahead = challenge(&world, "3").await;
    assert_eq!(ahead.kind(), ProblemKind::Contract);
    assert!(ahead.text().contains("takes at most 2; upgrade the collector"), "{}", ahead.text());
    assert_eq!(ahead.headers["candor-contract"], "1", "a refusal says it too");
    for none in ["0", "", "01", "one", "70000"] {
        assert_eq!(challenge(&world, none).await.kind(), ProblemKind::Contract, "{none:?}");
    }
}

#[tokio::test]
async fn a_sender_without_the_number_is_refused_but_for_the_question_for_health() {
    let world = World::new();
    let world = &world;
    let without =
        |path| async move { world.send_as_is(Request::get(path).body(Body::empty()).unwrap()).await };
    for path in [path::CHALLENGE, path::POLICY] {
        let refused = without(path).await;
        assert_eq!(refused.kind(), ProblemKind::Contract, "{path}");
        assert!(refused.text().contains("the header Candor-Contract is missing"), "{}", refused.text());
        assert_eq!(refused.headers["candor-contract"], "1", "a refusal says it too");
    }
    let health = without(path::HEALTH).await;
    assert_eq!(health.status, StatusCode::OK, "{}", health.text());
    assert!(health.text().contains(r#""contract":1"#), "{}", health.text());
}

#[tokio::test]
async fn the_number_is_signed_and_the_newest_one_is_kept() {
    let world = World::new();
    let device = world.enrol().await;
    let kept = || wait(world.store().device(device.id)).unwrap().unwrap().contract;
    assert_eq!(kept(), CONTRACT);
    let forged = policy(&world, &device, CONTRACT, contract(2)).await;
    assert_eq!(forged.kind(), ProblemKind::BadSignature, "the signature covers the number");
    assert_eq!(kept(), CONTRACT);
    let upgraded = policy(&world, &device, contract(2), contract(2)).await;
    assert_eq!(upgraded.status, StatusCode::OK, "{}", upgraded.text());
    let documents: Documents = serde_json::from_slice(&upgraded.body).unwrap();
    assert!(documents.policies.len() == 1);
    assert_eq!(kept(), contract(2));
    assert_eq!(
        wait(world.store().contracts("default")).unwrap().into_iter().collect::<Vec<_>>(),
        [(contract(2), 1)]
    );
}

/// An enrolment as an agent of contract 2 may write it.
async fn enrol_with(world: &World, members: &str) -> Answer {
    let (device, token) = (Device::new(world), world.token());
    let request = device.enrolment(world, &token, &world.challenge().await.nonce);
    let body = serde_json::to_string(&request).unwrap();
    let body = format!("{},{members}}}", body.strip_suffix('}').unwrap());
    let kind = EnrolmentRequest::PAYLOAD_TYPE;
    let signature = device.key.sign_payload(kind, body.as_bytes());
    world.post_enrolment(&Envelope::assemble(kind, body.as_bytes(), &[signature]).to_json(), &token).await
}

#[tokio::test]
async fn a_newer_enrolment_is_taken_unless_it_requires_more() {
    let world = World::new();
    let taken = enrol_with(&world, r#""later":{"deep":[1]}"#).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
    let refused = enrol_with(&world, r#""later":1,"requires":["later"]"#).await;
    assert_eq!(refused.kind(), ProblemKind::EnrolmentRefused);
    let twice = enrol_with(&world, r#""later":{"a":1,"a":1}"#).await;
    assert_eq!(twice.kind(), ProblemKind::EnrolmentRefused);
}

#[tokio::test]
async fn a_bound_that_another_release_raised_refuses_no_report() {
    let world = World::new();
    let mut device = world.enrol().await;
    let longer = "x".repeat(support::field("os.name").field().bounds.max_bytes as usize + 1);
    let os = full(vec![row(&[("os.name", &longer), ("os.version", "12")])]);
    device.deliver(&world, [(Section::Os, os)].into()).await;
}

/// Keeps a policy in the store that a newer collector published before this one took its place: it has a rule for a
/// field that this program's catalogue lacks.
fn keep_policy_of_a_newer_collector(world: &World, later: &str) -> PolicyRef {
    let compiled = compile(&support::hashed(2), "policy.toml", world.now()).unwrap_or_else(|e| panic!("{e}"));
    let mut document = serde_json::to_value(compiled.policy.document()).unwrap();
    let mut rule = document["rules"][0].clone();
    rule["field"] = later.into();
    document["rules"].as_array_mut().unwrap().push(rule);
    let payload = serde_json::to_vec(&document).unwrap();
    let key = keys::read(&world.dir().offline_key("policy")).unwrap();
    let signature = key.sign_payload(PolicyDocument::PAYLOAD_TYPE, &payload);
    let envelope = Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &payload, &[signature]);
    let sha256 = pae_digest(PolicyDocument::PAYLOAD_TYPE, &payload);
    world
        .database()
        .execute(
            "INSERT INTO policy (group_name, version, sha256, envelope, published_at) VALUES ('default', 2, ?1, ?2, ?3)",
            rusqlite::params![sha256.to_string(), envelope.to_json(), world.now().unix()],
        )
        .unwrap();
    PolicyRef::new(2, sha256)
}

#[tokio::test]
async fn a_field_of_another_catalogue_may_be_absent_where_the_policy_names_it() {
    let world = World::new();
    let newer = keep_policy_of_a_newer_collector(&world, "os.later");
    let mut device = world.enrol().await;
    let absent = |device: &Device, policy: PolicyRef, name: &str| {
        let mut report = device.report(&world, sections([os()]));
        report.policy = policy.into();
        report.absent.insert(FieldName::parse(name).unwrap(), Absence::Unsupported);
        report
    };
    for (policy, name) in [(world.policy, "os.later"), (newer, "os.unnamed")] {
        if policy == newer {
            // The field is another one, so people had to be told first.
            world.pass(7 * 86_400);
        }
        let answer = world.post(&device.sign(&absent(&device, policy, name))).await;
        assert_eq!(answer.kind(), ProblemKind::OverCollection, "{name}");
    }
    let report = absent(&device, newer, "os.later");
    world.post(&device.seal(&report)).await.receipt(&world);
    // A name is said to be absent; a value under it is nobody's to judge and is refused.
    let draft = device.report(&world, sections([os()]));
    let bytes = String::from_utf8(draft.bytes()[&part(30)].clone()).unwrap();
    let with_value = bytes.replace("\"os.version\":\"12\"", "\"os.later\":\"12\"");
    assert_ne!(bytes, with_value);
    let mut head = draft.finished();
    head.parts.insert(part(30), Digest::of(with_value.as_bytes()));
    let head = serde_json::to_vec(&head).unwrap();
    let answer = world.post_texts(&head, &[with_value.as_bytes()], &device.key).await;
    assert_eq!(answer.kind(), ProblemKind::Invalid);
}
