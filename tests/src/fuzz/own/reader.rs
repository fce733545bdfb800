//! What the reader takes: requests of whoever asks, files of its own state, and what the agent's user says of its ledger.

use super::socket::Answering;
use super::vectors::{Acceptance, acceptance, device, now};
use super::{MARKER, Run, Seed, assert_stable, bundle, first_line, report, stand, with_first_line};
use candor_reader::caller::Caller;
use candor_reader::host::{AccountId, Host, LedgerService};
use candor_reader::request::Reader;
use candor_reader::sandbox::Confinement;
use candor_reader::state::State;
use candor_reader::treat::Viewer;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{
    Acknowledge, Disclose, JudgeGiven, KeepDocuments, ListSent, PinRoot, Preview, PreviewForEverybody,
    ReadDraft, RecordCustody, RecordLedger, RecordShown, SetCeiling, SetTenantKey, ShowCeiling, ShowCustody,
    ShowDevice, ShowHistory, ShowReadings, ShowSent, ShowStatus, SummariseSent, VerifySent,
};
use collector_proto::disclosure::sent::MAX_SENT_LINES;
use collector_proto::disclosure::{
    Answer, AskedBy, Condition, Direction, LedgerEnd, Question, RefusalMessage, Request, Split,
};
use collector_proto::envelope::{Document as _, Envelope, pae_digest};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Report, sequence};
use collector_proto::policy::{Ceiling, CeilingTerms, PolicyDocument, PolicyRef};
use collector_proto::text::class::acts;
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// An enrolled reader over a small machine. Its state is put back after each input.
struct Bench {
    folder: tempfile::TempDir,
    given: Acceptance,
    /// The state's files as they were.
    kept: BTreeMap<PathBuf, Vec<u8>>,
    ledger: LedgerService,
    random: SystemRandom,
}

/// Whose ledger the reader knows: the first of the reports that the report's targets begin with.
fn known_report() -> (Vec<u8>, Vec<Vec<u8>>) {
    let (_, seed) = report::seeds().swap_remove(0);
    let texts = sequence::read(&seed).expect("a report");
    let parts: Vec<Vec<u8>> = texts.parts.iter().map(|part| part.to_vec()).collect();
    let digests = parts.iter().map(|part| Digest::of(part).to_string());
    let head =
        digests.fold(super::text(texts.head), |head, digest| head.replacen(stand::FOLLOWS, &digest, 1));
    (head.into_bytes(), parts)
}

impl Bench {
    fn new(ledger: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("etc")).expect("a directory");
        fs::write(root.join("etc/os-release"), format!("NAME={MARKER}\nVERSION_ID=\"12\"\nID=debian\n"))
            .expect("a file");
        let ledger = LedgerService { socket: ledger, agent: None, within: Duration::from_secs(20) };
        let mut bench = Self {
            folder,
            given: acceptance("good"),
            kept: BTreeMap::new(),
            ledger,
            random: SystemRandom::new(),
        };
        bench.set_up();
        bench.kept = bench.files();
        bench
    }

    /// Enrols the device, shows the policy, reads once, and hears of a ledger.
    fn set_up(&self) {
        let (_, whole) = bundle::seeds().into_iter().find(|(name, _)| name == "envelope").expect("a bundle");
        let bundle = Envelope::parse(&whole, MAX_DOCUMENT_BYTES).expect("a bundle");
        let documents = self.given.documents.clone();
        let end = LedgerEnd { entries: 1, newest: vec![pae_digest(Report::PAYLOAD_TYPE, &known_report().0)] };
        let condition = Condition::parse("Scratched.").expect("a condition");
        let questions: [Request; 6] = [
            PinRoot { bundle, root: None, device_id: device() }.into(),
            KeepDocuments { documents: documents.clone() }.into(),
            RecordShown { policy: self.policy() }.into(),
            Disclose { documents, given: true, at_once: false }.into(),
            RecordLedger { end, told: Vec::new() }.into(),
            RecordCustody { direction: Direction::Out, condition }.into(),
        ];
        for question in questions {
            let answer = self.ask(Caller::Equal, &Viewer::Everyone, Question::of(question));
            assert!(!matches!(answer, Answer::Refused(_)), "the reader cannot be set up: {answer:?}");
        }
    }

    fn policy(&self) -> PolicyRef {
        let policy = self.given.documents.policies.last().expect("a policy");
        let payload = policy.unverified_payload().expect("a payload");
        let version = PolicyDocument::read(&payload).expect("a policy").version;
        PolicyRef::new(version, policy.unverified_digest().expect("a digest"))
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(self.state()).expect("a state").map(|entry| entry.expect("a file").path());
        files.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect()
    }

    /// Puts the state back as it was.
    fn restore(&self) {
        let now = self.files();
        for path in now.keys().filter(|path| !self.kept.contains_key(*path)) {
            fs::remove_file(path).expect("a file can be removed");
        }
        for (path, content) in self.kept.iter().filter(|(path, content)| now.get(*path) != Some(content)) {
            fs::write(path, content).expect("a file can be written");
        }
    }

    /// Asks as another process would: what is answered is read as candor reads it.
    fn ask(&self, caller: Caller, viewer: &Viewer, question: Question) -> Answer {
        let host = Host::at(&self.folder.path().join("root"));
        let state = State::at(&self.state());
        let reader = Reader {
            host: &host,
            state: &state,
            ledger: &self.ledger,
            now: now(),
            running: Some(1000),
            random: &self.random,
            caller,
            asked_by: AskedBy::Account("1000".to_owned()),
            viewer: viewer.clone(),
            split: Split::Enforced,
            confinement: Confinement::Off,
        };
        let answer = serde_json::to_vec(&reader.answer(question)).expect("an answer can be written");
        let answer: Answer = serde_json::from_slice(&answer).expect("candor reads what the reader answers");
        assert_stable(&answer, "an answer");
        answer
    }
}

/// Whoever asks, in the order in which they may do more.
fn callers() -> [(Caller, Viewer); 3] {
    [
        (Caller::Agent, Viewer::Everyone),
        (Caller::Other, Viewer::Account(AccountId::Uid(1000))),
        (Caller::Equal, Viewer::Everyone),
    ]
}

/// A question as it comes over a socket or a pipe.
pub(super) fn prepare_request() -> Run {
    let bench = Bench::new(PathBuf::from("/nonexistent/ledger.sock"));
    Box::new(move |input| {
        let Ok(question) = serde_json::from_slice::<Question>(input) else { return false };
        assert_stable(&question, "a question");
        let mut taken = false;
        for (caller, viewer) in callers() {
            let before = bench.files();
            let answer = bench.ask(caller, &viewer, question.clone());
            assert!(
                caller != Caller::Agent || may_reach_the_agent(&answer),
                "the agent is shown what people are"
            );
            if let Answer::Refused(refusal) = &answer {
                is_a_plain_refusal(refusal);
                assert!(
                    refusal.code != "no_rights" || bench.files() == before,
                    "a refused question changes the state"
                );
            }
            taken |= !matches!(answer, Answer::Refused(_));
        }
        bench.restore();
        taken
    })
}

/// Whoever took the agent over sees what a report may hold, and nothing of people.
fn may_reach_the_agent(answer: &Answer) -> bool {
    !matches!(
        answer,
        Answer::RootPinned(_)
            | Answer::TenantKey(_)
            | Answer::Custody(_)
            | Answer::Acknowledged(_)
            | Answer::Readings(_)
            | Answer::Shown(_)
            | Answer::SentListed(_)
            | Answer::SentShown(_)
            | Answer::SentVerified(_)
            | Answer::SentSummarised(_)
    )
}

fn is_a_plain_refusal(refusal: &RefusalMessage) {
    assert!(!refusal.message.contains(acts), "a refusal acts on a terminal");
    assert!(!refusal.message.contains(MARKER), "a refusal repeats a value");
}

/// A file of the state, named in the first line, in the place of the one that is there.
pub(super) fn prepare_state() -> Run {
    let bench = Bench::new(PathBuf::from("/nonexistent/ledger.sock"));
    let names: Vec<String> =
        bench.kept.keys().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    Box::new(move |input| {
        let Some((name, content)) = first_line(input) else { return false };
        let known = names.iter().map(String::as_str).chain([
            "ceiling.json",
            "consent.json",
            "acknowledgements.json",
            "refused.json",
        ]);
        if !known.into_iter().any(|known| known == name) || name == "lock" {
            return false;
        }
        let path = bench.state().join(name);
        fs::write(&path, content).expect("a file can be written");
        let is_secret = name == "keys.json";
        set_mode(&path, if is_secret { 0o600 } else { 0o644 });
        let documents = bench.given.documents.clone();
        let questions: [Request; 9] = [
            ShowStatus { documents: None }.into(),
            ShowDevice {}.into(),
            ShowHistory {}.into(),
            ShowReadings {}.into(),
            ShowCustody {}.into(),
            ShowCeiling {}.into(),
            Preview { documents: None }.into(),
            JudgeGiven { documents: Some(documents.clone()), told: Vec::new() }.into(),
            Disclose { documents, given: true, at_once: true }.into(),
        ];
        let mut refused = 0;
        for question in questions {
            if let Answer::Refused(refusal) =
                bench.ask(Caller::Equal, &Viewer::Everyone, Question::of(question))
            {
                is_a_plain_refusal(&refusal);
                refused += 1;
            }
        }
        let _ = fs::remove_file(&path);
        bench.restore();
        refused == 0
    })
}

fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode can be set");
}

/// What the agent's user says, whatever it is asked.
pub(super) fn prepare_reply() -> Run {
    let service = Answering::new(false);
    let bench = Bench::new(service.socket());
    Box::new(move |input| {
        service.say(input);
        let questions: [Request; 4] =
            [ListSent {}.into(), ShowSent { entry: 1 }.into(), VerifySent {}.into(), SummariseSent {}.into()];
        let mut taken = false;
        for question in questions {
            let whole = bench.ask(Caller::Equal, &Viewer::Everyone, Question::of(question.clone()));
            let own = Viewer::Account(AccountId::Uid(1000));
            let seen = bench.ask(Caller::Other, &own, Question::of(question));
            if let (Answer::SentShown(whole), Answer::SentShown(seen)) = (&whole, &seen) {
                assert!(seen.parts.len() <= whole.parts.len(), "an account is shown more than root");
                let named = seen.parts.len() + seen.left_out.len();
                assert!(named >= whole.parts.len(), "a part is neither shown nor said to be left out");
                // What the account is shown is about the machine or itself; all of this is about somebody else.
                assert!(seen.parts.is_empty(), "an account is shown what is about another");
            }
            for answer in [&whole, &seen] {
                match answer {
                    Answer::Refused(refusal) => is_short_and_plain(refusal),
                    Answer::SentListed(list) => {
                        assert!(list.lines.len() <= MAX_SENT_LINES, "a list has no bound");
                    }
                    _ => {}
                }
                taken |= !matches!(answer, Answer::Refused(_));
            }
        }
        taken
    })
}

/// The service's own sentence is passed on, so it may say anything; it is short and acts on nothing.
fn is_short_and_plain(refusal: &RefusalMessage) {
    assert!(!refusal.message.contains(acts), "a sentence acts on a terminal");
    assert!(refusal.message.len() < 8192, "a sentence has no end");
}

fn asked(name: &str, request: impl Into<Request>) -> Seed {
    (name.to_owned(), serde_json::to_vec(&Question::of(request.into())).expect("a question"))
}

pub(super) fn requests() -> Vec<Seed> {
    let given = acceptance("good");
    let documents = given.documents;
    let policy = documents.policies.last().expect("a policy");
    let draft = PolicyDocument::read(&policy.unverified_payload().expect("a payload")).expect("a policy");
    let named = PolicyRef::new(draft.version, policy.unverified_digest().expect("a digest"));
    let (_, whole) = bundle::seeds().into_iter().find(|(name, _)| name == "envelope").expect("a bundle");
    let bundle = Envelope::parse(&whole, MAX_DOCUMENT_BYTES).expect("a bundle");
    let condition = Condition::parse("Battery weak.").expect("a condition");
    let terms =
        CeilingTerms { allow: BTreeMap::new(), quiet_hours: None, never: std::collections::BTreeSet::new() };
    vec![
        asked("pin-root", PinRoot { bundle: bundle.clone(), root: None, device_id: device() }),
        asked("tenant-key", SetTenantKey { bundle }),
        asked("disclose", Disclose { documents: documents.clone(), given: false, at_once: true }),
        asked("keep", KeepDocuments { documents: documents.clone() }),
        asked("judge", JudgeGiven { documents: Some(documents.clone()), told: Vec::new() }),
        asked("preview", Preview { documents: Some(documents.clone()) }),
        asked("everybody", PreviewForEverybody {}),
        asked("draft", ReadDraft { policy: draft }),
        asked("status", ShowStatus { documents: Some(documents.clone()) }),
        asked("device", ShowDevice {}),
        asked("custody", RecordCustody { direction: Direction::Out, condition }),
        asked("custody-shown", ShowCustody {}),
        asked(
            "acknowledge",
            Acknowledge {
                documents: None,
                policy: named,
                language: "en".to_owned(),
                notice: Digest::of(b"notice"),
            },
        ),
        asked("shown", RecordShown { policy: named }),
        asked("history", ShowHistory {}),
        asked("readings", ShowReadings {}),
        asked(
            "ledger",
            RecordLedger {
                end: LedgerEnd {
                    entries: 2,
                    newest: vec![pae_digest(Report::PAYLOAD_TYPE, &known_report().0), Digest::of(b"")],
                },
                told: Vec::new(),
            },
        ),
        asked("sent", ListSent {}),
        asked("sent-entry", ShowSent { entry: 1 }),
        asked("sent-verify", VerifySent {}),
        asked("sent-summary", SummariseSent {}),
        asked("ceiling-set", SetCeiling { ceiling: Ceiling::Set(terms) }),
        asked("ceiling", ShowCeiling {}),
    ]
}

pub(super) fn states() -> Vec<Seed> {
    let bench = Bench::new(PathBuf::from("/nonexistent/ledger.sock"));
    let kept = bench.kept.iter().filter_map(|(path, content)| {
        let name = path.file_name()?.to_str()?;
        (name != "lock").then(|| (name.to_owned(), with_first_line(name, content)))
    });
    let others = [
        (
            "ceiling.json",
            json!({"v": 1, "ceiling": {"allow": {}, "quiet_hours": null, "never": ["uid:1000"]}, "named_at": null}),
        ),
        ("consent.json", json!({"v": 1, "purposes": [MARKER]})),
        ("acknowledgements.json", json!({"v": 1, "acknowledgements": []})),
    ];
    let others = others
        .map(|(name, content)| (name.to_owned(), with_first_line(name, content.to_string().as_bytes())));
    kept.chain(others).collect()
}

/// What a reader answers to the questions that the requests' target begins with.
pub(super) fn answers_of_a_reader() -> Vec<Seed> {
    let bench = Bench::new(PathBuf::from("/nonexistent/ledger.sock"));
    let answered = requests().into_iter().map(|(name, question)| {
        let question: Question = serde_json::from_slice(&question).expect("a question");
        let answer = bench.ask(Caller::Equal, &Viewer::Everyone, question);
        bench.restore();
        (name, serde_json::to_vec(&answer).expect("an answer"))
    });
    answered.collect()
}

pub(super) fn replies() -> Vec<Seed> {
    let (head, parts) = known_report();
    let head = super::text(&head);
    let digest = pae_digest(Report::PAYLOAD_TYPE, head.as_bytes());
    let signature = super::vectors::key(super::vectors::Holder::Device)
        .sign_payload(Report::PAYLOAD_TYPE, head.as_bytes());
    let parts: Vec<String> = parts.iter().map(|part| super::text(part)).collect();
    let receipt = json!({
        "received_at": "2026-11-22T08:00:00Z", "values_until": {"30d": "2026-12-22T08:00:00Z"},
        "records_until": "2027-12-27T08:00:00Z", "collector": "collector.example",
    });
    let shown = json!({
        "reply": "shown", "entry": 1, "head": head, "parts": parts, "digest": digest, "bytes": 7,
        "signature": signature.to_string(), "state": "receipted", "receipt": receipt, "problem": null,
    });
    let end = json!({"last": 1, "known": null});
    let findings = json!({"reports": 1, "receipts": 1, "refused": 0, "unsent": 0, "dropped": 0});
    let line = json!({
        "kind": "report", "entry": 1, "created": "2026-11-22T08:00:00Z", "stream": "0f".repeat(16), "seq": 1, "policy_version": 1,
        "bytes": 7, "state": "receipted", "received_at": null, "stored_until": null, "problem": null,
    });
    let counts = json!({"last_entry": 1, "pending": 0, "newest_made": null, "last_receipt": null, "last_value_until": null});
    let replies: [(&str, Value); 5] = [
        ("listed", json!({"reply": "listed", "lines": [line], "left_out": 0})),
        ("shown", shown),
        ("verified", json!({"reply": "verified", "findings": findings, "end": end})),
        ("summarised", json!({"reply": "summarised", "counts": counts, "end": end})),
        ("failed", json!({"reply": "failed", "tampered": true, "message": "\u{1b}[31mred"})),
    ];
    replies.map(|(name, reply)| (name.to_owned(), reply.to_string().into_bytes())).into()
}
