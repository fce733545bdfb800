//! What stands for a system where reader and agent are one user so far.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// There is no package for this system yet.
pub(crate) fn installed_reader() -> Option<PathBuf> {
    None
}

/// Nobody answers for another user here yet.
pub(crate) fn reader_socket() -> Option<PathBuf> {
    None
}

/// Nobody answers every account here yet.
pub(crate) fn people_socket() -> Option<PathBuf> {
    None
}

/// Nobody writes a notice for everybody here yet.
pub(crate) fn notice_directory() -> Option<PathBuf> {
    None
}

/// Ways to a reader of another user are not written for this system yet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReaderConnection {}

/// There are none.
pub(crate) fn connect_to_reader(_: &Path) -> io::Result<ReaderConnection> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There are none.
pub(crate) fn converse(reader: ReaderConnection, _: &[u8], _: usize) -> io::Result<Vec<u8>> {
    match reader {}
}

/// Nobody asks for another user's ledger here yet.
pub(crate) fn ledger_socket() -> Option<PathBuf> {
    None
}

/// Sockets of the system's manager are not handed over here yet.
#[derive(Debug)]
pub(crate) enum LedgerSocket {}

/// There are none.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LedgerConnection {}

/// There is none.
pub(crate) fn ledger_socket_handed_over() -> io::Result<LedgerSocket> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There are none.
pub(crate) fn next_ledger_connection(
    socket: &LedgerSocket,
    _: Duration,
    _: Duration,
) -> io::Result<Option<LedgerConnection>> {
    match *socket {}
}

/// There are none.
pub(crate) fn ledger_question(connection: &mut LedgerConnection, _: usize) -> io::Result<Vec<u8>> {
    match *connection {}
}

/// There are none.
pub(crate) fn tell_of_ledger(connection: LedgerConnection, _: &[u8]) -> io::Result<()> {
    match connection {}
}
