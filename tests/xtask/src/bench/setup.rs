//! What is measured: a collector and an enrolled agent in a temporary directory, and a root with many packages.

use super::process::{status_number, wake_ups};
use crate::run::{Binaries, output, workspace_root};
use anyhow::{Context as _, bail, ensure};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the collector and the agent's first cycle may take.
const START: Duration = Duration::from_secs(30);

pub(super) struct Bench<'a> {
    binaries: &'a Binaries,
    folder: tempfile::TempDir,
}

pub(super) struct WireSizes {
    pub(super) full: u64,
    pub(super) unchanged: u64,
}

pub(super) struct Idle {
    pub(super) resident_kib: u64,
    pub(super) wake_ups: u64,
}

/// Stopped when dropped.
pub(super) struct Running(Child);

impl Running {
    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl<'a> Bench<'a> {
    pub(super) fn new(binaries: &'a Binaries) -> anyhow::Result<Self> {
        let bench = Self { binaries, folder: tempfile::tempdir()? };
        std::fs::write(bench.policy(), every_field()?)?;
        Ok(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn policy(&self) -> PathBuf {
        self.path("policy.toml")
    }

    /// `candor preview` of a policy that names every field.
    pub(super) fn preview(&self, root: Option<&Path>) -> Command {
        let mut command = self.binaries.command("candor");
        command.arg("--state").arg(self.path("preview")).args(["preview", "--format", "json", "--policy"]);
        command.arg(self.policy()).stdin(Stdio::null()).stderr(Stdio::null());
        if let Some(root) = root {
            command.arg("--root").arg(root);
        }
        command
    }

    /// The temporary directory.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `candor-reader` answering the question that the preview asks it.
    pub(super) fn reader(&self, root: Option<&Path>) -> anyhow::Result<Command> {
        let request = self.path("request.json");
        if !request.exists() {
            let reader = self.binaries.path("candor-reader");
            let asked = format!("tee '{}' | '{}' \"$@\"", request.display(), reader.display());
            let script = self.script("asking", &asked)?;
            output(self.preview(None).env("CANDOR_READER", script))?;
        }
        let mut command = self.binaries.command("candor-reader");
        command.arg("--state").arg(self.path("preview/reader")).stdin(std::fs::File::open(request)?);
        if let Some(root) = root {
            command.arg("--root").arg(root);
        }
        Ok(command)
    }

    /// How many packages the preview holds.
    pub(super) fn packages(&self, root: Option<&Path>) -> anyhow::Result<usize> {
        let said: serde_json::Value = serde_json::from_str(&output(&mut self.preview(root))?)?;
        said["sections"]["package"].as_array().map(Vec::len).context("the preview has no packages")
    }

    /// A root with that many dpkg packages: this machine's own, or the fixture's, repeated under other names until
    /// there are enough, so that names, versions and descriptions have their real lengths.
    pub(super) fn root_with_packages(&self, count: usize) -> anyhow::Result<PathBuf> {
        let fixture = workspace_root().join("tests/fixtures/roots/debian-12");
        let root = self.path(&format!("root-{count}"));
        let own = Path::new("/var/lib/dpkg/status");
        let status = std::fs::read_to_string(own)
            .or_else(|_| std::fs::read_to_string(fixture.join("var/lib/dpkg/status")))
            .context("no dpkg status to start from")?;
        let stanzas: Vec<&str> =
            status.split("\n\n").filter(|stanza| stanza.contains("Status: install ok installed")).collect();
        ensure!(!stanzas.is_empty(), "no installed packages to start from");
        let mut made = String::new();
        for number in 0..count {
            let stanza = stanzas[number % stanzas.len()].trim_start();
            let round = number / stanzas.len();
            let suffix = if round == 0 { String::new() } else { format!("-{}", round + 1) };
            let (first, rest) = stanza.split_once('\n').unwrap_or((stanza, ""));
            writeln!(made, "{first}{suffix}\n{rest}\n")?;
        }
        std::fs::create_dir_all(root.join("var/lib/dpkg"))?;
        std::fs::write(root.join("var/lib/dpkg/status"), made)?;
        std::fs::create_dir_all(root.join("etc"))?;
        for name in ["etc/os-release", "etc/machine-id", "etc/hostname"] {
            let from = if Path::new("/").join(name).exists() {
                Path::new("/").join(name)
            } else {
                fixture.join(name)
            };
            if from.exists() {
                std::fs::copy(from, root.join(name))?;
            }
        }
        Ok(root)
    }

    /// Wire sizes of a full and of an unchanged report of this root under a policy, as they are really sent.
    pub(super) fn wire_sizes(&self, name: &str, policy: &Path, root: &Path) -> anyhow::Result<WireSizes> {
        let (_collector, state) = self.enrolled(name, policy)?;
        let reader = self.reader_of(root)?;
        let mut sizes = Vec::new();
        for _ in 0..2 {
            let said = output(
                self.agent(&state).env("CANDOR_READER", &reader).args(["run", "--once", "--format", "json"]),
            )?;
            let said: serde_json::Value = serde_json::from_str(&said)?;
            sizes.push(said["receipted"][0]["wire_bytes"].as_u64().context("no size on the wire")?);
        }
        Ok(WireSizes { full: sizes[0], unchanged: sizes[1] })
    }

    /// Memory and wake-ups of `candor run` between two cycles.
    pub(super) fn idle(&self, seconds: u64) -> anyhow::Result<Idle> {
        let (_collector, state) = self.enrolled("idle", &inventory())?;
        let agent = self.agent(&state).arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let agent = Running(agent);
        let since = Instant::now();
        while !receipted(&state) {
            ensure!(since.elapsed() < START, "the agent's first cycle brought no receipt");
            std::thread::sleep(Duration::from_millis(50));
        }
        // What the cycle used is given back shortly after it.
        std::thread::sleep(Duration::from_secs(2));
        let before = wake_ups(agent.0.id())?;
        std::thread::sleep(Duration::from_secs(seconds));
        let resident_kib = status_number(agent.0.id(), "VmRSS:").context("the agent ended")?;
        let after = wake_ups(agent.0.id())?;
        let since = |(thread, count): (&String, &u64)| count - before.get(thread).copied().unwrap_or(0);
        Ok(Idle { resident_kib, wake_ups: after.iter().map(since).sum() })
    }

    /// `candor` with this state.
    pub(super) fn agent(&self, state: &Path) -> Command {
        let mut command = self.binaries.command("candor");
        command.arg("--state").arg(state).stdin(Stdio::null());
        command
    }

    /// A collector with this policy and an agent enrolled with it.
    pub(super) fn enrolled(&self, name: &str, policy: &Path) -> anyhow::Result<(Running, PathBuf)> {
        let folder = self.path(name);
        let data = folder.join("data");
        self.collector(policy, &data, None)?;
        let (server, address) = self.served(&data)?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (bundle, url) =
            (text(&folder.join("bundle.json")), format!("https://localhost:{}", address.port()));
        self.collector_command(&["bundle", "--data", &text(&data), "--url", &url, "--output", &bundle])?;
        let state = folder.join("state");
        output(self.agent(&state).args(["enrol", "--bundle", &bundle]))?;
        Ok((server, state))
    }

    /// Makes a collector with this policy, which devices reach at this address or where it listens.
    pub(super) fn collector(&self, policy: &Path, data: &Path, url: Option<&str>) -> anyhow::Result<()> {
        let folder = data.parent().context("no directory")?;
        std::fs::create_dir_all(folder)?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (data, signed) = (text(data), text(&folder.join("policy.json")));
        let urls: Vec<&str> = url.into_iter().flat_map(|url| ["--url", url]).collect();
        self.collector_command(&[&["init", data.as_str()], urls.as_slice()].concat())?;
        self.collector_command(&["policy", "sign", &text(policy), "--data", &data, "--output", &signed])?;
        self.collector_command(&["policy", "publish", &signed, "--data", &data]).map(drop)
    }

    /// What `candor-collector` says.
    pub(super) fn collector_command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        output(self.command("candor-collector").args(arguments))
    }

    /// One of Candor's programs.
    pub(super) fn command(&self, name: &str) -> Command {
        self.binaries.command(name)
    }

    /// A server of this collector, and where it listens.
    pub(super) fn served(&self, data: &Path) -> anyhow::Result<(Running, SocketAddr)> {
        let ready = data.with_file_name("ready");
        let server = self
            .binaries
            .command("candor-collector")
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--ready-file")
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Running(server);
        let since = Instant::now();
        loop {
            let address = std::fs::read_to_string(&ready).unwrap_or_default();
            if let Ok(address) = address.trim().parse() {
                return Ok((server, address));
            }
            if since.elapsed() > START {
                bail!("the collector does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A script that starts the reader on the root.
    pub(super) fn reader_of(&self, root: &Path) -> anyhow::Result<PathBuf> {
        let reader = self.binaries.path("candor-reader");
        self.script("reader", &format!("exec '{}' --root '{}' \"$@\"", reader.display(), root.display()))
    }

    fn script(&self, name: &str, line: &str) -> anyhow::Result<PathBuf> {
        let script = self.path(name);
        std::fs::write(&script, format!("#!/bin/sh\n{line}\n"))?;
        output(Command::new("chmod").arg("+x").arg(&script))?;
        Ok(script)
    }
}

/// The starter policy for an inventory.
pub(super) fn inventory() -> PathBuf {
    workspace_root().join("packaging/policies/inventory.toml")
}

/// The starter policy that names every field, with the support purpose on a basis that needs no consent, so that what it
/// names is read.
fn every_field() -> anyhow::Result<String> {
    let full = std::fs::read_to_string(workspace_root().join("packaging/policies/full.toml"))?;
    let support = "[purposes.support]\ndpv = \"TechnicalServiceProvision\"\nlegal_basis = ";
    let (before, after) = full.split_once(support).context("the full policy has no such purpose")?;
    let after = after.strip_prefix("\"consent\"").context("the purpose has another basis")?;
    Ok(format!("{before}{support}\"legitimate_interest\"\ninterests_weighed = true{after}"))
}

fn receipted(state: &Path) -> bool {
    std::fs::read_dir(state.join("ledger"))
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.path().extension().is_some_and(|extension| extension == "receipt"))
}
