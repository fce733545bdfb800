//! What shows presence or place is read for a report at most once a day, whoever asks and however often.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use candor_reader::caller::Caller;
use candor_reader::host::Host;
use candor_reader::state::State;
use collector_proto::catalog::{FieldId, FieldSet, Platform, Section, Series, SourcePlace, fields};
use collector_proto::disclosure::request::{Disclose, Preview, ShowReadings};
use collector_proto::disclosure::{Answer, DisclosureMessage, NotPermitted};
use collector_proto::messages::{Absence, DailyReading};
use collector_proto::policy::ceiling::NeverAccount;
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{
    Ceiling, CeilingTerms, Consent, Draft, Filter, Policy, PolicyDocument, Treatment,
};
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::{Bench, Signer, disclosure, now, policy, refusal, rule};

const HOUR: u64 = 3600;

/// The system, how long it runs, where it is, and whether it is a laptop.
const FIELDS: [FieldId; 4] =
    [fields::OS_NAME, fields::HOST_UPTIME, fields::X_HOST_TIMEZONE, fields::HOST_NAME];

fn keeping(fields: &[FieldId]) -> PolicyDocument {
    policy(fields.iter().map(|field| rule(*field, Treatment::Keep)).collect())
}

/// A device of the agent's, as on an installed machine.
fn device(signer: &Signer) -> Bench {
    let mut bench = Bench::on("debian-12");
    bench.trust(signer.bundle(1, "staff"));
    bench.caller = Caller::Agent;
    bench
}

/// Has it read for a report so long after the first time.
fn read(bench: &mut Bench, documents: &Documents, seconds: u64) -> DisclosureMessage {
    bench.now = now().plus_seconds(seconds);
    bench.host = Host::at(&support::roots().join("debian-12"));
    disclosure(bench.ask(Disclose { documents: documents.clone(), given: false, at_once: false }))
}

fn daily(message: &DisclosureMessage) -> Value {
    serde_json::to_value(message).unwrap()["daily"].clone()
}

fn marked(reading: DailyReading) -> Value {
    serde_json::to_value(reading).unwrap()
}

fn at(seconds: u64) -> UtcTime {
    now().plus_seconds(seconds).to_minute()
}

/// The fields that have a value.
fn present(message: &DisclosureMessage) -> BTreeSet<FieldId> {
    message.sections().values().flatten().flat_map(Row::iter).map(|(field, _)| field).collect()
}

/// Whether the reader touched a place that only presence and place are read from.
fn touched_the_class(bench: &Bench) -> bool {
    let of = |fields: &[FieldId]| -> BTreeSet<SourcePlace> {
        fields.iter().flat_map(|field| field.field().source(Platform::Linux).touches).copied().collect()
    };
    let others = of(&[fields::OS_NAME, fields::HOST_NAME]);
    let class = of(&[fields::HOST_UPTIME, fields::X_HOST_TIMEZONE]);
    bench.host.touched().iter().any(|place| class.contains(place) && !others.contains(place))
}

#[test]
fn what_shows_presence_or_place_is_read_once_a_day() {
    let signer = Signer::new(1);
    let mut bench = device(&signer);
    let documents = signer.documents(&keeping(&FIELDS), vec![], now());
    let first = read(&mut bench, &documents, 0);
    assert_eq!(present(&first), FIELDS.into());
    assert_eq!(daily(&first), marked(DailyReading::Read(at(0))));
    let series = |part: &str| first.parts().keys().any(|name| name.to_string().ends_with(part));
    assert!(series("/daily") && series("/latest"), "{:?}", first.parts().keys());
    assert!(touched_the_class(&bench));

    // Every report in between holds nothing of it, and nothing of it is read for it.
    for hours in [6, 12, 18] {
        let between = read(&mut bench, &documents, hours * HOUR);
        assert_eq!(present(&between), [fields::OS_NAME, fields::HOST_NAME].into());
        assert!(
            between.absent().is_empty() && between.parts().keys().all(|name| name.series == Series::Every)
        );
        assert_eq!(daily(&between), marked(DailyReading::Kept(at(0))));
        assert!(!touched_the_class(&bench), "{:?}", bench.host.touched());
        // Whoever asks again, or says that it was asked by hand, gets nothing at all.
        let again =
            |at_once| refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once }));
        assert_eq!([again(false), again(true)], ["not_due", "no_rights"]);
    }
    // People look at their own device as before, and that makes nothing due.
    bench.caller = Caller::Other;
    let seen = disclosure(bench.ask(Preview { documents: Some(documents.clone()) }));
    assert_eq!((present(&seen), daily(&seen)), (FIELDS.into(), Value::Null));
    let Answer::Readings(journal) = bench.ask(ShowReadings {}) else { panic!("no journal") };
    let named: Vec<usize> = journal.readings.iter().map(|reading| reading.fields.len()).collect();
    assert_eq!(named, [4, 2, 2, 2, 4], "the journal names what was read");
    bench.caller = Caller::Agent;
    let next = read(&mut bench, &documents, 24 * HOUR);
    assert_eq!(present(&next), FIELDS.into());
    assert_eq!(daily(&next), marked(DailyReading::Read(at(24 * HOUR))));
}

/// A filter that reads a place would tell it by what it lets through.
#[test]
fn what_is_filtered_by_a_place_is_read_with_it() {
    let signer = Signer::new(1);
    let mut bench = device(&signer);
    let mut filtered = rule(fields::HOST_NAME, Treatment::Keep);
    let filter = Filter { include: Vec::new(), exclude: vec!["Asia/*".to_owned()] };
    filtered.filters = BTreeMap::from([(fields::X_HOST_TIMEZONE, filter)]);
    let kept = [fields::OS_NAME, fields::X_HOST_TIMEZONE].map(|field| rule(field, Treatment::Keep));
    let documents = signer.documents(&policy(kept.into_iter().chain([filtered]).collect()), vec![], now());
    let first = read(&mut bench, &documents, 0);
    let place = first.parts().keys().find(|name| name.series == Series::Latest).unwrap();
    let fields_of = first.parts()[place][&Section::Host][0].iter().map(|(field, _)| field);
    assert_eq!(fields_of.collect::<Vec<_>>(), [fields::HOST_NAME, fields::X_HOST_TIMEZONE]);
    assert_eq!(present(&read(&mut bench, &documents, 6 * HOUR)), [fields::OS_NAME].into());
}

#[test]
fn what_was_withdrawn_is_gone_at_once_and_nobody_learns_who_refused() {
    let signer = Signer::new(1);
    let consenting = |field| {
        let mut rule = rule(field, Treatment::Keep);
        rule.purposes = BTreeSet::from(["consent".to_owned()]);
        rule
    };
    let rules = vec![
        rule(fields::OS_NAME, Treatment::Keep),
        rule(fields::X_HOST_TIMEZONE, Treatment::Keep),
        consenting(fields::HOST_UPTIME),
    ];
    let documents = signer.documents(&policy(rules), vec![], now());
    let keep = |bench: &Bench, names: &[&str]| {
        let state = State::at(&bench.state());
        let consent = Consent::to(names.iter().map(|name| (*name).to_owned()));
        state.keep_consent(&consent, &state.lock().unwrap()).unwrap();
    };
    let (mut bench, mut other) = (device(&signer), device(&signer));
    keep(&bench, &["consent"]);
    assert!(present(&read(&mut bench, &documents, 0)).contains(&fields::HOST_UPTIME));
    keep(&bench, &[]);
    // The report that people have sent by withdrawing says it, and is known from the one before.
    let after = read(&mut bench, &documents, 1);
    assert_eq!(after.absent()[&fields::HOST_UPTIME], Absence::Unavailable);
    assert_eq!(daily(&after), marked(DailyReading::Read(at(60))));
    // The reports in between are the same, whether somebody consented or not.
    keep(&other, &["consent"]);
    read(&mut other, &documents, 0);
    let [refused, consented] = [&mut bench, &mut other].map(|bench| {
        let mut message = serde_json::to_value(read(bench, &documents, 7 * HOUR)).unwrap();
        message["daily"] = Value::Null;
        message["parts"] = message["parts"].as_object().unwrap().values().cloned().collect();
        message
    });
    assert_eq!(refused, consented);
    assert_eq!(refused["absent"], json!({}));
}

#[test]
fn a_limit_that_is_set_has_it_read_again_at_once_and_neither_one_that_is_lifted_nor_another_version_has() {
    let signer = Signer::new(1);
    let mut bench = device(&signer);
    let keep = |bench: &Bench, ceiling: &Ceiling| {
        let state = State::at(&bench.state());
        state.keep_ceiling(ceiling, now(), &state.lock().unwrap()).unwrap();
    };
    let only = |fields: &[FieldId]| CeilingTerms::only(&fields.iter().copied().collect());
    let documents = signer.documents(&keeping(&FIELDS), vec![], now());
    read(&mut bench, &documents, 0);
    // A newer version, which says the same of these fields: the collector has as many of them as were signed.
    let newer = PolicyDocument { version: 2, ..keeping(&FIELDS) };
    let documents = signer.documents(&newer, vec![], now());
    assert_eq!(daily(&read(&mut bench, &documents, 6 * HOUR)), marked(DailyReading::Kept(at(0))));
    keep(&bench, &Ceiling::Set(only(&[fields::OS_NAME, fields::HOST_UPTIME])));
    // Before the policy's interval is over.
    let limited = read(&mut bench, &documents, 6 * HOUR + 60);
    assert_eq!(present(&limited), [fields::OS_NAME, fields::HOST_UPTIME].into());
    let first = 6 * HOUR + 60;
    assert_eq!(daily(&limited), marked(DailyReading::Read(at(first))));
    assert_eq!(daily(&read(&mut bench, &documents, 12 * HOUR + 60)), marked(DailyReading::Kept(at(first))));
    // A ceiling over other fields is nothing to these.
    keep(&bench, &Ceiling::Set(only(&[fields::HOST_UPTIME])));
    assert_eq!(daily(&read(&mut bench, &documents, 12 * HOUR + 120)), marked(DailyReading::Kept(at(first))));
    // What is let through again waits for the day.
    keep(&bench, &Ceiling::Unset);
    assert_eq!(daily(&read(&mut bench, &documents, 20 * HOUR)), marked(DailyReading::Kept(at(first))));
    let all = read(&mut bench, &documents, first + 24 * HOUR);
    assert_eq!(daily(&all), marked(DailyReading::Read(at(first + 24 * HOUR))));
    assert_eq!(present(&all).len(), FIELDS.len());
    // Rows about an account that nothing is read about any more go at once.
    let named = BTreeSet::from([NeverAccount::parse("uid:4242").unwrap()]);
    keep(&bench, &Ceiling::Set(CeilingTerms { never: named, ..CeilingTerms::only(&FieldSet::all()) }));
    let later = first + 24 * HOUR + 60;
    assert_eq!(daily(&read(&mut bench, &documents, later)), marked(DailyReading::Read(at(later))));
}

/// Whoever takes a message holds it to the permit.
#[test]
fn a_message_that_says_more_than_it_may_is_no_disclosure() {
    let policy = Policy::check(keeping(&FIELDS)).unwrap();
    let bench = Bench::on("debian-12");
    let draft = collector_proto::disclosure::request::ReadDraft { policy: policy.document().clone() };
    let Answer::Disclosure(answer) = bench.ask(draft) else { panic!("no disclosure") };
    let permit = answer.permit_as_answered::<Draft>(&policy);
    let under = |daily: &Value, part: &str, row: Value| {
        let part = format!("0123456789abcdef/{part}");
        let mut message = json!({"parts": {part: {"host": [row]}}, "absent": {}});
        if !daily.is_null() {
            message["daily"] = daily.clone();
        }
        serde_json::from_value::<DisclosureMessage>(message).unwrap().under(&permit).map(drop)
    };
    let [read, kept] = [DailyReading::Read(at(0)), DailyReading::Kept(at(0))].map(marked);
    let (uptime, zone) = (json!({"host.uptime": 5}), json!({"x.host.timezone": "Etc/UTC"}));
    assert_eq!(under(&read, "90d/daily", uptime.clone()), Ok(()));
    assert_eq!(under(&read, "90d/latest", zone.clone()), Ok(()));
    let series = NotPermitted::Series;
    assert_eq!(under(&read, "90d", uptime.clone()), Err(series(fields::HOST_UPTIME)));
    assert_eq!(under(&Value::Null, "90d", uptime.clone()), Err(series(fields::HOST_UPTIME)));
    assert_eq!(under(&read, "90d/daily", zone), Err(series(fields::X_HOST_TIMEZONE)));
    assert_eq!(under(&kept, "90d/daily", uptime), Err(NotPermitted::NotDue(fields::HOST_UPTIME)));
}
