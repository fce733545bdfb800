//! Any other operating system.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "xdg-open";

/// Whether this process acts for the whole machine. Not known here: `--state` says where the state is.
pub(crate) fn is_privileged() -> bool {
    false
}

/// Not known here.
pub(crate) fn shared_beyond_owner(_: &Metadata) -> Option<String> {
    None
}

/// Not known here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn free_bytes(_: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// Where the state of the machine's agent is.
pub(crate) fn system_state() -> Option<PathBuf> {
    None
}

/// The administrator's configuration.
pub(crate) fn system_config() -> Option<PathBuf> {
    None
}

/// Returns when the process is asked to end: Ctrl-C.
pub(crate) async fn stop_requested() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Whether the opener opened the file.
pub(crate) fn opened(status: ExitStatus) -> bool {
    status.success()
}

/// There is no package for this system yet.
pub(crate) fn installed_reader() -> Option<PathBuf> {
    None
}

/// Nobody answers for another user here yet.
pub(crate) fn reader_socket() -> Option<PathBuf> {
    None
}

/// Sockets to a reader of another user are not written for this system yet.
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

/// A user other than the administrator: not distinguished here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {}

/// Not known here.
pub(crate) fn foreign_owner(_: &Path) -> Option<Owner> {
    None
}

/// There is no such user.
pub(crate) fn command_of(owner: Owner, _: Command) -> Command {
    match owner {}
}

/// A process does not put another in its place here.
pub(crate) fn start_over(_: Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Not known here.
pub(crate) fn is_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}
