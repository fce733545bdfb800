//! How much one device may have stored on one day.

use super::Place;
use super::fixture::{AMPLE, DAY, Fixture, curl, os, package, seal_receipt, start};
use crate::admit::NewReport;
use crate::store::{Order, Page, Quota, ReportQuery, Stored, Usage, wait};
use collector_proto::catalog::Section;
use collector_proto::time::UtcTime;

/// The end of the day in which everything starts.
fn midnight() -> UtcTime {
    let day = i64::try_from(DAY).unwrap();
    UtcTime::from_unix((start().unix() / day + 1) * day)
}

fn is_kept(stored: &Stored) -> bool {
    match stored {
        Stored::Receipt(_) => true,
        Stored::OverQuota => false,
        other => panic!("{other:?}"),
    }
}

pub(in crate::store) async fn a_device_has_so_many_reports_stored_on_a_day(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (mut device, mut other) = (fixture.enrol().await, fixture.enrol().await);
    let two = Quota { reports: 2, ..AMPLE };
    let last_second = UtcTime::from_unix(midnight().unix() - 1);
    for (now, kept) in [
        (start(), true),
        (start(), true),
        (start(), false),
        (last_second, false),
        (midnight(), true),
        (midnight(), true),
        (midnight(), false),
        (midnight().plus_seconds(DAY), true),
    ] {
        let before = (device.seq, device.prev);
        let report = device.next(os());
        let admitted = fixture.admit(&device, &report).await;
        let stored = fixture.keep_within(two, admitted, now).await;
        assert_eq!(is_kept(&stored), kept, "{now}");
        if !kept {
            // The same number again, as a device sends what was not taken.
            (device.seq, device.prev) = before;
        }
    }
    let report = other.next(os());
    let of_another = fixture.admit(&other, &report).await;
    assert!(is_kept(&fixture.keep_within(two, of_another, start()).await), "every device has its own");
    let nothing = Quota { reports: 0, ..AMPLE };
    let report = other.next(os());
    let first_of_its_day = fixture.admit(&other, &report).await;
    assert!(!is_kept(&fixture.keep_within(nothing, first_of_its_day, midnight()).await));
}

pub(in crate::store) async fn a_device_has_so_many_bytes_stored_on_a_day(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let reports = [device.next(curl("1")), device.next(os())];
    let mut bytes = 0;
    for report in reports {
        let admitted = fixture.admit(&device, &report).await;
        bytes += admitted.charged() as u64;
        assert!(admitted.charged() > report.length(), "what keeping it takes besides is charged as well");
        let within = |bytes| Quota { bytes, ..AMPLE };
        let stored = fixture.keep_within(within(bytes - 1), admitted.clone(), start()).await;
        assert!(!is_kept(&stored), "one byte too many");
        assert!(is_kept(&fixture.keep_within(within(bytes), admitted, start()).await), "the last byte");
    }
}

pub(in crate::store) async fn the_last_reports_of_a_quota_are_stored_once_in_all_processes(
    place: &dyn Place,
) {
    const FIT: usize = 3;
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let quota = Quota { reports: FIT as u64, ..AMPLE };
    let mut admitted = Vec::new();
    for n in 0..8 {
        // Streams of their own, so that each could be stored whatever happens to the others.
        (device.seq, device.prev) = (0, None);
        let mut report = device.next(os());
        report.head.stream = format!("{n:032x}");
        admitted.push(fixture.admit(&device, &report).await);
    }
    let stores = [place.open(), place.open()];
    let kept = std::thread::scope(|scope| {
        let ask = |(n, report): (usize, NewReport)| {
            let store = &stores[n % 2];
            scope.spawn(move || wait(store.store_report(report, seal_receipt(), quota, start())).unwrap())
        };
        let asked: Vec<_> = admitted.into_iter().enumerate().map(ask).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).filter(is_kept).count()
    });
    assert_eq!(kept, FIT);
    assert_eq!(fixture.store.usage(device.id, start()).await.unwrap().reports, FIT as u64);
    let all = ReportQuery { device: None, order: Order::OldestFirst };
    assert_eq!(fixture.store.reports(all, Page::first()).await.unwrap().items.len(), FIT);
}

pub(in crate::store) async fn a_report_beyond_the_quota_changes_nothing(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let one = Quota { reports: 1, ..AMPLE };
    let first = device.next(curl("1"));
    let first = fixture.admit(&device, &first).await;
    let receipt = fixture.keep_within(one, first.clone(), start()).await;
    let before: Usage = fixture.store.usage(device.id, start()).await.unwrap();
    let second = device.next(curl("2"));
    let second = fixture.admit(&device, &second).await;
    assert_eq!(fixture.keep_within(one, second.clone(), start()).await, Stored::OverQuota);
    assert_eq!(fixture.store.usage(device.id, start()).await.unwrap(), before, "nothing is charged");
    assert!(fixture.store.report(2).await.unwrap().is_none());
    assert_eq!(fixture.rows(&device, Section::Package).await, Some(vec![package("curl", "1")]));
    let events = fixture.events().await;
    assert_eq!((events.len(), events[0].kind.as_str(), events[0].last_seq), (1, "over_quota", Some(2)));
    // What is stored costs nothing to ask for again.
    assert_eq!(fixture.keep_within(one, first, start()).await, receipt);
    assert!(is_kept(&fixture.keep_within(one, second, midnight()).await));
}
