//! What is past its retention goes.

use super::Place;
use super::fixture::{AMPLE, DAY, Fixture, curl, os, start, unchanged};
use crate::store::{Stored, Swept};
use collector_proto::catalog::Section;
use collector_proto::time::UtcTime;

async fn sweep(fixture: &Fixture<'_>, now: UtcTime) -> Swept {
    fixture.store.sweep(now).await.unwrap()
}

pub(in crate::store) async fn content_goes_at_its_instant_and_the_receipt_stays(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let report = device.next(curl("1"));
    let admitted = fixture.admit(&device, &report).await;
    let receipt = fixture.keep(admitted.clone(), start()).await;
    let until = start().plus_seconds(90 * DAY);
    let early = sweep(&fixture, UtcTime::from_unix(until.unix() - 1)).await;
    assert!(early.parts.is_empty() && early.sections.is_empty() && !early.more);
    let swept = sweep(&fixture, until).await;
    assert_eq!((swept.at, swept.parts.len(), swept.sections.len()), (until, 1, 1));
    assert_eq!((swept.parts[0].report, swept.parts[0].stored_until), (1, until));
    assert_eq!(swept.parts[0].device_id, device.id.to_string());
    assert_eq!(swept.sections[0].section, Section::Package.name());
    let stored = fixture.store.report(1).await.unwrap().unwrap();
    assert_eq!((&stored.parts[0].payload, stored.summary.deleted_at), (&None, Some(until)));
    let head = stored.payload.len() as u64;
    assert_eq!((stored.summary.bytes, stored.summary.stored_until), (head, Some(until)));
    assert_eq!(stored.parts.len(), 1);
    assert_eq!(fixture.rows(&device, Section::Package).await, None);
    assert_eq!(fixture.keep(admitted, until).await, receipt, "the receipt stays");
    let again = sweep(&fixture, until).await;
    assert!(again.parts.is_empty() && again.sections.is_empty());
}

pub(in crate::store) async fn rows_that_are_reported_again_are_kept_on(place: &dyn Place) {
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    fixture.deliver(&mut device, curl("1")).await;
    let later = start().plus_seconds(80 * DAY);
    let report = device.next(unchanged("1"));
    let admitted = fixture.admit(&device, &report).await;
    assert!(matches!(fixture.keep(admitted, later).await, Stored::Receipt(_)));
    let swept = sweep(&fixture, start().plus_seconds(91 * DAY)).await;
    assert_eq!((swept.parts.len(), swept.sections.len()), (1, 0));
    assert!(fixture.rows(&device, Section::Package).await.is_some());
    let held = fixture.store.sections(device.id).await.unwrap();
    assert_eq!(held[0].stored_until, later.plus_seconds(90 * DAY));
}

pub(in crate::store) async fn much_is_deleted_piece_by_piece(place: &dyn Place) {
    const REPORTS: usize = 600;
    let fixture = Fixture::new(place).await;
    let mut device = fixture.enrol().await;
    let mut waiting = Vec::new();
    for _ in 0..REPORTS {
        let report = device.next(os());
        waiting.push(fixture.admit(&device, &report).await);
        if waiting.len() == 100 {
            // Handed over together, as they are under load: one after the other each would wait for the disk.
            let store = &fixture.store;
            std::thread::scope(|scope| {
                for report in waiting.drain(..) {
                    scope.spawn(move || {
                        let seal = super::fixture::seal_receipt();
                        crate::store::wait(store.store_report(report, seal, AMPLE, start())).unwrap()
                    });
                }
            });
        }
    }
    let at = start().plus_seconds(1000 * DAY);
    let (mut deleted, mut sweeps) = (0, 0);
    loop {
        let swept = sweep(&fixture, at).await;
        deleted += swept.parts.len();
        sweeps += 1;
        if !swept.more {
            break;
        }
    }
    assert_eq!(deleted, REPORTS);
    assert!(sweeps > 1, "one transaction deleted everything");
}
