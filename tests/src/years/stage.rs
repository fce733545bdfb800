//! Where the scene plays: its folder, its clock, and the commands that its people type.

use super::clock::Clock;
use crate::{Said, binary};
use anyhow::{Context as _, bail, ensure};
use collector_proto::time::UtcTime;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How long a server may take to listen; nothing is measured by it.
const START: Duration = Duration::from_secs(30);

const DAY: i64 = 86_400;

/// The morning of day 0.
const FIRST_MORNING: &str = "2027-01-04T09:00:00Z";

/// The scene's folder, clock and programs.
pub(super) struct Stage {
    folder: PathBuf,
    clock: Clock,
    begins: UtcTime,
    now: AtomicI64,
}

impl Stage {
    pub(super) fn new(folder: &Path) -> anyhow::Result<Self> {
        let begins = UtcTime::parse(FIRST_MORNING)?;
        let stage = Self {
            folder: folder.to_owned(),
            clock: Clock::in_folder(folder)?,
            begins,
            now: AtomicI64::new(begins.unix()),
        };
        stage.set(begins)?;
        Ok(stage)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The morning of a day.
    pub(super) fn day(&self, day: i64) -> UtcTime {
        UtcTime::from_unix(self.begins.unix() + day * DAY)
    }

    pub(super) fn now(&self) -> UtcTime {
        UtcTime::from_unix(self.now.load(Ordering::SeqCst))
    }

    /// Sets the clock of every program. It is only set forward.
    pub(super) fn set(&self, now: UtcTime) -> anyhow::Result<()> {
        ensure!(now >= self.now(), "the scene goes back from {} to {now}", self.now());
        self.now.store(now.unix(), Ordering::SeqCst);
        self.clock.set(now)
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binary(program));
        command.env("LANG", "C.UTF-8").env_remove("CANDOR_STATE").stdin(Stdio::null());
        for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        self.clock.show_to(&mut command);
        command
    }

    /// Runs a collector's command that nobody needs to see.
    pub(super) fn quiet(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        let said: Said = self.command("candor-collector").args(arguments).output()?.into();
        if said.code == Some(0) {
            return Ok(said);
        }
        bail!("on {}: `{}` failed: {}", self.now(), self.typed(arguments), said.all().trim());
    }

    /// Runs a collector's command of somebody, shown as it would be typed.
    pub(super) fn types(&self, who: &str, arguments: &[&str]) -> anyhow::Result<Said> {
        let typed = self.typed(arguments);
        println!("  {who:<13} $ {typed}");
        self.quiet(arguments)
    }

    fn typed(&self, arguments: &[&str]) -> String {
        let folder = self.folder.display().to_string() + "/";
        let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace(&folder, "")).collect();
        format!("candor-collector {}", arguments.join(" "))
    }

    /// Starts a collector's server; it is there when this returns.
    pub(super) fn serve(&self, data: &str, port: u16) -> anyhow::Result<Server> {
        let (ready, log) = (self.path(&format!("ready-{port}")), self.path(&format!("{data}.log")));
        let _ = std::fs::remove_file(&ready);
        let said = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let process = self
            .command("candor-collector")
            .args(["serve", "--data", &self.text(data), "--listen", &format!("127.0.0.1:{port}")])
            .arg("--ready-file")
            .arg(&ready)
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()
            .context("the collector does not start")?;
        let mut server = Server(process);
        let since = Instant::now();
        while !std::fs::read_to_string(&ready).is_ok_and(|address| !address.trim().is_empty()) {
            let ended = server.0.try_wait()?;
            ensure!(ended.is_none(), "the collector ended; see {}", log.display());
            ensure!(since.elapsed() < START, "the collector does not listen; see {}", log.display());
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }
}

/// A running server. Ends at once when it is dropped, as by a power cut.
pub(super) struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on.
pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

pub(super) fn heading(now: UtcTime, title: &str) {
    println!("\n── {} · {title}", now.date());
}

pub(super) fn tells(line: &str) {
    println!("  {line}");
}
