//! Where the agent keeps what. `--state DIR` (or `CANDOR_STATE`) moves all of it.

use crate::platform;
use std::path::{Path, PathBuf};

/// The state directory and the names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paths {
    state: PathBuf,
}

/// There is no place to keep state in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no home directory to keep state in; name a directory with --state DIR or CANDOR_STATE")]
pub(crate) struct NoStateDirectory;

impl Paths {
    /// Name of the file that is held by the directory's one agent.
    pub(crate) const LOCK: &'static str = "lock";

    /// Name of the file that is held by the process that writes.
    pub(crate) const WRITING: &'static str = "writing";

    /// The directory that was named, else the machine's where it has an agent or root asks, else the user's own. On a machine
    /// with an agent an account that looks elsewhere would be told that nothing is collected.
    pub(crate) fn resolve(named: Option<PathBuf>) -> Result<Self, NoStateDirectory> {
        let is_asked = || platform::people_socket().is_some_and(|socket| socket.exists());
        let has_agent = |state: &PathBuf| platform::is_privileged() || state.exists() || is_asked();
        let system = || platform::system_state().filter(has_agent);
        named.or_else(system).or_else(user_state).map(Self::at).ok_or(NoStateDirectory)
    }

    /// Whether it is the state of the machine's agent.
    pub(crate) fn are_the_systems(&self) -> bool {
        platform::system_state().is_some_and(|system| system == self.state)
    }

    /// State in exactly this directory.
    pub(crate) fn at(state: PathBuf) -> Self {
        Self { state }
    }

    /// The state directory.
    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    /// The notice, where one user does everything.
    pub(crate) fn notice(&self) -> PathBuf {
        self.state.join("notice")
    }

    /// For which version it was written.
    pub(crate) fn shown(&self) -> PathBuf {
        self.cache().join("shown.json")
    }

    /// Who this device is to its collector.
    pub(crate) fn enrolment(&self) -> PathBuf {
        self.state.join("enrolment.json")
    }

    /// An enrolment under way.
    pub(crate) fn enrolling(&self) -> PathBuf {
        self.state.join("enrolling.json")
    }

    /// The device's signing key, PKCS#8.
    pub(crate) fn device_key(&self) -> PathBuf {
        self.state.join("device.key")
    }

    /// What the collector gives again when it is lost. With the ledger it is all that a cycle writes: in the state directory
    /// itself it writes nothing, so the kernel can refuse it there (see `confine`).
    pub(crate) fn cache(&self) -> PathBuf {
        self.state.join("cache")
    }

    /// What the collector last gave, not yet believed.
    pub(crate) fn documents(&self) -> PathBuf {
        self.cache().join("documents.json")
    }

    /// Roots that followed the pinned one, each verified.
    pub(crate) fn roots(&self) -> PathBuf {
        self.cache().join("roots.json")
    }

    /// The ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.state.join("ledger")
    }

    /// For what restore of the collector reports were sent again.
    pub(crate) fn again(&self) -> PathBuf {
        self.cache().join("again.json")
    }

    /// Up to which entry reports were recorded before the ceiling named an account.
    pub(crate) fn named(&self) -> PathBuf {
        self.cache().join("named.json")
    }

    /// Rows that the collector last receipted.
    pub(crate) fn baseline(&self) -> PathBuf {
        self.cache().join("baseline.json")
    }

    /// State of candor-reader.
    pub(crate) fn reader(&self) -> PathBuf {
        self.state.join("reader")
    }

    /// The author's file of the ceiling: beside the machine's configuration, or in a state directory of its own.
    pub(crate) fn ceiling(&self) -> PathBuf {
        const NAME: &str = "ceiling.toml";
        let of_system = platform::system_config().filter(|_| self.are_the_systems());
        of_system.map_or_else(|| self.state.join(NAME), |config| config.with_file_name(NAME))
    }

    /// Configuration of this state directory.
    pub(crate) fn config(&self) -> PathBuf {
        self.state.join("config.toml")
    }

    /// Configuration of the machine, if the system has a place for it.
    pub(crate) fn system_config() -> Option<PathBuf> {
        platform::system_config()
    }
}

fn user_state() -> Option<PathBuf> {
    let project = directories::ProjectDirs::from("", "", "candor")?;
    Some(project.state_dir().unwrap_or_else(|| project.data_local_dir()).to_path_buf())
}
