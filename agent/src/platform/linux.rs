//! Linux.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

pub(crate) use super::unix::{
    Owner, command_of, foreign_owner, free_bytes, is_privileged, is_same_owner, opened, own_account,
    shared_beyond_owner, start_over, stop_requested,
};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "xdg-open";

/// Where the state of the machine's agent is.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_state() -> Option<PathBuf> {
    Some(PathBuf::from("/var/lib/candor"))
}

/// The administrator's configuration.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/candor/config.toml"))
}

/// Where packages put the reader: nobody but the system starts it, so it is not among the commands.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn installed_reader() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/lib/candor/candor-reader"))
}

/// Where the reader of the machine answers.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn reader_socket() -> Option<PathBuf> {
    Some(PathBuf::from("/run/candor/reader.sock"))
}

/// Where the reader of the machine answers every account.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn people_socket() -> Option<PathBuf> {
    Some(PathBuf::from("/run/candor/people.sock"))
}

/// Where the notice lies that everybody can open.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn notice_directory() -> Option<PathBuf> {
    Some(PathBuf::from("/var/lib/candor-notice"))
}

/// A way to the reader. A process that has one needs no other local socket.
pub(crate) type ReaderConnection = UnixStream;

/// Connects to whoever answers at the socket: root, for whom the system's manager listens, or this process's own user.
pub(crate) fn connect_to_reader(socket: &Path) -> io::Result<ReaderConnection> {
    let stream = UnixStream::connect(socket)?;
    let answering = rustix::net::sockopt::socket_peercred(&stream)?.uid;
    if !answering.is_root() && answering != rustix::process::geteuid() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "another user than root answers there"));
    }
    Ok(stream)
}

/// Hands the question over, and reads the answer to its end or past `max` bytes.
pub(crate) fn converse(mut reader: ReaderConnection, question: &[u8], max: usize) -> io::Result<Vec<u8>> {
    // A reader that refuses may end without reading to the end; what it answered still counts.
    let _ = reader.write_all(question).and_then(|()| reader.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    reader.take(u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut answer)?;
    Ok(answer)
}
