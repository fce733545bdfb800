//! What Linux and macOS share.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitStatus;

/// Whether this process acts for the whole machine.
pub(crate) fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

/// The mode in octal, where others than the owner have any right.
pub(crate) fn shared_beyond_owner(metadata: &Metadata) -> Option<String> {
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then(|| format!("{mode:04o}"))
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
