//! Whoever asks the reader says nothing beyond what it understands: the real program refuses a question with a member more, whatever is asked and
//! however deep the member lies.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{
    Acknowledge, Disclose, JudgeGiven, KeepDocuments, ListSent, PinRoot, Preview, PreviewForEverybody,
    ReadDraft, RecordCustody, RecordLedger, RecordShown, SetCeiling, SetTenantKey, ShowCeiling, ShowCustody,
    ShowDevice, ShowHistory, ShowReadings, ShowSent, ShowStatus, SummariseSent, VerifySent,
};
use collector_proto::disclosure::{Condition, Direction, LedgerEnd, Operation, Question, Request};
use collector_proto::messages::RefusedDocument;
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{Ceiling, PolicyRef};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::{Signer, now};

/// A member that no question has.
const MORE: &str = "fridge";

/// A question of every kind, with something in every place.
fn questions() -> Vec<Request> {
    let signer = Signer::new(1);
    let policy = support::full_policy();
    let documents = Documents {
        placement: Some(signer.root(2)),
        ..signer.documents(&policy, vec![signer.root(2)], now())
    };
    let digest = Digest::of(b"something");
    let named = PolicyRef::new(1, digest);
    let given = || Some(documents.clone());
    let told = json!([{ "attack": "rollback", "document": "policy", "offered": { "version": 1 }, "held": { "version": 2 },
        "first": "2026-01-01T00:00:00Z", "last": "2026-01-02T00:00:00Z" }]);
    let told: Vec<RefusedDocument> = serde_json::from_value(told).unwrap();
    let ceiling = json!({ "allow": { "os.name": { "treat": "keep", "retention": "1d", "accounts": true } },
        "quiet_hours": null, "never": [] });
    let ceiling: Ceiling = serde_json::from_value(ceiling).unwrap();
    let condition = Condition::parse("good").unwrap();
    vec![
        PinRoot { bundle: signer.bundle(1, "staff"), root: Some(digest), device_id: uuid::Uuid::nil() }
            .into(),
        SetTenantKey { bundle: signer.bundle(1, "staff") }.into(),
        Disclose { documents: documents.clone(), given: true, at_once: true }.into(),
        KeepDocuments { documents: documents.clone() }.into(),
        JudgeGiven { documents: given(), told: told.clone() }.into(),
        Preview { documents: given() }.into(),
        PreviewForEverybody {}.into(),
        ReadDraft { policy }.into(),
        ShowStatus { documents: given() }.into(),
        ShowDevice {}.into(),
        RecordCustody { direction: Direction::Out, condition }.into(),
        ShowCustody {}.into(),
        Acknowledge { documents: given(), policy: named, language: "en".to_owned(), notice: digest }.into(),
        RecordShown { policy: named }.into(),
        ShowHistory {}.into(),
        RecordLedger { end: LedgerEnd { entries: 1, newest: vec![digest] }, told: told.clone() }.into(),
        ListSent {}.into(),
        ShowSent { entry: 1 }.into(),
        VerifySent {}.into(),
        SummariseSent {}.into(),
        ShowReadings {}.into(),
        SetCeiling { ceiling }.into(),
        ShowCeiling {}.into(),
    ]
}

/// Where objects lie in a question, as JSON pointers.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            for (name, member) in members {
                objects(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
}

/// What the program ends with, and what it says.
fn asked(question: &Value) -> (Option<i32>, String) {
    let state = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor-reader"))
        .args(["--state", state.path().join("reader").to_str().unwrap()])
        .args(["--root", support::roots().join("debian-12").to_str().unwrap()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(question).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn attack_low_no_question_says_more_than_the_reader_understands() {
    let questions = questions();
    let kinds: BTreeSet<_> = questions.iter().map(Request::operation).collect();
    assert_eq!(kinds.len(), Operation::ALL.len(), "a kind of question is not tried");
    let mut tried = 0;
    for request in questions {
        let operation = request.operation();
        let good = serde_json::to_value(Question::of(request)).unwrap();
        assert_eq!(asked(&good).0, Some(0), "{operation} is not understood");
        let mut places = Vec::new();
        objects(&good, "", &mut places);
        // A policy has hundreds of rules; they are alike.
        let step = places.len().div_ceil(24);
        for place in places.iter().step_by(step) {
            for value in [json!(1), json!(null), json!({ "roots": [] })] {
                let mut question = good.clone();
                let object = question.pointer_mut(place).unwrap().as_object_mut().unwrap();
                object.insert(MORE.to_owned(), value);
                let (code, said) = asked(&question);
                assert_eq!(code, Some(2), "{operation} with a member more in `{place}`: {said}");
                assert!(!said.contains(MORE), "what was sent is repeated: {said}");
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
}
