//! Listings: in pages, each item once, in order, whatever comes or goes meanwhile.

use super::Place;
use super::fixture::{DAY, Fixture, POLICY, os, start};
use crate::refusal::{Event, EventKind};
use crate::store::{
    Answer, Cursor, Listed, MAX_PAGE, NewAccess, Order, Page, ReportQuery, StoreError, all, first,
};
use collector_proto::digest::Digest;
use std::fmt::Debug;
use uuid::Uuid;

/// Walks a listing in pages of two and in one go; both must give the same, `count` items.
async fn walked<'a, T: Debug>(
    count: usize,
    mut list: impl FnMut(Page) -> Answer<'a, Listed<T>>,
) -> Vec<String> {
    let mut items = Vec::new();
    let mut page = Page::first().limit(2);
    loop {
        let listed = list(page).await.unwrap();
        assert!(listed.items.len() <= 2);
        items.extend(listed.items.iter().map(|item| format!("{item:?}")));
        match listed.next {
            // A cursor survives being written and read.
            Some(next) => page = Page::first().limit(2).after(Cursor::from_text(next.to_string())),
            None => break,
        }
    }
    assert_eq!(items.len(), count);
    let at_once: Vec<_> = all(&mut list).await.unwrap().iter().map(|item| format!("{item:?}")).collect();
    assert_eq!(items, at_once);
    let some = first(3, &mut list).await.unwrap();
    assert_eq!(some.len(), count.min(3));
    items
}

pub(in crate::store) async fn every_listing_is_walked_in_pages(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let store = &fixture.store;
    for group in ["servers", "laptops", "a_b"] {
        let toml = POLICY.replace("[policy]", &format!("[policy]\ngroup = \"{group}\""));
        fixture.publish(&toml).await;
        fixture.publish(&toml.replace("version = 1\nexpires", "version = 2\nexpires")).await;
    }
    walked(7, |page| store.policies(page)).await;
    let mut devices = Vec::new();
    for _ in 0..5 {
        devices.push(fixture.enrol().await);
    }
    walked(5, |page| store.devices(page)).await;
    walked(5, |page| store.tokens(page, start())).await;
    for device in &mut devices {
        fixture.deliver(device, os()).await;
    }
    fixture.deliver(&mut devices[0], os()).await;
    let query = |device, order| ReportQuery { device, order };
    let oldest = walked(6, |page| store.reports(query(None, Order::OldestFirst), page)).await;
    let mut newest = walked(6, |page| store.reports(query(None, Order::NewestFirst), page)).await;
    newest.reverse();
    assert_eq!(oldest, newest);
    walked(2, |page| store.reports(query(Some(devices[0].id), Order::NewestFirst), page)).await;
    for hour in 0..5 {
        let event = Event { kind: EventKind::ForeignKey, device: devices[0].id, report: None };
        store.record_event(event, start().plus_seconds(hour * 3600)).await.unwrap();
    }
    walked(5, |page| store.events(page)).await;
    for actor in ["anna", "berta", "clara"] {
        let (operation, purpose) = ("device_show", "audit".to_owned());
        let access = NewAccess { operation, actor: actor.to_owned(), purpose, device: devices[0].id };
        store.record_access(access, start()).await.unwrap();
    }
    walked(3, |page| store.accesses(page)).await;
    let most = store.devices(Page::first().limit(u32::MAX)).await.unwrap();
    assert_eq!((most.items.len(), most.next), (5, None));
    assert_eq!(Page::first().limit(u32::MAX).size(), MAX_PAGE as usize);
}

pub(in crate::store) async fn pages_stay_good_when_rows_come_and_go(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let add = async |token: &str, after: u64| {
        let now = start().plus_seconds(after);
        fixture.store.add_token(&Digest::of(token.as_bytes()), "default", now.plus_seconds(DAY), now).await
    };
    for (token, after) in [("a", 10), ("b", 20), ("c", 30), ("d", 40)] {
        add(token, after).await.unwrap();
    }
    let page = fixture.store.tokens(Page::first().limit(2), start()).await.unwrap();
    let seen: Vec<_> = page.items.iter().map(|token| token.created).collect();
    assert_eq!(seen, [start().plus_seconds(40), start().plus_seconds(30)]);
    // A newer one belongs to a page that was read; it is neither shown twice nor does it push another out.
    add("e", 50).await.unwrap();
    let next = Page::first().limit(2).after(page.next.unwrap());
    let page = fixture.store.tokens(next, start()).await.unwrap();
    let seen: Vec<_> = page.items.iter().map(|token| token.created).collect();
    assert_eq!(seen, [start().plus_seconds(20), start().plus_seconds(10)]);
    assert_eq!(page.next, None);
}

pub(in crate::store) async fn a_foreign_cursor_is_refused(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    for text in ["", "x", "1 2 3 '; DROP TABLE report", "9".repeat(40).as_str()] {
        let foreign = || Page::first().after(Cursor::from_text(text));
        let query = ReportQuery { device: Some(Uuid::nil()), order: Order::NewestFirst };
        let refused = fixture.store.reports(query, foreign()).await;
        assert!(matches!(refused, Err(StoreError::Cursor(_))), "{text}: {refused:?}");
    }
    let refused = fixture.store.devices(Page::first().after(Cursor::from_text("x"))).await;
    assert!(matches!(refused, Err(StoreError::Cursor(_))), "{refused:?}");
}
