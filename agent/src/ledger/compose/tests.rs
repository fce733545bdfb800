//! What is sent at most once a day, in the reports for which it was not read.

use crate::fixture::{Fixture, Reply, part_name, start};
use collector_proto::messages::{DailyReading, ProblemKind, Report, sequence};
use collector_proto::time::UtcTime;
use serde_json::json;
use std::collections::BTreeMap;

const HOUR: u64 = 3600;

/// Lets the reader disclose one package for each part.
fn disclose(fixture: &Fixture, daily: DailyReading, parts: &[(&str, &str)]) {
    let rows: BTreeMap<String, serde_json::Value> = parts
        .iter()
        .map(|(name, text)| (part_name(name).to_string(), json!({"package": [{"package.name": text}]})))
        .collect();
    let message = serde_json::from_value(json!({"daily": daily, "parts": rows, "absent": {}})).unwrap();
    fixture.answer_with(&fixture.disclosing(None, message));
}

fn at(hours: u64) -> UtcTime {
    start().plus_seconds(hours * HOUR)
}

/// Everything that the first report of a day holds.
const ALL: [(&str, &str); 3] = [("30d/daily", "SEEN"), ("30d/latest", "HERE"), ("90d", "LONG")];

/// One cycle, and the head and the bytes of what was sent last.
fn cycle(fixture: &Fixture, hours: u64) -> (Report, String) {
    fixture.cycle(&[], at(hours)).unwrap();
    let body = fixture.stored_bodies().pop().unwrap();
    let head = serde_json::from_slice(sequence::read(&body).unwrap().head).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn ledger_has(fixture: &Fixture, text: &str) -> bool {
    let files = std::fs::read_dir(fixture.paths.ledger()).unwrap().map(|file| file.unwrap().path());
    files.into_iter().any(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(text))
}

#[test]
fn what_was_not_read_stands_as_it_did_and_is_not_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose(&fixture, DailyReading::Read(at(0)), &ALL);
    let (first, _) = cycle(&fixture, 0);
    assert_eq!((first.daily, first.parts.len()), (Some(DailyReading::Read(at(0))), 3));
    for hours in [6, 12] {
        disclose(&fixture, DailyReading::Kept(at(0)), &[("90d", "LONG")]);
        let (next, sent) = cycle(&fixture, hours);
        assert!(next.parts.is_empty() && next.gone.is_empty() && next.standing == first.standing);
        assert_eq!(next.daily, Some(DailyReading::Kept(at(0))));
        assert!(!sent.contains("SEEN") && !sent.contains("HERE") && sent.len() < 1024, "{sent}");
    }
    disclose(&fixture, DailyReading::Read(at(24)), &[("30d/latest", "THERE"), ("90d", "LONG")]);
    let (next, sent) = cycle(&fixture, 24);
    assert_eq!(next.gone, [part_name("30d/daily")].into());
    assert!(sent.contains("THERE") && !ledger_has(&fixture, "\"HERE") && ledger_has(&fixture, "SEEN"));
}

/// The report of the last reading was never made, so that what stands is what was so before it: it may be withdrawn by now.
#[test]
fn what_is_from_another_reading_than_the_last_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose(&fixture, DailyReading::Read(at(0)), &ALL);
    cycle(&fixture, 0);
    disclose(&fixture, DailyReading::Kept(at(1)), &[("90d", "LONG")]);
    let (next, _) = cycle(&fixture, 6);
    assert_eq!(next.gone, ["30d/daily", "30d/latest"].map(part_name).into());
    assert_eq!(next.daily, None);
    assert!(!ledger_has(&fixture, "HERE"), "a place that is no more is no history either");
    let kept = std::fs::read_to_string(fixture.paths.baseline()).unwrap();
    assert!(!kept.contains("SEEN") && kept.contains("LONG"), "{kept}");
}

/// Nobody knows what the collector holds: the head begins anew without what was not read, and says nothing of it.
#[test]
fn without_a_baseline_what_was_not_read_is_missing_until_the_next_day() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose(&fixture, DailyReading::Read(at(0)), &ALL);
    cycle(&fixture, 0);
    std::fs::remove_file(fixture.paths.baseline()).unwrap();
    disclose(&fixture, DailyReading::Kept(at(0)), &[("90d", "LONG")]);
    let (next, sent) = cycle(&fixture, 6);
    assert!(next.begins_anew() && next.gone.is_empty() && next.daily.is_none() && sent.contains("LONG"));
    assert!(ledger_has(&fixture, "HERE"), "it is the only one, and nothing newer is known");
    let (next, _) = cycle(&fixture, 12);
    assert!(next.parts.is_empty() && next.daily.is_none());
    disclose(&fixture, DailyReading::Read(at(24)), &[("30d/latest", "THERE"), ("90d", "LONG")]);
    cycle(&fixture, 24);
    assert!(!ledger_has(&fixture, "\"HERE") && ledger_has(&fixture, "THERE"));
}

/// What did not leave cannot be sent in full before it is read again.
#[test]
fn while_the_first_report_of_a_day_waits_the_next_one_is_without_it() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    disclose(&fixture, DailyReading::Read(at(0)), &ALL);
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], at(0)).unwrap_err();
    disclose(&fixture, DailyReading::Kept(at(0)), &[("90d", "LONG")]);
    let (next, sent) = cycle(&fixture, 6);
    assert!(next.begins_anew() && next.daily.is_none() && !sent.contains("SEEN"));
    let first = String::from_utf8(fixture.stored_bodies().remove(0)).unwrap();
    assert!(first.contains("SEEN") && first.contains("HERE"), "{first}");
}
