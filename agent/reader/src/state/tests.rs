use super::last_reading::Daily;
use super::*;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::digest::Digest;
use collector_proto::disclosure::PolicyChange;
use collector_proto::messages::DailyReading;
use collector_proto::policy::ceiling::{CeilingChange, NeverAccount};
use collector_proto::policy::trust::Floor;
use collector_proto::policy::{Ceiling, CeilingTerms, Consent};
use collector_proto::time::{Span, UtcTime};
use std::fs;

fn state() -> (tempfile::TempDir, State) {
    let directory = tempfile::tempdir().unwrap();
    let state = State::at(&directory.path().join("reader"));
    drop(state.lock().unwrap());
    (directory, state)
}

fn put(state: &State, name: &str, text: &str) {
    candor_durable::replace(&state.directory.path().join(name), text.as_bytes()).unwrap();
}

/// An error and its causes.
fn told(error: &StateError) -> String {
    let error: &dyn std::error::Error = error;
    let chain: Vec<String> =
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    chain.join(": ")
}

/// What reading each file alone says.
fn readings(state: &State) -> [(&'static str, Result<(), StateError>); 11] {
    [
        ("trust.json", state.pinned().map(drop)),
        ("floor.json", state.floor().map(drop)),
        ("keys.json", state.keys().map(drop)),
        ("ceiling.json", state.ceiling().map(drop)),
        ("consent.json", state.consent().map(drop)),
        ("acknowledgements.json", state.acknowledgements().map(drop)),
        ("versions.json", state.versions().map(drop)),
        ("last_reading.json", state.last_reading().map(drop)),
        ("ledger.json", state.ledger_head().map(drop)),
        ("refused.json", state.refused_documents().map(drop)),
        ("custody.json", state.handover().map(drop)),
    ]
}

#[test]
fn a_damaged_file_is_named_and_its_content_is_not_repeated() {
    let (_keep, state) = state();
    for damaged in [
        "{\"SECRET\":",
        "{\"v\":1,\"SECRET\":\"SECRET\"}",
        "[\"SECRET\"]",
        "\"SECRET\"",
        "{\"v\":\"SECRET\"}",
    ] {
        for (name, _) in readings(&state) {
            put(&state, name, damaged);
        }
        for (name, read) in readings(&state) {
            let error = told(&read.unwrap_err());
            assert!(
                error.contains(name) && error.contains("damaged") && !error.contains("SECRET"),
                "{error}"
            );
        }
        assert!(told(&state.limits().unwrap_err()).contains("ceiling.json"));
    }
}

#[test]
fn a_file_of_a_later_version_is_refused_and_says_what_to_do() {
    let (_keep, state) = state();
    for (name, _) in readings(&state) {
        put(&state, name, r#"{"v":2,"holds":"what nobody knows yet"}"#);
    }
    for (name, read) in readings(&state) {
        let error = read.unwrap_err();
        assert!(matches!(error, StateError::Later { found: 2, known: 1, .. }), "{error:?}");
        let error = told(&error);
        assert!(error.contains(name) && error.contains("install that version again, or "), "{error}");
    }
}

#[test]
fn a_state_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    // A file where the directory should be refuses even root.
    fs::write(directory.path().join("reader"), "").unwrap();
    let error = State::at(&directory.path().join("reader")).lock().unwrap_err();
    assert!(told(&error).contains("reader"), "{error}");
}

fn only(fields: impl IntoIterator<Item = collector_proto::catalog::FieldId>) -> Ceiling {
    Ceiling::Set(CeilingTerms::only(&fields.into_iter().collect()))
}

#[test]
fn limits_are_those_that_were_kept() {
    let (_keep, state) = state();
    let limits = || state.limits().unwrap().into_parts();
    assert_eq!(limits(), (Ceiling::Unset, Consent::default()));
    let lock = state.lock().unwrap();
    let ceiling = only([fields::OS_NAME, fields::HOST_NAME]);
    let consent = Consent::to(["security".to_owned()]);
    state.keep_ceiling(&ceiling, UtcTime::from_unix(0), &lock).unwrap();
    state.keep_consent(&consent, &lock).unwrap();
    assert_eq!(limits(), (ceiling, consent));
    // Nothing at all is a ceiling, and not the absence of one.
    state.keep_ceiling(&only([]), UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(limits().0, only([]));
    state.keep_ceiling(&Ceiling::Unset, UtcTime::from_unix(0), &lock).unwrap();
    state.keep_consent(&Consent::default(), &lock).unwrap();
    assert_eq!(limits(), (Ceiling::Unset, Consent::default()));
}

#[test]
fn limits_are_written_in_their_documented_form_and_unknown_fields_stop_everything() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let written = |name: &str| fs::read_to_string(state.directory.path().join(name)).unwrap();
    state.keep_ceiling(&only([fields::OS_NAME]), UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(
        written("ceiling.json"),
        r#"{"v":1,"ceiling":{"allow":{"os.name":{"treat":"keep","retention":null,"accounts":true}},"quiet_hours":null,"never":[]},"named_at":null}"#
    );
    state.keep_ceiling(&Ceiling::Unset, UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(written("ceiling.json"), r#"{"v":1,"ceiling":null,"named_at":null}"#);
    state.keep_consent(&Consent::to(["b".to_owned(), "a".to_owned()]), &lock).unwrap();
    assert_eq!(written("consent.json"), r#"{"v":1,"purposes":["a","b"]}"#);
    for damaged in
        [r#"{"v":1,"ceiling":{"allow":{"os.nme":null},"quiet_hours":null,"never":[]}}"#, r#"{"v":1}"#]
    {
        put(&state, "ceiling.json", damaged);
        assert!(state.limits().is_err(), "{damaged}");
    }
}

#[test]
fn a_ceiling_that_is_gone_after_it_was_set_is_not_lifted() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let file = state.directory.path().join("ceiling.json");
    // Set before the device is enrolled, which is when there is a floor.
    state.keep_ceiling(&only([fields::OS_NAME]), UtcTime::from_unix(0), &lock).unwrap();
    state.keep_floor(&Floor::default(), &lock).unwrap();
    fs::remove_file(&file).unwrap();
    let gone = told(&state.limits().unwrap_err());
    assert!(
        gone.contains("ceiling.json") && gone.contains("missing") && gone.contains("candor ceiling set"),
        "{gone}"
    );
    // The floor rises, and it stays remembered.
    state.keep_floor(&Floor::default(), &lock).unwrap();
    assert!(state.limits().is_err());
    // Neither is one that was lifted.
    state.keep_ceiling(&Ceiling::Unset, UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(state.ceiling().unwrap(), Ceiling::Unset);
    fs::remove_file(&file).unwrap();
    assert!(state.limits().is_err());
    // A damaged one is set again, and one that was set after the device was enrolled is remembered as well.
    put(&state, "ceiling.json", "{");
    state.keep_ceiling(&only([fields::OS_NAME]), UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(state.ceiling().unwrap(), only([fields::OS_NAME]));
    let (_other, state) = self::state();
    let lock = state.lock().unwrap();
    state.keep_floor(&Floor::default(), &lock).unwrap();
    assert_eq!(state.ceiling().unwrap(), Ceiling::Unset);
    state.keep_ceiling(&only([]), UtcTime::from_unix(0), &lock).unwrap();
    fs::remove_file(state.directory.path().join("ceiling.json")).unwrap();
    assert!(state.limits().is_err());
}

#[test]
fn what_becomes_of_the_ceiling_is_on_record_and_says_nothing_of_whom_it_names() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let naming = |names: &[&str]| {
        let mut terms = CeilingTerms::only(&FieldSet::all());
        terms.never = names.iter().map(|name| NeverAccount::parse(name).unwrap()).collect();
        Ceiling::Set(terms)
    };
    let set = |ceiling: &Ceiling| state.keep_ceiling(ceiling, UtcTime::from_unix(0), &lock).unwrap();
    set(&Ceiling::Unset);
    for names in [&["zoe", "yann"][..], &["zoe", "yann"], &["zoe"], &[], &["xenia"]] {
        set(&naming(names));
    }
    set(&Ceiling::Unset);
    for ceiling in [naming(&["zoe"]), Ceiling::Unset] {
        put(&state, "ceiling.json", "{");
        set(&ceiling);
    }
    let history = state.history().unwrap();
    let told = history.events.into_iter().map(|event| match event.event {
        PolicyChange::Ceiling { change, was_damaged } => (change, was_damaged),
        other => panic!("{other:?}"),
    });
    let expected = [
        (CeilingChange::Set, false),
        // What is set again as it is changes nothing; what widens twice is told twice.
        (CeilingChange::Widened, false),
        (CeilingChange::Widened, false),
        (CeilingChange::Narrowed, false),
        (CeilingChange::Lifted, false),
        (CeilingChange::Set, true),
        (CeilingChange::Lifted, true),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(history.is_whole);
    // Neither a name nor anything that a name could be tested with.
    for line in fs::read_to_string(state.directory.path().join("history.jsonl")).unwrap().lines() {
        let line: serde_json::Value = match line {
            "" => continue,
            line => serde_json::from_str(line).unwrap(),
        };
        let known = ["v", "at", "event", "prev"];
        assert!(line.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{line}");
        let event = line["event"]["ceiling"].as_object().unwrap();
        assert!(event.keys().all(|key| ["change", "was_damaged"].contains(&key.as_str())), "{line}");
    }
}

#[test]
fn no_ceiling_holds_that_is_not_on_record() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    fs::create_dir(state.directory.path().join("history.jsonl")).unwrap();
    let ceiling = only([fields::OS_NAME]);
    let error = state.keep_ceiling(&ceiling, UtcTime::from_unix(0), &lock).unwrap_err();
    assert!(told(&error).contains("history.jsonl"), "{}", told(&error));
    assert!(!state.directory.path().join("ceiling.json").exists());
}

#[test]
fn the_next_reading_is_due_an_interval_after_the_last_one_whatever_the_clock_does() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let every = Span::from_seconds(3600);
    let at = |seconds: i64| UtcTime::from_unix(1_000_000 + seconds);
    let next = |now| state.next_reading(every, at(now), &lock).unwrap();
    assert_eq!(next(0), None, "nothing was ever read");
    let read = |now| state.begin_reading_for_report(at(now), None, &lock).unwrap();
    assert_eq!(read(0), None, "nothing of it is sent at most once a day");
    assert_eq!(next(1), Some(at(3480)));
    assert_eq!(next(3479), Some(at(3480)));
    assert_eq!(next(3480), None);
    // Set back: counted from here on, once.
    assert_eq!(next(-5000), Some(at(-1520)));
    assert_eq!(next(-1521), Some(at(-1520)));
    assert_eq!(next(-1520), None);
    // Set back by years, as after a clock that was far ahead.
    read(100_000_000);
    assert_eq!(next(0), Some(at(3480)));
    assert_eq!(next(3480), None);
}

/// What is granted, in two forms of which neither is the other.
const TERMS: [Option<&[u8]>; 2] = [Some(b"one"), Some(b"other")];

#[test]
fn what_is_sent_at_most_once_a_day_is_read_once_a_day_whatever_the_clock_does() {
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let minute = |seconds: i64| UtcTime::from_unix(1_000_020 + seconds);
    let read = |seconds, terms: Option<&[u8]>| {
        let of = |terms| Daily { terms: Digest::of(terms), fields: FieldSet::all() };
        state.begin_reading_for_report(minute(seconds), terms.map(of), &lock).unwrap()
    };
    let [one, other] = TERMS;
    let (day, first) = (86_400 - 120, Some(DailyReading::Kept(minute(0))));
    assert_eq!(read(0, one), Some(DailyReading::Read(minute(0))));
    // However often somebody asks, and whatever else is asked for in between.
    assert_eq!([1, 3600, day - 2].map(|seconds| read(seconds, one)), [first; 3]);
    assert_eq!(read(day - 1, None), None);
    assert_eq!(read(day - 1, one), first);
    assert_eq!(read(day + 5, one), Some(DailyReading::Read(minute(day))));
    // What is granted is another, and the same as before again: each time it is read at once.
    assert_eq!(read(day + 6, other), Some(DailyReading::Read(minute(day + 60))), "known from the one before");
    assert_eq!(read(day + 7, other), Some(DailyReading::Kept(minute(day + 60))));
    assert_eq!(read(day + 8, one), Some(DailyReading::Read(minute(day + 120))));
    // Set back: the day starts again, once.
    let last = Some(DailyReading::Kept(minute(day + 120)));
    assert_eq!(read(-5000, one), last);
    assert_eq!(read(day - 5001, one), last);
    assert_eq!(read(day - 5000, one), Some(DailyReading::Read(minute(day - 5000 - 40))));
    // Ahead by years: once, and set back again it is not read before a day is over.
    assert!(matches!(read(100_000_000, one), Some(DailyReading::Read(_))));
    let next = |seconds| state.next_reading(Span::from_seconds(300), minute(seconds), &lock).unwrap();
    assert_eq!(
        next(day),
        Some(minute(day + 180)),
        "asked before the interval is over, and seen to be set back"
    );
    assert!(matches!(read(2 * day - 1, one), Some(DailyReading::Kept(_))));
    assert!(matches!(read(2 * day, one), Some(DailyReading::Read(_))));
}

#[test]
fn what_a_crash_left_goes_with_the_next_lock() {
    let (_keep, state) = state();
    put(&state, ".tmp-1-1", "{\"half");
    let lock = state.lock().unwrap();
    assert!(!state.directory.path().join(".tmp-1-1").exists());
    state.keep_ceiling(&Ceiling::Unset, UtcTime::from_unix(0), &lock).unwrap();
    assert_eq!(state.ceiling().unwrap(), Ceiling::Unset);
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_keep, state) = state();
    let lock = state.lock().unwrap();
    let random = ring::rand::SystemRandom::new();
    state.keep_keys(None, UtcTime::from_unix(0), &random, &lock).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state.directory.path().join("keys.json")), 0o600);
    assert_eq!(mode(state.directory.path()), 0o700);
}
