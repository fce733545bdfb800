//! What leaves of a report that waited, when other rules are in force by then.

use super::*;
use crate::fixture::{part_name, system};
use collector_proto::difference::{self, Sections};
use collector_proto::disclosure::{Answer, CeilingAnswer};
use collector_proto::messages::{PartName, StandingParts};
use collector_proto::policy::CeilingTerms;
use collector_proto::policy::ceiling::{QuietHours, QuietTime, Zone};

/// A fixture with a report that was recorded and not delivered.
fn waiting(directory: &Path) -> Fixture {
    let fixture = Fixture::at(directory);
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    fixture
}

#[test]
fn what_waits_is_not_sent_under_a_policy_that_no_longer_permits_it() {
    let rule = r#"fields = ["os.name", "os.version", "package.name","#;
    let narrower: [fn(String) -> String; 3] = [
        // A field that is no longer asked for.
        |policy| policy.replace(r#""os.name", "#, ""),
        // A value that only leaves as a keyed hash.
        |policy| {
            policy.replace(r#""os.name", "#, "")
                + "[[collect]]\nfields = [\"os.name\"]\npurposes = [\"security\"]\ntreat = { hmac = \"tenant\" }\n"
        },
        // Rows that are left out by what was removed or made coarser before it was kept.
        |policy| {
            policy.replace(r#""os.name", "os.version", "#, "")
                + "where = { \"package.name\" = { exclude = [\"package-1\"] } }\n"
                + "[[collect]]\nfields = [\"os.name\", \"os.version\"]\npurposes = [\"security\"]\n"
        },
    ];
    assert!(narrower.iter().all(|narrow| narrow(rule.to_owned()) != rule));
    for (case, narrow) in narrower.into_iter().enumerate() {
        let directory = tempfile::tempdir().unwrap();
        let mut fixture = waiting(directory.path());
        fixture.publish(2, narrow);
        let outcome = fixture.resend(&[], start().plus_seconds(60)).unwrap();
        assert_eq!((outcome.receipted, outcome.withheld), (vec![], vec![1]), "case {case}");
        assert_eq!(fates(&fixture), [(1, Fate::Unsent)], "case {case}");
        assert!(fixture.stored_bodies().is_empty(), "case {case}");
        // A policy that permits it again lets it go.
        fixture.publish(3, |policy| policy);
        fixture.resend(&[], start().plus_seconds(120)).unwrap();
        assert_eq!(fates(&fixture), [(1, Fate::Receipted)], "case {case}");
    }
}

/// The head says of what did not change that it is as it was, and the collector would keep that for longer.
#[test]
fn a_head_that_stands_by_what_is_no_longer_permitted_leaves_after_a_newer_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    assert!(sections(&fixture, 2).is_empty());
    fixture.publish(2, |policy| policy.replace(r#""os.name", "#, ""));
    let later = start().plus_seconds(60);
    assert_eq!(fixture.resend(&[], later).unwrap().withheld, [2]);
    assert_eq!(fixture.stored_bodies().len(), 1);
    // The next one says how everything stands; then the earlier one fills its gap and changes nothing.
    fixture.disclose_packages_alone(&packages(3));
    let outcome = fixture.cycle(&[], later).unwrap();
    assert_eq!(outcome.receipted.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 2]);
    assert!(outcome.withheld.is_empty());
    let newer = report(&fixture, 3);
    assert!(newer.begins_anew() && !sections(&fixture, 3).contains_key(&Section::Os));
    verified(&fixture);
    fixture.cycle(&[], later).unwrap();
    assert!(sections(&fixture, 4).is_empty(), "the one that filled the gap left the rows that are built on");
}

#[test]
fn a_head_does_not_stand_by_what_a_limit_excludes_or_a_consent_covers_no_more() {
    let consented = |policy: String| {
        let policy = policy.replace(r#""os.name", "#, "").replace("[[collect]]", "[purposes.support]\n\
            dpv = \"TechnicalServiceProvision\"\nlegal_basis = \"consent\"\nfree_to_refuse = true\nretention = \"90d\"\n\
            recipients = [\"it\"]\ntext = { en = \"Find your device when you ask for help.\" }\n[[collect]]");
        policy + "[[collect]]\nfields = [\"os.name\"]\npurposes = [\"support\"]\n"
    };
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    fixture.publish(2, consented);
    fixture.cycle(&[], start()).unwrap();
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    let later = start().plus_seconds(60);
    let ceiling = Ceiling::Set(CeilingTerms::only(
        &fixture_fields().into_iter().filter(|f| *f != fields::OS_NAME).collect(),
    ));
    fixture.tell(&ReaderStatus { ceiling, ..fixture.status() });
    assert_eq!(fixture.resend(&[], later).unwrap().withheld, [2], "excluded by a limit");
    // Withdrawn: that the field had no value in the newest report is all that the agent knows of it.
    fixture.tell(&fixture.status());
    fixture.disclose_packages_alone(&packages(3));
    let outcome = fixture.cycle(&[], later).unwrap();
    assert_eq!(outcome.receipted.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn a_head_with_a_part_of_its_own_is_held_to_the_parts_that_it_does_not_name() {
    let two_parts = |count: usize| {
        let sections = [
            (Section::Os, vec![system()], part_name("30d")),
            (Section::Package, packages(count), part_name("90d")),
        ];
        let sections = sections.map(|(section, rows, part)| (part, BTreeMap::from([(section, rows)])));
        let parts = BTreeMap::from(sections);
        serde_json::from_value(serde_json::json!({ "parts": parts, "absent": {} })).unwrap()
    };
    // The system's rows have 30 days: from then on they are not known here any more, and must not live longer there.
    for (days, is_withheld) in [(1, false), (29, false), (30, true)] {
        let directory = tempfile::tempdir().unwrap();
        let mut fixture = Fixture::at(directory.path());
        fixture.answer_with(&fixture.disclosing(None, two_parts(3)));
        fixture.cycle(&[], start()).unwrap();
        fixture.answer_with(&fixture.disclosing(None, two_parts(4)));
        fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
        assert_eq!(report(&fixture, 2).parts.keys().copied().collect::<Vec<_>>(), [part_name("90d")]);
        fixture.publish(2, |policy| policy.replace(r#""os.name", "#, ""));
        assert_eq!(fixture.resend(&[], start().plus_seconds(60)).unwrap().withheld, [2]);
        fixture.publish(3, |policy| policy);
        let outcome = fixture.resend(&[], start().plus_seconds(days * DAY)).unwrap();
        assert_eq!(outcome.withheld == [2], is_withheld, "after {days} days");
    }
}

#[test]
fn what_waits_as_a_difference_is_held_to_the_rows_that_it_builds_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = Fixture::at(directory.path());
    fixture.answer(&packages(50));
    fixture.cycle(&[], start()).unwrap();
    fixture.answer(&packages(51));
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    assert!(matches!(sections(&fixture, 2)[&Section::Os], SectionBody::Unchanged { .. }));
    let later = start().plus_seconds(60);
    fixture.publish(2, |policy| policy.replace(r#""os.name", "#, ""));
    assert_eq!(fixture.resend(&[], later).unwrap().withheld, [2]);
    // One that permits as much needs to know what the digests stand for.
    fixture.publish(3, |policy| policy);
    let kept = std::fs::read(fixture.paths.baseline()).unwrap();
    std::fs::remove_file(fixture.paths.baseline()).unwrap();
    assert_eq!(fixture.resend(&[], later).unwrap().withheld, [2]);
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Unsent)]);
    std::fs::write(fixture.paths.baseline(), kept).unwrap();
    fixture.resend(&[], later).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Receipted)]);
}

#[test]
fn a_limit_on_what_had_no_value_holds_nothing_back() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = waiting(directory.path());
    // The fixture's machine has no `os.version`.
    let ceiling = Ceiling::Set(CeilingTerms::only(
        &fixture_fields().into_iter().filter(|f| *f != fields::OS_VERSION).collect(),
    ));
    fixture.tell(&ReaderStatus { ceiling, ..fixture.status() });
    assert_eq!(fixture.resend(&[], start().plus_seconds(60)).unwrap().receipted.len(), 1);
}

/// What the fixture's policy asks for.
fn fixture_fields() -> [FieldId; 6] {
    [
        fields::OS_NAME,
        fields::OS_VERSION,
        fields::PACKAGE_NAME,
        fields::PACKAGE_VERSION,
        fields::PACKAGE_TYPE,
        fields::PACKAGE_ARCHITECTURE,
    ]
}

/// The policy that the fixture's collector gives, on a device that knows no other.
fn accepted(fixture: &Fixture, trust: &mut Trust) -> AcceptedPolicy {
    trust.accept(&fixture.documents(start()), &mut Announcements::default(), start()).unwrap()
}

#[test]
fn a_permit_of_another_policy_clears_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = waiting(directory.path());
    let mut trust = fixture.enrolment.trust(&fixture.paths).unwrap();
    let disclosed =
        fixture.reader().disclose(&fixture.documents(start()), false, &mut trust, start()).unwrap();
    let before = accepted(&fixture, &mut trust);
    fixture.publish(2, |policy| policy);
    let after = accepted(&fixture, &mut trust);
    let (ledger, kept_rows) = (ledger(&fixture), fixture.paths.baseline());
    let recorded = ledger.load(1).unwrap();
    assert!(verdict::clear(&recorded, &ledger, &kept_rows, &before, disclosed.permit()).is_ok());
    let refused = verdict::clear(&recorded, &ledger, &kept_rows, &after, disclosed.permit()).unwrap_err();
    assert!(matches!(refused, NotCleared::NoLongerPermitted(NoLongerPermitted::OtherPermit)), "{refused:?}");
}

#[test]
fn what_is_withheld_does_not_hold_up_what_follows_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut fixture = waiting(directory.path());
    fixture.publish(2, |policy| policy.replace(r#""os.name", "#, ""));
    fixture.disclose_packages_alone(&packages(3));
    let outcome = fixture.cycle(&[], start().plus_seconds(60)).unwrap();
    assert_eq!((outcome.recorded, outcome.withheld), (Some(2), vec![1]));
    assert_eq!(fates(&fixture), [(1, Fate::Unsent), (2, Fate::Receipted)]);
    verified(&fixture);
}

#[test]
fn what_waits_is_not_sent_against_the_limits_or_the_word_of_the_reader() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = waiting(directory.path());
    let later = start().plus_seconds(60);
    // The person has withdrawn a field.
    let ceiling = Ceiling::Set(CeilingTerms::only(&[fields::PACKAGE_NAME].into_iter().collect()));
    fixture.tell(&ReaderStatus { ceiling, ..fixture.status() });
    assert_eq!(fixture.resend(&[], later).unwrap().withheld, [1]);
    // The reader remembers a newer policy than the one that the collector gives.
    let message = "version 1 is older than version 2".to_owned();
    let refused = Some(RefusalMessage { code: "policy_rolled_back".to_owned(), message, not_before: None });
    fixture.tell(&ReaderStatus { refused, policy: None, ..fixture.status() });
    match fixture.resend(&[], later).unwrap_err() {
        CycleError::Reader(ReaderError::Refused(told)) => assert_eq!(told.code, "policy_rolled_back"),
        other => panic!("{other:?}"),
    }
    fixture.tell(&ReaderStatus { policy: None, ..fixture.status() });
    assert!(matches!(fixture.resend(&[], later), Err(CycleError::Reader(ReaderError::OtherPolicy))));
    assert_eq!(fates(&fixture), [(1, Fate::Unsent)]);
    assert!(fixture.stored_bodies().is_empty());
}

/// A reader that keeps a ceiling with these quiet hours, in UTC.
fn keep_quiet(fixture: &Fixture, times: &str) {
    let hours = QuietHours::new(Zone::new("UTC", "UTC0").unwrap(), vec![QuietTime::parse(times).unwrap()]);
    let terms = CeilingTerms {
        quiet_hours: Some(hours.unwrap()),
        ..CeilingTerms::only(&fixture_fields().into_iter().collect())
    };
    let answer: Answer = CeilingAnswer { ceiling: Ceiling::Set(terms), named_at: None }.into();
    std::fs::write(fixture.paths.reader().join("ceiling.json"), serde_json::to_vec(&answer).unwrap())
        .unwrap();
}

/// A reader whose ceiling named an account at this instant.
fn name_an_account(fixture: &Fixture, named_at: UtcTime) {
    let terms = CeilingTerms::only(&fixture_fields().into_iter().collect());
    let answer: Answer = CeilingAnswer { ceiling: Ceiling::Set(terms), named_at: Some(named_at) }.into();
    std::fs::write(fixture.paths.reader().join("ceiling.json"), serde_json::to_vec(&answer).unwrap())
        .unwrap();
}

#[test]
fn nothing_leaves_that_was_recorded_before_an_account_was_named() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = waiting(directory.path());
    name_an_account(&fixture, start());
    let outcome = fixture.resend(&[], start()).unwrap();
    assert_eq!((outcome.withheld.as_slice(), outcome.receipted.len()), ([1].as_slice(), 0));
    assert!(fixture.stored_bodies().is_empty());
    // What was read since leaves, and what comes before it does not follow it.
    let outcome = fixture.cycle(&[], start()).unwrap();
    assert_eq!((outcome.recorded, outcome.receipted.len()), (Some(2), 1));
    assert_eq!(fates(&fixture), [(1, Fate::Unsent), (2, Fate::Receipted)]);
    assert!(fixture.cycle(&[Reply::Away], start()).is_err());
    assert_eq!(fixture.resend(&[], start()).unwrap().receipted.len(), 1, "it is of the same naming");
    // Another account, or the file is lost: what waits by then stays.
    for forget in [false, true] {
        assert!(fixture.cycle(&[Reply::Away], start()).is_err());
        if forget {
            std::fs::remove_file(fixture.paths.named()).unwrap();
        } else {
            name_an_account(&fixture, start().plus_seconds(60));
        }
        assert_eq!(fixture.resend(&[], start()).unwrap().receipted, []);
    }
}

#[test]
fn in_quiet_hours_the_collector_is_not_even_asked_for_documents() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = waiting(directory.path());
    // It is eight o'clock.
    keep_quiet(&fixture, "07:00-09:00");
    let ends = UtcTime::parse("2027-02-01T09:00:00Z").unwrap();
    // Whoever asked one that is away would be told so.
    for outcome in [fixture.cycle(&[Reply::Away], start()), fixture.resend(&[Reply::Away], start())] {
        let outcome = outcome.unwrap();
        assert_eq!((outcome.quiet_until, outcome.recorded), (Some(ends), None));
    }
    assert!(fixture.stored_bodies().is_empty());
    assert_eq!(fixture.resend(&[], ends).unwrap().receipted.len(), 1);
}

#[test]
fn quiet_hours_that_begin_while_reports_are_sent_hold_the_rest_back() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = waiting(directory.path());
    keep_quiet(&fixture, "08:01-09:00");
    let asked = std::cell::Cell::new(0);
    // The clock is looked at more often before the report's turn comes than afterwards.
    let clock = || {
        asked.set(asked.get() + 1);
        start().plus_seconds(if asked.get() > 4 { 60 } else { 0 })
    };
    let (outcome, sent) = fixture.resend_by(&clock, &[]);
    sent.unwrap();
    assert!(outcome.quiet_until.is_some() && outcome.receipted.is_empty(), "{outcome:?}");
    assert!(fixture.stored_bodies().is_empty());
}

/// The rows that a collector has after it took what the fixture's one did, worked out from the bytes alone.
fn standing_at_the_collector(fixture: &Fixture) -> Sections {
    let (mut parts, mut rows) = (StandingParts::default(), BTreeMap::<PartName, Sections>::new());
    for body in fixture.stored_bodies() {
        let texts = sequence::read(&body).unwrap();
        let report: Report = serde_json::from_slice(texts.head).unwrap();
        parts = parts.after(&report).expect("it builds on something that never came");
        rows.retain(|name, _| parts.0.contains_key(name));
        for part in texts.parts.iter().map(|bytes| Part::read(bytes).unwrap()) {
            let before = rows.remove(&part.part).unwrap_or_default();
            rows.insert(part.part, difference::after(before, &part).expect("its base never came"));
        }
        assert!(parts.0.keys().eq(rows.keys()));
    }
    rows.into_values().flatten().collect()
}

/// What it said of its time nobody takes any more; what is so now is said by the next one, which builds on what the collector has.
#[test]
fn after_one_that_came_too_late_for_its_policy_the_next_report_is_complete() {
    let too_late = Reply::Refuse(ProblemKind::SupersededPolicy);
    for with_the_next in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let mut fixture = Fixture::at(directory.path());
        fixture.cycle(&[], start()).unwrap();
        fixture.answer(&packages(4));
        fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
        assert!(!is_full(&fixture, 2), "it builds on what was taken");
        fixture.publish(2, |policy| policy);
        let later = start().plus_seconds(3600);
        let replies = if with_the_next {
            &[too_late][..]
        } else {
            assert_eq!(fixture.resend(&[too_late], later).unwrap().rejected.len(), 1);
            &[][..]
        };
        fixture.answer(&packages(5));
        let outcome = fixture.cycle(replies, later).unwrap();
        assert_eq!(outcome.receipted.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3]);
        assert_eq!(is_full(&fixture, 3), with_the_next);
        fixture.answer(&packages(6));
        fixture.cycle(&[], later).unwrap();
        let standing = standing_at_the_collector(&fixture);
        assert_eq!(standing[&Section::Package].rows.len(), 6);
        assert_eq!(standing[&Section::Os].rows, [system()]);
        assert_eq!(fates(&fixture)[1], (2, Fate::Refused));
        verified(&fixture);
    }
}
