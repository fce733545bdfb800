//! The process that every account asks: the real program behind a real socket, as the system's manager starts it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::state::State;
use collector_proto::catalog::fields;
use collector_proto::disclosure::request::{KeepDocuments, Preview, ShowDevice, ShowReadings};
use collector_proto::disclosure::{Answer, Question, Request};
use collector_proto::policy::{Ceiling, CeilingTerms, Treatment};
use collector_proto::time::UtcTime;
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::{Bench, Signer, policy_from, refusal, rule};

/// The service, with a device's state of its own.
struct Service {
    bench: Bench,
    listener: UnixListener,
    process: Child,
}

impl Service {
    /// Of an enrolled device with a policy in force, ended when nobody asks for so many seconds.
    fn start(idle: &str) -> Self {
        let (mut bench, mut signer) = (Bench::on("debian-12"), Signer::new(1));
        bench.now = UtcTime::from_system(std::time::SystemTime::now());
        signer.at = bench.now;
        bench.trust(signer.bundle(1, "staff"));
        let policy = policy_from(vec![rule(fields::OS_NAME, Treatment::Keep)], bench.now);
        bench.ask(KeepDocuments { documents: signer.documents(&policy, vec![], bench.now) });
        let listener = UnixListener::bind(bench.directory.path().join("people.sock")).unwrap();
        let process = Self::process(&bench, &listener, idle);
        Self { bench, listener, process }
    }

    fn process(bench: &Bench, listener: &UnixListener, idle: &str) -> Child {
        let input = OwnedFd::from(listener.try_clone().unwrap());
        Command::new(env!("CARGO_BIN_EXE_candor-reader"))
            .args(["--people", "--idle", idle, "--agent", "54321", "--state"])
            .arg(bench.state())
            .stdin(Stdio::from(input))
            .spawn()
            .unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.bench.directory.path().join("people.sock")
    }

    fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(self.socket()).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    fn ask(&self, request: impl Into<Request>) -> Answer {
        self.say(&serde_json::to_vec(&Question::of(request)).unwrap())
    }

    fn say(&self, question: &[u8]) -> Answer {
        let mut stream = self.connect();
        let _ = stream.write_all(question);
        let _ = stream.shutdown(Shutdown::Write);
        answered(stream)
    }
}

/// Whoever is refused may be hung up on with its question unread.
fn answered(mut stream: UnixStream) -> Answer {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    serde_json::from_slice(&answer)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer)))
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn it_answers_ends_when_nobody_asks_and_begins_anew() {
    let mut service = Service::start("1");
    assert!(matches!(service.ask(ShowDevice {}), Answer::Device(_)));
    assert!(service.process.wait().unwrap().success(), "nobody asking is no failure");
    // What came meanwhile waits in the socket.
    let mut waiting = service.connect();
    waiting.write_all(&serde_json::to_vec(&Question::of(ShowDevice {})).unwrap()).unwrap();
    waiting.shutdown(Shutdown::Write).unwrap();
    service.process = Service::process(&service.bench, &service.listener, "1");
    assert!(matches!(answered(waiting), Answer::Device(_)));
}

#[test]
fn a_second_preview_within_a_minute_has_nothing_read() {
    let service = Service::start("60");
    let preview = || match service.ask(Preview { documents: None }) {
        Answer::Disclosure(answer) => serde_json::to_value(answer).unwrap(),
        other => panic!("{other:?}"),
    };
    let readings = || match service.ask(ShowReadings {}) {
        Answer::Readings(answer) => answer.readings.len(),
        other => panic!("{other:?}"),
    };
    let first = preview();
    assert_eq!((preview(), readings()), (first, 1));
    // Another ceiling is another answer.
    let ceiling = Ceiling::Set(CeilingTerms::only(&[fields::OS_VERSION].into_iter().collect()));
    let state = State::at(&service.bench.state());
    state.keep_ceiling(&ceiling, UtcTime::from_unix(0), &state.lock().unwrap()).unwrap();
    let narrowed = preview();
    assert_eq!((narrowed["disclosure"]["absent"]["os.name"].as_str(), readings()), (Some("ceiling"), 2));
}

#[test]
fn who_is_slow_silent_or_talks_nonsense_keeps_nobody_waiting() {
    let service = Service::start("60");
    let (silent, mut slow) = (service.connect(), service.connect());
    slow.write_all(b"{").unwrap();
    for nonsense in [&b""[..], b"{", b"\0\xff", br#"{"op":"read_everything","contract":1}"#] {
        assert_eq!(refusal(&service.say(nonsense)), "question_not_understood");
    }
    assert_eq!(refusal(&service.say(&vec![b' '; 1024 * 1024])), "question_not_understood");
    assert!(matches!(service.ask(ShowDevice {}), Answer::Device(_)));
    assert_eq!(refusal(&answered(silent)), "question_not_understood");
}

#[test]
fn too_many_questions_are_refused_with_a_word_and_a_time() {
    let service = Service::start("60");
    let open: Vec<UnixStream> = (0..4).map(|_| service.connect()).collect();
    let Answer::Refused(refused) = service.ask(ShowDevice {}) else { panic!("answered") };
    assert_eq!(refused.code, "too_many_questions");
    assert!(refused.not_before.is_some() && refused.is_of_the_question());
    drop(open);
    // Places are free as soon as those have gone.
    let again = || (!matches!(service.ask(ShowDevice {}), Answer::Refused(_))).then_some(());
    let waited = std::iter::repeat_with(again).take(50).find(|answered| {
        std::thread::sleep(Duration::from_millis(100));
        answered.is_some()
    });
    assert!(waited.is_some());
}
