//! How files are read.

use std::fs::File;
use std::io;
use std::os::windows::fs::FileExt as _;

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
