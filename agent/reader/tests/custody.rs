//! Hand-overs of a shared device: who may say one, what is kept, and when it is read.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::disclosure::request::{Preview, RecordCustody, ShowCustody};
use collector_proto::disclosure::{
    Answer, Condition, Direction, DisclosureMessage, Handover, RefusalMessage,
};
use collector_proto::messages::Absence;
use collector_proto::policy::{Generalisation, Treatment};
use collector_proto::value::Value;
use support::{Bench, Signer, disclosure, now, policy, refusal, rule};

const CUSTODY: [FieldId; 3] =
    [fields::X_CUSTODY_DIRECTION, fields::X_CUSTODY_CONDITION, fields::X_CUSTODY_AT];

fn record(direction: Direction, condition: &str) -> RecordCustody {
    RecordCustody { direction, condition: Condition::parse(condition).unwrap() }
}

fn kept(answer: Answer) -> Option<Handover> {
    match answer {
        Answer::Custody(answer) => answer.handover,
        other => panic!("no hand-over: {other:?}"),
    }
}

/// What a preview under a policy of these fields finds.
fn preview(bench: &Bench, signer: &Signer, asked: &[FieldId]) -> DisclosureMessage {
    let rules = asked.iter().map(|field| rule(*field, Treatment::Keep)).collect();
    let documents = signer.documents(&policy(rules), vec![], now());
    disclosure(bench.ask(Preview { documents: Some(documents) }))
}

fn enrolled() -> (Bench, Signer) {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    assert!(matches!(bench.trust(signer.bundle(1, "staff")), Answer::RootPinned(_)));
    (bench, signer)
}

#[test]
fn nothing_is_kept_before_enrolment() {
    let bench = Bench::on("debian-12");
    assert_eq!(refusal(&bench.ask(record(Direction::Out, "as new"))), "not_enrolled");
    assert_eq!(refusal(&bench.ask(ShowCustody {})), "not_enrolled");
    assert!(!bench.state().exists());
}

#[test]
fn the_newest_hand_over_replaces_the_one_before() {
    let (mut bench, signer) = enrolled();
    assert_eq!(kept(bench.ask(ShowCustody {})), None);
    kept(bench.ask(record(Direction::Out, "as new"))).unwrap();
    bench.now = now().plus_seconds(60);
    let answered = kept(bench.ask(record(Direction::In, "scratch on the lid"))).unwrap();
    assert_eq!((answered.direction, answered.at), (Direction::In, bench.now));
    assert_eq!(kept(bench.ask(ShowCustody {})), Some(answered));
    for file in std::fs::read_dir(bench.state()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("as new"), "the device keeps a history");
    }
    let found = preview(&bench, &signer, &CUSTODY);
    let row = &found.sections()[&Section::Custody][0];
    let values = CUSTODY.map(|field| row.value(field).map(Value::to_plain).unwrap());
    assert_eq!(values, ["in", "scratch on the lid", "2026-11-22T08:01:00Z"]);
    assert!(bench.host.touched().is_empty(), "a source of the machine was read");
}

#[test]
fn people_without_rights_may_say_and_see_it() {
    let (mut bench, _) = enrolled();
    bench.caller = Caller::Other;
    let answered = kept(bench.ask(record(Direction::Out, "as new")));
    assert!(answered.is_some());
    assert_eq!(kept(bench.ask(ShowCustody {})), answered);
}

#[test]
fn without_a_hand_over_the_fields_are_unavailable() {
    let (bench, signer) = enrolled();
    let found = preview(&bench, &signer, &CUSTODY);
    assert!(found.sections().is_empty());
    assert_eq!(found.absent().iter().map(|(field, why)| (*field, *why)).collect::<Vec<_>>(), {
        let mut expected = CUSTODY.map(|field| (field, Absence::Unavailable));
        expected.sort();
        expected
    });
}

#[test]
fn it_is_looked_at_only_when_it_is_asked_for() {
    let (bench, signer) = enrolled();
    // Of another kind than a file: looking at it fails.
    std::fs::create_dir(bench.state().join("custody.json")).unwrap();
    assert!(preview(&bench, &signer, &[fields::OS_NAME]).absent().is_empty());
    let rules = vec![rule(fields::X_CUSTODY_AT, Treatment::Keep)];
    let documents = signer.documents(&policy(rules), vec![], now());
    assert_eq!(refusal(&bench.ask(Preview { documents: Some(documents) })), "state_unusable");
}

#[test]
fn a_damaged_hand_over_costs_its_own_fields_and_is_not_repeated() {
    let (bench, signer) = enrolled();
    let path = bench.state().join("custody.json");
    let long = "SECRET".repeat(100);
    for damaged in [
        r#"{"v":1,"direction":"SECRET"#.to_owned(),
        format!(r#"{{"v":1,"direction":"out","condition":"{long}","at":"2026-11-22T08:00:00Z"}}"#),
    ] {
        std::fs::write(&path, damaged).unwrap();
        let found = preview(&bench, &signer, &[fields::OS_NAME, fields::X_CUSTODY_CONDITION]);
        assert_eq!(found.absent().get(&fields::X_CUSTODY_CONDITION), Some(&Absence::Malformed));
        assert!(found.sections().contains_key(&Section::Os));
        let Answer::Refused(RefusalMessage { message, .. }) = bench.ask(ShowCustody {}) else {
            panic!("shown")
        };
        assert!(message.contains("custody.json") && message.contains("candor custody"), "{message}");
        assert!(!message.contains("SECRET"), "{message}");
    }
    std::fs::write(&path, r#"{"v":2,"direction":"out","since":"a later version"}"#).unwrap();
    let found = preview(&bench, &signer, &[fields::OS_NAME, fields::X_CUSTODY_CONDITION]);
    assert_eq!(found.absent().get(&fields::X_CUSTODY_CONDITION), Some(&Absence::Malformed));
    // The next one repairs it.
    assert!(kept(bench.ask(record(Direction::Out, "as new"))).is_some());
    assert!(kept(bench.ask(ShowCustody {})).is_some());
}

#[test]
fn the_policy_says_how_it_is_treated() {
    let (bench, signer) = enrolled();
    kept(bench.ask(record(Direction::Out, "scratch on the lid"))).unwrap();
    let rules = vec![
        rule(fields::X_CUSTODY_CONDITION, Treatment::TruncateText { chars: 7 }),
        rule(fields::X_CUSTODY_AT, Treatment::Generalise(Generalisation::Day)),
    ];
    let documents = signer.documents(&policy(rules), vec![], now());
    let answer = serde_json::to_string(&bench.ask(Preview { documents: Some(documents) })).unwrap();
    assert!(answer.contains(r#""scratch""#) && answer.contains(r#""2026-11-22""#), "{answer}");
    assert!(!answer.contains("lid"), "{answer}");
}
