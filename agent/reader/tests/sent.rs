//! What the reader makes of what the agent's user says of its ledger, which may be anything.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use candor_reader::caller::Caller;
use candor_reader::host::AccountId;
use candor_reader::treat::Viewer;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{ListSent, RecordLedger, ShowSent, SummariseSent, VerifySent};
use collector_proto::disclosure::sent::{Held, LedgerQuestion, LedgerRequest};
use collector_proto::disclosure::{Answer, LedgerEnd, OtherLedger, Request};
use collector_proto::envelope::{Document as _, SigningKey, pae_digest};
use collector_proto::messages::{Holder, Part, Report};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;
use std::time::Duration;
use support::{Bench, Signer};

/// An enrolled device whose reader knows a ledger with one entry, of this report.
fn bench() -> Bench {
    let bench = Bench::on("debian-12");
    let signer = Signer::new(1);
    assert!(matches!(bench.trust(signer.bundle(1, "default")), Answer::RootPinned(_)));
    let end =
        LedgerEnd { entries: 1, newest: vec![pae_digest(Report::PAYLOAD_TYPE, body("first").as_bytes())] };
    let told = bench.ask(RecordLedger { end, told: Vec::new() });
    assert!(matches!(told, Answer::Ledger(_)), "{told:?}");
    bench
}

/// The head of a report with these parts, as it is signed.
fn head(parts: &[String]) -> String {
    let digest = Digest::of(b"anything");
    let named: BTreeMap<String, Digest> = parts
        .iter()
        .map(|part| (Part::read(part.as_bytes()).unwrap().part.to_string(), Digest::of(part.as_bytes())))
        .collect();
    let report = json!({
        "v": 1, "aud": "c", "device_id": uuid::Uuid::from_u128(7), "stream": "0f".repeat(16), "seq": 1,
        "created": "2026-11-22T08:00:00Z", "policy": {"version": 1, "sha256": digest, "coming": []},
        "parts": named, "standing": digest, "absent": {},
    });
    report.to_string()
}

/// A part about a holder, with the name of a program in it.
fn part(holder: Holder, program: &str) -> String {
    json!({
        "v": 1, "part": format!("{holder}/90d"),
        "sections": {"package": {"salt": "00".repeat(16), "rows": [{"package.name": program}]}},
    })
    .to_string()
}

fn body(name: &str) -> String {
    head(&[part(Holder::of([1; 8]), name)])
}

/// An entry as an honest service tells it.
fn shown(entry: u64, head: &str, parts: &[String]) -> Value {
    let signature =
        SigningKey::from_seed(&[9; 32]).unwrap().sign_payload(Report::PAYLOAD_TYPE, head.as_bytes());
    json!({
        "reply": "shown", "entry": entry, "head": head, "parts": parts, "digest": Digest::of(b"wrong"),
        "bytes": 7, "signature": signature.to_string(), "state": "receipted",
        "receipt": {
            "received_at": "2026-11-22T08:00:00Z", "values_until": {"90d": "2027-02-20T08:00:00Z"},
            "records_until": "2027-12-27T08:00:00Z", "collector": "c",
        },
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
        serde_json::from_str::<LedgerRequest>(&question).unwrap().question
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
    let other = shown(2, &body("second"), &[]).to_string();
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
    let forged = shown(1, &body("forged"), &[]).to_string();
    assert_eq!(code(&told(&bench, ShowSent { entry: 1 }, forged.as_bytes()).0), "other_ledger");
}

/// Holders as this device's reader names them.
fn holders(bench: &Bench) -> [Holder; 3] {
    let keys: Value =
        serde_json::from_slice(&std::fs::read(bench.state().join("keys.json")).unwrap()).unwrap();
    let key = URL_SAFE_NO_PAD.decode(keys["device"]["key"].as_str().unwrap()).unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    ["machine", "account 1000", "account 1001"].map(|of| {
        let tag = ring::hmac::sign(&key, format!("holder\0{of}").as_bytes());
        Holder::of(tag.as_ref()[..8].try_into().unwrap())
    })
}

#[test]
fn an_account_is_shown_the_very_bytes_of_its_own_parts_and_the_machines() {
    let mut bench = bench();
    let [machine, anna, ben] = holders(&bench);
    let parts = [part(machine, "bash"), part(anna, "gimp"), part(ben, "SECRET-program")];
    let head = head(&parts);
    let mut bench_of = |viewer: Option<u32>| {
        bench.caller = if viewer.is_some() { Caller::Other } else { Caller::Equal };
        bench.viewer = viewer.map_or(Viewer::Everyone, |uid| Viewer::Account(AccountId::Uid(uid)));
        // The reader knows another newest entry than this one.
        let said = shown(2, &head, &parts).to_string();
        let (answer, _) = told(&bench, ShowSent { entry: 2 }, said.as_bytes());
        let written = serde_json::to_string(&answer).unwrap();
        let Answer::SentShown(shown) = answer else { panic!("{answer:?}") };
        (shown, written)
    };
    let (to_root, _) = bench_of(None);
    assert_eq!((&to_root.head, &to_root.parts[..]), (&head, &parts[..]), "the very bytes");
    assert_eq!(to_root.digest, pae_digest(Report::PAYLOAD_TYPE, head.as_bytes()), "of these bytes");
    assert!(to_root.open().unwrap().missing.is_empty());

    let (to_anna, written) = bench_of(Some(1000));
    assert!(!written.contains("SECRET"), "{written}");
    assert_eq!((&to_anna.head, &to_anna.parts[..]), (&head, &parts[..2]));
    assert_eq!(to_anna.digest, to_root.digest);
    assert_eq!(to_anna.left_out.iter().map(|name| name.holder).collect::<Vec<_>>(), [ben]);
    let (to_stranger, _) = bench_of(Some(1002));
    assert_eq!(to_stranger.parts, parts[..1]);

    // What the head does not name is not passed on.
    let said = shown(2, &head, &[part(machine, "another")]).to_string();
    assert_eq!(code(&told(&bench, ShowSent { entry: 2 }, said.as_bytes()).0), "ledger_reply_malformed");

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
