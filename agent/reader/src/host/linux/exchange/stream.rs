//! A local socket of which no wait is without an end.
//!
//! Once connected it is read, written and waited for as any file is, by read(2), write(2) and ppoll(2): the sandbox allows
//! nothing that is done with sockets alone.

use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

/// A connection to a local service, of which no wait is without an end.
pub(in crate::host::system) struct LocalStream(File);

impl LocalStream {
    /// Connects. Never waits: a service whose queue is full is `WouldBlock`.
    pub(in crate::host::system) fn connect(path: &Path) -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
        connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
        Ok(Self::of(socket))
    }

    /// A connected socket that does not wait.
    pub(in crate::host::system) fn of(socket: OwnedFd) -> Self {
        Self(File::from(socket))
    }

    /// Reads what is there, or what comes within that time; `WouldBlock` when nothing does.
    pub(in crate::host::system) fn read(&mut self, into: &mut [u8], within: Duration) -> io::Result<usize> {
        self.wait(PollFlags::IN, within)?;
        self.0.read(into)
    }

    /// Writes what the other side takes within that time; `WouldBlock` when it takes nothing.
    pub(in crate::host::system) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
        self.wait(PollFlags::OUT, within)?;
        self.0.write(bytes)
    }

    /// Waits until it can be read or written, or the time is over; which of them it was is seen by trying.
    fn wait(&self, until: PollFlags, within: Duration) -> io::Result<()> {
        let within = Timespec::try_from(within).map_err(|_| io::ErrorKind::InvalidInput)?;
        poll(&mut [PollFd::new(&self.0, until)], Some(&within))?;
        Ok(())
    }
}
