//! Linux.

use super::Peer;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrLike as _, UnixAddr, connect, getsockopt, socket, sockopt,
};
use std::fs::{File, OpenOptions, ReadDir};
use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options to open a file that may turn out to be a FIFO or a terminal: opening it neither waits nor adopts it.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    options
}

/// Where an open file or directory really is.
pub(crate) fn path_of(file: &File) -> io::Result<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// The entries of a directory that `admits` lets through once it is open. What is admitted is what is listed.
pub(crate) fn read_directory(path: &Path, admits: impl Fn(&File) -> bool) -> io::Result<ReadDir> {
    let directory = cautious_read().open(path)?;
    if !directory.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if !admits(&directory) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    std::fs::read_dir(format!("/proc/self/fd/{}", directory.as_raw_fd()))
}

/// Opens a path for nothing but to name what it leads to.
pub(crate) fn open_path(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlag::O_PATH.bits()).open(path)
}

/// Fills `into` with the file's bytes from `offset` on.
pub(crate) fn read_exact_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    file.read_exact_at(into, offset)
}

/// Options to make a file that only its owner may read.
pub(crate) fn private_create() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

/// Makes a directory, and those above it, that only their owner may enter.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Every address of every interface, by interface name. Labels such as `eth0:1` count as their interface.
pub(crate) fn interface_addresses() -> io::Result<Vec<(String, IpAddr)>> {
    let mut found = Vec::new();
    for entry in nix::ifaddrs::getifaddrs().map_err(io::Error::from)? {
        let Some(address) = entry.address.filter(|address| address.family().is_some()) else { continue };
        let ip = if let Some(v4) = address.as_sockaddr_in() {
            IpAddr::V4(v4.ip())
        } else if let Some(v6) = address.as_sockaddr_in6() {
            IpAddr::V6(v6.ip())
        } else {
            continue;
        };
        let name = entry.interface_name.split(':').next().unwrap_or_default().to_owned();
        found.push((name, ip));
    }
    Ok(found)
}

/// Who sends the request.
pub(crate) fn standard_input_peer() -> Peer {
    match getsockopt(&io::stdin().as_fd(), sockopt::PeerCredentials) {
        Ok(credentials) => Peer::User(credentials.uid()),
        Err(Errno::ENOTSOCK) => Peer::Parent,
        Err(_) => Peer::Unknown,
    }
}

/// This process's effective user.
pub(crate) fn effective_user() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// A connection to a local service, of which no wait is without an end.
pub(crate) struct LocalStream(UnixStream);

impl LocalStream {
    /// Connects. Never waits: a service whose queue is full is `WouldBlock`.
    pub(crate) fn connect(path: &Path) -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
        connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
        let stream = UnixStream::from(socket);
        stream.set_nonblocking(false)?;
        Ok(Self(stream))
    }

    /// Reads what is there, or what comes within that time; `WouldBlock` when nothing does.
    pub(crate) fn read(&mut self, into: &mut [u8], within: Duration) -> io::Result<usize> {
        self.0.set_read_timeout(Some(within))?;
        self.0.read(into)
    }

    /// Writes what the other side takes within that time; `WouldBlock` when it takes nothing.
    pub(crate) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
        self.0.set_write_timeout(Some(within))?;
        self.0.write(bytes)
    }
}
