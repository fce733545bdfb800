//! `--people`: what stands between every account of this machine and the reader, so that none of them can keep it from the others
//! or from the agent.
//!
//! ```text
//! account ──question──► this process ──limits──► a reader of its own, which answers this account ──► account
//!                            └── the account's last preview, for a minute
//! ```
//!
//! One process for all, which ends when nobody asks: a socket whose service is started once for each connection comes into
//! failure by many connections, and every account may make as many as it likes. It knows the account by the kernel's word, takes
//! a bounded question within a bounded time, and has each answered by a process that is confined and ends. It looks at nothing
//! of the machine itself.

mod limits;
mod memory;
mod refusal;
mod turns;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(not(target_os = "linux"), path = "unsupported/mod.rs")]
mod system;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How long nobody has to ask until the process ends: no preview is remembered for longer.
pub(crate) const IDLE: Duration = memory::REMEMBERED;

/// How the readers are started that answer.
#[derive(Debug)]
pub(crate) struct People {
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
pub(crate) fn serve(people: People) -> io::Result<()> {
    system::serve(people)
}
