//! Whoever has taken over the agent's user on an installed machine: tries what that user could try with the reader, and writes what
//! came of each attempt as one JSON object.
//!
//! Run as the user `candor`. It speaks to the sockets as the kernel lets it, without the manners of the real program.
#![expect(clippy::expect_used, reason = "an attack that cannot be tried says why and fails")]

use collector_proto::catalog::{Attack, DocumentKind};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{
    Acknowledge, Disclose, JudgeGiven, PinRoot, Preview, ReadDraft, RecordCustody, RecordLedger, RecordShown,
    SetTenantKey, ShowStatus,
};
use collector_proto::disclosure::{Answer, Condition, Direction, LedgerEnd, Question, Request};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::messages::{Bundle, BundleCollector, BundleEnrolment, RefusedDocument, TenantKey};
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{PolicyDocument, PolicyRef};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// The socket of the agent's own.
const READER: &str = "/run/candor/reader.sock";

/// The one for people.
const PEOPLE: &str = "/run/candor/people.sock";

/// Those that only the reader may reach.
const OF_THE_READER: &[&str] =
    &["/run/candor-reader/accounts.sock", "/run/candor-reader/bus.sock", "/run/candor/ledger.sock"];

/// What is the reader's, and what its user writes for everybody.
const FILES: &[&str] = &[
    "/var/lib/candor-reader/trust.json",
    "/var/lib/candor-reader/keys.json",
    "/var/lib/candor-reader/versions.json",
    "/var/lib/candor-reader/acknowledgements.json",
    "/var/lib/candor-notice/index.html",
];

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() {
    let mut tried = BTreeMap::new();
    for file in FILES {
        if !file.starts_with("/var/lib/candor-notice") {
            tried.insert(format!("read {file}"), outcome(fs::read(file).map(drop)));
        }
        tried.insert(format!("write {file}"), outcome(fs::write(file, b"{}")));
        tried.insert(format!("remove {file}"), outcome(fs::remove_file(file)));
    }
    for socket in OF_THE_READER {
        tried.insert(format!("connect to {socket}"), outcome(UnixStream::connect(socket).map(drop)));
    }
    let documents = documents();
    for (socket, name) in [(READER, "its own socket"), (PEOPLE, "the people's socket")] {
        if !Path::new(socket).exists() {
            continue;
        }
        let questions = out_of_turn(&documents).into_iter().chain(judged(&documents));
        for (what, request) in questions {
            tried.insert(format!("{what} at {name}"), asked(socket, request));
        }
        for (what, bytes) in malformed() {
            tried.insert(format!("{what} at {name}"), said(socket, &bytes));
        }
    }
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, &tried).expect("standard output");
    writeln!(output).expect("standard output");
}

/// What the agent holds, as it lies in its own state.
fn documents() -> Documents {
    let kept = fs::read("/var/lib/candor/cache/documents.json").expect("the agent's own documents");
    serde_json::from_slice(&kept).expect("documents")
}

/// Questions that are not the agent's to ask, and documents that nobody signed.
fn out_of_turn(documents: &Documents) -> Vec<(&'static str, Request)> {
    let policy = documents.policies.last().expect("a policy");
    let version = 1;
    let sha256 = policy.unverified_digest().expect("a payload");
    let acknowledge = Acknowledge {
        documents: Some(documents.clone()),
        policy: PolicyRef::new(version, sha256),
        language: "en".to_owned(),
        notice: Digest::of(b"a notice that nobody saw"),
    };
    let custody = RecordCustody {
        direction: Direction::Out,
        condition: Condition::try_from("forged".to_owned()).expect("a condition"),
    };
    let root = documents.roots.first().cloned().unwrap_or_else(|| own_envelope(policy));
    let bundle = forged_bundle(root);
    let pin = PinRoot { bundle: bundle.clone(), root: None, device_id: uuid::Uuid::nil() };
    let widened = Documents { policies: vec![own_envelope(policy)], ..documents.clone() };
    let emptied = Documents { policies: Vec::new(), ..documents.clone() };
    let draft = serde_json::from_slice::<PolicyDocument>(&payload(policy)).expect("a policy");
    let end = LedgerEnd { entries: 1, newest: vec![Digest::of(b"a report that was never made")] };
    vec![
        ("acknowledge in a person's name", acknowledge.into()),
        ("say that a notice was shown", RecordShown { policy: PolicyRef::new(2, sha256) }.into()),
        ("look around", Preview { documents: Some(documents.clone()) }.into()),
        ("read under a draft", ReadDraft { policy: draft }.into()),
        ("pin another root", pin.into()),
        ("bring another tenant key", SetTenantKey { bundle }.into()),
        ("hand the device over", custody.into()),
        ("read at once", Disclose { documents: documents.clone(), given: false, at_once: true }.into()),
        ("read again", Disclose { documents: documents.clone(), given: false, at_once: false }.into()),
        (
            "read under a widened policy",
            Disclose { documents: widened.clone(), given: false, at_once: false }.into(),
        ),
        ("read under no policy", Disclose { documents: emptied, given: false, at_once: false }.into()),
        ("have a widened policy accepted", ShowStatus { documents: Some(widened) }.into()),
        ("tell of another ledger", RecordLedger { end, told: Vec::new() }.into()),
    ]
}

/// Documents that no collector gave, to be judged; and what the collector was never told.
fn judged(documents: &Documents) -> Vec<(&'static str, Request)> {
    let policy = documents.policies.last().expect("a policy");
    let timestamp = documents.timestamp.as_ref().expect("a timestamp");
    let forged = Documents { policies: vec![own_envelope(policy)], ..documents.clone() };
    let of_nobody = Documents { timestamp: Some(own_envelope(timestamp)), ..documents.clone() };
    let without_policy = Documents { policies: Vec::new(), ..documents.clone() };
    let without_timestamp = Documents { timestamp: None, ..documents.clone() };
    let swapped =
        Documents { roots: vec![policy.clone()], policies: documents.policies.clone(), ..documents.clone() };
    let endless = Documents { policies: vec![policy.clone(); 200], ..documents.clone() };
    let day = UtcTime::from_unix(1_800_000_000).to_day();
    let invented = RefusedDocument {
        attack: Attack::Forged,
        document: DocumentKind::Policy,
        offered: None,
        held: None,
        first: day,
        last: day,
    };
    let judge = |documents: &Documents| JudgeGiven { documents: Some(documents.clone()), told: Vec::new() };
    let read = Disclose { documents: forged.clone(), given: true, at_once: false };
    let end = LedgerEnd { entries: 1, newest: vec![Digest::of(b"a report that was never made")] };
    vec![
        ("have what is in force judged", judge(documents).into()),
        ("have a widened policy judged", judge(&forged).into()),
        ("have a widened policy judged again", judge(&forged).into()),
        ("have a timestamp of our own judged", judge(&of_nobody).into()),
        ("have no policy judged", judge(&without_policy).into()),
        ("have no timestamp judged", judge(&without_timestamp).into()),
        ("have a policy judged as a root", judge(&swapped).into()),
        ("have one policy judged 200 times", judge(&endless).into()),
        ("say that too much came", JudgeGiven { documents: None, told: Vec::new() }.into()),
        ("say that too much came again", JudgeGiven { documents: None, told: Vec::new() }.into()),
        (
            "say 5,000 times that the collector was told",
            JudgeGiven { documents: None, told: vec![invented.clone(); 5000] }.into(),
        ),
        ("read under what was just forged", read.into()),
        ("say it with another ledger", RecordLedger { end, told: vec![invented] }.into()),
    ]
}

/// What is not a question at all.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let given = |members: &str| format!("{{\"op\":\"given\",\"contract\":1{members}}}").into_bytes();
    vec![
        ("have documents judged that are none", given(r#","documents":{"roots":5}"#)),
        ("have a list judged", given(r#","documents":[]"#)),
        ("say by whom it was given", given(r#","by_agent":false"#)),
        ("say that it was told of an attack that has no name", given(r#","told":[{"attack":"none"}]"#)),
        ("have too much judged", given(&format!(r#","documents":{{"roots":[{}1]}}"#, "1,".repeat(4 << 20)))),
        ("say nothing", Vec::new()),
        ("say what is not a question", b"\0\xff{\"op\"".to_vec()),
        ("say too much", vec![b' '; 64 * 1024 * 1024]),
    ]
}

/// The policy with a field more in every list of fields, under a signature of our own.
fn own_envelope(policy: &Envelope) -> Envelope {
    let (key, _) = SigningKey::generate(&ring::rand::SystemRandom::new()).expect("a key");
    let text = String::from_utf8(payload(policy)).expect("text");
    let widened = text.replacen("\"os.name\"", "\"user.name\":{\"treatment\":\"keep\"},\"os.name\"", 1);
    let signature = key.sign_payload(policy.payload_type(), widened.as_bytes());
    Envelope::assemble(policy.payload_type(), widened.as_bytes(), &[signature])
}

/// A bundle with a tenant key of our own, under a signature of our own.
fn forged_bundle(root: Envelope) -> Envelope {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".to_owned();
    let (group, token) = ("default".to_owned(), "forged".to_owned());
    let token_expires = UtcTime::from_unix(i64::from(u32::MAX));
    let bundle = Bundle {
        v: Version1,
        collector: BundleCollector { id: "forged".to_owned(), urls: Vec::new(), ca: String::new() },
        root,
        enrolment: Some(BundleEnrolment { group, token, token_expires }),
        tenant_key: Some(TenantKey { id: "forged".to_owned(), version: u64::MAX, key }),
    };
    let (signing, _) = SigningKey::generate(&ring::rand::SystemRandom::new()).expect("a key");
    signing.seal(&bundle).expect("a bundle").to_envelope()
}

fn payload(envelope: &Envelope) -> Vec<u8> {
    envelope.unverified_payload().expect("a payload")
}

/// The stable word of a refusal, or what was answered.
fn asked(socket: &str, request: Request) -> String {
    said(socket, &serde_json::to_vec(&Question::of(request)).expect("a question"))
}

/// What is answered to these bytes, without any value.
fn said(socket: &str, bytes: &[u8]) -> String {
    let answer = converse(socket, bytes).and_then(|answer| Ok(serde_json::from_slice::<Answer>(&answer)?));
    match answer {
        Ok(Answer::Refused(refusal)) => refusal.code,
        Ok(Answer::Disclosure(_)) => "disclosed".to_owned(),
        Ok(Answer::Given(given)) => given.refused.map_or("taken".to_owned(), |refusal| refusal.code),
        Ok(Answer::Status(status)) => status.refused.map_or("accepted".to_owned(), |refusal| refusal.code),
        Ok(_) => "answered".to_owned(),
        Err(error) => format!("not answered: {}", error.kind()),
    }
}

fn converse(socket: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Whoever hangs up early has said what there is to say.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // Whoever hangs up on what it has not read resets the connection, behind its answer.
        Err(error) if answer.is_empty() => Err(error),
        Ok(_) | Err(_) => Ok(answer),
    }
}

fn outcome(result: io::Result<()>) -> String {
    result.map_or_else(|error| error.kind().to_string(), |()| "done".to_owned())
}
