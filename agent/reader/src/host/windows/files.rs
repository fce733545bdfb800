//! How files are opened and made.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::FileExt as _;
use std::path::Path;

/// Options to open a file.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Fills `into` with the file's bytes from `offset` on.
pub(crate) fn read_exact_at(file: &File, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !into.is_empty() {
        let read = file.seek_read(into, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset = offset.saturating_add(read as u64);
        into = into.get_mut(read..).unwrap_or_default();
    }
    Ok(())
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
