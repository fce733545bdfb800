//! Windows: access is inherited from the directory.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Options to write a file. The directory's own protection is all there is.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

/// Makes a directory and those above it.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// Directories cannot be opened for syncing here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

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

/// Name of the user that runs this process, as the environment tells it.
pub(crate) fn user() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "unknown".to_owned())
}
