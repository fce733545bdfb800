//! The ledger's service and the reader in front of it, as processes, one user for all.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, binary};
use collector_proto::disclosure::request::{ListSent, ShowSent, SummariseSent, VerifySent};
use collector_proto::disclosure::sent::{Fate, Held, SentLine};
use collector_proto::disclosure::{Answer, Question, Request};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A socket that the ledger's service answers behind, as the system's manager would start it.
struct Service {
    folder: TempDir,
    listening: UnixListener,
}

impl Service {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listening = UnixListener::bind(folder.path().join("ledger.sock")).unwrap();
        Self { folder, listening }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("ledger.sock")
    }

    /// Starts the service, which ends when nobody asks for so many seconds.
    fn start(&self, agent: &Agent, idle: &str) -> Child {
        let input = OwnedFd::from(self.listening.try_clone().unwrap());
        agent.command(&["ledger-service", "--idle", idle]).stdin(Stdio::from(input)).spawn().unwrap()
    }

    /// What the reader answers, asked by whoever has its rights.
    fn ask(&self, agent: &Agent, request: impl Into<Request>) -> Answer {
        let mut reader = Command::new(binary("candor-reader"))
            .arg("--state")
            .arg(agent.state().join("reader"))
            .arg("--ledger")
            .arg(self.socket())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let question = serde_json::to_vec(&Question::of(request)).unwrap();
        reader.stdin.take().unwrap().write_all(&question).unwrap();
        let output = reader.wait_with_output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn refusal(answer: &Answer) -> (&str, &str) {
    match answer {
        Answer::Refused(refusal) => (&refusal.code, &refusal.message),
        other => panic!("not refused: {other:?}"),
    }
}

fn ends(mut service: Child) {
    assert!(service.wait().unwrap().success());
}

#[test]
fn what_was_sent_is_told_through_the_reader() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    let service = Service::new();
    let running = service.start(&agent, "1");
    let Answer::SentListed(list) = service.ask(&agent, ListSent {}) else { panic!("no list") };
    let states: Vec<Fate> = list
        .lines
        .iter()
        .map(|line| match line {
            SentLine::Report { state, .. } | SentLine::Dropped { state, .. } => *state,
        })
        .collect();
    assert_eq!((states, list.left_out), (vec![Fate::Receipted; 2], 0));
    for (entry, payload) in (1..).zip(agent.payloads()) {
        let answer = service.ask(&agent, ShowSent { entry });
        let Answer::SentShown(shown) = answer else { panic!("no report: {answer:?}") };
        assert_eq!(shown.head.as_bytes(), payload);
        assert!(shown.open().unwrap().missing.is_empty());
        assert!(shown.receipt.is_some());
    }
    let missing = service.ask(&agent, ShowSent { entry: 9 });
    assert_eq!(refusal(&missing), ("ledger_unusable", "the ledger has no entry 9"));
    let Answer::SentVerified(found) = service.ask(&agent, VerifySent {}) else { panic!("not verified") };
    assert_eq!((found.findings.reports, found.held, found.other), (2, Some(Held::Whole), None));
    let Answer::SentSummarised(summary) = service.ask(&agent, SummariseSent {}) else { panic!("no summary") };
    assert_eq!((summary.counts.last_entry, summary.counts.pending, summary.other), (2, 0, None));
    // It ends by itself, and comes back when somebody asks.
    ends(running);
    let asked = std::thread::scope(|scope| {
        let asked = scope.spawn(|| service.ask(&agent, ListSent {}));
        let running = service.start(&agent, "1");
        ends(running);
        asked.join().unwrap()
    });
    assert!(matches!(asked, Answer::SentListed(_)), "{asked:?}");
}

/// The next root with another key for receipts, published.
fn rotate_receipts(collector: &Collector) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let data = collector.data().display().to_string();
    let (draft, signed) = (at("root.toml"), at("root.json"));
    for verb in [
        &["new-version", "--rotate", "receipt", "--output", &draft][..],
        &["sign", &draft, "--output", &signed],
        &["publish", &signed],
    ] {
        let _ = collector.run(&[&["root"], verb, &["--data", &data]].concat()).exits(0);
    }
}

/// Who signed a receipt follows from the roots; an agent that lost them has not lost what it sent.
#[test]
fn receipts_of_another_key_are_genuine_also_where_the_agent_lost_its_cache() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    rotate_receipts(&collector);
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    std::fs::remove_dir_all(agent.state().join("cache")).unwrap();
    let service = Service::new();
    let running = service.start(&agent, "1");
    let Answer::SentVerified(found) = service.ask(&agent, VerifySent {}) else {
        panic!("not verified: {:?}", service.ask(&agent, VerifySent {}))
    };
    assert_eq!((found.findings.reports, found.held, found.other), (3, Some(Held::Whole), None));
    let newest = service.ask(&agent, ShowSent { entry: 3 });
    let Answer::SentShown(shown) = newest else { panic!("no report: {newest:?}") };
    assert!(shown.receipt.is_some());
    let Answer::SentListed(list) = service.ask(&agent, ListSent {}) else { panic!("no list") };
    assert_eq!(list.lines.len(), 3);
    let summary = service.ask(&agent, SummariseSent {});
    let Answer::SentSummarised(summary) = summary else { panic!("no summary: {summary:?}") };
    assert_eq!(summary.counts.last_receipt.map(|receipt| receipt.entry), Some(3));
    ends(running);
}

#[test]
fn attack_m12_a_truncated_ledger_is_found_out_by_the_reader() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    for file in ["ledger/0000000002.report", "ledger/0000000002.receipt", "cache/baseline.json"] {
        std::fs::remove_file(agent.state().join(file)).unwrap();
    }
    let service = Service::new();
    let running = service.start(&agent, "1");
    let Answer::SentVerified(found) = service.ask(&agent, VerifySent {}) else { panic!("not verified") };
    let told = found.other.map(|other| other.to_string()).unwrap_or_default();
    assert!(told.contains("ends with entry 1, and entry 2 was there before"), "{told}");
    let Answer::SentSummarised(summary) = service.ask(&agent, SummariseSent {}) else { panic!("no summary") };
    assert!(summary.other.is_some());
    ends(running);
}

#[test]
fn a_tampered_ledger_is_said_to_be_tampered_with() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let path = agent.ledger().join("0000000001.report");
    let changed = std::fs::read_to_string(&path).unwrap().replacen("\"seq\":1", "\"seq\":2", 1);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, changed).unwrap();
    let service = Service::new();
    let running = service.start(&agent, "1");
    for request in [Request::from(VerifySent {}), ShowSent { entry: 1 }.into(), ListSent {}.into()] {
        let answer = service.ask(&agent, request);
        assert_eq!(refusal(&answer).0, "ledger_tampered", "{answer:?}");
    }
    ends(running);
}

#[test]
fn hostile_questions_end_nothing() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let service = Service::new();
    let running = service.start(&agent, "2");
    for question in [
        &b"{}\n"[..],
        b"\n",
        b"{\"question\":{\"ask\":\"write\"}}\n",
        b"{\"question\":{\"ask\":\"list\",\"more\":1}}\n",
        b"{\"question\":{\"ask\":\"list\"},\"roots\":[1]}\n",
        &vec![b'x'; 8 * 1024 * 1024][..],
        b"",
    ] {
        let mut connection = UnixStream::connect(service.socket()).unwrap();
        // One that sends too much is left before all of it is taken.
        let _ = connection.write_all(question);
        let _ = connection.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    drop(UnixStream::connect(service.socket()).unwrap());
    let Answer::SentListed(list) = service.ask(&agent, ListSent {}) else { panic!("no list") };
    assert!(list.lines.is_empty());
    ends(running);
}

#[test]
fn before_enrolment_there_is_no_ledger_to_tell_of() {
    let service = Service::new();
    let agent = Agent::new();
    std::fs::create_dir_all(agent.state()).unwrap();
    let running = service.start(&agent, "20");
    let mut connection = UnixStream::connect(service.socket()).unwrap();
    connection.write_all(b"{\"question\":{\"ask\":\"list\"}}\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"reply\":\"failed\""), "{answer}");
    // It was opened to nothing, so the next one starts anew.
    ends(running);
}

#[test]
fn code_in_the_place_of_the_service_reads_the_ledger_and_nothing_else() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let service = Service::new();
    let state = |path: &str| agent.state().join(path).display().to_string();
    let refused = [
        format!("read {}", state("device.key")),
        format!("read {}", state("reader/trust.json")),
        "read /etc/passwd".to_owned(),
        format!("write {}", state("ledger/0000000002.report")),
        format!("rename {} {}", state("ledger/0000000001.report"), state("ledger/0000000009.report")),
        format!("local {}", service.socket().display()),
        format!("connect 127.0.0.1:{}", collector.port()),
        "start /bin/true".to_owned(),
        "signal 1".to_owned(),
    ];
    let allowed = format!("read {}", state("ledger/0000000001.report"));
    let attempts = [&refused[..], std::slice::from_ref(&allowed)].concat().join("\n");
    agent.set("CANDOR_TAKEN_OVER", &attempts);
    let input = OwnedFd::from(service.listening.try_clone().unwrap());
    let mut command = agent.command(&["ledger-service", "--idle", "0"]);
    let said = command.stdin(Stdio::from(input)).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    for attempt in &refused {
        assert!(said.contains(&format!("taken over: {attempt}: refused")), "{attempt}: {said}");
    }
    assert!(said.contains(&format!("taken over: {allowed}: done")), "{said}");
    assert_eq!(agent.ledger_files(), ["0000000001-1.part", "0000000001.receipt", "0000000001.report"]);
}

#[test]
fn only_a_socket_that_listens_is_served() {
    let said = Agent::new().run(&["ledger-service"]).exits(1);
    assert!(said.err.contains("standard input has to be a local socket that listens"), "{}", said.err);
}
