mod again;
mod trouble;
mod waiting;

use super::*;
use crate::fault;
use crate::fixture::{Fixture, Reply, package, packages, start};
use crate::ledger::{Fate, Ledger, LedgerError, baseline};
use crate::reader_client::ReaderError;
use crate::ship::ShipError;
use crate::verdict::{NoLongerPermitted, NotCleared};
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::disclosure::{ReaderStatus, RefusalMessage};
use collector_proto::messages::{Part, ProblemKind, Report, SectionBody, sequence};
use collector_proto::policy::trust::{AcceptedPolicy, Trust};
use collector_proto::policy::{Announcements, Ceiling};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

const DAY: u64 = 24 * 3600;

fn ledger(fixture: &Fixture) -> Ledger {
    Ledger::view(&fixture.paths.ledger(), fixture.device.public()).unwrap()
}

fn fates(fixture: &Fixture) -> Vec<(u64, Fate)> {
    ledger(fixture).entries().collect()
}

fn report(fixture: &Fixture, number: u64) -> Report {
    ledger(fixture).load(number).unwrap().report().document().clone()
}

/// The sections of an entry's one part, if it has one.
fn sections(fixture: &Fixture, number: u64) -> BTreeMap<Section, SectionBody> {
    let ledger = ledger(fixture);
    let parts = ledger.parts(&ledger.load(number).unwrap()).unwrap();
    parts.into_values().flat_map(|bytes| Part::read(&bytes).unwrap().sections).collect()
}

fn is_full(fixture: &Fixture, number: u64) -> bool {
    let sections = sections(fixture, number);
    !sections.is_empty() && sections.values().all(|body| matches!(body, SectionBody::Full { .. }))
}

/// The body of an entry as it travels whole.
fn body(fixture: &Fixture, number: u64) -> Vec<u8> {
    let ledger = ledger(fixture);
    let recorded = ledger.load(number).unwrap();
    let parts = ledger.parts(&recorded).unwrap();
    sequence::write(recorded.report().body(), parts.values().map(Vec::as_slice))
}

fn verified(fixture: &Fixture) {
    ledger(fixture)
        .verify(&fixture.receipt_keys(), baseline::confirmed(&fixture.paths.baseline()).as_ref())
        .unwrap();
}

#[test]
fn what_is_unchanged_travels_as_a_digest_and_what_changed_as_a_difference() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.answer(&packages(50));
    for _ in 0..2 {
        fixture.cycle(&[], start()).unwrap();
    }
    let mut rows = packages(50);
    rows.push(package("curl", "7.88"));
    fixture.answer(&rows);
    fixture.cycle(&[], start()).unwrap();
    assert!(is_full(&fixture, 1));
    assert!(sections(&fixture, 2).is_empty(), "nothing changed");
    match &sections(&fixture, 3)[&Section::Package] {
        SectionBody::Difference { upsert, remove, .. } => assert_eq!((upsert.len(), remove.len()), (1, 0)),
        other => panic!("{other:?}"),
    }
    // The bytes in the ledger are the bytes that the collector stored.
    let kept: Vec<Vec<u8>> = (1..=3).map(|n| body(&fixture, n)).collect();
    assert_eq!(fixture.stored_bodies(), kept);
    verified(&fixture);
}

#[test]
fn without_a_collector_reports_are_kept_in_full_and_sent_later_oldest_first() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    for hour in 1..3 {
        let error = fixture.cycle(&[Reply::Away], start().plus_seconds(hour * 3600)).unwrap_err();
        assert!(matches!(error, CycleError::Unreachable(_)), "{error:?}");
    }
    assert!(sections(&fixture, 2).is_empty(), "nothing changed");
    assert!(is_full(&fixture, 3));
    let outcome = fixture.cycle(&[], start().plus_seconds(3 * 3600)).unwrap();
    assert_eq!(outcome.receipted.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(fixture.stored_bodies().len(), 4);
    verified(&fixture);
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let error = fixture.cycle(&[Reply::TakeSilently], start()).unwrap_err();
    assert!(matches!(error, CycleError::Ship(ShipError::Later { entry: 1, .. })), "{error:?}");
    fixture.cycle(&[], start().plus_seconds(60)).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Receipted)]);
    assert_eq!(fixture.stored_bodies().len(), 2);
}

#[test]
fn a_collector_that_lost_the_base_gets_full_rows_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    let outcome = fixture.cycle(&[Reply::Refuse(ProblemKind::Resync)], start()).unwrap();
    assert_eq!(outcome.receipted.len(), 1);
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Refused), (3, Fate::Receipted)]);
    let full = report(&fixture, 3);
    assert!(is_full(&fixture, 3));
    assert_eq!((full.stream, full.seq), (report(&fixture, 1).stream, 3));
    verified(&fixture);
}

#[test]
fn a_forked_history_goes_on_in_a_stream_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    fixture.cycle(&[Reply::Refuse(ProblemKind::Equivocation)], start()).unwrap();
    let restarted = report(&fixture, 3);
    assert_ne!(restarted.stream, report(&fixture, 2).stream);
    assert_eq!((restarted.seq, restarted.prev), (1, None));
    assert!(is_full(&fixture, 3));
    fixture.cycle(&[], start()).unwrap();
    assert_eq!((report(&fixture, 4).stream, report(&fixture, 4).seq), (restarted.stream, 2));
    verified(&fixture);
}

#[test]
fn a_report_that_is_refused_for_good_is_kept_and_not_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let outcome = fixture.cycle(&[Reply::Refuse(ProblemKind::OverCollection)], start()).unwrap();
    assert_eq!(outcome.rejected, [(1, Some(ProblemKind::OverCollection))]);
    let outcome = fixture.cycle(&[], start()).unwrap();
    assert_eq!(outcome.receipted.len(), 1);
    assert_eq!(fates(&fixture), [(1, Fate::Refused), (2, Fate::Receipted)]);
    let note = ledger(&fixture).refusal(1).unwrap().unwrap();
    assert_eq!(note.document().problem.kind(), Some(ProblemKind::OverCollection));
    verified(&fixture);
}

#[test]
fn a_busy_collector_and_a_revoked_device_leave_the_report_to_be_sent() {
    for kind in [ProblemKind::Busy, ProblemKind::Internal, ProblemKind::TooLarge] {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::at(directory.path());
        let error = fixture.cycle(&[Reply::Refuse(kind)], start()).unwrap_err();
        assert!(matches!(error, CycleError::Ship(ShipError::Later { .. })), "{error:?}");
        assert_eq!(fates(&fixture), [(1, Fate::Unsent)]);
    }
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let error = fixture.cycle(&[Reply::Refuse(ProblemKind::Revoked)], start()).unwrap_err();
    assert!(matches!(error, CycleError::Ship(ShipError::Stopped { .. })), "{error:?}");
    assert_eq!(fates(&fixture), [(1, Fate::Unsent)]);
}

#[test]
fn a_receipt_for_another_report_is_not_filed() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let error = fixture.cycle(&[Reply::WrongReceipt], start()).unwrap_err();
    assert!(matches!(error, CycleError::Ship(ShipError::Receipt { entry: 1, .. })), "{error:?}");
    assert_eq!(fates(&fixture), [(1, Fate::Unsent)]);
}

#[test]
fn a_damaged_baseline_costs_one_full_report_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    let written = std::fs::read_to_string(fixture.paths.baseline()).unwrap();
    std::fs::write(fixture.paths.baseline(), written.replace("package-1", "package-x")).unwrap();
    fixture.cycle(&[], start()).unwrap();
    assert!(is_full(&fixture, 2));
    fixture.cycle(&[], start()).unwrap();
    assert!(sections(&fixture, 3).is_empty(), "nothing changed");
}

#[test]
fn a_tampered_entry_is_never_sent() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[Reply::Away], start()).unwrap_err();
    fixture.cycle(&[Reply::Away], start().plus_seconds(1)).unwrap_err();
    // Nothing was fetched before, so nothing was permitted and nothing recorded.
    assert!(fates(&fixture).is_empty());
    fixture.cycle(&[], start()).unwrap();
    fixture.cycle(&[Reply::Away], start()).unwrap_err();
    fixture.cycle(&[Reply::Away], start()).unwrap_err();
    let path = fixture.paths.ledger().join("0000000002.report");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"seq\":2", "\"seq\":9")).unwrap();
    let error = fixture.cycle(&[], start()).unwrap_err();
    assert!(matches!(error, CycleError::Ledger(LedgerError::Tampered { entry: 2, .. })), "{error:?}");
    assert_eq!(fixture.stored_bodies().len(), 1);
}

#[test]
fn old_unsent_reports_are_dropped_and_that_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    for _ in 0..3 {
        fixture.cycle(&[Reply::Away], start()).unwrap_err();
    }
    fixture.cycle(&[], start().plus_seconds(31 * DAY)).unwrap();
    let ledger = ledger(&fixture);
    assert_eq!(ledger.dropped(), [2..=4]);
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (5, Fate::Receipted)]);
    let record = ledger.drop_record(&(2..=4)).unwrap();
    assert_eq!((record.document().first_seq, record.document().last_seq), (2, 4));
    assert!(matches!(ledger.load(3), Err(LedgerError::Gone(3))));
    let found = ledger
        .verify(&fixture.receipt_keys(), baseline::confirmed(&fixture.paths.baseline()).as_ref())
        .unwrap();
    assert_eq!((found.reports, found.dropped), (2, 3));
    assert_eq!(report(&fixture, 5).seq, 5);
}

#[test]
fn a_clock_before_the_last_receipt_collects_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start().plus_seconds(3600)).unwrap();
    match fixture.cycle(&[], start()).unwrap_err() {
        CycleError::NotInForce(refused) => assert_eq!(refused.code(), "clock_behind"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fates(&fixture).len(), 1);
}

#[test]
fn what_is_kept_can_be_sent_without_reading_anything() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    let outcome = fixture.resend(&[], start().plus_seconds(60)).unwrap();
    assert_eq!(outcome.receipted.len(), 1);
    let asked = std::fs::read_to_string(fixture.paths.reader().join("request.json")).unwrap();
    assert!(asked.starts_with(r#"{"op":"status""#), "nothing of the machine is read: {asked}");
    assert_eq!(fates(&fixture), [(1, Fate::Receipted)]);
}

fn not_in_force(error: &CycleError) -> &'static str {
    match error {
        CycleError::NotInForce(refused) => refused.code(),
        other => panic!("{other:?}"),
    }
}

/// What the reader refused with.
fn refused(error: &CycleError) -> &str {
    match error {
        CycleError::Reader(ReaderError::Refused(told)) => &told.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_waits_is_not_sent_before_the_notice_of_the_current_policy_is_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    fixture.publish_to_be_acknowledged(2);
    let later = start().plus_seconds(60);
    assert_eq!(refused(&fixture.resend(&[], later).unwrap_err()), "not_acknowledged");
    assert_eq!(refused(&fixture.cycle(&[], later).unwrap_err()), "not_acknowledged");
    assert_eq!(fates(&fixture), [(1, Fate::Unsent)]);
    assert!(fixture.stored_bodies().is_empty());
    fixture.acknowledge();
    fixture.resend(&[], later).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted)]);
    fixture.cycle(&[], later).unwrap();
    // An acknowledgement is of one version.
    fixture.publish_to_be_acknowledged(3);
    assert_eq!(refused(&fixture.cycle(&[], later).unwrap_err()), "not_acknowledged");
}

#[test]
fn the_verdict_is_taken_before_each_report_that_waits() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    for _ in 0..2 {
        fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    }
    // The first report takes so long that the policy is stale when the turn of the second comes.
    let (looks, later) = (std::cell::Cell::new(0), start().plus_seconds(8 * DAY));
    let clock = || {
        looks.set(looks.get() + 1);
        if looks.get() <= 6 { start() } else { later }
    };
    let (outcome, sent) = fixture.resend_by(&clock, &[]);
    assert_eq!(not_in_force(&sent.unwrap_err()), "policy_stale");
    assert_eq!(outcome.receipted.len(), 1);
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Unsent)]);
    fixture.resend(&[], later).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Receipted)]);
}

/// Runs in a process of its own, which the fault kills: cycles that pass every step.
#[test]
#[ignore = "started by `killed_at_every_step`, in a process of its own"]
fn one_life() {
    let fixture = Fixture::at(Path::new(&std::env::var("CANDOR_TEST_DIRECTORY").unwrap()));
    let later = start().plus_seconds(31 * DAY);
    let _ = fixture.cycle(&[], start());
    let _ = fixture.cycle(&[Reply::Away], start());
    let _ = fixture.cycle(&[Reply::Refuse(ProblemKind::Resync)], later);
}

#[test]
fn killed_at_every_step() {
    for step in fault::STEPS {
        let directory = tempfile::tempdir().unwrap();
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "pipeline::tests::one_life", "--ignored", "--nocapture"])
            .env("CANDOR_TEST_DIRECTORY", directory.path())
            .env("CANDOR_FAULT", step)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!died.success() && died.code().is_none(), "{step} was not reached: {died}");
        let fixture = Fixture::at(directory.path());
        let before: Vec<u64> = fates(&fixture).into_iter().map(|(number, _)| number).collect();
        fixture
            .cycle(&[], start().plus_seconds(31 * DAY + 60))
            .unwrap_or_else(|e| panic!("after {step}: {e:?}"));
        let ledger = ledger(&fixture);
        ledger
            .verify(&fixture.receipt_keys(), baseline::confirmed(&fixture.paths.baseline()).as_ref())
            .unwrap_or_else(|e| panic!("after {step}: {e}"));
        // What was recorded is still there, or recorded as dropped.
        for number in before {
            let kept =
                ledger.load(number).is_ok() || ledger.dropped().iter().any(|range| range.contains(&number));
            assert!(kept, "after {step}: entry {number} was lost");
        }
        assert_eq!(ledger.pending().count(), 0, "after {step}");
        // Everything that has a receipt is stored once, byte for byte.
        let receipted: Vec<_> = ledger.entries().filter(|(_, fate)| *fate == Fate::Receipted).collect();
        let stored = fixture.stored_bodies();
        for (number, _) in &receipted {
            let body = body(&fixture, *number);
            assert_eq!(stored.iter().filter(|one| **one == body).count(), 1, "after {step}: entry {number}");
        }
        let leftovers = std::fs::read_dir(fixture.paths.ledger())
            .unwrap()
            .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp-"))
            .count();
        assert_eq!(leftovers, 0, "after {step}");
    }
}
