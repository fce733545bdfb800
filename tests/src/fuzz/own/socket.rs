//! What comes over local sockets: the reader's answers, as candor takes them, and questions about the ledger.

use super::vectors::{acceptance, now};
use super::{MARKER, Run, Seed, assert_same, assert_silent, assert_stable};
use candor::reader_client::{ReaderClient, ReaderError};
use collector_proto::disclosure::sent::{LedgerQuestion, MAX_LEDGER_QUESTION_BYTES};
use collector_proto::disclosure::{Answer, RefusalMessage};
use collector_proto::value::Row;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A socket at which every question gets the same answer.
pub(super) struct Answering {
    folder: tempfile::TempDir,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Answering {
    /// `until_its_end`: whether a question ends with its connection's other half, or with a line.
    pub(super) fn new(until_its_end: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let listener = UnixListener::bind(folder.path().join("socket")).expect("a socket");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&answer);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut heard = [0; 4096];
                while let Ok(read) = stream.read(&mut heard) {
                    if read == 0 || (!until_its_end && heard[..read].contains(&b'\n')) {
                        break;
                    }
                }
                let said = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // Whoever heard enough hangs up.
                let _ = stream.write_all(&said);
            }
        });
        Self { folder, answer }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    pub(super) fn say(&self, answer: &[u8]) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer.to_vec();
    }
}

/// The reader's answer to whatever candor asks for, when this is what it says.
pub(super) fn prepare_answer() -> Run {
    let reader = Answering::new(true);
    let given = acceptance("good");
    Box::new(move |input| {
        reader.say(input);
        let socket = reader.socket();
        let client = || ReaderClient::served(socket.clone()).within(Duration::from_secs(30));
        let Ok(answer) = serde_json::from_slice::<Answer>(input) else {
            let refused = client().status_as_kept().expect_err("what is no answer is taken");
            assert!(!matches!(refused, ReaderError::Refused(_) | ReaderError::NotAnswered(_)));
            assert_silent(&refused, "an answer");
            return false;
        };
        let written = assert_stable(&answer, "an answer");
        assert!(serde_json::from_slice::<Answer>(&written).is_ok());
        let taken = match answer {
            Answer::Status(_) => client().status(&given.documents).map(drop),
            Answer::Disclosure(answer) => {
                let shown = format!("{:?}", answer.disclosure);
                assert!(!shown.contains(MARKER), "a disclosure shows its values");
                let mut trust = given.trust();
                client().preview(&given.documents, &mut trust, now()).map(|disclosed| {
                    let permitted = disclosed.permit().fields();
                    let rows = disclosed.disclosure().sections().values().flatten().flat_map(Row::iter);
                    assert!(
                        rows.into_iter().all(|(field, _)| permitted.contains(field)),
                        "more is taken than is permitted"
                    );
                })
            }
            Answer::Device(_) => client().device().map(drop),
            Answer::Readings(_) => client().readings().map(drop),
            Answer::Custody(_) => client().custody().map(drop),
            Answer::Ceiling(_) => client().ceiling().map(drop),
            Answer::Refused(refusal) => {
                let RefusalMessage { code, .. } = &refusal;
                assert!(client().device().is_err(), "the refusal {code} is an answer");
                return true;
            }
            _ => {
                let other = client().device();
                assert!(
                    matches!(other, Err(ReaderError::OtherAnswer)),
                    "an answer to another question is taken"
                );
                return true;
            }
        };
        if let Err(refused) = &taken {
            assert_silent(refused, "an answer");
        }
        taken.is_ok()
    })
}

pub(super) fn answers() -> Vec<Seed> {
    super::reader::answers_of_a_reader()
        .into_iter()
        .chain([(
            "refused".to_owned(),
            json!({"answer": "refused", "code": "not_due", "message": MARKER, "not_before": "2026-11-22T14:00:00Z"})
                .to_string()
                .into_bytes(),
        )])
        .collect()
}

/// A question that the reader asks the ledger's service, as the service reads it.
pub(super) fn prepare_question() -> Run {
    Box::new(|input| {
        let Ok(question) = serde_json::from_slice::<LedgerQuestion>(input) else { return false };
        let written = assert_same(&question, "a question about the ledger");
        assert!(written.len() <= MAX_LEDGER_QUESTION_BYTES, "a question is longer than its bound");
        let members: Value = serde_json::from_slice(input).expect("it was read before");
        assert!(members.as_object().is_some_and(|members| members.len() <= 2), "a member is ignored");
        true
    })
}

pub(super) fn questions() -> Vec<Seed> {
    let questions = [
        ("list", LedgerQuestion::List {}),
        ("show", LedgerQuestion::Show { entry: 1 }),
        ("verify", LedgerQuestion::Verify { known: Some(7) }),
        ("summarise", LedgerQuestion::Summarise { known: None }),
    ];
    questions
        .map(|(name, question)| (name.to_owned(), serde_json::to_vec(&question).expect("a question")))
        .into()
}
