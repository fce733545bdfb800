//! What Linux and macOS share.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Whether this process acts for the whole machine.
pub(crate) fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

/// The account that this process acts for, by its number.
#[expect(clippy::unnecessary_wraps, reason = "other systems do not know it")]
pub(crate) fn own_account() -> Option<String> {
    Some(rustix::process::geteuid().as_raw().to_string())
}

/// The mode in octal, where others than the owner have any right.
pub(crate) fn shared_beyond_owner(metadata: &Metadata) -> Option<String> {
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then(|| format!("{mode:04o}"))
}

/// Whether it is a socket that every account may connect to.
pub(crate) fn is_everybodys_to_ask(metadata: &Metadata) -> bool {
    metadata.file_type().is_socket() && metadata.permissions().mode() & 0o666 == 0o666
}

/// Bytes that this process may still write on the path's file system.
pub(crate) fn free_bytes(path: &Path) -> io::Result<Option<u64>> {
    let volume = rustix::fs::statvfs(path)?;
    Ok(Some(volume.f_bavail.saturating_mul(volume.f_frsize)))
}

/// Returns when the process is asked to end: SIGTERM or SIGINT.
pub(crate) async fn stop_requested() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Whether the opener opened the file.
pub(crate) fn opened(status: ExitStatus) -> bool {
    status.success()
}

/// A user other than root, with its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
}

/// Whose directory it is, where this process is root's and the directory is not.
pub(crate) fn foreign_owner(directory: &Path) -> Option<Owner> {
    let metadata = std::fs::symlink_metadata(directory).ok().filter(|_| is_privileged())?;
    (metadata.uid() != 0).then(|| Owner { uid: metadata.uid(), gid: metadata.gid() })
}

/// Has the command run as this user, without the groups of root (setgroups(2), which the standard library sees to).
pub(crate) fn command_of(owner: Owner, mut command: Command) -> Command {
    command.uid(owner.uid).gid(owner.gid);
    command
}

/// Puts the command in the place of this process. Returns only why it could not.
pub(crate) fn start_over(mut command: Command) -> io::Error {
    command.exec()
}

/// Whether the directory is this process's user's; where nobody can tell, it is not.
pub(crate) fn is_own(directory: &Path) -> bool {
    let metadata = std::fs::symlink_metadata(directory);
    metadata.is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
}

/// Whether it belongs to root.
pub(crate) fn is_roots(metadata: &Metadata) -> bool {
    metadata.uid() == 0
}

/// Whether both belong to one user.
pub(crate) fn is_same_owner(one: &Metadata, other: &Metadata) -> bool {
    one.uid() == other.uid()
}
