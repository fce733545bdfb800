//! Placements: a device belongs to one group at a time, and moves one number after the other.

use super::Place;
use super::fixture::{Fixture, start};
use crate::store::Placed;
use collector_proto::envelope::SigningKey;
use ring::rand::SystemRandom;
use uuid::Uuid;

pub(in crate::store) async fn a_device_is_moved_by_one_placement_after_the_other(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (device, other) = (fixture.enrol().await, fixture.enrol().await);
    let moved = |number, from, to| fixture.placement(device.id, number, from, to);
    let put = async |placement, minutes: u64| {
        fixture.store.place(placement, start().plus_seconds(60 * minutes)).await.unwrap()
    };
    assert!(fixture.store.placements(device.id).await.unwrap().is_empty());
    let first = moved(1, "default", "servers").await;
    assert_eq!(put(first.clone(), 1).await, Placed::New);
    assert_eq!(put(moved(2, "servers", "kiosk").await, 2).await, Placed::New);
    let shown = fixture.store.device(device.id).await.unwrap().unwrap();
    assert_eq!((shown.group.as_str(), shown.placement, shown.placement_seen), ("kiosk", 2, 0));
    let key = fixture.store.key(device.key.public().id()).await.unwrap().unwrap();
    assert_eq!((key.group.as_str(), key.placement), ("kiosk", 2));
    // What was is on record, with its time.
    let placements = fixture.store.placements(device.id).await.unwrap();
    let listed: Vec<_> = placements
        .iter()
        .map(|one| (one.reference.number, one.from.as_str(), one.group.as_str(), one.placed_at))
        .collect();
    let at = |minutes: u64| start().plus_seconds(60 * minutes);
    assert_eq!(listed, [(1, "default", "servers", at(1)), (2, "servers", "kiosk", at(2))]);
    assert_eq!(placements[0].reference, first.reference());
    assert_eq!(placements[0].envelope, *first.envelope());
    // Nobody else was moved.
    let shown = fixture.store.device(other.id).await.unwrap().unwrap();
    assert_eq!((shown.group.as_str(), shown.placement), ("default", 0));
    assert!(fixture.store.placements(other.id).await.unwrap().is_empty());
}

pub(in crate::store) async fn a_placement_that_does_not_follow_moves_nobody(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (device, revoked) = (fixture.enrol().await, fixture.enrol().await);
    fixture.store.revoke_device(revoked.id, start()).await.unwrap();
    let put = async |device, number, from, to| {
        let placement = fixture.placement(device, number, from, to).await;
        fixture.store.place(placement, start()).await.unwrap()
    };
    let not_next = |group: &str, number| Placed::NotNext { group: group.to_owned(), number };
    assert_eq!(
        put(device.id, 2, "default", "servers").await,
        not_next("default", 0),
        "a number was left out"
    );
    assert_eq!(put(device.id, 1, "kiosk", "servers").await, not_next("default", 0), "it was never there");
    assert_eq!(put(device.id, 1, "default", "servers").await, Placed::New);
    assert_eq!(
        put(device.id, 1, "default", "kiosk").await,
        Placed::NotAbove(1),
        "another one of that number"
    );
    assert_eq!(put(device.id, 2, "default", "kiosk").await, not_next("servers", 1), "it is there no more");
    assert_eq!(put(Uuid::nil(), 1, "default", "servers").await, Placed::NoDevice);
    assert_eq!(put(revoked.id, 1, "default", "servers").await, Placed::Revoked);
    let elsewhere = fixture.placement_elsewhere(device.id, 2, "servers", "kiosk");
    assert_eq!(fixture.store.place(elsewhere, start()).await.unwrap(), Placed::OtherRoot);
    let placements = fixture.store.placements(device.id).await.unwrap();
    assert_eq!(placements.iter().map(|one| one.reference.number).collect::<Vec<_>>(), [1]);
    let shown = fixture.store.device(device.id).await.unwrap().unwrap();
    assert_eq!((shown.group.as_str(), shown.placement), ("servers", 1));
    assert!(fixture.store.placements(revoked.id).await.unwrap().is_empty());
}

pub(in crate::store) async fn the_newest_placement_once_more_brings_signatures_and_moves_nobody(
    place: &dyn Place,
) {
    let fixture = Fixture::new(place).await;
    let device = fixture.enrol().await;
    let first = fixture.placement(device.id, 1, "default", "servers").await;
    assert_eq!(fixture.store.place(first.clone(), start()).await.unwrap(), Placed::New);
    let later = start().plus_seconds(3600);
    assert_eq!(fixture.store.place(first.clone(), later).await.unwrap(), Placed::Before);
    let another = SigningKey::generate(&SystemRandom::new()).unwrap().0;
    let both = fixture.signed_again(&first, &another).await;
    assert_eq!(fixture.store.place(both.clone(), later).await.unwrap(), Placed::Before);
    // Whoever brings the first signature alone takes none away.
    assert_eq!(fixture.store.place(first, later).await.unwrap(), Placed::Before);
    let placements = fixture.store.placements(device.id).await.unwrap();
    assert_eq!(placements.len(), 1);
    assert_eq!((&placements[0].envelope, placements[0].placed_at), (both.envelope(), start()));
}

pub(in crate::store) async fn of_two_placements_in_two_processes_one_moves_the_device(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let device = fixture.enrol().await;
    let other = place.open();
    let one = fixture.placement(device.id, 1, "default", "servers").await;
    let two = fixture.placement(device.id, 1, "default", "kiosk").await;
    let (one, two) = (fixture.store.place(one, start()), other.place(two, start()));
    let mut outcomes = [one.await.unwrap(), two.await.unwrap()];
    outcomes.sort_by_key(|outcome| *outcome != Placed::New);
    assert_eq!(outcomes, [Placed::New, Placed::NotAbove(1)]);
    let moved = other.placements(device.id).await.unwrap();
    let shown = fixture.store.device(device.id).await.unwrap().unwrap();
    assert_eq!((moved.len(), &moved[0].group), (1, &shown.group));
}
