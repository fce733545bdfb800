//! How files are opened and made.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Options to open a file.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Files are read from their start only.
pub(crate) fn read_exact_at(_file: &File, _into: &mut [u8], _offset: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Options to make a file. The directory's own protection is all there is.
pub(crate) fn private_create() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

/// Makes a directory and those above it.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Directories cannot be synced through the standard library here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
