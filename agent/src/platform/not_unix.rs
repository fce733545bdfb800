//! What systems that are not of the Unix family share: users, modes and free space are not known there.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::process::Command;

/// Whether this process acts for the whole machine. Not known here: `--state` says where the state is.
pub(crate) fn is_privileged() -> bool {
    false
}

/// Not known here.
pub(crate) fn own_account() -> Option<String> {
    None
}

/// Not known here.
pub(crate) fn shared_beyond_owner(_: &Metadata) -> Option<String> {
    None
}

/// Not known here: each user has a state directory of its own.
pub(crate) fn is_own(_: &Path) -> bool {
    true
}

/// Not known here.
pub(crate) fn is_roots(_: &Metadata) -> bool {
    true
}

/// Not known here.
pub(crate) fn is_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Not known here.
pub(crate) fn is_everybodys_to_ask(_: &Metadata) -> bool {
    true
}

/// Not known here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn free_bytes(_: &Path) -> io::Result<Option<u64>> {
    Ok(None)
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

/// Returns when the process is asked to end: Ctrl-C.
pub(crate) async fn stop_requested() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
