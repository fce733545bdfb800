//! What Linux and macOS share.

use crate::store::Space;
use std::io;
use std::path::Path;
use tokio::signal::unix::{SignalKind, signal};

/// Ends when the process is asked to stop: SIGTERM or SIGINT. The handlers are in place on return.
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// How much of the disk is left on which a directory is; `None` where that is not known.
pub(crate) fn space(directory: &Path) -> Option<Space> {
    let volume = rustix::fs::statvfs(directory).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(volume.f_frsize);
    Some(Space { left: bytes(volume.f_bavail), all: bytes(volume.f_blocks) })
}

/// Name of the user that runs this process, or its number where it has no name.
pub(crate) fn user() -> String {
    let id = nix::unistd::getuid();
    match nix::unistd::User::from_uid(id) {
        Ok(Some(user)) => user.name,
        _ => id.to_string(),
    }
}

/// Has this process wait for a processor whenever another one wants it. Where the system does not let it, it goes on as it is.
pub(crate) fn stand_back() {
    /// The lowest priority, `nice` 19.
    const LOWEST: i32 = 19;
    let _ = rustix::process::setpriority_process(None, LOWEST);
}
