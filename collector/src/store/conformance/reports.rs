//! Reports: once, in their place of the stream, with the rows that they leave.

use super::Place;
use super::draft::part;
use super::fixture::{AMPLE, DAY, Fixture, POLICY, curl, curl_from, full, os, package, start, unchanged};
use crate::admit::{Base, Bases, Wanted, WantedBase};
use crate::store::{Order, Page, ReportQuery, StoreError, Stored, Usage};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::messages::{MAX_HEAD_STREAMS, PartName, StreamHead};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const ALL: ReportQuery = ReportQuery { device: None, order: Order::OldestFirst };

async fn count(fixture: &Fixture<'_>) -> usize {
    fixture.store.reports(ALL, Page::first()).await.unwrap().items.len()
}

fn text(stored: Stored) -> String {
    match stored {
        Stored::Receipt(receipt) => String::from_utf8(receipt).unwrap(),
        other => panic!("{other:?}"),
    }
}

pub(in crate::store) async fn the_same_report_gets_the_same_receipt(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = device.next(curl("1"));
    let admitted = fixture.admit(&device, &report).await;
    let sent = admitted.head().digest;
    let first = fixture.keep(admitted.clone(), start()).await;
    // Packages serve a purpose that keeps them for 90 days.
    let until = BTreeMap::from([(part(90).retention, start().plus_seconds(90 * DAY))]);
    assert!(text(first.clone()).contains(&format!("values_until: {until:?}")), "{first:?}");
    // Whatever happened since: a newer report, other rows, a newer policy.
    fixture.deliver(&mut device, os()).await;
    fixture.publish(&POLICY.replace("version = 1\nexpires", "version = 2\nexpires")).await;
    let later = start().plus_seconds(3600);
    assert_eq!(fixture.keep(admitted, later).await, first);
    let again = fixture.admit(&device, &report).await;
    assert_eq!(fixture.keep(again, later).await, first);
    assert_eq!(count(&fixture).await, 2);
    assert_eq!(fixture.rows(&device, Section::Package).await, None, "an old report changes no rows");
    // It is found by its place and its digest.
    let place = |digest| fixture.store.receipt(device.id, &report.head.stream, report.head.seq, digest);
    assert_eq!(place(sent).await.unwrap().map(Stored::Receipt), Some(first));
    assert_eq!(place(Digest::of(b"another")).await.unwrap(), None);
    let newest = fixture.deliver(&mut device, os()).await;
    assert!(text(newest).contains("policy_version_current: 2"));
    let stored = fixture.store.report(1).await.unwrap().unwrap();
    assert_eq!(stored.payload, serde_json::to_vec(&report.finished()).unwrap());
    let kept: Vec<_> = stored.parts.into_iter().map(|part| (part.name, part.payload.unwrap())).collect();
    assert_eq!(kept, Vec::from_iter(report.bytes()));
    assert_eq!(fixture.store.device(device.id).await.unwrap().unwrap().last_report, Some(start()));
}

pub(in crate::store) async fn another_report_of_the_same_number_is_an_equivocation(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    fixture.deliver(&mut device, curl("1")).await;
    device.begin_again();
    assert_eq!(fixture.deliver(&mut device, curl("2")).await, Stored::Equivocation);
    let events = fixture.events().await;
    assert_eq!((events[0].kind.as_str(), events[0].last_seq), ("equivocation", Some(1)));
    assert_eq!(count(&fixture).await, 1);
    assert_eq!(fixture.rows(&device, Section::Package).await, Some(vec![package("curl", "1")]));
}

pub(in crate::store) async fn a_report_that_breaks_the_chain_is_not_stored(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    fixture.deliver(&mut device, curl("1")).await;
    let mut forged = device.next(curl("2"));
    forged.head.prev = Some(Digest::of(b"another history"));
    let admitted = fixture.admit(&device, &forged).await;
    assert_eq!(fixture.keep(admitted, start()).await, Stored::BrokenChain);
    // The third is stored; what arrives late as the second must be the one that it follows.
    fixture.deliver(&mut device, curl("3")).await;
    let mut late = forged;
    late.head.prev =
        fixture.store.report(1).await.unwrap().map(|first| Digest::parse(&first.summary.sha256).unwrap());
    late.parts.clear();
    for (section, body) in curl("other") {
        late.insert(section, body);
    }
    let admitted = fixture.admit(&device, &late).await;
    assert_eq!(fixture.keep(admitted, start()).await, Stored::BrokenChain);
    let events = fixture.events().await;
    assert_eq!((events.len(), events[0].kind.as_str(), events[0].count), (1, "broken_chain", 2));
    assert_eq!(count(&fixture).await, 2);
}

pub(in crate::store) async fn a_gap_is_named_and_can_be_filled(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    fixture.deliver(&mut device, curl("1")).await;
    let second = device.next(curl("2"));
    let _third = device.next(curl("3"));
    assert!(text(fixture.deliver(&mut device, curl("4")).await).contains("gap_from: Some(2)"));
    let late = fixture.admit(&device, &second).await;
    assert!(text(fixture.keep(late, start()).await).contains("gap_from: None"));
    assert_eq!(fixture.rows(&device, Section::Package).await, Some(vec![package("curl", "4")]));
    assert_eq!(count(&fixture).await, 3);
}

pub(in crate::store) async fn a_base_that_is_not_there_is_asked_for(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let resync = Stored::Resync(BTreeSet::from([part(90)]));
    for body in [curl_from("1", "2"), unchanged("1")] {
        device.begin_again();
        assert_eq!(fixture.deliver(&mut device, body).await, resync);
    }
    assert_eq!(count(&fixture).await, 0);
    assert!(fixture.events().await.is_empty());
    device.begin_again();
    fixture.deliver(&mut device, curl("1")).await;
    fixture.deliver(&mut device, curl_from("1", "2")).await;
    assert_eq!(fixture.rows(&device, Section::Package).await, Some(vec![package("curl", "2")]));
    fixture.deliver(&mut device, unchanged("2")).await;
    let held = fixture.store.sections(device.id).await.unwrap();
    assert_eq!((held.len(), held[0].report), (1, 3));
    assert_eq!(held[0].under, Some(fixture.policy.into()));
}

/// Admission reads outside the transaction that stores. What it judged by must still stand there.
pub(in crate::store) async fn a_base_that_changed_after_it_was_judged_is_asked_for(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    for body in [curl_from("1", "3"), unchanged("1")] {
        let mut device = fixture.enrol().await;
        fixture.deliver(&mut device, curl("1")).await;
        let between = device.next(curl("2"));
        let report = device.next(body);
        let judged = fixture.admit(&device, &report).await;
        assert!(judged.missing().is_empty(), "the base was there when it was judged");
        let between = fixture.admit(&device, &between).await;
        assert!(matches!(fixture.keep(between, start()).await, Stored::Receipt(_)));
        let resync = Stored::Resync(BTreeSet::from([part(90)]));
        assert_eq!(fixture.keep(judged, start()).await, resync);
        assert_eq!(fixture.rows(&device, Section::Package).await, Some(vec![package("curl", "2")]));
    }
}

pub(in crate::store) async fn rows_are_read_where_they_are_needed(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let first = device.next(curl("1"));
    let admitted = fixture.admit(&device, &first).await;
    let checked_under = admitted.head().checked_under;
    fixture.keep(admitted, start()).await;
    let digest = full(vec![package("curl", "1")]).digest();
    let bases = async |digest, is_changed, under, named: &[PartName]| {
        let base = WantedBase { part: part(90), section: Section::Package, digest, is_changed };
        let wanted = Wanted { bases: vec![base], named: named.iter().copied().collect(), under };
        fixture.store.bases(device.id, wanted).await.unwrap()
    };
    let rows = |base: &Base| base.rows.as_ref().map(|rows| rows.read().unwrap().rows);
    let whole = Some(vec![package("curl", "1")]);
    let (named, other) = ([part(90)], Digest::of(b"other versions"));

    let same = bases(digest, false, checked_under, &named).await;
    assert_eq!((same.standing, same.is_checked), (Some(first.finished().standing), true));
    assert_eq!((same.wanted[0].digest, rows(&same.wanted[0]), same.others.len()), (digest, None, 0));
    assert_eq!(rows(&bases(digest, true, checked_under, &named).await.wanted[0]), whole);

    let widened = bases(digest, false, other, &named).await;
    assert_eq!(
        (widened.is_checked, rows(&widened.wanted[0]), widened.others.len()),
        (false, whole.clone(), 0)
    );
    let not_named = bases(digest, false, other, &[]).await;
    assert_eq!(not_named.others.iter().map(rows).collect::<Vec<_>>(), [whole]);

    let of_other_rows = bases(Digest::of(b"other rows"), true, checked_under, &named).await;
    assert_eq!((of_other_rows.wanted[0].digest, rows(&of_other_rows.wanted[0])), (digest, None));
    let nobody = Wanted { bases: Vec::new(), named: BTreeSet::new(), under: other };
    assert_eq!(fixture.store.bases(Uuid::nil(), nobody).await.unwrap(), Bases::default());
}

pub(in crate::store) async fn a_section_that_is_not_carried_goes(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (mut device, mut other) = (fixture.enrol().await, fixture.enrol().await);
    fixture.deliver(&mut device, curl("1")).await;
    fixture.deliver(&mut other, curl("1")).await;
    fixture.deliver(&mut device, os()).await;
    let held = fixture.store.sections(device.id).await.unwrap();
    assert_eq!(held.iter().map(|held| held.section).collect::<Vec<_>>(), [Section::Os]);
    assert!(fixture.rows(&other, Section::Package).await.is_some(), "another device's stay");
}

pub(in crate::store) async fn a_revoked_device_stores_nothing(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = device.next(curl("1"));
    // Revoked after it was verified.
    let admitted = fixture.admit(&device, &report).await;
    fixture.store.revoke_device(device.id, start()).await.unwrap();
    assert_eq!(fixture.keep(admitted, start()).await, Stored::Revoked);
    assert_eq!(fixture.events().await[0].kind, "revoked_device");
    assert_eq!(count(&fixture).await, 0);
}

pub(in crate::store) async fn a_receipt_that_cannot_be_signed_stores_nothing(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = device.next(curl("1"));
    let admitted = fixture.admit(&device, &report).await;
    let failed =
        fixture.store.store_report(admitted.clone(), Box::new(|_| Err("no".into())), AMPLE, start()).await;
    assert!(matches!(failed, Err(StoreError::Seal(_))), "{failed:?}");
    assert_eq!(count(&fixture).await, 0);
    assert_eq!(fixture.rows(&device, Section::Package).await, None);
    assert_eq!(
        fixture.store.usage(device.id, start()).await.unwrap(),
        Usage::default(),
        "nothing is charged"
    );
    let stored = fixture.keep(admitted, start()).await;
    assert!(matches!(stored, Stored::Receipt(_)));
}

pub(in crate::store) async fn what_a_device_sent_is_counted_once(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let reports = [device.next(curl("1")), device.next(os())];
    let mut charged = 0;
    for report in reports.iter().chain(&reports) {
        let admitted = fixture.admit(&device, report).await;
        charged += admitted.charged() as u64;
        fixture.keep(admitted, start()).await;
    }
    let usage = fixture.store.usage(device.id, start()).await.unwrap();
    assert_eq!((usage.reports, usage.bytes), (2, charged / 2));
    let tomorrow = fixture.store.usage(device.id, start().plus_seconds(DAY)).await.unwrap();
    assert_eq!((tomorrow.reports, tomorrow.bytes), (0, 0));
}

pub(in crate::store) async fn the_newest_report_of_each_stream_is_told(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (mut device, mut other) = (fixture.enrol().await, fixture.enrol().await);
    assert_eq!(fixture.store.stream_heads(device.id).await.unwrap(), []);
    fixture.deliver(&mut other, curl("1")).await;
    fixture.deliver(&mut device, curl("1")).await;
    let late = device.next(curl("2"));
    fixture.deliver(&mut device, curl("3")).await;
    let third = device.prev.unwrap();
    let head =
        |stream: &str, seq, report_sha256| StreamHead { stream: stream.to_owned(), seq, report_sha256 };
    let first_stream = [head(&late.head.stream, 3, third)];
    assert_eq!(fixture.store.stream_heads(device.id).await.unwrap(), first_stream);
    // What fills a gap is not the newest.
    let admitted = fixture.admit(&device, &late).await;
    fixture.keep(admitted, start()).await;
    assert_eq!(fixture.store.stream_heads(device.id).await.unwrap(), first_stream);
    // The device opens one stream after another.
    let mut opened = Vec::from(first_stream);
    for number in 1..=MAX_HEAD_STREAMS {
        device.begin_again();
        let stream = format!("{number:032x}");
        let mut report = device.next(curl("4"));
        report.head.stream.clone_from(&stream);
        let admitted = fixture.admit(&device, &report).await;
        opened.insert(0, head(&stream, 1, admitted.head().digest));
        fixture.keep(admitted, start()).await;
    }
    opened.truncate(MAX_HEAD_STREAMS);
    assert_eq!(fixture.store.stream_heads(device.id).await.unwrap(), opened);
}
