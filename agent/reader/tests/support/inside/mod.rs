//! Code inside the sandbox: a library that is preloaded into the real program and attacks once the reader is confined.
#![allow(clippy::expect_used, reason = "says what is missing")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

use collector_proto::catalog::FieldId;
use collector_proto::disclosure::Question;
use collector_proto::disclosure::request::ReadDraft;

/// Each attempt of an attack by its name, with how it ended: `done`, or the error's name.
pub type Attempts = BTreeMap<String, String>;

/// Runs the attack (a file of this folder) in a reader of this machine that was asked for these fields.
///
/// The reader inherits descriptors 7 and 70, open for reading the attack's file. A service listens at the path in
/// `ATTACK_SERVICE`.
pub fn attack(name: &str, fields: &[FieldId]) -> Attempts {
    let said = text(run_in_reader(name, fields));
    let (attempts, answer) = said.split_once('{').expect("there is an answer");
    assert!(answer.starts_with("\"answer\":\"disclosure\""), "the reader was not confined: {answer}");
    assert!(answer.contains("\"calls\":true"), "the reader was not confined: {answer}");
    attempts_of(attempts)
}

/// The same for one after which there is no answer; says how the reader ended.
pub fn fault(name: &str) -> ExitStatus {
    run_in_reader(name, &[]).status
}

fn run_in_reader(name: &str, fields: &[FieldId]) -> Output {
    let policy = super::policy(
        fields.iter().map(|field| super::rule(*field, super::treatments(field.field())[0])).collect(),
    );
    let request = serde_json::to_vec(&Question::of(ReadDraft { policy })).unwrap();
    let state = tempfile::tempdir().unwrap();
    run(name, &request, |reader, _| {
        reader.arg("--state").arg(state.path().join("reader"));
    })
}

/// Runs it in a helper that is connected to the service.
pub fn attack_in_helper(name: &str, member: &str) -> Attempts {
    let wanted = serde_json::json!({ "members": [member] }).to_string();
    let length = u32::try_from(wanted.len()).unwrap().to_le_bytes();
    attempts_of(&text(run(name, &[&length[..], wanted.as_bytes()].concat(), |helper, service| {
        helper.env("ATTACK_AT_ONCE", "1").arg("--bus-helper").arg(service);
    })))
}

/// What the program says on its standard output, first of all the attempts, and how it ends.
fn run(name: &str, input: &[u8], arguments: impl FnOnce(&mut Command, &Path)) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/inside");
    let work = tempfile::tempdir().unwrap();
    let library = work.path().join("attack.so");
    let source = folder.join(name).with_extension("c");
    let flags = ["-shared", "-fPIC", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o"];
    let built = Command::new("cc").args(flags).arg(&library).arg(&source).status();
    assert!(built.expect("a C compiler is needed").success(), "{} is not C", source.display());
    let service = work.path().join("service");
    let _listening = UnixListener::bind(&service).unwrap();
    let script = "exec 7<\"$0\"; exec 70<\"$0\"; LD_PRELOAD=\"$1\"; export LD_PRELOAD; shift; exec \"$@\"";
    let mut command = Command::new("bash");
    command.env("ATTACK_SERVICE", &service).args(["-c", script]).args([&source, &library]);
    command.arg(env!("CARGO_BIN_EXE_candor-reader"));
    arguments(&mut command, &service);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input).unwrap();
    process.wait_with_output().unwrap()
}

fn text(output: Output) -> String {
    String::from_utf8(output.stdout).unwrap()
}

fn attempts_of(said: &str) -> Attempts {
    let attempts = said.lines().filter_map(|line| line.rsplit_once(' '));
    attempts.map(|(name, how)| (name.to_owned(), how.to_owned())).collect()
}
