use super::*;
use crate::fixture::{Fixture, packages, start, written};
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::digest::Digest;
use collector_proto::disclosure::{Answer, RefusalMessage};
use collector_proto::policy::PolicyRef;
use collector_proto::value::{Row, Value};
use std::collections::BTreeMap;
use std::path::Path;

fn disclose(fixture: &Fixture) -> Result<Disclosed<Signed>, ReaderError> {
    let mut trust = fixture.enrolment.trust(&fixture.paths).unwrap();
    fixture.reader().disclose(&fixture.documents(start()), false, &mut trust, start())
}

fn answer(fixture: &Fixture, policy: Option<PolicyRef>, section: Section, row: Row) -> Answer {
    let sections = BTreeMap::from([(section, vec![row])]);
    fixture.disclosing(policy, written(&sections))
}

fn row(field: FieldId, text: &str) -> Row {
    let mut row = Row::new();
    row.insert(field, Value::Text(text.to_owned()));
    row
}

#[test]
fn what_the_permit_allows_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.answer(&packages(4));
    let disclosed = disclose(&fixture).unwrap();
    assert_eq!(disclosed.disclosure().sections()[&Section::Package].len(), 4);
    assert!(disclosed.permit().allows(fields::OS_NAME));
    let asked = std::fs::read_to_string(fixture.paths.reader().join("request.json")).unwrap();
    assert!(asked.starts_with(r#"{"op":"disclose","#), "{asked}");
}

#[test]
fn what_the_permit_lacks_is_a_violation() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    for (section, row) in [
        (Section::Network, row(fields::HOST_MAC, "00-00-5E-00-53-01")),
        (Section::Os, row(fields::PACKAGE_NAME, "in another section")),
    ] {
        fixture.answer_with(&answer(&fixture, None, section, row));
        let error = disclose(&fixture).unwrap_err();
        assert!(error.is_violation(), "{error:?}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("5E-00") && !said.contains("another section than"), "{said}");
    }
    let other = PolicyRef::new(2, Digest::of(b"other"));
    fixture.answer_with(&answer(&fixture, Some(other), Section::Os, row(fields::OS_NAME, "Debian")));
    assert!(matches!(disclose(&fixture), Err(ReaderError::OtherPolicy)));
}

#[test]
fn a_refusal_is_passed_on_and_one_of_our_own_starts_no_reader() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let refused = RefusalMessage {
        code: "policy_rolled_back".to_owned(),
        message: "it is older".to_owned(),
        not_before: None,
    };
    fixture.answer_with(&Answer::Refused(refused.clone()));
    match disclose(&fixture) {
        Err(ReaderError::Refused(told)) => assert_eq!(told, refused),
        other => panic!("{other:?}"),
    }
    fixture.script("touch \"$2/started\"");
    let mut trust = fixture.enrolment.trust(&fixture.paths).unwrap();
    let stale = start().plus_seconds(8 * 24 * 3600);
    let error = fixture.reader().disclose(&fixture.documents(start()), false, &mut trust, stale).unwrap_err();
    assert!(matches!(error, ReaderError::Refused(ref told) if told.code == "policy_stale"), "{error:?}");
    assert!(!fixture.paths.reader().join("started").exists());
}

type Expected = fn(&ReaderError) -> bool;

#[test]
fn a_reader_that_misbehaves_is_an_error_of_its_own_kind() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let cases: &[(&str, Expected)] = &[
        ("exit 7", |e| matches!(e, ReaderError::Ended { .. })),
        ("kill -9 $$", |e| matches!(e, ReaderError::Ended { .. })),
        ("cat >/dev/null; echo '{\"answer\":\"secret-value\"}'", |e| {
            matches!(e, ReaderError::Unreadable { .. })
        }),
        ("cat >/dev/null; printf '{\"answer\":'", |e| matches!(e, ReaderError::Unreadable { .. })),
        ("cat >/dev/null; cat \"$2/answer.json\"; exit 1", |e| matches!(e, ReaderError::Ended { .. })),
        ("exec head -c 17000000 /dev/zero", |e| matches!(e, ReaderError::TooLong)),
    ];
    for (script, expected) in cases {
        fixture.script(script);
        let error = disclose(&fixture).unwrap_err();
        assert!(expected(&error), "{script}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[test]
fn a_reader_that_hangs_is_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.script("echo $$ >\"$2/pid\"; exec sleep 1000");
    let mut trust = fixture.enrolment.trust(&fixture.paths).unwrap();
    let reader = fixture.reader().within(Duration::from_millis(300));
    let error = reader.disclose(&fixture.documents(start()), false, &mut trust, start()).unwrap_err();
    assert!(matches!(error, ReaderError::Timeout { .. }), "{error:?}");
    if let Ok(pid) = std::fs::read_to_string(fixture.paths.reader().join("pid")) {
        assert!(!Path::new("/proc").join(pid.trim()).exists(), "the reader still runs");
    }
}

#[test]
fn a_reader_that_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let reader = ReaderClient::started("/nowhere/candor-reader".into(), directory.path().to_path_buf(), None);
    let error = reader.status(&Documents::default()).unwrap_err();
    assert!(error.to_string().contains("/nowhere/candor-reader"), "{error}");
}
