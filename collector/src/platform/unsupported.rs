//! Any other system.

use crate::store::Space;
use std::io;
use std::path::Path;

/// Ends when the process is asked to stop: Ctrl-C.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Without a handler the process cannot be asked to stop gracefully; it runs on.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// How much of the disk is left on which a directory is; `None` where that is not known.
pub(crate) fn space(_: &Path) -> Option<Space> {
    None
}

/// Name of the user that runs this process, as the environment tells it.
pub(crate) fn user() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "unknown".to_owned())
}

/// Has this process wait for a processor whenever another one wants it: not done here.
pub(crate) fn stand_back() {}
