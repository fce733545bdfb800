//! `--people` and `--service`: what stands between a socket and the readers that answer, one for each question.
//!
//! ```text
//! account ──question──► this process ──limits──► a reader of its own, which answers this account ──► account
//!                            └── the account's last preview, for a minute
//! ```
//!
//! Every account comes to one socket, the agent and root to the other, so that nobody can keep the reader from the agent. Each has one
//! process, which ends when nobody asks. A socket whose service is started once for each connection comes into failure by many of
//! them, and every account may make as many as it likes; and the system's manager takes more time to put such a service up than a
//! reader takes to read. It knows the account by the kernel's word, takes
//! a bounded question within a bounded time, and has each answered by a process that is confined and ends. It looks at nothing
//! of the machine itself.

#[cfg(not(target_os = "linux"))]
mod closed;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
mod system;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How long an account's last preview is repeated.
const REMEMBERED: Duration = Duration::from_mins(1);

/// Who comes to the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Every account of this machine.
    People,
    /// The agent, and root.
    Agent,
}

impl Whom {
    /// How long nobody has to ask until the process ends: no preview of a person is remembered for longer, and the agent comes back
    /// with its next report.
    pub(crate) const fn idle(self) -> Duration {
        match self {
            Self::People => REMEMBERED,
            Self::Agent => Duration::from_secs(5),
        }
    }
}

/// How the readers are started that answer.
#[derive(Debug)]
pub(crate) struct Service {
    /// Who asks.
    pub(crate) whom: Whom,
    /// The reader's state.
    pub(crate) state: PathBuf,
    /// The tree that they read.
    pub(crate) root: PathBuf,
    /// The user that talks to the collector, as it was named.
    pub(crate) agent: Option<String>,
    /// How long nobody has to ask until the process ends.
    pub(crate) idle: Duration,
}

/// Answers whoever connects to the socket that is standard input, until nobody does for a while.
pub(crate) fn serve(service: Service) -> io::Result<()> {
    system::serve(service)
}
