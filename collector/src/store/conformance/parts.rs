//! Parts: each with its own date, superseded where it is never a history, and asked for where its rows are not here.

use super::Place;
use super::draft::{Draft, part, part_of};
use super::fixture::{DAY, Device, Fixture, curl, full, os, package, start};
use crate::store::Stored;
use collector_proto::catalog::{Section, Series};
use collector_proto::messages::{DailyReading, Holder, PartName, StandingParts};
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;

fn after(days: u64) -> UtcTime {
    start().plus_seconds(days * DAY)
}

/// A report of the operating system and of packages: two parts, of 30 and of 90 days.
fn both(device: &mut Device, version: &str) -> Draft {
    device.next(curl(version).into_iter().chain(os()).collect())
}

async fn keep(fixture: &Fixture<'_>, device: &Device, draft: &Draft, now: UtcTime) -> Stored {
    let admitted = fixture.admit(device, draft).await;
    fixture.keep(admitted, now).await
}

fn is_kept(stored: &Stored) -> bool {
    matches!(stored, Stored::Receipt(_))
}

pub(in crate::store) async fn each_part_goes_at_its_own_date(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = both(&mut device, "1");
    assert!(is_kept(&keep(&fixture, &device, &report, start()).await));
    let early = fixture.store.sweep(UtcTime::from_unix(after(30).unix() - 1)).await.unwrap();
    assert!(early.is_empty(), "{early:?}");
    let swept = fixture.store.sweep(after(30)).await.unwrap();
    assert_eq!(
        swept.parts.iter().map(|swept| swept.part.clone()).collect::<Vec<_>>(),
        [part(30).to_string()]
    );
    assert_eq!(swept.sections.iter().map(|swept| swept.section.as_str()).collect::<Vec<_>>(), ["os"]);
    assert!(fixture.rows(&device, Section::Package).await.is_some());
    let stored = fixture.store.report(1).await.unwrap().unwrap();
    let kept: Vec<_> = stored.parts.iter().map(|part| (part.name, part.payload.is_some())).collect();
    assert_eq!(kept, [(part(30), false), (part(90), true)]);
    let swept = fixture.store.sweep(after(90)).await.unwrap();
    assert_eq!((swept.parts.len(), swept.sections.len()), (1, 1));
}

pub(in crate::store) async fn a_report_in_which_nothing_changed_prolongs_all(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = both(&mut device, "1");
    keep(&fixture, &device, &report, start()).await;
    let same = device.same();
    let stored = keep(&fixture, &device, &same, after(29)).await;
    let Stored::Receipt(receipt) = stored else { panic!("{stored:?}") };
    let receipt = String::from_utf8(receipt).unwrap();
    for until in [after(29 + 30), after(29 + 90)] {
        assert!(receipt.contains(&format!("{until:?}")), "{receipt}");
    }
    let swept = fixture.store.sweep(after(58)).await.unwrap();
    assert_eq!((swept.parts.len(), swept.sections.len()), (1, 0), "the bytes go, the rows stand");
    let held = fixture.store.sections(device.id).await.unwrap();
    let dates: BTreeSet<_> = held.iter().map(|held| held.stored_until).collect();
    assert_eq!(dates, BTreeSet::from([after(59), after(119)]));
}

/// The rows of a part were deleted because the device was silent; it still goes on as if they were here.
pub(in crate::store) async fn what_was_deleted_is_asked_for_before_it_is_prolonged(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = both(&mut device, "1");
    keep(&fixture, &device, &report, start()).await;
    fixture.store.sweep(after(40)).await.unwrap();
    let before = (device.seq, device.prev, device.standing.clone());
    let same = device.same();
    let asked = keep(&fixture, &device, &same, after(40)).await;
    assert_eq!(asked, Stored::Resync(BTreeSet::from([part(30)])));
    (device.seq, device.prev, device.standing) = before;
    let whole = both(&mut device, "1");
    assert!(is_kept(&keep(&fixture, &device, &whole, after(40)).await));
    assert!(fixture.rows(&device, Section::Os).await.is_some());
    let same = device.same();
    assert!(is_kept(&keep(&fixture, &device, &same, after(41)).await));
}

pub(in crate::store) async fn a_part_that_did_not_come_is_no_reason_to_refuse(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let first = both(&mut device, "1");
    keep(&fixture, &device, &first, start()).await;
    let mut second = both(&mut device, "2");
    second.withheld.push(part_of(Section::Package));
    assert!(is_kept(&keep(&fixture, &device, &second, after(1)).await));
    let stored = fixture.store.report(2).await.unwrap().unwrap();
    let came: Vec<_> = stored.parts.iter().map(|part| (part.came, part.payload.is_some())).collect();
    assert_eq!(came, [(true, true), (false, false)]);
    assert_eq!(fixture.rows(&device, Section::Package).await, None, "what was there is not what stands");
    let same = device.same();
    let asked = keep(&fixture, &device, &same, after(2)).await;
    assert_eq!(asked, Stored::Resync(BTreeSet::from([part(90)])));
}

pub(in crate::store) async fn a_newer_part_takes_the_place_of_what_is_never_a_history(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let (mut device, mut other) = (fixture.enrol().await, fixture.enrol().await);
    let latest = |days| PartName { series: Series::Latest, ..part(days) };
    let draft = |device: &mut Device, name, version: &str| {
        let mut draft = device.next(os());
        draft.head.daily = Some(DailyReading::Read(start()));
        draft.insert_into(name, Section::Package, full(vec![package("curl", version)]));
        draft.head = draft.finished();
        device.standing = StandingParts(draft.head.parts.clone());
        device.prev = Some(draft.digest());
        draft
    };
    let of_other = draft(&mut other, latest(30), "1");
    keep(&fixture, &other, &of_other, start()).await;
    let mut late = None;
    for (number, name) in [latest(30), latest(20), latest(30)].into_iter().enumerate() {
        let report = draft(&mut device, name, &number.to_string());
        if number == 1 {
            late = Some(report);
        } else {
            assert!(is_kept(&keep(&fixture, &device, &report, after(number as u64)).await));
        }
    }
    let kept = async |id| {
        let stored = fixture.store.report(id).await.unwrap().unwrap();
        stored.parts.into_iter().find(|part| part.name.series == Series::Latest).unwrap()
    };
    assert!(kept(1).await.payload.is_some(), "another device's");
    let first = kept(2).await;
    assert_eq!((first.payload, first.deleted_at), (None, Some(after(2))));
    assert!(kept(3).await.payload.is_some());
    assert!(is_kept(&keep(&fixture, &device, &late.unwrap(), after(4)).await));
    assert!(kept(4).await.payload.is_none(), "one that comes late is not kept beside a newer one");
}

/// A head that begins anew says that no other place is known, unless places were not read for it.
pub(in crate::store) async fn places_stand_side_by_side_until_a_report_says_that_they_are_no_more(
    place: &dyn Place,
) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let latest = |holder| PartName { holder: Holder::of([holder; 8]), series: Series::Latest, ..part(30) };
    let read = |hours: u64| Some(DailyReading::Read(start().plus_seconds(hours * 3600)));
    let mut draft = |daily, places: &[u8]| {
        let mut draft = device.next(os());
        draft.head.daily = daily;
        draft.head.gone.clear();
        for holder in places {
            draft.insert_into(latest(*holder), Section::Package, full(vec![package("curl", "1")]));
        }
        draft.head = draft.finished();
        device.standing = StandingParts(draft.head.parts.clone());
        device.prev = Some(draft.digest());
        draft
    };
    let reports = [draft(read(0), &[1, 2]), draft(None, &[]), draft(read(24), &[2])];
    let mut kept = Vec::new();
    for (number, report) in reports.iter().enumerate() {
        assert!(is_kept(&keep(&fixture, &device, report, after(number as u64)).await));
        let first = fixture.store.report(1).await.unwrap().unwrap();
        let places = first.parts.into_iter().filter(|part| part.name.series == Series::Latest);
        kept.push(places.map(|part| part.payload.is_some()).collect::<Vec<_>>());
    }
    assert_eq!(kept, [vec![true, true], vec![true, true], vec![false, false]]);
}
