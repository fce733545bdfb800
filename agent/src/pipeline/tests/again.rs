//! A collector that was restored, or says so.

use super::*;
use crate::again;
use collector_proto::time::UtcTime;

fn after_days(days: u64) -> UtcTime {
    start().plus_seconds(days * DAY)
}

/// Four reports of which the collector lost all but the first, and the name of the first.
fn lost(fixture: &Fixture) -> Vec<std::path::PathBuf> {
    fixture.answer(&packages(3));
    for _ in 0..4 {
        fixture.cycle(&[], start()).unwrap();
    }
    let mut stored: Vec<_> =
        std::fs::read_dir(fixture.stored()).unwrap().map(|entry| entry.unwrap().path()).collect();
    stored.sort();
    assert_eq!(stored.len(), 4);
    for path in &stored[1..] {
        std::fs::remove_file(path).unwrap();
    }
    stored
}

#[test]
fn what_a_restored_collector_lacks_is_sent_again_before_the_next_report() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let stored = lost(&fixture);
    let before = ledger(&fixture).receipt_envelope(2).unwrap();
    // It asks, is gone in the middle, asks once more and is told all.
    let interrupted = [Reply::SendAgain(1), Reply::Take, Reply::Away];
    assert!(fixture.cycle(&interrupted, start()).is_err());
    assert_eq!(stored.iter().filter(|path| path.exists()).count(), 2);
    assert!(!again::load(&fixture.paths).unwrap().is_done);
    let outcome = fixture.resend(&[Reply::SendAgain(1)], start()).unwrap();
    assert_eq!(outcome.receipted.iter().map(|(entry, _)| *entry).collect::<Vec<_>>(), [5]);
    assert!(stored.iter().all(|path| path.exists()));
    let sent = again::load(&fixture.paths).unwrap();
    assert_eq!((sent.is_done, sent.generation, sent.sent, sent.withheld, sent.lost), (true, 1, 2, 0, 0));
    // Nothing of it changed here.
    assert_eq!(ledger(&fixture).receipt_envelope(2).unwrap(), before);
    assert!(fates(&fixture).iter().all(|(_, fate)| *fate == Fate::Receipted));
    verified(&fixture);
}

#[test]
fn a_collector_that_asks_again_and_again_is_answered_once_a_day() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let _ = lost(&fixture);
    fixture.cycle(&[Reply::SendAgain(1)], start()).unwrap();
    for generation in [2, 3] {
        let error = fixture.cycle(&[Reply::SendAgain(generation)], start()).unwrap_err();
        assert!(matches!(error, CycleError::AskedTooOften { .. }), "{error:?}");
    }
    assert_eq!(ledger(&fixture).pending().count(), 2, "what is new waits");
    fixture.cycle(&[Reply::SendAgain(3)], after_days(1)).unwrap();
    assert_eq!(ledger(&fixture).pending().count(), 0);
    // One that asks once more within a turn is not answered in it.
    let twice = [Reply::SendAgain(4), Reply::SendAgain(5)];
    let error = fixture.cycle(&twice, after_days(2)).unwrap_err();
    assert!(matches!(error, CycleError::AskedTooOften { .. }), "{error:?}");
}

#[test]
fn a_file_of_what_was_sent_again_that_is_damaged_is_as_good_as_none() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let stored = lost(&fixture);
    std::fs::write(fixture.paths.again(), "{").unwrap();
    fixture.cycle(&[Reply::SendAgain(1)], start()).unwrap();
    assert!(stored.iter().all(|path| path.exists()));
}
