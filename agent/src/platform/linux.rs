//! Linux.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use super::unix::{
    Owner, command_of, foreign_owner, free_bytes, is_everybodys_to_ask, is_own, is_privileged, is_roots,
    is_same_owner, opened, own_account, shared_beyond_owner, start_over, stop_requested,
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
    match reader.take(u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut answer) {
        // Whoever refuses hangs up with the question unread; what it said came before that.
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset && !answer.is_empty() => Ok(answer),
        read => read.map(|_| answer),
    }
}

/// The socket through which the reader asks for this user's ledger.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn ledger_socket() -> Option<PathBuf> {
    Some(PathBuf::from("/run/candor/ledger.sock"))
}

/// A socket that listens, and a question that came through it.
pub(crate) type LedgerSocket = UnixListener;
pub(crate) type LedgerConnection = UnixStream;

/// The socket that the system's manager has listening and hands over as standard input (systemd.socket(5)).
pub(crate) fn ledger_socket_handed_over() -> io::Result<LedgerSocket> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    if rustix::net::sockopt::socket_acceptconn(&socket)? {
        Ok(socket.into())
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// The next connection of root's or of this user's own, of which no wait is longer than `wait`; `None` where none comes for so
/// long. Whoever else connects is left.
pub(crate) fn next_ledger_connection(
    socket: &LedgerSocket,
    idle: Duration,
    wait: Duration,
) -> io::Result<Option<LedgerConnection>> {
    let idle = Timespec::try_from(idle).map_err(|_| io::ErrorKind::InvalidInput)?;
    loop {
        match poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&idle)) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let (connection, _) = socket.accept()?;
        let asking = rustix::net::sockopt::socket_peercred(&connection)?.uid;
        if asking.is_root() || asking == rustix::process::geteuid() {
            connection.set_read_timeout(Some(wait))?;
            connection.set_write_timeout(Some(wait))?;
            return Ok(Some(connection));
        }
    }
}

/// A question: a line of at most `max` bytes.
pub(crate) fn ledger_question(connection: &mut LedgerConnection, max: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let bound = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    BufReader::new(connection.take(bound)).read_until(b'\n', &mut line)?;
    if line.pop() == Some(b'\n') { Ok(line) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Tells the answer and ends the connection.
pub(crate) fn tell_of_ledger(mut connection: LedgerConnection, reply: &[u8]) -> io::Result<()> {
    connection.write_all(reply)?;
    connection.shutdown(Shutdown::Both)
}
