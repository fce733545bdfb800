//! What the reader makes of what the agent's user says of its ledger, which may be anything.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use collector_proto::catalog::Section;
use collector_proto::disclosure::request::{ListSent, RecordLedger, ShowSent, SummariseSent, VerifySent};
use collector_proto::disclosure::sent::{Held, LedgerQuestion, ShownReport};
use collector_proto::disclosure::{Answer, LedgerEnd, OtherLedger, Request};
use collector_proto::envelope::{Document as _, SigningKey, pae_digest};
use collector_proto::messages::Report;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;
use std::time::Duration;
use support::{Bench, Signer};

/// An enrolled device whose reader knows a ledger with one entry, of this report.
fn bench() -> Bench {
    let bench = Bench::on("debian-12");
    let signer = Signer::new(1);
    assert!(matches!(bench.trust(signer.root(1), "default"), Answer::RootPinned(_)));
    let end =
        LedgerEnd { entries: 1, newest: vec![pae_digest(Report::PAYLOAD_TYPE, body("first").as_bytes())] };
    let told = bench.ask(RecordLedger { end });
    assert!(matches!(told, Answer::Ledger(_)), "{told:?}");
    bench
}

/// The signed bytes of a report with a section about accounts and one about none.
fn body(name: &str) -> String {
    let digest = collector_proto::digest::Digest::of(b"rows");
    let report = json!({
        "v": 1, "aud": "c", "device_id": uuid::Uuid::from_u128(7), "stream": "0f".repeat(16), "seq": 1,
        "created": "2026-11-22T08:00:00Z", "policy": {"version": 1, "sha256": digest, "coming": []},
        "sections": {
            "user": {"digest": digest, "rows": [{"user.name": "SECRET-bob"}]},
            "package": {"digest": digest, "rows": [{"package.name": "SECRET-program"}]},
            "os": {"digest": digest, "rows": [{"os.name": name}]},
        },
        "absent": {},
    });
    report.to_string()
}

/// An entry as an honest service tells it.
fn shown(entry: u64, body: &str) -> Value {
    let signature =
        SigningKey::from_seed(&[9; 32]).unwrap().sign_payload(Report::PAYLOAD_TYPE, body.as_bytes());
    json!({
        "reply": "shown", "entry": entry, "report": {"whole": body}, "digest": collector_proto::digest::Digest::of(b"wrong"),
        "bytes": 7, "signature": signature.to_string(), "state": "receipted",
        "receipt": {"received_at": "2026-11-22T08:00:00Z", "stored_until": "2027-11-22T08:00:00Z", "collector": "c"},
        "problem": null,
    })
}

fn verified(last: u64, known: &Value) -> Value {
    let findings = json!({"reports": last, "receipts": last, "refused": 0, "unsent": 0, "dropped": 0});
    json!({"reply": "verified", "findings": findings, "end": {"last": last, "known": known}})
}

/// Answers one question with what `answer` writes; gives the question.
fn serve(bench: &Bench, answer: impl FnOnce(&mut UnixStream) + Send + 'static) -> JoinHandle<LedgerQuestion> {
    let _ = std::fs::remove_file(&bench.ledger.socket);
    let listening = UnixListener::bind(&bench.ledger.socket).unwrap();
    std::thread::spawn(move || {
        let (mut connection, _) = listening.accept().unwrap();
        let mut question = String::new();
        BufReader::new(&connection).read_line(&mut question).unwrap();
        answer(&mut connection);
        serde_json::from_str(&question).unwrap()
    })
}

/// What the reader answers where the service says this.
fn told(bench: &Bench, request: impl Into<Request>, said: &[u8]) -> (Answer, LedgerQuestion) {
    let said = said.to_vec();
    // A reader that has heard enough closes its end.
    let served = serve(bench, move |connection| drop(connection.write_all(&said)));
    let answer = bench.ask(request);
    (answer, served.join().unwrap())
}

fn code(answer: &Answer) -> &str {
    match answer {
        Answer::Refused(refusal) => &refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_is_no_answer_is_refused_and_not_repeated() {
    let bench = bench();
    let list = json!({"reply": "listed", "lines": [], "left_out": 0}).to_string();
    let wrong = [
        b"".to_vec(),
        b"SECRET".to_vec(),
        b"{\"reply\":\"listed\",\"SECRET\":1}".to_vec(),
        list.clone().into_bytes()[1..].to_vec(),
        [list.clone().into_bytes(), b"SECRET".to_vec()].concat(),
        json!({"reply": "shown", "entry": "SECRET"}).to_string().into_bytes(),
        b"[".repeat(1 << 20),
    ];
    for said in &wrong {
        for request in [
            Request::from(ListSent {}),
            ShowSent { entry: 1 }.into(),
            VerifySent {}.into(),
            SummariseSent {}.into(),
        ] {
            let (answer, _) = told(&bench, request, said);
            assert_eq!(code(&answer), "ledger_reply_malformed");
            assert!(!format!("{answer:?}").contains("SECRET"), "{answer:?}");
        }
    }
    // The answer to another question, or about another entry.
    assert_eq!(code(&told(&bench, VerifySent {}, list.as_bytes()).0), "ledger_reply_malformed");
    let other = shown(2, &body("second")).to_string();
    assert_eq!(code(&told(&bench, ShowSent { entry: 3 }, other.as_bytes()).0), "ledger_reply_malformed");
    let (good, question) = told(&bench, ListSent {}, list.as_bytes());
    assert!(matches!(good, Answer::SentListed(_)), "{good:?}");
    assert_eq!(question, LedgerQuestion::List {});
}

#[test]
fn an_answer_without_an_end_is_left() {
    let bench = bench();
    let served = serve(&bench, |connection| while connection.write_all(&[b' '; 4096]).is_ok() {});
    assert_eq!(code(&bench.ask(ListSent {})), "ledger_unanswered");
    served.join().unwrap();
}

#[test]
fn a_service_that_hangs_or_is_not_there_is_named() {
    let mut bench = bench();
    bench.ledger.within = Duration::from_millis(200);
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let served = serve(&bench, move |_| {
        let _ = ended.recv();
    });
    let answer = bench.ask(ListSent {});
    assert_eq!(code(&answer), "ledger_unanswered");
    assert!(format!("{answer:?}").contains("candor-ledger.socket"), "{answer:?}");
    drop(end);
    served.join().unwrap();
    std::fs::remove_file(&bench.ledger.socket).unwrap();
    assert_eq!(code(&bench.ask(ListSent {})), "ledger_unanswered");
}

#[test]
fn a_sentence_of_the_service_cannot_act() {
    let bench = bench();
    let message = format!("gone\u{1b}[2J\u{202e}{}", "x".repeat(10_000));
    let said = json!({"reply": "failed", "tampered": true, "message": message}).to_string();
    let (answer, _) = told(&bench, VerifySent {}, said.as_bytes());
    assert_eq!(code(&answer), "ledger_tampered");
    let Answer::Refused(refusal) = answer else { unreachable!() };
    assert!(refusal.message.starts_with("gone⟨U+001B⟩[2J⟨U+202E⟩xxx"), "{}", refusal.message);
    assert!(refusal.message.len() < 1000);
}

#[test]
fn attack_m12_the_reader_is_shown_the_entry_that_it_knows_or_says_so() {
    let bench = bench();
    let verify = |last, known: Value| {
        let (answer, question) = told(&bench, VerifySent {}, verified(last, &known).to_string().as_bytes());
        assert_eq!(question, LedgerQuestion::Verify { known: Some(1) });
        let Answer::SentVerified(found) = answer else { panic!("{answer:?}") };
        (found.held, found.other)
    };
    assert_eq!(verify(1, json!({"report": body("first")})), (Some(Held::Whole), None));
    assert_eq!(verify(5, json!({"report": body("first")})), (Some(Held::Whole), None));
    assert_eq!(verify(5, json!({"dropped": null})), (Some(Held::Dropped), None));
    // All that a truncated ledger's service can claim.
    assert_eq!(verify(0, Value::Null), (None, Some(OtherLedger::Shorter { told: 0, known: 1 })));
    assert_eq!(verify(1, Value::Null), (None, Some(OtherLedger::Unconnected { told: 1, known: 1 })));
    assert_eq!(verify(1, json!({"report": body("forged")})), (None, Some(OtherLedger::Forked(1))));
    let forged = shown(1, &body("forged")).to_string();
    assert_eq!(code(&told(&bench, ShowSent { entry: 1 }, forged.as_bytes()).0), "other_ledger");
}

#[test]
fn other_accounts_are_shown_nothing_that_can_be_about_accounts() {
    let mut bench = bench();
    let said = shown(1, &body("first")).to_string();
    let show = |bench: &Bench| {
        let (answer, _) = told(bench, ShowSent { entry: 1 }, said.as_bytes());
        let written = serde_json::to_string(&answer).unwrap();
        let Answer::SentShown(shown) = answer else { panic!("{answer:?}") };
        (shown, written)
    };
    let (to_root, _) = show(&bench);
    assert_eq!(to_root.report, ShownReport::Whole(body("first")), "the very bytes");
    assert_eq!(to_root.digest, pae_digest(Report::PAYLOAD_TYPE, body("first").as_bytes()), "of these bytes");
    bench.caller = Caller::Other;
    let (to_other, written) = show(&bench);
    assert!(!written.contains("SECRET"), "{written}");
    assert_eq!((to_other.digest, to_other.bytes), (to_root.digest, to_root.bytes));
    let ShownReport::InPart { report, left_out } = to_other.report else { panic!("{written}") };
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), [Section::Package, Section::User]);
    assert_eq!(report.sections.keys().collect::<Vec<_>>(), [&Section::Os]);

    bench.caller = Caller::Agent;
    for request in [
        Request::from(ListSent {}),
        ShowSent { entry: 1 }.into(),
        VerifySent {}.into(),
        SummariseSent {}.into(),
    ] {
        assert_eq!(code(&bench.ask(request)), "no_rights");
    }
}
