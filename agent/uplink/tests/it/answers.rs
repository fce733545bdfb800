//! Answers that are broken, too large, too slow, or no.

use crate::peer::{
    Answer, Authority, LOOPBACK, Peer, TestReport, deliver, deliver_to, endpoint, receipt, told, uplink,
};
use candor_uplink::{Stage, Timeouts, Uplink, UplinkError};
use collector_proto::contract::Contract;
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_REPORT_WIRE_BYTES};
use collector_proto::messages::{Problem, ProblemKind};
use std::time::Duration;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncandor-contract: 1\r\ncontent-type: application/json\r\n";

/// The problem document of a kind, with a detail.
fn problem(kind: ProblemKind, headers: &[(&str, &str)]) -> Answer {
    let body = serde_json::to_string(&kind.problem("detail of the server".to_owned())).unwrap();
    let headers = [&[("content-type", "application/problem+json; charset=utf-8")], headers].concat();
    Answer::new(&format!("{} x", kind.status()), &headers, body)
}

#[tokio::test]
async fn a_truncated_answer_is_an_error_however_it_was_cut() {
    let body = receipt().to_json();
    let half = &body[..body.len() / 2];
    let with_length = [format!("{HEAD}content-length: {}\r\n\r\n", body.len()).as_bytes(), half].concat();
    let chunked =
        [format!("{HEAD}transfer-encoding: chunked\r\n\r\n{:x}\r\n", half.len()).as_bytes(), half, b"\r\n"]
            .concat();
    // Neither a length nor chunks: only TLS can tell that this was not the end.
    let until_close = [format!("{HEAD}connection: close\r\n\r\n").as_bytes(), &body].concat();
    let cut = [
        Answer::Bytes(with_length.clone()),
        Answer::Cut(with_length),
        Answer::Bytes(chunked.clone()),
        Answer::Cut(chunked),
        Answer::Cut(until_close.clone()),
        Answer::Cut(HEAD.as_bytes().to_vec()),
        Answer::Cut(Vec::new()),
    ];
    for (case, answer) in cut.into_iter().enumerate() {
        let error = deliver_to(answer).await;
        assert!(matches!(error, UplinkError::Truncated { .. }), "case {case}: {error:?}");
        assert!(error.is_transient());
    }
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::Bytes(until_close)).await;
    assert_eq!(deliver(&uplink(&peer, &authority)).await.unwrap(), receipt(), "the control ends properly");
}

#[tokio::test]
async fn an_oversized_answer_is_not_read_to_its_end() {
    let declared = format!("{HEAD}content-length: {}\r\n\r\n", MAX_DOCUMENT_BYTES + 1);
    let endless = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    let answers = [Answer::Drip(declared.into_bytes()), Answer::Endless(endless.into_bytes())];
    for answer in answers {
        let error = deliver_to(answer).await;
        assert!(matches!(error, UplinkError::AnswerTooLarge { limit: MAX_DOCUMENT_BYTES, .. }), "{error:?}");
    }
    // The largest answer that is allowed.
    let padded = [receipt().to_json(), vec![b' '; MAX_DOCUMENT_BYTES - receipt().to_json().len()]].concat();
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::json(padded)).await;
    assert!(deliver(&uplink(&peer, &authority)).await.is_ok());
}

#[tokio::test]
async fn a_server_that_hangs_or_drips_is_left() {
    let authority = Authority::new();
    let slow = [
        Answer::Silence,
        Answer::Drip(format!("{HEAD}content-length: 100000\r\n\r\n").into_bytes()),
        Answer::Drip(HEAD.as_bytes().to_vec()),
    ];
    for answer in slow {
        let peer = Peer::tls(&authority.server(LOOPBACK), answer).await;
        let timeouts = Timeouts { request: Duration::from_millis(700), ..Timeouts::default() };
        let uplink = Uplink::new(&endpoint(&[peer.url()], &authority), timeouts).unwrap();
        let error = deliver(&uplink).await.unwrap_err();
        assert!(matches!(error, UplinkError::Timeout { stage: Stage::Answering, .. }), "{error:?}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn malformed_answers_are_refused_and_not_repeated() {
    let bodies = [
        "",
        "<html>canary of a sign-in page</html>",
        r#"{"payload":"canary"}"#,
        r#"{"payload":"AA","payloadType":"t","signatures":"canary"}"#,
        "\"canary",
    ];
    for body in bodies {
        let error = deliver_to(Answer::json(body)).await;
        assert!(matches!(error, UplinkError::Malformed { .. }), "{error:?}");
        assert!(!format!("{} {error:?}", told(&error)).contains("canary"), "{error:?}");
    }
    let broken = deliver_to(Answer::Bytes(b"SMTP ready canary\r\n\r\n".to_vec())).await;
    assert!(matches!(broken, UplinkError::Truncated { .. }), "{broken:?}");
    assert!(!format!("{} {broken:?}", told(&broken)).contains("canary"));
}

#[tokio::test]
async fn a_collectors_refusal_carries_its_kind() {
    for kind in ProblemKind::ALL {
        let error = deliver_to(problem(*kind, &[])).await;
        assert_eq!(error.problem_kind(), Some(*kind), "{error:?}");
        assert!(told(&error).contains(kind.title()), "{error}");
        assert!(told(&error).contains("(it says: detail of the server)"), "{error}");
        let passes = matches!(kind.status(), 413 | 429 | 500..)
            || matches!(kind, ProblemKind::Contract | ProblemKind::NotUnderstood);
        assert_eq!(error.is_transient(), passes, "{kind:?}");
    }
}

#[tokio::test]
async fn a_detail_is_shown_short_and_without_what_steers_a_terminal() {
    let headers = [("content-type", "application/problem+json")];
    let hostile = format!("token\u{1b}[31m is\r\nunknown\u{202e}{}", "x".repeat(500));
    let body = serde_json::to_string(&ProblemKind::EnrolmentRefused.problem(hostile)).unwrap();
    let error = deliver_to(Answer::new("403 Forbidden", &headers, body)).await;
    let said = error.to_string();
    assert!(said.contains("(it says: token[31m is  unknownxxx"), "{said}");
    assert!(said.chars().all(|letter| !letter.is_control() && letter != '\u{202e}'), "{said:?}");
    assert!(said.chars().filter(|letter| *letter == 'x').count() < 200, "{said}");
    let mut silent = ProblemKind::EnrolmentRefused.problem(None);
    silent.title = "canary".to_owned();
    let body = serde_json::to_string(&silent).unwrap();
    let error = deliver_to(Answer::new("403 Forbidden", &headers, body)).await;
    assert!(!error.to_string().contains("it says") && !told(&error).contains("canary"), "{error}");
}

#[tokio::test]
async fn a_resync_names_its_parts() {
    let mut resync = ProblemKind::Resync.problem(None);
    resync.parts.insert("0123456789abcdef/90d".to_owned());
    let headers = [("content-type", "application/problem+json")];
    let body = serde_json::to_string(&resync).unwrap();
    let error = deliver_to(Answer::new("409 Conflict", &headers, body)).await;
    let UplinkError::Problem { problem, status: 409, .. } = error else { panic!("{error:?}") };
    assert_eq!(*problem, resync);
}

#[tokio::test]
async fn retry_after_reaches_the_caller() {
    let date = ("date", "Sun, 22 Nov 2026 08:00:00 GMT");
    let until = ("retry-after", "Sun, 22 Nov 2026 08:02:00 GMT");
    let answers = [
        problem(ProblemKind::Busy, &[("retry-after", "120")]),
        problem(ProblemKind::Unavailable, &[date, until]),
        Answer::new("429 Too Many Requests", &[("retry-after", "120")], ""),
        Answer::new("503 Service Unavailable", &[date, until], "<html>"),
    ];
    for answer in answers {
        let error = deliver_to(answer).await;
        assert_eq!(error.retry_after(), Some(Duration::from_mins(2)), "{error:?}");
        assert!(error.to_string().ends_with("it asks to wait 120 s"), "{error}");
        assert!(error.is_transient());
    }
    assert_eq!(deliver_to(problem(ProblemKind::Busy, &[])).await.retry_after(), None);
}

#[tokio::test]
async fn what_stands_before_the_collector_is_not_taken_for_it() {
    let foreign = serde_json::to_string(&Problem {
        type_: "about:blank".to_owned(),
        title: "canary".to_owned(),
        status: 403,
        detail: None,
        parts: std::collections::BTreeSet::default(),
        generation: None,
    })
    .unwrap();
    let headers = [("content-type", "application/problem+json")];
    let huge = format!(r#"{{"type":"urn:candor:problem:revoked","title":"{}"}}"#, "x".repeat(20_000));
    let cut = "HTTP/1.1 500 x\r\ncontent-type: application/problem+json\r\ncontent-length: 9\r\n\r\n{";
    let answers = [
        (403, Answer::new("403 Forbidden", &headers, foreign)),
        (403, Answer::new("403 Forbidden", &headers, "not JSON")),
        (403, Answer::new("403 Forbidden", &headers, huge)),
        (403, Answer::new("403 Forbidden", &[], r#"{"type":"urn:candor:problem:revoked"}"#)),
        (413, Answer::new("413 Content Too Large", &[("content-type", "text/html")], "canary")),
        (500, Answer::new("500 Internal Server Error", &[], "canary")),
        (500, Answer::Cut(cut.as_bytes().to_vec())),
        (503, Answer::new("503 Service Unavailable", &[], "")),
    ];
    for (expected, answer) in answers {
        let error = deliver_to(answer).await;
        assert!(matches!(error, UplinkError::Status { status, .. } if status == expected), "{error:?}");
        assert!(error.is_transient());
        assert!(!format!("{} {error:?}", told(&error)).contains("canary"));
    }
}

#[tokio::test]
async fn a_refusal_before_the_content_was_sent_is_heard() {
    let authority = Authority::new();
    let Answer::Bytes(refusal) = problem(ProblemKind::TooLarge, &[]) else { unreachable!() };
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::Early(refusal)).await;
    let large = vec![0x5a; MAX_REPORT_WIRE_BYTES];
    let error = uplink(&peer, &authority).deliver(&TestReport::of(large)).await.unwrap_err();
    assert_eq!(error.problem_kind(), Some(ProblemKind::TooLarge), "{error:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let authority = Authority::new();
    let identity = authority.server(LOOPBACK);
    let elsewhere = Peer::tls(&identity, Answer::receipt()).await;
    for status in ["301 x", "302 x", "307 x", "308 x"] {
        let answer = Answer::new(status, &[("location", &format!("{}/v1/reports", elsewhere.url()))], "");
        let error = deliver_to(answer).await;
        assert!(matches!(error, UplinkError::Redirect { .. }), "{error:?}");
    }
    assert!(elsewhere.requests().is_empty());
}

/// An answer of a collector that speaks this contract; `None` leaves the number out.
fn of_contract(contract: Option<&str>, body: &str) -> Answer {
    let number = contract.map(|number| format!("candor-contract: {number}\r\n")).unwrap_or_default();
    let head = format!("HTTP/1.1 200 OK\r\n{number}content-length: {}\r\n\r\n{body}", body.len());
    Answer::Bytes(head.into_bytes())
}

async fn challenged(answer: Answer) -> (Result<String, UplinkError>, Option<Contract>) {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), answer).await;
    let uplink = uplink(&peer, &authority);
    let nonce = uplink.challenge().await.map(|challenge| challenge.nonce);
    (nonce, uplink.collector_contract())
}

const NEWER: &str = r#"{"nonce":"n","expires":"2026-11-22T08:05:00Z","later":{"deep":[{"er":null}]}}"#;

#[tokio::test]
async fn a_newer_collector_is_understood_as_far_as_it_says_so() {
    let (nonce, spoken) = challenged(of_contract(Some("2"), NEWER)).await;
    assert_eq!((nonce.unwrap().as_str(), spoken), ("n", Contract::new(2)));
    let required = NEWER.replace(r#""later":"#, r#""requires":["later"],"later":"#);
    let (refused, _) = challenged(of_contract(Some("2"), &required)).await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused, UplinkError::NotUnderstood { .. }), "{refused:?}");
    assert!(refused.needs_newer_candor() && told(&refused).contains("needs a newer Candor"), "{refused}");
}

#[tokio::test]
async fn a_collector_of_another_time_is_refused_with_what_to_upgrade() {
    let (ahead, spoken) = challenged(of_contract(Some("3"), NEWER)).await;
    let ahead = ahead.unwrap_err();
    assert!(told(&ahead).contains("this program has to be upgraded") && ahead.is_transient(), "{ahead}");
    assert_eq!(spoken, Contract::new(3));
    for none in [None, Some("0"), Some("01"), Some("two")] {
        let (refused, spoken) = challenged(of_contract(none, NEWER)).await;
        assert_eq!(spoken, None);
        assert!(matches!(refused, Err(UplinkError::NoContract { .. })), "{none:?}: {refused:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_the_collector_understands() {
    let (refused, spoken) = challenged(problem(ProblemKind::Busy, &[])).await;
    assert_eq!(refused.unwrap_err().problem_kind(), Some(ProblemKind::Busy));
    assert_eq!(spoken, Contract::new(1));
}

#[tokio::test]
async fn a_problem_that_requires_more_is_taken_by_its_status_alone() {
    let headers = [("content-type", "application/problem+json")];
    let with = |members: &str| {
        let body = format!(r#"{{"type":"urn:candor:problem:revoked",{members}}}"#);
        deliver_to(Answer::new("403 Forbidden", &headers, body))
    };
    assert_eq!(with(r#""later":1"#).await.problem_kind(), Some(ProblemKind::Revoked));
    for newer in [r#""later":1,"requires":["later"]"#, r#""v":2"#, r#""later":1,"later":2"#] {
        let error = with(newer).await;
        assert!(matches!(error, UplinkError::Status { status: 403, .. }), "{newer}: {error:?}");
    }
}
