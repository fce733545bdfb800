//! Roots and policies.

use super::Place;
use super::fixture::{Fixture, POLICY, start};
use crate::store::{Published, StoreError};
use crate::verify::{BadRoot, TrustRoot};
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::policy::trust::RootDocument;

/// The policy of the fixture as another version.
fn version(number: u64) -> String {
    POLICY.replace("version = 1\nexpires", &format!("version = {number}\nexpires"))
}

pub(in crate::store) async fn versions_only_rise(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    assert_eq!(fixture.publish(POLICY).await, Published::Before);
    assert_eq!(fixture.publish(&version(3)).await, Published::New);
    assert_eq!(fixture.publish(&version(2)).await, Published::NotAbove(3));
    assert_eq!(fixture.publish(POLICY).await, Published::NotAbove(3), "was current once");
    let other_content = version(3).replace("Example GmbH", "Example AG");
    assert_eq!(fixture.publish(&other_content).await, Published::NotAbove(3));
    let current = fixture.store.current_policy("default").await.unwrap().unwrap();
    assert_eq!(current.reference, fixture.verified(&version(3)).await.reference());
}

pub(in crate::store) async fn versions_follow_one_another(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    for number in [2, 4, 7] {
        fixture.publish(&version(number)).await;
    }
    let after = async |group, version| {
        let next = fixture.store.published_after(group, version).await.unwrap();
        next.into_iter().map(|policy| policy.reference.version).collect::<Vec<_>>()
    };
    assert_eq!(after("default", 0).await, [1, 2, 4, 7]);
    assert_eq!(after("default", 3).await, [4, 7]);
    assert!(after("default", 7).await.is_empty());
    assert!(after("servers", 0).await.is_empty());
}

pub(in crate::store) async fn a_policy_is_issued_to_its_group_alone(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let digest = fixture.policy.sha256;
    let issued = fixture.store.issued_policy("default", &digest).await.unwrap().unwrap();
    assert_eq!((issued.reference, issued.published_at), (fixture.policy, start()));
    assert!(fixture.store.issued_policy("servers", &digest).await.unwrap().is_none());
    assert!(fixture.store.current_policy("servers").await.unwrap().is_none());
    fixture.publish(&version(2)).await;
    assert!(fixture.store.issued_policy("default", &digest).await.unwrap().is_some(), "issued for ever");
}

pub(in crate::store) async fn a_policy_under_another_root_is_not_published(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let foreign = fixture.verified_elsewhere(&version(2));
    assert_eq!(fixture.store.publish(foreign, start()).await.unwrap(), Published::OtherRoot);
    assert_eq!(fixture.store.current_policy("default").await.unwrap().unwrap().reference.version, 1);
    assert_eq!(fixture.store.roots().await.unwrap().len(), 1);
}

pub(in crate::store) async fn a_first_root_is_kept_once(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let before = fixture.store.current_root().await.unwrap().reference();
    let higher = fixture.root_elsewhere(2);
    let refused = place.open().first_contents(&higher, start()).await;
    assert!(matches!(refused, Err(StoreError::NotEmpty)), "{refused:?}");
    assert_eq!(fixture.store.current_root().await.unwrap().reference(), before);
    // What its own keys did not sign is not a root.
    let unsigned =
        Envelope::assemble(RootDocument::PAYLOAD_TYPE, &higher.envelope().unverified_payload().unwrap(), &[]);
    assert!(matches!(TrustRoot::from_envelope(unsigned), Err(BadRoot::Signatures(_))));
}
