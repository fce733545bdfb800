//! How the reader comes to a helper: it connects to the service's socket, or starts a process of its own.

use crate::host::system::accounts::{account_named, effective_user};
use crate::host::system::exchange::{Exchange, LocalStream};
use crate::host::{AccountId, BUS_HELPER, Unreadable};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the system's manager listens for the helper with a user of its own. Only root comes to it.
const SERVICE: &str = "/run/candor-reader/bus.sock";

/// The user that the service has: one that the bus takes for nobody in particular.
const SERVICE_USER: &str = "candor-bus";

/// The program that this process runs, even where its file was replaced meanwhile (proc_pid_exe(5)).
const OWN_PROGRAM: &str = "/proc/self/exe";

/// Who asks the bus in the reader's place.
pub(in crate::host::system::bus) enum Helper {
    /// The service's, where root finds its socket: once that is there no other takes its place. Otherwise one of this very
    /// program.
    OfThisMachine,
    /// A process of this program, with this process's user.
    Program(PathBuf),
    /// A process of this user that is started for a connection to this socket.
    Service { socket: PathBuf, user: AccountId },
}

/// A helper that was reached and has heard nothing yet.
pub(super) struct Reached {
    pub(super) exchange: Exchange,
    /// The process, where it is the reader's own.
    pub(super) process: Option<Child>,
}

impl Helper {
    /// Reaches one that will ask the bus at `bus`. What another user than the expected one says is not taken.
    pub(super) fn reach(&self, bus: &Path) -> Result<Reached, Unreadable> {
        match self {
            Self::OfThisMachine if effective_user() == 0 && Path::new(SERVICE).exists() => {
                let user = account_named(SERVICE_USER)?.ok_or(Unreadable::Denied)?;
                connect(Path::new(SERVICE), &user)
            }
            Self::OfThisMachine => start(Path::new(OWN_PROGRAM), bus),
            Self::Program(program) => start(program, bus),
            Self::Service { socket, user } => connect(socket, user),
        }
    }
}

fn connect(service: &Path, user: &AccountId) -> Result<Reached, Unreadable> {
    let AccountId::Uid(user) = *user else { return Err(Unreadable::Denied) };
    let stream = LocalStream::connect(service)?;
    // The manager listens, for whom nobody but root and this process's own user can pass.
    if ![0, effective_user()].contains(&stream.listener()?) {
        return Err(Unreadable::Denied);
    }
    Ok(Reached { exchange: Exchange::with(stream, user)?, process: None })
}

fn start(program: &Path, bus: &Path) -> Result<Reached, Unreadable> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    // It needs nothing of our surroundings, and holding our output open would keep whoever waits for its end.
    let process = Command::new(program)
        .arg(BUS_HELPER)
        .arg(bus)
        .env_clear()
        .current_dir("/")
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let exchange = Exchange::with(LocalStream::of(ours.into()), effective_user())?;
    Ok(Reached { exchange, process: Some(process) })
}
