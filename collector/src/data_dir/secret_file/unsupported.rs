//! Systems where access is inherited from the directory.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

pub(super) fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

#[expect(clippy::unnecessary_wraps, reason = "the same shape on every system")]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
