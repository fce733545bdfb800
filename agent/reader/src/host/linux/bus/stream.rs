//! A local socket of which no wait is without an end.

use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A connection to a local service, of which no wait is without an end.
pub(super) struct LocalStream(UnixStream);

impl LocalStream {
    /// Connects. Never waits: a service whose queue is full is `WouldBlock`.
    pub(super) fn connect(path: &Path) -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
        connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
        let stream = UnixStream::from(socket);
        stream.set_nonblocking(false)?;
        Ok(Self(stream))
    }

    /// Reads what is there, or what comes within that time; `WouldBlock` when nothing does.
    pub(super) fn read(&mut self, into: &mut [u8], within: Duration) -> io::Result<usize> {
        self.0.set_read_timeout(Some(within))?;
        self.0.read(into)
    }

    /// Writes what the other side takes within that time; `WouldBlock` when it takes nothing.
    pub(super) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
        self.0.set_write_timeout(Some(within))?;
        self.0.write(bytes)
    }
}
