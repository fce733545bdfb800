//! Which versions of a policy devices are given, and under which a report is still taken.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::store::wait;
use collector_proto::catalog::Section;
use collector_proto::messages::{Documents, ProblemKind, SectionBody};
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::policy::{Named, PolicyRef, Versions};
use support::{Answer, Device, Draft, HOST, POLICY, World, full, hashed, os, part, row, sections};

const DAY: i64 = 86_400;

/// Longest that a device goes by what it knows, and what its clock may be behind.
const MAX_STALE: i64 = 7 * DAY + 300;

/// A version with one more field, of which a purpose is kept for a shorter time.
fn wider() -> String {
    POLICY
        .replace("version = 1\nexpires", "version = 2\nexpires")
        .replace("\"os.name\"", "\"os.name\", \"os.type\"")
        .replace("\"30d\"", "\"10d\"")
}

fn os_with_type() -> (Section, SectionBody) {
    (Section::Os, full(vec![row(&[("os.name", "Debian GNU/Linux"), ("os.type", "linux")])]))
}

/// The next report of the device under these versions, in a part that lives for ten days.
fn under(world: &World, device: &Device, versions: Versions, body: (Section, SectionBody)) -> Draft {
    kept_for(10, world, device, versions, body)
}

fn kept_for(
    days: u64,
    world: &World,
    device: &Device,
    versions: Versions,
    (section, body): (Section, SectionBody),
) -> Draft {
    let mut report = device.report(world, sections([]));
    report.policy = versions;
    report.insert_into(part(days), section, body);
    report
}

async fn post(world: &World, device: &Device, report: &Draft) -> Answer {
    world.post(&device.sign(report)).await
}

async fn named(world: &World, device: &Device) -> (Named, usize) {
    let mut request = axum::http::Request::get(collector_proto::messages::path::POLICY).header("host", HOST);
    for (name, value) in device.signed(world, HOST).iter() {
        request = request.header(name, value);
    }
    let answer = world.send(request.body(axum::body::Body::empty()).unwrap()).await;
    let documents: Documents = serde_json::from_slice(&answer.body).unwrap();
    let payload = documents.timestamp.unwrap().unverified_payload().unwrap();
    let timestamp: TimestampDocument = serde_json::from_slice(&payload).unwrap();
    (timestamp.policies["default"].clone(), documents.policies.len())
}

#[tokio::test]
async fn a_device_is_given_the_version_in_force_and_those_that_are_coming() {
    let world = World::new();
    let device = world.enrol().await;
    let first = world.policy;
    assert_eq!(named(&world, &device).await, (Named::from(first), 1));
    let second = world.publish(&wider());
    let both = Named { current: Some(first), coming: vec![second] };
    assert_eq!(named(&world, &device).await, (both.clone(), 2));
    world.pass(7 * DAY - 1);
    assert_eq!(named(&world, &device).await, (both, 2));
    world.pass(1);
    assert_eq!(named(&world, &device).await, (Named::from(second), 1));
}

/// A version that was withdrawn, because it asked for too much, counts no longer than devices may not know of that.
#[tokio::test]
async fn attack_m2_nothing_is_taken_under_a_policy_that_was_withdrawn() {
    let world = World::new();
    let mut device = world.enrol().await;
    let withdrawn = world.policy;
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let receipt = world.post(&sealed).await;
    assert_eq!(receipt.status, 200);
    let narrower = world.publish(&hashed(2));
    world.pass(MAX_STALE - 1);
    let mac = (Section::Network, full(vec![row(&[("host.mac", "02-00-5E-10-00-01")])]));
    let held = under(&world, &device, withdrawn.into(), mac.clone());
    let late = device.seal(&held);
    assert_eq!(world.post(&late).await.status, 200, "a device may not have heard of it");
    world.pass(1);
    let next = under(&world, &device, withdrawn.into(), mac);
    let refused = post(&world, &device, &next).await;
    assert_eq!(refused.kind(), ProblemKind::SupersededPolicy, "{}", refused.text());
    assert_eq!(world.events(), ["superseded_policy"]);
    assert_eq!(world.stored(), 2);
    // What was taken in time gets its receipt again, where that was lost.
    assert_eq!(world.post(&sealed).await.body, receipt.body);
    assert_eq!(world.post(&late).await.status, 200);
    let current = under(&world, &device, narrower.into(), os());
    assert_eq!(post(&world, &device, &current).await.status, 200);
}

#[tokio::test]
async fn attack_m2_nothing_is_taken_under_a_policy_that_has_expired() {
    let world = World::new();
    let device = world.enrol().await;
    let policies = wait(world.store().published_after("default", 0)).unwrap();
    let payload = policies[0].envelope.unverified_payload().unwrap();
    let document: collector_proto::policy::PolicyDocument = serde_json::from_slice(&payload).unwrap();
    world.pass(document.expires.seconds_since(world.now()) - 1);
    let report = device.report(&world, sections([os()]));
    world.pass(1);
    let refused = post(&world, &device, &report).await;
    assert_eq!(refused.kind(), ProblemKind::SupersededPolicy, "{}", refused.text());
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn what_widens_is_taken_from_the_instant_at_which_a_device_may_collect_it() {
    let world = World::new();
    let mut device = world.enrol().await;
    let (first, second) = (world.policy, world.publish(&wider()));
    let both = || Versions::new(first, vec![second]);
    let sooner = under(&world, &device, second.into(), os_with_type());
    assert_eq!(post(&world, &device, &sooner).await.kind(), ProblemKind::SupersededPolicy);
    let more = under(&world, &device, both(), os_with_type());
    assert_eq!(post(&world, &device, &more).await.kind(), ProblemKind::OverCollection);
    // What both allow is taken, and kept for the shorter of both times.
    let within = device.seal(&under(&world, &device, both(), os()));
    let receipt = world.post(&within).await.receipt(&world);
    assert_eq!(receipt.last_value_until(), Some(receipt.received_at.plus_seconds(10 * 86_400)));
    let longer = kept_for(30, &world, &device, both(), os());
    assert_eq!(post(&world, &device, &longer).await.kind(), ProblemKind::OverCollection);
    let unknown = PolicyRef { version: 3, ..second };
    let forged = under(&world, &device, Versions::new(first, vec![unknown]), os());
    assert_eq!(post(&world, &device, &forged).await.kind(), ProblemKind::UnknownPolicy);
    let backwards = under(&world, &device, Versions::new(second, vec![first]), os());
    assert_eq!(post(&world, &device, &backwards).await.kind(), ProblemKind::Invalid);
    world.pass(7 * DAY);
    // A device on which version 2 was not shown stays under both, for as long as that takes.
    let other = world.enrol().await;
    let still_both = under(&world, &other, both(), os());
    assert_eq!(post(&world, &other, &still_both).await.status, 200);
    let in_force = under(&world, &device, second.into(), os_with_type());
    assert_eq!(post(&world, &device, &in_force).await.status, 200);
}
