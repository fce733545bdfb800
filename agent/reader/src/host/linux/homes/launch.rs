//! The launcher: a process of the helper's kind for each connection of a reader.
//!
//! systemd could start each of them; setting up a unit's surroundings costs ten times what the helper does in them. Nothing is read
//! here: what a connection says, only its helper hears.

use super::serve::MAX_LIFE;
use crate::host::system::accounts::peer_of;
use crate::host::{ACCOUNT_HELPER, AccountId, Peer};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// This program, even where its file was replaced meanwhile (proc_pid_exe(5)).
const OWN_PROGRAM: &str = "/proc/self/exe";

/// How long it waits for another reader.
const IDLE: Duration = Duration::from_secs(5);

/// How often it looks whether helpers have ended, while there are some.
const LOOK: Duration = Duration::from_millis(500);

/// Most helpers at a time: 64 accounts of each of four readings.
const MAX_HELPERS: usize = 256;

/// Starts helpers for whoever connects to the socket on standard input, until nobody has for a while.
///
/// An account may stop its helper, and whoever is root without a capability cannot end it. So what has lived too long is not waited
/// for: the launcher ends, the system ends everything that is left in its unit, and starts it again for the next reader. The same holds
/// where there are too many.
pub(crate) fn launch() -> io::Result<()> {
    let listener = UnixListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    let mut helpers = Helpers::default();
    let mut last = Instant::now();
    while helpers.are_fewer_than(MAX_HELPERS) && (helpers.are_waited_for() || last.elapsed() < IDLE) {
        if !is_asked(&listener)? {
            continue;
        }
        match listener.accept() {
            Ok((stream, _)) => helpers.start(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            // Out of descriptors or memory, which passes.
            Err(_) => std::thread::sleep(LOOK),
        }
        last = Instant::now();
    }
    Ok(())
}

/// Those that were started and have not ended.
#[derive(Default)]
struct Helpers(Vec<(Child, Instant)>);

impl Helpers {
    /// Hands the connection to a helper. Where none can be started, the reader is hung up on.
    fn start(&mut self, stream: UnixStream) {
        if peer_of(&stream) != Peer::Account(AccountId::Uid(0)) {
            return;
        }
        let mut helper = Command::new(Path::new(OWN_PROGRAM));
        helper.arg(ACCOUNT_HELPER).env_clear().current_dir("/");
        helper.stdin(OwnedFd::from(stream)).stdout(Stdio::null());
        if let Ok(helper) = helper.spawn() {
            self.0.push((helper, Instant::now()));
        }
    }

    fn are_fewer_than(&mut self, most: usize) -> bool {
        self.0.retain_mut(|(helper, _)| !matches!(helper.try_wait(), Ok(Some(_)) | Err(_)));
        self.0.len() < most
    }

    /// Whether one of them may still be asked.
    fn are_waited_for(&self) -> bool {
        self.0.iter().any(|(_, since)| since.elapsed() < MAX_LIFE)
    }
}

/// Waits a moment for a connection.
fn is_asked(listener: &UnixListener) -> io::Result<bool> {
    let within = Timespec::try_from(LOOK).unwrap_or_default();
    match poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&within)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
