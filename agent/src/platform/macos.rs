//! macOS.

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use super::unix::{
    Owner, command_of, foreign_owner, free_bytes, is_privileged, is_same_owner, opened, shared_beyond_owner,
    start_over, stop_requested,
};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "open";

/// Where the state of the machine's agent is.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_state() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor"))
}

/// The administrator's configuration.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor/config.toml"))
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
