//! The readings of the last 24 hours: grouped, bounded, and told of without naming other accounts.

use crate::fixture::{Case, document, field, now, rule, setting, value, words};
use candor_notice::{Audience, Notice, Outcome, Record, Recorded, Rendering, Setting};
use collector_proto::disclosure::{AskedBy, Operation, Reading};
use collector_proto::policy::Treatment;
use collector_proto::time::UtcTime;
use serde_json::Value;

fn recorded(hours_ago: i64, asked_by: AskedBy, operation: Operation, outcome: Outcome) -> Recorded {
    let entry = (outcome > Outcome::NotRecorded).then(|| 100 - u64::try_from(hours_ago).unwrap());
    let reading = Reading {
        at: UtcTime::from_unix(now().unix() - hours_ago * 3_600),
        asked_by,
        operation,
        policy: None,
        fields: vec![field("os.name"), field("package.name")],
        sources: Some(vec!["/etc/os-release".to_owned()]),
        entry,
    };
    Recorded { reading, outcome }
}

fn account(id: &str) -> AskedBy {
    AskedBy::Account(id.to_owned())
}

fn notice(record: Record, audience: Audience) -> Notice {
    let case = Case::signed(&document(vec![rule("os.name", Treatment::Keep, &["security"])]), |field, t| {
        Ok(value(field, t))
    });
    Notice::in_force(&case.facts(), &Setting { record, audience, ..setting(&words()) }).unwrap()
}

fn text(notice: &Notice) -> String {
    let text = notice.render(Rendering::Text { width: usize::MAX }, &words()).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn day(notice: &Notice) -> Value {
    let json: Value = serde_json::from_str(&notice.render(Rendering::Json, &words()).unwrap()).unwrap();
    json["last_day"].clone()
}

#[test]
fn readings_that_are_alike_are_told_of_together_and_the_newest_first() {
    let scheduled = |hours, outcome| recorded(hours, AskedBy::Agent, Operation::Disclose, outcome);
    let mut kept = vec![
        scheduled(30, Outcome::Confirmed),
        scheduled(13, Outcome::Confirmed),
        scheduled(7, Outcome::Confirmed),
        scheduled(1, Outcome::Unconfirmed),
        recorded(0, account("1000"), Operation::Preview, Outcome::Stayed),
    ];
    let mut cut = scheduled(3, Outcome::NotRecorded);
    cut.reading.sources = None;
    kept.push(cut);
    let notice = notice(Record::Kept(kept), Audience::Account("1000".to_owned()));
    let day = day(&notice);
    let told = |index: usize| &day["readings"][index];
    assert_eq!(day["state"], "read");
    assert_eq!(day["readings"].as_array().unwrap().len(), 4, "{day}");
    assert_eq!((&told(0)["asked_by"], &told(0)["left"]), (&"you".into(), &"no".into()));
    assert_eq!(told(1)["outcome"], "unconfirmed");
    assert!(told(2)["looked_at"].as_str().unwrap().starts_with("not known"), "{day}");
    assert_eq!((&told(3)["count"], &told(3)["reports"]), (&2.into(), &serde_json::json!([87, 93])));
    let text = text(&notice);
    for part in [
        "- 2026-11-22 08:00 UTC: to be shown on this device",
        "Read: 2 kinds of values (Operating system, Installed software)",
        "Looked at: one place: /etc/os-release",
        "perhaps: it went into report 99,",
        "2 times, from 2026-11-21 19:00 UTC to 2026-11-22 01:00 UTC: for a report",
        "Left this device: yes, as 2 reports that the collector confirmed, the newest of which is 93",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn other_accounts_are_named_to_the_administrator_alone() {
    let kept = || {
        let by = |id| recorded(1, account(id), Operation::Preview, Outcome::Stayed);
        Record::Kept(vec![by("0"), by("1001"), by("1002")])
    };
    let askers = |audience| -> Vec<String> {
        let readings = day(&notice(kept(), audience))["readings"].clone();
        readings.as_array().unwrap().iter().map(|r| r["asked_by"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(askers(Audience::Root), ["account 1002", "account 1001", "the administrator (root)"]);
    let of_an_account = askers(Audience::Account("1002".to_owned()));
    assert_eq!(of_an_account, ["you", "another account", "the administrator (root)"]);
    assert_eq!(askers(Audience::Unknown), ["an account of this device", "the administrator (root)"]);
    for rendering in [Rendering::Json, Rendering::Page, Rendering::Text { width: 80 }] {
        let shown = notice(kept(), Audience::Unknown).render(rendering, &words()).unwrap();
        assert!(!shown.contains("1001") && !shown.contains("1002"), "{rendering:?}: {shown}");
    }
}

#[test]
fn however_many_readings_there_were_the_section_stays_short() {
    let kept = (0..40).map(|number| {
        let mut one = recorded(1, account(&number.to_string()), Operation::Preview, Outcome::Stayed);
        one.reading.sources = Some((0..30).map(|place| format!("/etc/{place}")).collect());
        one
    });
    let notice = notice(Record::Kept(kept.collect()), Audience::Root);
    let day = day(&notice);
    assert_eq!((day["readings"].as_array().unwrap().len(), &day["further"]), (5, &35.into()));
    let rendered = notice.render(Rendering::Text { width: 80 }, &words()).unwrap();
    let (_, rest) = rendered.split_once("Read on this device in the last 24 hours").unwrap();
    let (section, _) = rest.split_once("What is sent").unwrap();
    assert!(section.lines().count() < 45, "{section}");
    assert!(section.contains("35 more readings") && section.contains("candor readings"), "{section}");
}

#[test]
fn an_empty_day_and_a_record_that_cannot_be_asked_for_are_said() {
    for (record, state, sentence) in [
        (Record::Kept(Vec::new()), "nothing_read", "Nothing was read on this device in the last 24 hours."),
        (
            Record::Kept(vec![recorded(25, AskedBy::Agent, Operation::Disclose, Outcome::Confirmed)]),
            "nothing_read",
            "Nothing was read on this device in the last 24 hours.",
        ),
        (Record::NotKept, "not_kept", "There is no record of readings"),
        (Record::Unknown("no \u{1b}answer".to_owned()), "unknown", "could not be read for this notice"),
    ] {
        let notice = notice(record, Audience::Root);
        assert_eq!(day(&notice)["state"], state);
        assert!(text(&notice).contains(sentence), "{state}");
        let page = notice.render(Rendering::Page, &words()).unwrap();
        assert!(page.contains("id=\"day\"") && !page.contains('\u{1b}'), "{state}");
    }
    let draft = Case::draft(document(Vec::new()), &collector_proto::policy::Consent::default(), |f, t| {
        Ok(value(f, t))
    });
    assert!(day(&draft.notice().unwrap()).is_null(), "a draft was not read under");
}
