//! Windows: rights come from the access list of the directory, which the installer sets.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Files take the rights of their directory.
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a directory and those above it.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Directories cannot be opened for syncing here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
