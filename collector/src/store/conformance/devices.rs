//! Tokens, enrolment, revocation.

use super::Place;
use super::fixture::{DAY, Fixture, seal_record, start};
use crate::refusal::EventKind;
use crate::store::{EnrolmentOutcome, StoreError};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::digest::Digest;

pub(in crate::store) async fn a_token_enrols_one_device(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    assert!(!fixture.store.is_token_known(&Digest::of(b"token")).await.unwrap());
    fixture.add_token("token").await;
    let (first, second) = (fixture.device(), fixture.device());
    let enrolled = fixture.store.enrol(first.enrolment("token", "a"), seal_record(), start()).await.unwrap();
    let record = b"record of the group default".to_vec();
    assert_eq!(enrolled, EnrolmentOutcome::Yes { record, group: "default".to_owned() });
    let refused = fixture.store.enrol(second.enrolment("token", "b"), seal_record(), start()).await.unwrap();
    assert_eq!(refused, EnrolmentOutcome::TokenRefused);
    let unknown = fixture.store.enrol(second.enrolment("other", "b"), seal_record(), start()).await.unwrap();
    assert_eq!(unknown, EnrolmentOutcome::TokenRefused);
    assert!(fixture.store.is_token_known(&Digest::of(b"token")).await.unwrap(), "used, but known");
    // What a spent token is used for is filed under the device that spent it.
    let events = fixture.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind.as_str(), &events[0].device_id),
        ("enrolment_conflict", &first.id.to_string())
    );
    let key = fixture.store.key(first.key.public().id()).await.unwrap().unwrap();
    assert_eq!((key.device_id, key.group.as_str(), key.revoked), (first.id, "default", false));
    assert!(fixture.store.key(second.key.public().id()).await.unwrap().is_none());
}

pub(in crate::store) async fn a_token_enrols_one_device_however_many_ask_at_once(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    fixture.add_token("token").await;
    let stores = [place.open(), place.open()];
    let enrolled: usize = std::thread::scope(|scope| {
        let ask = |n: usize| {
            let (store, device) = (&stores[n % 2], fixture.device());
            scope.spawn(move || {
                let new = device.enrolment("token", &n.to_string());
                crate::store::wait(store.enrol(new, seal_record(), start())).unwrap()
            })
        };
        let asked: Vec<_> = (0..8).map(ask).collect();
        let answers = asked.into_iter().map(|thread| thread.join().unwrap());
        answers.filter(|enrolled| matches!(enrolled, EnrolmentOutcome::Yes { .. })).count()
    });
    assert_eq!(enrolled, 1);
}

pub(in crate::store) async fn a_lost_answer_is_given_again(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    fixture.add_token("token").await;
    let device = fixture.device();
    let first = fixture.store.enrol(device.enrolment("token", "a"), seal_record(), start()).await.unwrap();
    let later = start().plus_seconds(3 * DAY);
    let again = fixture.store.enrol(device.enrolment("token", "a"), seal_record(), later).await.unwrap();
    assert_eq!(first, again);
    assert!(fixture.store.revoke_device(device.id, later).await.unwrap());
    assert!(!fixture.store.revoke_device(device.id, later).await.unwrap(), "revoked before");
    let revoked = fixture.store.enrol(device.enrolment("token", "a"), seal_record(), later).await.unwrap();
    assert_eq!(revoked, EnrolmentOutcome::Revoked);
    assert!(fixture.store.key(device.key.public().id()).await.unwrap().unwrap().revoked);
    assert_eq!(fixture.store.device(device.id).await.unwrap().unwrap().revoked, Some(later));
}

pub(in crate::store) async fn a_challenge_works_once(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    for token in ["a", "b", "c"] {
        fixture.add_token(token).await;
    }
    let enrol = async |token: &str, now| {
        let device = fixture.device();
        fixture.place.open().enrol(device.enrolment(token, "nonce"), seal_record(), now).await.unwrap()
    };
    assert!(matches!(enrol("a", start()).await, EnrolmentOutcome::Yes { .. }));
    assert_eq!(enrol("b", start()).await, EnrolmentOutcome::NonceUsed);
    assert_eq!(
        enrol("b", start().plus_seconds(299)).await,
        EnrolmentOutcome::NonceUsed,
        "remembered until it expires"
    );
}

pub(in crate::store) async fn a_device_on_record_is_not_enrolled_over(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let first = fixture.enrol().await;
    let mut same_id = fixture.device();
    same_id.id = first.id;
    fixture.add_token("a").await;
    let known = fixture.store.enrol(same_id.enrolment("a", "a"), seal_record(), start()).await.unwrap();
    assert_eq!(known, EnrolmentOutcome::Known);
    let mut same_key = fixture.device();
    same_key.key = first.key;
    let known = fixture.store.enrol(same_key.enrolment("a", "b"), seal_record(), start()).await.unwrap();
    assert_eq!(known, EnrolmentOutcome::Known);
    let events = fixture.events().await;
    assert_eq!((events.len(), events[0].count), (1, 2));
    assert_eq!(events[0].kind, EventKind::EnrolmentConflict.name());
    assert_eq!(events[0].device_id, first.id.to_string());
}

pub(in crate::store) async fn expired_and_revoked_tokens_enrol_nobody(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    fixture.add_token("token").await;
    let expired = start().plus_seconds(DAY);
    let refused = fixture.store.enrol(fixture.device().enrolment("token", "a"), seal_record(), expired).await;
    assert_eq!(refused.unwrap(), EnrolmentOutcome::TokenRefused);
    let digits = Digest::of(b"token").hex();
    assert_eq!(fixture.store.revoke_token(&digits[..12], start()).await.unwrap(), 1);
    assert_eq!(fixture.store.revoke_token(&digits[..12], start()).await.unwrap(), 0);
    let refused = fixture.store.enrol(fixture.device().enrolment("token", "a"), seal_record(), start()).await;
    assert_eq!(refused.unwrap(), EnrolmentOutcome::TokenRefused);
}

pub(in crate::store) async fn a_record_that_cannot_be_signed_enrols_nobody(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    fixture.add_token("token").await;
    let device = fixture.device();
    let failed =
        fixture.store.enrol(device.enrolment("token", "a"), Box::new(|_| Err("no".into())), start()).await;
    assert!(matches!(failed, Err(StoreError::Seal(_))), "{failed:?}");
    assert!(fixture.store.device(device.id).await.unwrap().is_none());
    // Neither token nor nonce was used up.
    let enrolled = fixture.store.enrol(device.enrolment("token", "a"), seal_record(), start()).await.unwrap();
    assert!(matches!(enrolled, EnrolmentOutcome::Yes { .. }));
}

pub(in crate::store) async fn what_an_agent_understands_is_noted_and_counted(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (one, other) = (fixture.enrol().await, fixture.enrol().await);
    let two = Contract::new(2).unwrap();
    fixture.store.note_contract(one.id, two).await.unwrap();
    let counted = fixture.store.contracts("default").await.unwrap();
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), [(CONTRACT, 1), (two, 1)]);
    assert!(fixture.store.contracts("servers").await.unwrap().is_empty());
    fixture.store.revoke_device(other.id, start()).await.unwrap();
    let counted = fixture.store.contracts("default").await.unwrap();
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), [(two, 1)]);
    let key = fixture.store.any_key(one.key.public().id()).await.unwrap().unwrap();
    assert_eq!((key.device_id, key.contract), (one.id, two));
    let stranger = fixture.device();
    assert!(fixture.store.any_key(stranger.key.public().id()).await.unwrap().is_none());
}

pub(in crate::store) async fn the_root_that_a_device_follows_is_noted(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (one, other) = (fixture.enrol().await, fixture.enrol().await);
    let root = async |device| fixture.store.device(device).await.unwrap().unwrap().root;
    assert_eq!((root(one.id).await, root(other.id).await), (0, 0), "neither has said anything");
    fixture.store.note_root(one.id, 3).await.unwrap();
    assert_eq!((root(one.id).await, root(other.id).await), (3, 0));
    // A device that was set up anew follows less than before.
    fixture.store.note_root(one.id, 2).await.unwrap();
    let key = fixture.store.any_key(one.key.public().id()).await.unwrap().unwrap();
    assert_eq!((key.root, root(one.id).await), (2, 2));
}
