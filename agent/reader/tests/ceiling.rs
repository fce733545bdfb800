//! The device's ceiling: who may set it and is told of it, its quiet hours, and the accounts about which nothing is read.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use candor_reader::host::{AccountId, Host};
use candor_reader::treat::Viewer;
use collector_proto::catalog::{FieldId, FieldSet, fields};
use collector_proto::disclosure::request::{Disclose, Preview, SetCeiling, ShowCeiling, ShowStatus};
use collector_proto::disclosure::{Answer, DisclosureMessage};
use collector_proto::messages::Absence;
use collector_proto::policy::ceiling::{NeverAccount, QuietHours, QuietTime, Zone};
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{Allowance, Ceiling, CeilingTerms, KeyScope, Treatment};
use collector_proto::time::{Span, UtcTime};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use support::{Bench, Signer, disclosure, policy, refusal, rule};

/// A ceiling of all fields and these accounts.
fn never(accounts: &[&str]) -> CeilingTerms {
    let never = accounts.iter().map(|account| NeverAccount::parse(account).unwrap()).collect();
    CeilingTerms { never, ..CeilingTerms::only(&FieldSet::all()) }
}

fn set(bench: &Bench, terms: CeilingTerms) {
    match bench.ask(SetCeiling { ceiling: Ceiling::Set(terms.clone()) }) {
        Answer::Ceiling(answer) => assert_eq!(answer.ceiling, Ceiling::Set(terms)),
        other => panic!("{other:?}"),
    }
}

/// An enrolled device, and documents under which these fields are read.
fn enrolled(bench: &Bench, fields: &[FieldId]) -> Documents {
    let signer = Signer::new(1);
    bench.trust(signer.bundle(1, "staff"));
    let rules = fields.iter().map(|field| rule(*field, Treatment::Keep)).collect();
    signer.documents(&policy(rules), vec![], support::now())
}

#[test]
fn root_alone_sets_it_and_a_damaged_or_lost_one_lets_nothing_be_read() {
    let mut bench = Bench::on("debian-12");
    let documents = enrolled(&bench, &[fields::OS_NAME, fields::HOST_NAME]);
    let file = bench.state().join("ceiling.json");
    for caller in [Caller::Agent, Caller::Other] {
        bench.caller = caller;
        assert_eq!(refusal(&bench.ask(SetCeiling { ceiling: Ceiling::Unset })), "no_rights");
        assert!(!file.exists());
    }
    bench.caller = Caller::Equal;
    set(&bench, CeilingTerms::only(&[fields::OS_NAME].into_iter().collect()));
    let ask = || bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true });
    assert_eq!(*disclosure(ask()).absent(), BTreeMap::from([(fields::HOST_NAME, Absence::Ceiling)]));
    let kept = std::fs::read(&file).unwrap();
    let is_unusable = |said: &str| {
        let Answer::Refused(refused) = ask() else { panic!("read without its ceiling") };
        assert_eq!(refused.code, "ceiling_unusable");
        assert!(
            refused.message.contains(said) && refused.message.contains("candor ceiling set"),
            "{refused:?}"
        );
        assert_eq!(refusal(&bench.ask(Preview { documents: Some(documents.clone()) })), "ceiling_unusable");
        assert_eq!(
            refusal(&bench.ask(ShowStatus { documents: Some(documents.clone()) })),
            "ceiling_unusable"
        );
        assert_eq!(refusal(&bench.ask(ShowCeiling {})), "ceiling_unusable");
    };
    std::fs::write(&file, &kept[..kept.len() / 2]).unwrap();
    is_unusable("cannot be understood");
    std::fs::remove_file(&file).unwrap();
    is_unusable("is missing");
    // Lifting it is setting it, too.
    assert!(matches!(bench.ask(SetCeiling { ceiling: Ceiling::Unset }), Answer::Ceiling(_)));
    assert!(disclosure(ask()).absent().is_empty());
}

#[test]
fn a_treatment_or_a_life_that_is_weaker_is_withheld() {
    let bench = Bench::on("debian-12");
    let documents = enrolled(&bench, &[fields::OS_NAME, fields::OS_VERSION, fields::HOST_NAME]);
    let at_most = |treat, days: Option<u64>| {
        let retention = days.map(|days| Span::from_seconds(days * 86_400));
        Allowance { treat, retention, accounts: false }
    };
    let (keep, hashed) = (Treatment::Keep, Treatment::Hmac(KeyScope::Tenant));
    let allow = [
        (fields::OS_NAME, at_most(keep, Some(400))),
        (fields::OS_VERSION, at_most(keep, Some(1))),
        (fields::HOST_NAME, at_most(hashed, None)),
    ];
    set(&bench, CeilingTerms { allow: allow.into(), ..never(&[]) });
    let disclosed = disclosure(bench.ask(Disclose { documents, given: false, at_once: true }));
    let withheld = [fields::OS_VERSION, fields::HOST_NAME].map(|field| (field, Absence::Ceiling));
    assert_eq!(*disclosed.absent(), withheld.into());
}

#[test]
fn in_quiet_hours_nothing_is_read_for_a_report_whoever_asks() {
    let mut bench = Bench::on("debian-12");
    let documents = enrolled(&bench, &[fields::OS_NAME]);
    let times = vec![QuietTime::parse("22:00-06:00").unwrap()];
    let zone = Zone::new("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let quiet_hours = Some(QuietHours::new(zone, times).unwrap());
    set(&bench, CeilingTerms { quiet_hours, ..never(&[]) });
    bench.show(&documents);
    bench.now = UtcTime::parse("2026-11-22T22:30:00Z").unwrap();
    let ends = UtcTime::parse("2026-11-23T05:00:00Z").unwrap();
    for (caller, at_once) in [(Caller::Equal, true), (Caller::Agent, false)] {
        bench.caller = caller;
        let Answer::Refused(refused) =
            bench.ask_question(collector_proto::disclosure::Question::of(Disclose {
                documents: documents.clone(),
                given: false,
                at_once,
            }))
        else {
            panic!("read within quiet hours")
        };
        assert_eq!((refused.code.as_str(), refused.not_before), ("quiet_hours", Some(ends)));
        assert!(refused.message.contains("2026-11-23T05:00:00Z"), "{}", refused.message);
    }
    assert!(bench.host.touched().is_empty());
    // People may look whenever they want.
    bench.caller = Caller::Equal;
    assert!(disclosure(bench.ask(Preview { documents: Some(documents) })).absent().is_empty());
}

#[test]
fn each_account_is_told_of_itself_alone_and_the_agent_of_nobody() {
    let tree = machine();
    let mut bench = Bench::on("debian-12");
    bench.host = Host::at(tree.path());
    let documents = enrolled(&bench, &[fields::OS_NAME]);
    set(&bench, never(&["anna", "uid:1001", "*svc*"]));
    let told = |bench: &Bench| match bench.ask(ShowCeiling {}) {
        Answer::Ceiling(answer) => answer.ceiling.never().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&bench).len(), 3);
    bench.caller = Caller::Agent;
    assert!(told(&bench).is_empty());
    let Answer::Disclosure(answer) = bench.ask(Disclose { documents, given: false, at_once: false }) else {
        panic!("refused")
    };
    assert_eq!(answer.ceiling.never().count(), 0);
    bench.caller = Caller::Other;
    for (uid, expected) in [(1000, &["anna"][..]), (1001, &["uid:1001"]), (1002, &[]), (1003, &["*svc*"])] {
        bench.viewer = Viewer::Account(AccountId::Uid(uid));
        assert_eq!(told(&bench), expected, "{uid}");
        let Answer::Status(status) = bench.ask(ShowStatus { documents: None }) else { panic!("no status") };
        assert_eq!(status.ceiling.never().map(ToString::to_string).collect::<Vec<_>>(), expected, "{uid}");
    }
    bench.viewer = Viewer::Nobody;
    assert!(told(&bench).is_empty());
}

/// Four accounts with a program each.
fn machine() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let mut passwd = String::new();
    for (uid, name) in [(1000, "anna"), (1001, "bert"), (1002, "carla"), (1003, "backup-svc")] {
        writeln!(passwd, "{name}:x:{uid}:{uid}::/home/{name}:/bin/sh").unwrap();
        write(&format!("home/{name}/Applications/Of-{name}-1.0-x86_64.AppImage"), "");
        let _ = std::os::unix::fs::chown(tree.path().join("home").join(name), Some(uid), None);
    }
    write("etc/passwd", &passwd);
    write("etc/os-release", "NAME=Test\n");
    tree
}

fn texts(message: &DisclosureMessage) -> String {
    serde_json::to_string(message).unwrap()
}

#[test]
fn nothing_is_read_about_the_accounts_that_it_names_nor_of_their_homes() {
    let tree = machine();
    let mut bench = Bench::on("debian-12");
    bench.host = Host::at(tree.path());
    let documents = enrolled(&bench, &[fields::USER_NAME, fields::PACKAGE_NAME]);
    let ask = |bench: &Bench| {
        texts(&disclosure(bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })))
    };
    let names = ["anna", "bert", "carla", "backup-svc"];
    let all = ask(&bench);
    assert!(names.iter().all(|name| all.matches(name).count() >= 2), "{all}");
    // By name, by number, by pattern: the names of programs hold the names of their accounts.
    set(&bench, never(&["anna", "uid:1001", "*svc*"]));
    let less = ask(&bench);
    assert!(less.contains("carla") && less.contains("Of-carla"), "{less}");
    assert!(names.iter().filter(|name| **name != "carla").all(|name| !less.contains(name)), "{less}");
    assert!(!less.contains("failed") && !less.contains("denied"), "{less}");
    set(&bench, never(&["*"]));
    let none = ask(&bench);
    assert!(names.iter().all(|name| !none.contains(name)), "{none}");
    // An unreadable list of accounts names nobody, so nothing is read at all.
    std::fs::remove_file(tree.path().join("etc/passwd")).unwrap();
    std::fs::create_dir(tree.path().join("etc/passwd")).unwrap();
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })),
        "accounts_unreadable"
    );
}

#[test]
fn rows_about_accounts_are_read_where_it_allows_them() {
    let tree = machine();
    let mut bench = Bench::on("debian-12");
    bench.host = Host::at(tree.path());
    let documents = enrolled(&bench, &[fields::USER_NAME, fields::PACKAGE_NAME]);
    let mut terms = never(&[]);
    for allowed in terms.allow.values_mut() {
        allowed.accounts = false;
    }
    set(&bench, terms);
    let disclosed = disclosure(bench.ask(Disclose { documents, given: false, at_once: true }));
    assert_eq!(
        disclosed.absent().get(&fields::USER_NAME),
        Some(&Absence::Ceiling),
        "it is about accounts alone"
    );
    assert!(!texts(&disclosed).contains("Of-"), "{}", texts(&disclosed));
}
