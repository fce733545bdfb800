//! What several processes on one store agree on.

use super::Place;
use super::fixture::{DAY, Fixture, start};
use crate::challenge::Challenges;
use crate::refusal::{Event, EventKind};
use crate::store::{Lease, NonceUse};
use collector_proto::http_signature::{MAX_NONCES_PER_KEY, NONCE_SECONDS, Nonce};
use ring::rand::SystemRandom;
use uuid::Uuid;

fn nonce() -> Nonce {
    Nonce::generate(&SystemRandom::new()).unwrap()
}

pub(in crate::store) async fn a_nonce_works_once_in_all_processes(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (device, other) = (fixture.device(), fixture.device());
    let elsewhere = place.open();
    let (nonce, expires) = (nonce(), start().plus_seconds(NONCE_SECONDS.unsigned_abs()));
    let key = device.key.public().id();
    assert_eq!(fixture.store.use_nonce(key, &nonce, expires, start()).await.unwrap(), NonceUse::First);
    assert_eq!(fixture.store.use_nonce(key, &nonce, expires, start()).await.unwrap(), NonceUse::Again);
    assert_eq!(elsewhere.use_nonce(key, &nonce, expires, start()).await.unwrap(), NonceUse::Again);
    // Another key's nonce is another nonce.
    let other_key = other.key.public().id();
    assert_eq!(elsewhere.use_nonce(other_key, &nonce, expires, start()).await.unwrap(), NonceUse::First);
    let last = collector_proto::time::UtcTime::from_unix(expires.unix() - 1);
    assert_eq!(elsewhere.use_nonce(key, &nonce, expires, last).await.unwrap(), NonceUse::Again);
    let later = expires.plus_seconds(600);
    assert_eq!(elsewhere.use_nonce(key, &nonce, later, expires).await.unwrap(), NonceUse::First, "forgotten");
}

pub(in crate::store) async fn a_key_has_so_many_nonces(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (device, other) = (fixture.device(), fixture.device());
    let (key, expires) = (device.key.public().id(), start().plus_seconds(600));
    for _ in 0..MAX_NONCES_PER_KEY {
        assert_eq!(fixture.store.use_nonce(key, &nonce(), expires, start()).await.unwrap(), NonceUse::First);
    }
    assert_eq!(fixture.store.use_nonce(key, &nonce(), expires, start()).await.unwrap(), NonceUse::TooMany);
    let other = other.key.public().id();
    assert_eq!(fixture.store.use_nonce(other, &nonce(), expires, start()).await.unwrap(), NonceUse::First);
    let later = expires.plus_seconds(600);
    assert_eq!(fixture.store.use_nonce(key, &nonce(), later, expires).await.unwrap(), NonceUse::First);
}

pub(in crate::store) async fn a_challenge_of_one_process_is_known_to_another(place: &dyn Place) {
    let (one, other) = (place.open(), place.open());
    let first = Challenges::new(&one.challenge_key([1; 32]).await.unwrap());
    let second = Challenges::new(&other.challenge_key([2; 32]).await.unwrap());
    let challenge = first.make(&SystemRandom::new(), start()).unwrap();
    assert_eq!(second.check(&challenge.nonce, start()), Ok(challenge.expires));
    // A key that everybody could know would let everybody make challenges.
    assert_eq!(one.challenge_key([3; 32]).await.unwrap(), [1; 32]);
}

pub(in crate::store) async fn a_lease_has_one_holder_until_it_ends(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let elsewhere = place.open();
    let (one, other) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]));
    let until = start().plus_seconds(60);
    assert!(fixture.store.take_lease(Lease::Sweep, one, until, start()).await.unwrap());
    assert!(!elsewhere.take_lease(Lease::Sweep, other, until, start()).await.unwrap());
    let prolonged = start().plus_seconds(120);
    assert!(fixture.store.take_lease(Lease::Sweep, one, prolonged, start()).await.unwrap(), "one's own");
    assert!(!elsewhere.take_lease(Lease::Sweep, other, prolonged, until).await.unwrap());
    assert!(elsewhere.take_lease(Lease::Sweep, other, prolonged.plus_seconds(60), prolonged).await.unwrap());
    assert!(
        !fixture.store.take_lease(Lease::Sweep, one, prolonged.plus_seconds(60), prolonged).await.unwrap()
    );
    // A clock that ran ahead by a year does not keep everybody else from it for as long.
    let ahead = start().plus_seconds(365 * DAY);
    assert!(elsewhere.take_lease(Lease::Sweep, other, ahead.plus_seconds(60), ahead).await.unwrap());
    assert!(fixture.store.take_lease(Lease::Sweep, one, until, start()).await.unwrap());
}

pub(in crate::store) async fn events_of_an_hour_are_counted_together(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let device = Uuid::from_bytes([7; 16]);
    let record = async |kind, seq, now| {
        let event = Event { kind, device, report: Some(("0f".repeat(16), seq)) };
        fixture.store.record_event(event, now).await.unwrap();
    };
    record(EventKind::OverCollection, 1, start()).await;
    record(EventKind::OverCollection, 2, start()).await;
    record(EventKind::ForeignKey, 3, start()).await;
    record(EventKind::OverCollection, 4, start().plus_seconds(3600)).await;
    let events = fixture.events().await;
    let seen: Vec<_> =
        events.iter().map(|event| (event.kind.as_str(), event.count, event.last_seq)).collect();
    let expected =
        [("over_collection", 1, Some(4)), ("foreign_key", 1, Some(3)), ("over_collection", 2, Some(2))];
    assert_eq!(seen, expected);
    assert_eq!(events[1].hour.unix() % 3600, 0);
}
