//! What Linux and macOS have in common.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// Fills `into` with the file's bytes from `offset` on.
pub(crate) fn read_exact_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    file.read_exact_at(into, offset)
}
