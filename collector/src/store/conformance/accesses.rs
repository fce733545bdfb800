//! Who was shown whose values.

use super::Place;
use super::fixture::{DAY, Fixture, start};
use crate::store::{NewAccess, Page, RecordedAccess, all};
use uuid::Uuid;

const SHOWN: NewAccess = NewAccess {
    operation: "device_show",
    actor: String::new(),
    purpose: String::new(),
    device: Uuid::from_bytes([7; 16]),
};

fn by(actor: &str, purpose: &str) -> NewAccess {
    NewAccess { actor: actor.to_owned(), purpose: purpose.to_owned(), ..SHOWN }
}

pub(in crate::store) async fn equal_accesses_of_an_hour_are_counted_together(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let store = &fixture.store;
    let start = start();
    for (access, after) in [
        (by("anna", "audit"), 0),
        (by("anna", "audit"), 1),
        (by("anna", "ticket 4711"), 2),
        (by("berta", "audit"), 3),
        (by("anna", "audit"), 3600),
    ] {
        store.record_access(access, start.plus_seconds(after)).await.unwrap();
    }
    let listed: Vec<RecordedAccess> = all(|page| store.accesses(page)).await.unwrap();
    let counts: Vec<_> =
        listed.iter().map(|one| (one.actor.as_str(), one.purpose.as_str(), one.count)).collect();
    assert_eq!(
        counts,
        [("anna", "audit", 1), ("berta", "audit", 1), ("anna", "ticket 4711", 1), ("anna", "audit", 2)]
    );
    assert!(listed[0].hour > listed[1].hour && listed[1].hour == listed[3].hour);
    assert!(listed.iter().all(|one| one.device_id == SHOWN.device.to_string()));
    assert!(listed.iter().all(|one| one.operation == SHOWN.operation));
}

pub(in crate::store) async fn accesses_are_forgotten_in_time(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let store = &fixture.store;
    store.record_access(by("anna", "audit"), start()).await.unwrap();
    store.record_access(by("anna", "audit"), start().plus_seconds(DAY)).await.unwrap();
    let count = async || store.accesses(Page::first()).await.unwrap().items.len();
    store.sweep(start().plus_seconds(399 * DAY)).await.unwrap();
    assert_eq!(count().await, 2);
    store.sweep(start().plus_seconds(400 * DAY)).await.unwrap();
    assert_eq!(count().await, 1);
}
