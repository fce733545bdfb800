//! Code inside the sandbox: a library that is preloaded into the real program and attacks once the reader is confined.
#![allow(clippy::expect_used, reason = "says what is missing")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use collector_proto::catalog::FieldId;
use collector_proto::disclosure::Question;
use collector_proto::disclosure::request::ReadDraft;

/// Runs the attack (a file of this folder) in a reader of this machine that was asked for these fields. Gives back how
/// each attempt ended, by its name: `done`, or the error's name.
///
/// The reader inherits descriptors 7 and 70, open for reading the attack's file. A service listens at the path in
/// `ATTACK_SERVICE`.
pub fn attack(name: &str, fields: &[FieldId]) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/inside");
    let work = tempfile::tempdir().unwrap();
    let library = work.path().join("attack.so");
    let source = folder.join(name).with_extension("c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(&source)
        .status();
    assert!(built.expect("a C compiler is needed").success(), "{} is not C", source.display());
    let policy = super::policy(
        fields.iter().map(|field| super::rule(*field, super::treatments(field.field())[0])).collect(),
    );
    let request = serde_json::to_vec(&Question::of(ReadDraft { policy })).unwrap();
    let script = "exec 7<\"$0\"; exec 70<\"$0\"; LD_PRELOAD=\"$1\" exec \"$2\" --state \"$3\"";
    let service = work.path().join("service");
    let _listening = UnixListener::bind(&service).unwrap();
    let mut reader = Command::new("bash")
        .env("ATTACK_SERVICE", &service)
        .args(["-c", script])
        .args([&source, &library])
        .arg(env!("CARGO_BIN_EXE_candor-reader"))
        .arg(work.path().join("reader"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(&request).unwrap();
    let output = reader.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let (attempts, answer) = said.split_once('{').expect("there is an answer");
    assert!(answer.starts_with("\"answer\":\"disclosure\""), "the reader was not confined: {answer}");
    assert!(answer.contains("\"calls\":true"), "the reader was not confined: {answer}");
    attempts
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, how)| (name.to_owned(), how.to_owned()))
        .collect()
}
