//! Acknowledgements are appended, never changed, and are not consent.

use super::fixture::{Case, document, now, rule, value, words};
use crate::notice::acknowledge::{AcknowledgeError, FILE, awaited_under, list, record};
use crate::notice::{Format, Notice};
use collector_proto::digest::Digest;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{Consent, Treatment};
use std::io::Write as _;

fn rules() -> Vec<collector_proto::policy::Rule> {
    vec![rule("os.name", Treatment::Keep, &["security"])]
}

fn notice() -> Notice {
    Case::signed(&document(rules()), |field, treatment| Ok(value(field, treatment))).notice()
}

#[test]
fn each_is_a_line_of_its_own() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(list(state.path()).unwrap(), []);
    let shown = notice().render(Format::Text, &words(), 80).unwrap();
    let first = record(state.path(), &notice(), shown.as_bytes(), now()).unwrap();
    let before = std::fs::read(state.path().join(FILE)).unwrap();
    let second = record(state.path(), &notice(), b"other words", now().plus_seconds(60)).unwrap();
    let after = std::fs::read(state.path().join(FILE)).unwrap();
    assert!(after.starts_with(&before), "what was recorded was changed");
    assert_eq!(list(state.path()).unwrap(), [first.clone(), second]);
    assert_eq!(first.notice, Digest::of(shown.as_bytes()));
    assert_eq!((first.policy.version, first.language.as_str(), first.consent), (7, "en", false));
}

#[test]
fn a_line_that_was_cut_off_hides_no_other() {
    let state = tempfile::tempdir().unwrap();
    let first = record(state.path(), &notice(), b"1", now()).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(state.path().join(FILE)).unwrap();
    file.write_all(b"{\"v\":1,\"type\":\"notice_ack").unwrap();
    let second = record(state.path(), &notice(), b"2", now()).unwrap();
    assert_eq!(list(state.path()).unwrap(), [first, second]);
    file.write_all(b"{\"v\":1,\"consent\":true}\n").unwrap();
    let error = list(state.path()).unwrap_err();
    assert!(matches!(error, AcknowledgeError::Line { line: 4, .. }));
    let told = error.to_string();
    for said in ["line 4", FILE, "move", "candor notice --acknowledge"] {
        assert!(told.contains(said), "{said} is not in: {told}");
    }
}

#[test]
fn only_what_is_in_force_can_be_acknowledged() {
    let state = tempfile::tempdir().unwrap();
    let draft =
        Case::draft(document(rules()), &Consent::default(), |field, t| Ok(value(field, t))).notice().unwrap();
    let refusal = RefusalMessage { code: "policy_stale".into(), message: "stale".into() };
    let nothing = Notice::nothing(&refusal, None, &words(), now()).unwrap();
    for notice in [draft, nothing] {
        let refused = record(state.path(), &notice, b"", now()).unwrap_err();
        assert!(matches!(refused, AcknowledgeError::NothingInForce));
    }
    assert!(!state.path().join(FILE).exists());
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let state = tempfile::tempdir().unwrap();
    let error = record(&state.path().join("gone"), &notice(), b"", now()).unwrap_err();
    assert!(error.to_string().contains("gone"), "{error}");
}

#[test]
fn a_policy_that_waits_for_it_says_so_first_and_shows_everything() {
    let state = tempfile::tempdir().unwrap();
    let mut strict = document(rules());
    strict.require_acknowledgement = true;
    let case = Case::signed(&strict, |field, treatment| Ok(value(field, treatment)));
    let is_awaited = || {
        awaited_under(state.path(), &case.policy, case.permit.policy()).unwrap().map(|refused| refused.code)
    };
    assert_eq!(is_awaited().as_deref(), Some("not_acknowledged"));
    let notice = case.awaiting();
    let text = notice.render(Format::Text, &words(), 80).unwrap();
    assert!(text.starts_with("Nothing is collected until this notice is acknowledged\n"), "{text}");
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(&words().text("notice-refused-not-acknowledged").unwrap()), "{text}");
    assert!(told.contains("would receive") && text.contains("[os.name]"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&notice.render(Format::Json, &words(), 80).unwrap()).unwrap();
    assert_eq!(json["status"]["state"], "awaiting_acknowledgement");
    assert_eq!(json["sections"].as_array().unwrap().len(), 1);
    let explained = notice.explain(super::fixture::field("os.name"), &words(), 80).unwrap().unwrap();
    assert!(explained.starts_with("Nothing is collected until"), "{explained}");
    record(state.path(), &notice, text.as_bytes(), now()).unwrap();
    assert_eq!(is_awaited(), None);
}
