//! One enrolled or still unknown device: the `candor` binary with a state directory of its own.

use crate::{Collector, binary};
use collector_proto::disclosure::{Answer, Question, Request};
use collector_proto::messages::Documents;
use collector_proto::time::UtcTime;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A device under test. Its state disappears with it.
pub struct Agent {
    folder: TempDir,
    root: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

/// What a command said and how it ended.
pub struct Said {
    /// Exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The standard output as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.out, self.err))
    }

    /// Asserts the exit code and passes on.
    ///
    /// # Panics
    /// When the code is another; shows what was said.
    #[track_caller]
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Both streams.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Default for Agent {
    fn default() -> Self {
        Self::new()
    }
}

impl Agent {
    /// A device that is not enrolled.
    ///
    /// # Panics
    /// When there is no room for a temporary directory.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        Self { folder, root: None, environment: Vec::new() }
    }

    /// A device that is not enrolled, whose reader reads the tree under `root`.
    ///
    /// # Panics
    /// When there is no room for a temporary directory.
    pub fn reading(root: PathBuf) -> Self {
        Self { root: Some(root), ..Self::new() }
    }

    /// A device enrolled with the collector.
    ///
    /// # Panics
    /// When the enrolment fails.
    pub fn enrolled(collector: &Collector) -> Self {
        let agent = Self::new();
        agent.enrol(collector);
        agent
    }

    /// A device enrolled with the collector whose reader reads the tree under `root`.
    ///
    /// # Panics
    /// When the enrolment fails.
    pub fn enrolled_reading(collector: &Collector, root: PathBuf) -> Self {
        let agent = Self::reading(root);
        agent.enrol(collector);
        agent
    }

    /// Enrols with a fresh bundle.
    ///
    /// # Panics
    /// When that fails.
    pub fn enrol(&self, collector: &Collector) {
        let bundle = self.folder.path().join("bundle.json");
        collector.bundle(&bundle);
        let _ = self.run(&["enrol", "--bundle", &bundle.to_string_lossy()]).exits(0);
        assert!(!bundle.exists(), "a used bundle is deleted");
    }

    /// The state directory.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The ledger's directory.
    pub fn ledger(&self) -> PathBuf {
        self.state().join("ledger")
    }

    /// Sets an environment variable for every later command.
    pub fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Takes an environment variable back.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// A command of this device.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("candor"));
        command.arg("--state").arg(self.state()).args(arguments).stdin(Stdio::null());
        command.env("CANDOR_READER", self.reader()).env("LANG", "C.UTF-8").env_remove("CANDOR_STATE");
        for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.command(arguments).output().expect("candor starts").into()
    }

    /// Sets the device's ceiling from the text of an author's file.
    ///
    /// # Panics
    /// When it is refused.
    pub fn set_ceiling(&self, text: &str) {
        let file = self.folder.path().join("ceiling.toml");
        std::fs::write(&file, text).expect("the ceiling can be written");
        let _ = self.run(&["ceiling", "set", &file.to_string_lossy()]).exits(0);
    }

    /// Lets these fields and no others be collected, as any policy has them.
    ///
    /// # Panics
    /// When it is refused.
    pub fn allow_only(&self, fields: &[&str]) {
        self.set_ceiling(&format!("format = 1\n[[allow]]\naccounts = true\nfields = {fields:?}\n"));
    }

    /// As if these days had passed since the reader was told anything of its policies: its instants lie so much further back.
    ///
    /// # Panics
    /// When the reader keeps none.
    pub fn let_pass(&self, days: i64) {
        let path = self.state().join("reader/versions.json");
        let kept = std::fs::read(&path).expect("the versions that the reader keeps");
        let mut kept: serde_json::Value = serde_json::from_slice(&kept).expect("JSON");
        let back = |at: &mut serde_json::Value| {
            if let Some(text) = at.as_str() {
                let then = UtcTime::parse(text).expect("an instant").unix();
                *at = UtcTime::from_unix(then - days * 86_400).to_string().into();
            }
        };
        let remembered = &mut kept["versions"]["remembered"];
        back(&mut remembered["widened"]);
        for version in remembered["versions"].as_array_mut().expect("a list") {
            back(&mut version["came"]);
            back(&mut version["shown"]);
        }
        std::fs::write(&path, kept.to_string()).expect("they can be written");
    }

    /// One cycle.
    pub fn cycle(&self) -> Said {
        self.run(&["run", "--once"])
    }

    /// Names of the files in the ledger, sorted.
    pub fn ledger_files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.ledger())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The parts of every report in the ledger that are there, in the order of their bytes.
    ///
    /// # Panics
    /// When one cannot be read.
    pub fn parts(&self) -> Vec<Vec<u8>> {
        let parts = self
            .ledger_files()
            .into_iter()
            .filter(|name| name.split_once('.').is_some_and(|(_, kind)| kind == "part"));
        let mut parts: Vec<_> =
            parts.map(|name| std::fs::read(self.ledger().join(name)).expect("a part can be read")).collect();
        parts.sort();
        parts
    }

    /// Every report in the ledger, oldest first: its head, with the sections of the parts that are there.
    ///
    /// # Panics
    /// When one cannot be read.
    pub fn reports(&self) -> Vec<serde_json::Value> {
        let parts = self.parts();
        self.payloads().iter().map(|head| crate::report_of(head, &parts)).collect()
    }

    /// The signed bytes of every report's head in the ledger, oldest first.
    ///
    /// # Panics
    /// When an entry cannot be read.
    pub fn payloads(&self) -> Vec<Vec<u8>> {
        let reports = self.ledger_files().into_iter().filter(|name| name.ends_with(".report"));
        reports
            .map(|name| {
                let bytes = std::fs::read(self.ledger().join(&name)).expect("an entry can be read");
                let head = bytes.windows(2).position(|pair| pair == b"\n\n").expect("a head and a body");
                bytes[head + 2..].to_vec()
            })
            .collect()
    }

    /// The documents that the device last got from its collector.
    ///
    /// # Panics
    /// When there are none.
    pub fn documents(&self) -> Documents {
        let bytes =
            std::fs::read(self.state().join("cache/documents.json")).expect("the device has documents");
        serde_json::from_slice(&bytes).expect("documents")
    }

    /// Puts other documents in their place.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn plant(&self, documents: &Documents) {
        let bytes = serde_json::to_vec(documents).expect("documents are JSON");
        std::fs::write(self.state().join("cache/documents.json"), bytes).expect("documents can be written");
    }

    /// Number of reports without a receipt.
    pub fn unreceipted(&self) -> usize {
        let files = self.ledger_files();
        files
            .iter()
            .filter_map(|name| name.strip_suffix(".report"))
            .filter(|number| !files.contains(&format!("{number}.receipt")))
            .count()
    }

    /// Asks the reader directly, past `candor`, as whoever has the rights to start it.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn ask_reader(&self, request: impl Into<Request>) -> Answer {
        let mut reader = Command::new(self.reader());
        reader.arg("--state").arg(self.state().join("reader")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut reader = reader.spawn().expect("the reader starts");
        let question = serde_json::to_vec(&Question::of(request)).expect("a question is JSON");
        let mut input = reader.stdin.take().expect("its standard input");
        input.write_all(&question).expect("it reads the question");
        drop(input);
        let output = reader.wait_with_output().expect("the reader ends");
        serde_json::from_slice(&output.stdout).expect("an answer")
    }

    /// The reader, or a script that starts it with the fixture's root.
    fn reader(&self) -> PathBuf {
        let Some(root) = &self.root else { return binary("candor-reader") };
        let script = self.folder.path().join("reader");
        if !script.exists() {
            write_script(&script, &binary("candor-reader"), root);
        }
        script
    }
}

#[cfg(unix)]
fn write_script(script: &Path, reader: &Path, root: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let text = format!("#!/bin/sh\nexec '{}' --root '{}' \"$@\"\n", reader.display(), root.display());
    std::fs::write(script, text).expect("the script can be written");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).expect("and made executable");
}

#[cfg(not(unix))]
fn write_script(_: &Path, _: &Path, _: &Path) {
    panic!("reading another root is tested on Unix");
}
