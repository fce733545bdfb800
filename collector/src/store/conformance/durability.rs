//! What was answered is there, whoever opens the store next.

use super::Place;
use super::fixture::{Fixture, curl, os, start};
use crate::store::{Lease, NonceUse};
use collector_proto::catalog::Section;
use collector_proto::http_signature::Nonce;
use ring::rand::SystemRandom;
use std::sync::Arc;
use uuid::Uuid;

pub(in crate::store) async fn what_was_answered_is_there_after_reopening(place: &dyn Place) {
    let mut fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    fixture.deliver(&mut device, curl("1")).await;
    let report = device.next(os());
    let admitted = fixture.admit(&device, &report).await;
    let receipt = fixture.keep(admitted.clone(), start()).await;
    let (key, nonce) = (device.key.public().id(), Nonce::generate(&SystemRandom::new()).unwrap());
    let later = start().plus_seconds(600);
    fixture.store.use_nonce(key, &nonce, later, start()).await.unwrap();
    let (one, other) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]));
    fixture.store.take_lease(Lease::Sweep, one, later, start()).await.unwrap();

    let before = std::mem::replace(&mut fixture.store, place.open());
    assert_eq!(Arc::strong_count(&before), 1);
    drop(before);
    fixture.store = place.open();
    assert_eq!(fixture.keep(admitted, later).await, receipt);
    assert!(fixture.rows(&device, Section::Os).await.is_some());
    assert_eq!(fixture.store.current_policy("default").await.unwrap().unwrap().reference, fixture.policy);
    assert_eq!(fixture.store.use_nonce(key, &nonce, later, start()).await.unwrap(), NonceUse::Again);
    assert!(!fixture.store.take_lease(Lease::Sweep, other, later, start()).await.unwrap());
    assert_eq!(fixture.store.usage(device.id, start()).await.unwrap().reports, 2);
}
