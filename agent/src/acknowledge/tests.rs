//! Acknowledgements are appended, never changed, and are not consent.

use super::{AcknowledgeError, FILE, is_acknowledged, list, record};
use crate::fixture::{Fixture, start};
use candor_notice::locale::Words;
use candor_notice::{Facts, Notice};
use collector_proto::catalog::Platform;
use collector_proto::digest::Digest;
use collector_proto::disclosure::{Disclosure, DisclosureMessage, RefusalMessage, Sandbox};
use collector_proto::messages::Absence;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, Signed, Standing};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

fn words() -> Words {
    Words::load("en").unwrap()
}

/// The policy of a device whose state is in this directory.
fn accepted(directory: &Path) -> AcceptedPolicy {
    let fixture = Fixture::at(directory);
    let mut trust = fixture.enrolment.trust(&fixture.paths).unwrap();
    trust.accept(&fixture.documents(start()), start()).unwrap()
}

/// What is disclosed where no value is found.
fn nothing_found<S: Standing>(permit: &Permit<S>) -> Disclosure<S> {
    let absent: BTreeMap<_, _> = permit.grants().map(|(field, _)| (field, Absence::Unavailable)).collect();
    let written = serde_json::json!({ "sections": {}, "absent": absent });
    serde_json::from_value::<DisclosureMessage>(written).unwrap().under(permit).unwrap()
}

fn facts<'a, S: Standing>(
    policy: &'a Policy,
    permit: &'a Permit<S>,
    disclosure: &'a Disclosure<S>,
) -> Facts<'a, S> {
    Facts { policy, permit, disclosure, sandbox: Sandbox::default(), fresh_until: None }
}

/// The notice of the fixture's policy in force.
fn notice() -> Notice {
    let accepted = accepted(tempfile::tempdir().unwrap().path());
    let permit = Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
    let disclosure = nothing_found(&permit);
    Notice::in_force(&facts(accepted.policy(), &permit, &disclosure), &words(), start()).unwrap()
}

#[test]
fn each_is_a_line_of_its_own() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(list(state.path()).unwrap(), []);
    let first = record(state.path(), &notice(), b"the words shown", start()).unwrap();
    let before = std::fs::read(state.path().join(FILE)).unwrap();
    let second = record(state.path(), &notice(), b"other words", start().plus_seconds(60)).unwrap();
    let after = std::fs::read(state.path().join(FILE)).unwrap();
    assert!(after.starts_with(&before), "what was recorded was changed");
    assert_eq!(list(state.path()).unwrap(), [first.clone(), second]);
    assert_eq!(first.notice, Digest::of(b"the words shown"));
    assert_eq!((first.policy.version, first.language.as_str(), first.consent), (1, "en", false));
}

#[test]
fn a_line_that_was_cut_off_hides_no_other() {
    let state = tempfile::tempdir().unwrap();
    let first = record(state.path(), &notice(), b"1", start()).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(state.path().join(FILE)).unwrap();
    file.write_all(b"{\"v\":1,\"type\":\"notice_ack").unwrap();
    let second = record(state.path(), &notice(), b"2", start()).unwrap();
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
    let accepted = accepted(tempfile::tempdir().unwrap().path());
    let permit =
        Permit::<Draft>::derive(accepted.policy(), Platform::Linux, &Ceiling::Unset, &Consent::default());
    let disclosure = nothing_found(&permit);
    let draft = Notice::draft(&facts(accepted.policy(), &permit, &disclosure), &words(), start()).unwrap();
    let refusal = RefusalMessage { code: "policy_stale".into(), message: "stale".into() };
    let nothing = Notice::nothing(&refusal, None, &words(), start()).unwrap();
    for notice in [draft, nothing] {
        let refused = record(state.path(), &notice, b"", start()).unwrap_err();
        assert!(matches!(refused, AcknowledgeError::NothingInForce));
    }
    assert!(!state.path().join(FILE).exists());
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let state = tempfile::tempdir().unwrap();
    let error = record(&state.path().join("gone"), &notice(), b"", start()).unwrap_err();
    assert!(error.to_string().contains("gone"), "{error}");
}

#[test]
fn an_acknowledgement_is_of_one_policy() {
    let state = tempfile::tempdir().unwrap();
    let accepted = accepted(tempfile::tempdir().unwrap().path());
    let mut strict = accepted.policy().document().clone();
    strict.require_acknowledgement = true;
    let strict = Policy::check(strict).unwrap();
    let permit = Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
    let disclosure = nothing_found(&permit);
    let notice =
        Notice::awaiting_acknowledgement(&facts(&strict, &permit, &disclosure), &words(), start()).unwrap();
    assert!(!is_acknowledged(state.path(), accepted.reference()).unwrap());
    record(state.path(), &notice, b"the words shown", start()).unwrap();
    assert!(is_acknowledged(state.path(), accepted.reference()).unwrap());
    let mut changed = accepted.reference();
    changed.sha256 = Digest::of(b"another policy");
    assert!(!is_acknowledged(state.path(), changed).unwrap());
}
