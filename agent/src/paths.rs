//! Where the agent keeps what. `--state DIR` (or `CANDOR_STATE`) moves all of it.

use crate::platform;
use std::path::{Path, PathBuf};

/// The state directory and the names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    state: PathBuf,
}

/// There is no place to keep state in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no home directory to keep state in; name a directory with --state DIR or CANDOR_STATE")]
pub struct NoStateDirectory;

impl Paths {
    /// The directory that was named, else the machine's when run as root, else the user's own.
    pub fn resolve(named: Option<PathBuf>) -> Result<Self, NoStateDirectory> {
        let system = || platform::is_privileged().then(platform::system_state).flatten();
        named.or_else(system).or_else(user_state).map(Self::at).ok_or(NoStateDirectory)
    }

    /// State in exactly this directory.
    pub fn at(state: PathBuf) -> Self {
        Self { state }
    }

    /// The state directory.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Held by the directory's one agent.
    pub fn lock(&self) -> PathBuf {
        self.state.join("lock")
    }

    /// Held by the process that writes.
    pub fn writing(&self) -> PathBuf {
        self.state.join("writing")
    }

    /// Who this device is to its collector.
    pub fn enrolment(&self) -> PathBuf {
        self.state.join("enrolment.json")
    }

    /// An enrolment under way.
    pub fn enrolling(&self) -> PathBuf {
        self.state.join("enrolling.json")
    }

    /// The device's signing key, PKCS#8.
    pub fn device_key(&self) -> PathBuf {
        self.state.join("device.key")
    }

    /// What the collector last gave, not yet believed.
    pub fn documents(&self) -> PathBuf {
        self.state.join("documents.json")
    }

    /// The ledger.
    pub fn ledger(&self) -> PathBuf {
        self.state.join("ledger")
    }

    /// Rows that the collector last receipted.
    pub fn baseline(&self) -> PathBuf {
        self.state.join("baseline.json")
    }

    /// State of candor-reader.
    pub fn reader(&self) -> PathBuf {
        self.state.join("reader")
    }

    /// Configuration of this state directory.
    pub fn config(&self) -> PathBuf {
        self.state.join("config.toml")
    }

    /// Configuration of the machine, if the system has a place for it.
    pub fn system_config() -> Option<PathBuf> {
        platform::system_config()
    }
}

fn user_state() -> Option<PathBuf> {
    let project = directories::ProjectDirs::from("", "", "candor")?;
    Some(project.state_dir().unwrap_or_else(|| project.data_local_dir()).to_path_buf())
}
