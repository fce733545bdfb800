//! The reader's requests from enrolment to disclosure, and what refuses them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use candor_reader::host::Host;
use candor_reader::state::State;
use collector_proto::catalog::{FieldId, fields};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{
    Acknowledge, Disclose, KeepDocuments, Preview, ReadDraft, RecordLedger, ShowCustody, ShowReadings,
    ShowStatus,
};
use collector_proto::disclosure::{
    Answer, AskedBy, DisclosureAnswer, DisclosureMessage, LedgerEnd, Operation, Question, Request, RootPinned,
};
use collector_proto::messages::Absence;
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{
    Ceiling, CeilingTerms, Consent, Filter, KeyScope, PolicyDocument, Rule, Treatment,
};
use collector_proto::value::Value;
use std::collections::BTreeMap;
use support::{Bench, Signer, disclosure, now, policy, refusal, rule};

fn some_rules() -> Vec<Rule> {
    vec![rule(fields::OS_NAME, Treatment::Keep), rule(fields::DEVICE_ID, Treatment::Keep)]
}

/// What the reader keeps, but for the journal of readings.
fn files(bench: &Bench) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(bench.state()) else { return BTreeMap::new() };
    let read = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.ends_with("readings.jsonl")).map(read).collect()
}

#[test]
fn nothing_is_read_and_nothing_kept_before_enrolment() {
    let bench = Bench::on("debian-12");
    let documents = Signer::new(1).documents(&policy(some_rules()), vec![], now());
    for request in [
        Request::from(Disclose { documents: documents.clone(), given: false, at_once: true }),
        Preview { documents: Some(documents.clone()) }.into(),
        ShowStatus { documents: Some(documents) }.into(),
    ] {
        assert_eq!(refusal(&bench.ask(request)), "not_enrolled");
    }
    assert!(bench.host.touched().is_empty());
    assert!(files(&bench).is_empty());
}

#[test]
fn an_enrolled_device_discloses_what_the_policy_permits() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    let answer = bench.trust(signer.bundle(1, "staff"));
    assert!(matches!(answer, Answer::RootPinned(RootPinned { root }) if root.version == 1), "{answer:?}");
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let answer = bench.ask(Disclose { documents, given: false, at_once: true });
    let Answer::Disclosure(DisclosureAnswer {
        policy: Some(reference),
        fresh_until: Some(until),
        disclosure,
        ..
    }) = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(reference.version, 1);
    assert_eq!(until, now().plus_seconds(7 * 86_400));
    let named: Vec<FieldId> =
        disclosure.sections().values().flatten().flat_map(|row| row.iter().map(|(f, _)| f)).collect();
    assert_eq!(named, [fields::DEVICE_ID, fields::OS_NAME]);
    assert!(disclosure.absent().is_empty());
}

#[test]
fn trust_is_decided_once() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    assert!(matches!(bench.trust(signer.bundle(1, "staff")), Answer::RootPinned(_)), "the same root is fine");
    let before = files(&bench);
    assert_eq!(refusal(&bench.trust(Signer::new(2).bundle(1, "staff"))), "other_root_pinned");
    assert_eq!(files(&bench), before);
}

#[test]
fn keys_survive_a_second_enrolment_with_the_same_root() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    let documents = signer.documents(
        &policy(vec![rule(fields::HOST_ID, Treatment::Hmac(KeyScope::Device))]),
        vec![],
        now(),
    );
    bench.trust(signer.bundle(1, "staff"));
    let first = disclosure(bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true }));
    bench.trust(signer.bundle(1, "staff"));
    assert_eq!(disclosure(bench.ask(Disclose { documents, given: false, at_once: true })), first);
    assert!(!first.sections().is_empty());
}

#[test]
fn the_floor_only_rises() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let mut second = policy(some_rules());
    second.version = 2;
    let old = signer.documents(&policy(some_rules()), vec![], now());
    let new = signer.documents(&second, vec![], now());
    disclosure(bench.ask(Preview { documents: Some(new.clone()) }));
    disclosure(bench.ask(Disclose { documents: old.clone(), given: false, at_once: true }));
    disclosure(bench.ask(Disclose { documents: new, given: false, at_once: true }));
    let before = files(&bench);
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: old.clone(), given: false, at_once: true })),
        "policy_rolled_back"
    );
    assert_eq!(refusal(&bench.ask(Preview { documents: Some(old) })), "policy_rolled_back");
    assert_eq!(files(&bench), before);
}

#[test]
fn preview_and_status_remember_nothing() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let before = files(&bench);
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    disclosure(bench.ask(Preview { documents: Some(documents.clone()) }));
    bench.host.touched();
    let Answer::Status(status) = bench.ask(ShowStatus { documents: Some(documents) }) else {
        panic!("no status")
    };
    assert_eq!(status.policy.map(|p| p.version), Some(1));
    assert_eq!(status.refused.map(|refused| refused.code).as_deref(), Some("policy_not_shown"));
    let Answer::Status(status) = bench.ask(ShowStatus { documents: Some(Documents::default()) }) else {
        panic!("no status")
    };
    assert_eq!(status.refused.map(|refused| refused.code).as_deref(), Some("timestamp_invalid"));
    assert_eq!(files(&bench), before);
}

#[test]
fn a_root_that_was_walked_to_is_kept_even_when_the_policy_is_refused() {
    let (bench, old, new) = (Bench::on("debian-12"), Signer::new(1), Signer::new(1));
    bench.trust(old.bundle(1, "staff"));
    let mut documents = new.documents(&policy(some_rules()), vec![old.root(2)], now());
    documents.policies.clear();
    assert_eq!(refusal(&bench.ask(Disclose { documents, given: false, at_once: true })), "no_policy");
    // The chain is not needed a second time.
    let mut documents = new.documents(&policy(some_rules()), vec![old.root(2)], now());
    documents.roots.clear();
    disclosure(bench.ask(Disclose { documents, given: false, at_once: true }));
    // The bundle's root is still the one that was pinned.
    assert!(matches!(bench.trust(old.bundle(1, "staff")), Answer::RootPinned(_)));
}

#[test]
fn a_bad_policy_reads_nothing() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let good = signer.documents(&policy(some_rules()), vec![], now());
    let forged = Signer::new(2).documents(&policy(some_rules()), vec![], now());
    let unsigned = Documents { policies: forged.policies.clone(), ..good.clone() };
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: forged, given: false, at_once: true })),
        "timestamp_invalid"
    );
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: unsigned, given: false, at_once: true })),
        "policy_not_signed"
    );
    bench.now = now().plus_seconds(7 * 86_400);
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: good.clone(), given: false, at_once: true })),
        "policy_stale"
    );
    bench.now = now().plus_seconds(90 * 86_400);
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: good, given: false, at_once: true })),
        "policy_expired"
    );
    assert!(bench.host.touched().is_empty());
}

#[test]
fn strangers_get_neither_trust_nor_drafts() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.caller = Caller::Other;
    assert_eq!(refusal(&bench.trust(signer.bundle(1, "staff"))), "no_rights");
    assert_eq!(refusal(&bench.ask(ReadDraft { policy: support::full_policy() })), "no_rights");
    assert!(bench.host.touched().is_empty());
    bench.caller = Caller::Equal;
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    bench.ask(KeepDocuments { documents: documents.clone() });
    bench.caller = Caller::Other;
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })),
        "no_rights"
    );
    disclosure(bench.ask(Preview { documents: Some(documents) }));
}

#[test]
fn the_agent_gets_what_a_report_holds_and_nothing_to_look_at() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    bench.caller = Caller::Agent;
    assert_eq!(refusal(&bench.trust(signer.bundle(1, "staff"))), "no_rights");
    assert_eq!(refusal(&bench.ask(ReadDraft { policy: support::full_policy() })), "no_rights");
    assert_eq!(refusal(&bench.ask(Preview { documents: Some(documents.clone()) })), "no_rights");
    assert_eq!(refusal(&bench.ask(ShowCustody {})), "no_rights");
    assert!(bench.host.touched().is_empty());
    disclosure(bench.ask(Disclose { documents, given: false, at_once: false }));
}

#[test]
fn a_policy_that_asks_for_it_is_acknowledged_before_anything_is_disclosed() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let mut strict = policy(some_rules());
    strict.require_acknowledgement = true;
    let documents = signer.documents(&strict, vec![], now());
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })),
        "not_acknowledged"
    );
    assert!(bench.host.touched().is_empty());
    let Answer::Status(status) = bench.ask(ShowStatus { documents: Some(documents.clone()) }) else {
        panic!("no status")
    };
    assert_eq!(status.refused.map(|refused| refused.code).as_deref(), Some("not_acknowledged"));
    let shown = status.policy.unwrap().newest();
    let (language, notice) = ("en".to_owned(), Digest::of(b"the words shown"));
    let acknowledge = Acknowledge { documents: Some(documents.clone()), policy: shown, language, notice };

    bench.caller = Caller::Agent;
    assert_eq!(refusal(&bench.ask(acknowledge.clone())), "no_rights");
    bench.caller = Caller::Other;
    let before = files(&bench);
    let foreign = Acknowledge { language: "SECRET".to_owned(), ..acknowledge.clone() };
    assert_eq!(refusal(&bench.ask(foreign)), "language_unknown");
    let mut newer = strict.clone();
    newer.version = 2;
    let newer = signer.documents(&newer, vec![], now());
    let other = Acknowledge { documents: Some(newer.clone()), ..acknowledge.clone() };
    bench.caller = Caller::Equal;
    assert_eq!(refusal(&bench.ask(other)), "other_policy_shown");
    bench.caller = Caller::Other;
    assert_eq!(files(&bench), before);
    let answer = bench.ask(acknowledge.clone());
    let Answer::Acknowledged(first) = answer else { panic!("{answer:?}") };
    assert_eq!((first.acknowledgement.policy, first.acknowledgement.at), (shown, now()));

    bench.caller = Caller::Agent;
    disclosure(bench.ask(Disclose { documents, given: false, at_once: false }));
    // What widens nothing needs no other acknowledgement.
    assert_eq!(refusal(&bench.ask(Disclose { documents: newer, given: false, at_once: false })), "not_due");
    // The first one stays.
    bench.caller = Caller::Equal;
    bench.now = now().plus_seconds(60);
    let again =
        bench.ask(Acknowledge { documents: Some(signer.documents(&strict, vec![], now())), ..acknowledge });
    assert_eq!(refusal(&again), "policy_rolled_back");
    // What stands, and what was shown of it, is in one file; what it says cannot be guessed.
    let path = bench.state().join("versions.json");
    std::fs::write(&path, r#"{"v":2}"#).unwrap();
    let documents = signer.documents(&PolicyDocument { version: 3, ..strict }, vec![], bench.now);
    assert_eq!(refusal(&bench.ask(Disclose { documents, given: false, at_once: true })), "state_unusable");
}

#[test]
fn attack_m7_an_asker_out_of_turn_gets_one_disclosure() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    bench.caller = Caller::Agent;
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let disclose = || Disclose { documents: documents.clone(), given: false, at_once: false };
    disclosure(bench.ask(disclose()));
    bench.host = Host::at(&support::roots().join("debian-12"));
    for minutes in [0, 1, 60, 357] {
        bench.now = now().plus_seconds(minutes * 60);
        let Answer::Refused(refused) = bench.ask(disclose()) else { panic!("read after {minutes} min") };
        assert_eq!(refused.code, "not_due");
        assert_eq!(refused.not_before, Some(now().plus_seconds(6 * 3600 - 120)));
    }
    // Nor when it says that it was asked by hand, or offers another policy that permits the same.
    assert_eq!(refusal(&bench.ask(Disclose { at_once: true, ..disclose() })), "no_rights");
    let newer = PolicyDocument { version: 2, ..policy(some_rules()) };
    let newer = signer.documents(&newer, vec![], now());
    assert_eq!(refusal(&bench.ask(Disclose { documents: newer, given: false, at_once: false })), "not_due");
    assert!(bench.host.touched().is_empty());
}

#[test]
fn low_a_clock_that_is_held_back_ends_the_collection_at_max_stale() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let disclose =
        |documents: &Documents| Disclose { documents: documents.clone(), given: false, at_once: true };
    let day = |days: u64| now().plus_seconds(days * 86_400);
    disclosure(bench.ask(disclose(&documents)));
    // Off line for six days of seven, and then the clock is set back.
    bench.now = day(6);
    disclosure(bench.ask(disclose(&documents)));
    bench.now = day(1);
    for request in
        [Request::from(disclose(&documents)), ShowStatus { documents: Some(documents.clone()) }.into()]
    {
        match bench.ask(request) {
            Answer::Refused(refused) => assert_eq!(refused.code, "clock_behind"),
            Answer::Status(status) => assert_eq!(status.refused.unwrap().code, "clock_behind"),
            other => panic!("{other:?}"),
        }
    }
    bench.now = day(7);
    assert_eq!(refusal(&bench.ask(disclose(&documents))), "policy_stale");
    // A newer timestamp tells the time: a clock that was ahead for a moment stops nothing.
    bench.now = day(2);
    disclosure(bench.ask(disclose(&signer.documents(&policy(some_rules()), vec![], day(2)))));
}

#[test]
fn low_a_clock_that_stands_still_is_held_to_how_long_the_machine_runs() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let disclose = || Disclose { documents: documents.clone(), given: false, at_once: true };
    bench.running = Some(1_000);
    disclosure(bench.ask(disclose()));
    bench.running = Some(1_000 + 300);
    disclosure(bench.ask(disclose()));
    // What passed before counts on.
    bench.running = Some(1_000 + 301);
    assert_eq!(refusal(&bench.ask(disclose())), "clock_behind");
    // After a restart the machine ran at least as long as it says.
    bench.running = Some(100);
    assert_eq!(refusal(&bench.ask(disclose())), "clock_behind");
    bench.now = now().plus_seconds(400);
    disclosure(bench.ask(disclose()));
}

#[test]
fn the_next_report_is_read_when_its_time_has_come_and_by_hand_at_once() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let disclose = |at_once| Disclose { documents: documents.clone(), given: false, at_once };
    disclosure(bench.ask(disclose(false)));
    disclosure(bench.ask(disclose(true)));
    assert_eq!(refusal(&bench.ask(disclose(false))), "not_due");
    bench.now = now().plus_seconds(6 * 3600 - 60);
    disclosure(bench.ask(disclose(false)));
    // Looking is not a reading for a report.
    disclosure(bench.ask(Preview { documents: Some(documents.clone()) }));
    bench.now = bench.now.plus_seconds(6 * 3600);
    disclosure(bench.ask(disclose(false)));
}

#[test]
fn each_reading_is_on_record_and_its_report_is_named() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let readings = |bench: &Bench| match bench.ask(ShowReadings {}) {
        Answer::Readings(answer) => answer.readings,
        other => panic!("{other:?}"),
    };
    assert!(readings(&bench).is_empty());
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    bench.caller = Caller::Agent;
    disclosure(bench.ask(Disclose { documents: documents.clone(), given: false, at_once: false }));
    // What is refused reads nothing.
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once: false })),
        "not_due"
    );
    let end = LedgerEnd { entries: 1, newest: vec![Digest::of(b"report")] };
    assert!(matches!(bench.ask(RecordLedger { end, told: Vec::new() }), Answer::Ledger(_)));
    bench.caller = Caller::Other;
    disclosure(bench.ask(Preview { documents: Some(documents) }));
    let kept = readings(&bench);
    assert_eq!(
        kept.iter().map(|kept| kept.operation).collect::<Vec<_>>(),
        [Operation::Disclose, Operation::Preview]
    );
    assert_eq!(kept.iter().map(|kept| kept.entry).collect::<Vec<_>>(), [Some(1), None]);
    for reading in kept {
        assert_eq!(reading.at, now());
        assert_eq!(reading.asked_by, AskedBy::Account("1000".to_owned()));
        assert_eq!(reading.policy.map(|policy| policy.version), Some(1));
        assert_eq!(reading.fields, [fields::DEVICE_ID, fields::OS_NAME]);
        assert!(reading.sources.is_some_and(|sources| sources.contains(&"/etc/os-release".to_owned())));
    }
    // A journal that cannot be written stops reading.
    std::fs::remove_file(bench.state().join("readings.jsonl")).unwrap();
    std::fs::create_dir(bench.state().join("readings.jsonl")).unwrap();
    bench.now = now().plus_seconds(86_400 / 2);
    bench.host = Host::at(&support::roots().join("debian-12"));
    let documents = signer.documents(&policy(some_rules()), vec![], bench.now);
    assert_eq!(refusal(&bench.ask(Preview { documents: Some(documents) })), "state_unusable");
    assert!(bench.host.touched().is_empty());
}

#[test]
fn a_damaged_floor_is_a_refusal_that_names_the_file() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    for damage in [Some("{"), None] {
        let path = bench.state().join("floor.json");
        match damage {
            Some(text) => std::fs::write(path, text).unwrap(),
            None => std::fs::remove_file(path).unwrap(),
        }
        let Answer::Refused(message) =
            bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })
        else {
            panic!("collected without a floor")
        };
        assert_eq!(message.code, "state_unusable");
        assert!(message.message.contains("floor.json"), "{}", message.message);
    }
    assert!(bench.host.touched().is_empty());
}

#[test]
fn the_ceiling_and_missing_consent_withhold_fields() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let state = State::at(&bench.state());
    let only = CeilingTerms::only(&[fields::OS_NAME, fields::HOST_NAME].into_iter().collect());
    state.keep_ceiling(&Ceiling::Set(only), now(), &state.lock().unwrap()).unwrap();
    let mut with_consent = rule(fields::HOST_NAME, Treatment::Keep);
    with_consent.purposes = std::iter::once("consent".to_owned()).collect();
    let rules =
        vec![rule(fields::OS_NAME, Treatment::Keep), rule(fields::OS_VERSION, Treatment::Keep), with_consent];
    let documents = signer.documents(&policy(rules), vec![], now());
    let refused =
        disclosure(bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true }));
    assert_eq!(
        *refused.absent(),
        BTreeMap::from([(fields::OS_VERSION, Absence::Ceiling), (fields::HOST_NAME, Absence::Unavailable)])
    );
    state.keep_consent(&Consent::to(["consent".to_owned()]), &state.lock().unwrap()).unwrap();
    let granted = disclosure(bench.ask(Disclose { documents, given: false, at_once: true }));
    assert_eq!(*granted.absent(), BTreeMap::from([(fields::OS_VERSION, Absence::Ceiling)]));
}

#[test]
fn the_agent_is_told_nothing_of_consents_and_has_to_read_again_once_one_is_withdrawn() {
    let (mut bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let state = State::at(&bench.state());
    let keep = |names: &[&str]| {
        let consent = Consent::to(names.iter().map(|name| (*name).to_owned()));
        state.keep_consent(&consent, &state.lock().unwrap()).unwrap();
    };
    let mut with_consent = rule(fields::HOST_NAME, Treatment::Keep);
    with_consent.purposes = std::iter::once("consent".to_owned()).collect();
    let mut filtered = rule(fields::HOST_ARCH, Treatment::Keep);
    let filter = Filter { include: Vec::new(), exclude: vec!["x".to_owned()] };
    filtered.filters = BTreeMap::from([(fields::HOST_NAME, filter)]);
    let rules = vec![rule(fields::OS_NAME, Treatment::Keep), with_consent, filtered];
    let documents = signer.documents(&policy(rules), vec![], now());
    bench.caller = Caller::Agent;
    let disclose = Disclose { documents: documents.clone(), given: false, at_once: false };
    let status = |bench: &Bench| {
        let Answer::Status(status) = bench.ask(ShowStatus { documents: Some(documents.clone()) }) else {
            panic!("no status")
        };
        assert!(status.consent.is_none());
        status.refused.map(|refused| refused.code)
    };
    keep(&["consent"]);
    assert!(disclosure(bench.ask(disclose.clone())).absent().is_empty());
    assert_eq!(status(&bench), None);
    assert_eq!(refusal(&bench.ask(disclose.clone())), "not_due");
    keep(&[]);
    assert_eq!(status(&bench).as_deref(), Some("read_again"));
    let Answer::Disclosure(answer) = bench.ask(disclose.clone()) else { panic!("not read again") };
    assert!(answer.consent.is_none());
    // What a filter needs and is not consented to leaves no other trace.
    let unavailable = [fields::HOST_ARCH, fields::HOST_NAME].map(|field| (field, Absence::Unavailable));
    assert_eq!(*answer.disclosure.absent(), unavailable.into());
    assert_eq!(status(&bench), None);
    assert_eq!(refusal(&bench.ask(ShowReadings {})), "no_rights");
    // Consent that is given makes nothing due.
    keep(&["consent"]);
    assert_eq!(status(&bench), None);
    assert_eq!(refusal(&bench.ask(disclose)), "not_due");
}

#[test]
fn filters_leave_the_rules_field_out_of_rows_that_do_not_pass() {
    let bench = Bench::on("debian-12");
    let mut version = rule(fields::PACKAGE_VERSION, Treatment::Keep);
    let patterns = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    version.filters = BTreeMap::from([(
        fields::PACKAGE_NAME,
        Filter { include: patterns(&["lib*", "curl"]), exclude: patterns(&["*6"]) },
    )]);
    let rules = vec![rule(fields::PACKAGE_NAME, Treatment::Keep), version.clone()];
    let found = disclosure(bench.ask(ReadDraft { policy: policy(rules) }));
    let rows = &found.sections()[&collector_proto::catalog::Section::Package];
    // Twelve packages; two of them are one for two architectures, which the rows do not tell.
    assert_eq!(rows.len(), 11);
    let with_version: Vec<_> = rows
        .iter()
        .filter(|row| row.value(fields::PACKAGE_VERSION).is_some())
        .map(|row| row.value(fields::PACKAGE_NAME).unwrap().to_plain())
        .collect();
    assert_eq!(with_version, ["curl"]);

    // Where only filtered fields are asked for, rows that do not pass vanish.
    let mut name = rule(fields::PACKAGE_NAME, Treatment::Keep);
    name.filters = version.filters.clone();
    let found = disclosure(bench.ask(ReadDraft { policy: policy(vec![name, version]) }));
    assert_eq!(found.sections()[&collector_proto::catalog::Section::Package].len(), 1);
}

#[test]
fn a_value_that_a_filter_left_out_everywhere_is_not_called_unavailable() {
    let bench = Bench::on("debian-12");
    let name = rule(fields::PACKAGE_NAME, Treatment::Keep);
    let mut version = rule(fields::PACKAGE_VERSION, Treatment::Keep);
    let nothing = Filter { include: vec!["no-such-package".to_owned()], exclude: vec![] };
    version.filters = BTreeMap::from([(fields::PACKAGE_NAME, nothing)]);
    let mut kernel = rule(fields::HOST_NAME, Treatment::Keep);
    let all = Filter { include: vec![], exclude: vec!["*".to_owned()] };
    kernel.filters = BTreeMap::from([(fields::HOST_NAME, all)]);
    let found = disclosure(bench.ask(ReadDraft { policy: policy(vec![name, version, kernel]) }));
    assert_eq!(found.absent().get(&fields::PACKAGE_VERSION), Some(&Absence::Filter));
    assert_eq!(found.absent().get(&fields::HOST_NAME), Some(&Absence::Filter));
    assert_eq!(found.sections()[&collector_proto::catalog::Section::Package].len(), 11);
}

#[test]
fn an_exclusion_that_a_row_gives_no_value_to_check_leaves_the_row_out() {
    // Of this interface neither the kind nor anything else but its name and address is known.
    let tree = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = tree.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sys/class/net/eth0/address", "52:54:00:12:34:56\n");
    put("sys/class/net/odd0/address", "52:54:00:12:34:57\n");
    put("sys/class/net/eth0/type", "1\n");
    std::fs::create_dir_all(tree.path().join("sys/class/net/eth0/device")).unwrap();
    let mut bench = Bench::on("debian-12");
    bench.host = candor_reader::host::Host::at(tree.path());
    let name = rule(fields::NETWORK_INTERFACE_NAME, Treatment::Keep);
    let kind = rule(fields::X_NETWORK_INTERFACE_KIND, Treatment::Keep);
    let mut mac = rule(fields::HOST_MAC, Treatment::Keep);
    let physical = Filter { include: vec![], exclude: vec!["virtual".to_owned()] };
    mac.filters = BTreeMap::from([(kind.field, physical)]);
    let found = disclosure(bench.ask(ReadDraft { policy: policy(vec![name, kind, mac]) }));
    for row in &found.sections()[&collector_proto::catalog::Section::Network] {
        let kind = row.value(fields::X_NETWORK_INTERFACE_KIND);
        assert!(kind.is_some() || row.value(fields::HOST_MAC).is_none(), "{row:?}");
    }
}

#[test]
fn an_address_does_not_give_a_denied_hardware_address_away() {
    let bench = Bench::on("debian-12");
    let eui64 = |found: &DisclosureMessage| serde_json::to_string(found).unwrap().contains(":fe12:3456");
    let ip = |treat| rule(fields::HOST_IP, treat);
    let ask = |rules| disclosure(bench.ask(ReadDraft { policy: policy(rules) }));
    let keep = Treatment::Keep;
    assert!(!eui64(&ask(vec![ip(keep)])));
    assert!(!eui64(&ask(vec![ip(keep), rule(fields::HOST_MAC, Treatment::Hmac(KeyScope::Tenant))])));
    assert!(eui64(&ask(vec![ip(keep), rule(fields::HOST_MAC, keep)])));
    // Kept, but filtered out of the very row.
    let mut mac = rule(fields::HOST_MAC, keep);
    let name = rule(fields::NETWORK_INTERFACE_NAME, keep);
    mac.filters.insert(name.field, Filter { include: vec![], exclude: vec!["enp*".to_owned()] });
    assert!(!eui64(&ask(vec![ip(keep), mac, name])));
}

#[test]
fn a_draft_needs_no_enrolment_and_leaves_no_trace() {
    let bench = Bench::on("debian-12");
    let found = disclosure(bench.ask(ReadDraft { policy: support::full_policy() }));
    assert_eq!(found.absent()[&fields::DEVICE_ID], Absence::Unavailable);
    let hashed =
        found.sections()[&collector_proto::catalog::Section::Host][0].value(fields::HOST_ID).cloned();
    assert!(matches!(hashed, Some(Value::Text(text)) if text.starts_with("hmac-sha256:")));
    assert!(files(&bench).is_empty());

    let mut faulty = support::full_policy();
    faulty.recipients.clear();
    assert_eq!(refusal(&bench.ask(ReadDraft { policy: faulty })), "policy_not_acceptable");
}

#[test]
fn broken_sources_are_named_by_their_kind_and_harm_no_other_field() {
    let tree = tempfile::tempdir().unwrap();
    let path = |name: &str| {
        let path = tree.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    let made = std::process::Command::new("mkfifo").arg(path("etc/os-release")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("machine-id", path("etc/machine-id")).unwrap();
    std::fs::File::create(path("etc/locale.conf")).unwrap().set_len(10_000_000).unwrap();
    std::fs::write(path("var/lib/dpkg/status"), b"\x00\x01\x02 junk \xff\n\n").unwrap();
    std::fs::create_dir_all(path("sys/class/dmi/id/product_serial")).unwrap();
    std::fs::write(path("etc/resolv.conf"), b"\xff\xfe\x00search\xffx\nsearch example.org\n").unwrap();
    std::fs::write(path("proc/uptime"), "soon\n").unwrap();
    let mut bench = Bench::on("debian-12");
    bench.host = candor_reader::host::Host::at(tree.path());
    let found = disclosure(bench.ask(ReadDraft { policy: support::full_policy() }));
    for (field, reason) in [
        (fields::OS_NAME, Absence::Malformed),
        (fields::HOST_ID, Absence::Malformed),
        (fields::X_HOST_LOCALE, Absence::TooLarge),
        (fields::PACKAGE_NAME, Absence::Malformed),
        (fields::PACKAGE_VERSION, Absence::Malformed),
        (fields::DEVICE_SERIAL_NUMBER, Absence::Malformed),
        (fields::HOST_UPTIME, Absence::Malformed),
        (fields::HOST_CPU_MODEL_NAME, Absence::Unavailable),
        (fields::HOST_IP, Absence::Unavailable),
    ] {
        assert_eq!(found.absent().get(&field), Some(&reason), "{field}");
    }
    let host = &found.sections()[&collector_proto::catalog::Section::Host][0];
    assert_eq!(host.value(fields::HOST_DOMAIN), Some(&Value::Text("example.org".to_owned())));
    assert!(!found.sections().contains_key(&collector_proto::catalog::Section::Package));
}

#[test]
fn a_question_of_another_contract_is_refused_and_reads_nothing() {
    let bench = Bench::on("debian-12");
    let draft = ReadDraft { policy: support::full_policy() };
    let question =
        Question { request: draft.into(), contract: Contract::new(CONTRACT.number() + 1).unwrap() };
    assert_eq!(refusal(&bench.ask_question(question)), "contract_not_understood");
    assert!(bench.host.touched().is_empty());
}

#[test]
fn a_state_of_a_later_version_refuses_what_it_decides() {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    let documents = signer.documents(&policy(some_rules()), vec![], now());
    let state = State::at(&bench.state());
    state.keep_ceiling(&Ceiling::Unset, now(), &state.lock().unwrap()).unwrap();
    for name in ["trust.json", "floor.json", "keys.json", "ceiling.json", "consent.json", "last_reading.json"]
    {
        let path = bench.state().join(name);
        let before = std::fs::read(&path).ok();
        std::fs::write(&path, r#"{"v":2}"#).unwrap();
        let Answer::Refused(message) =
            bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })
        else {
            panic!("collected under a {name} that is not understood")
        };
        let code = if name == "ceiling.json" { "ceiling_unusable" } else { "state_unusable" };
        assert_eq!(message.code, code);
        assert!(message.message.contains(name) && message.message.contains("install that version again"));
        assert_eq!(std::fs::read(&path).unwrap(), br#"{"v":2}"#, "{name} was replaced");
        match before {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }
    assert!(bench.host.touched().is_empty());
    disclosure(bench.ask(Disclose { documents, given: false, at_once: true }));
}
