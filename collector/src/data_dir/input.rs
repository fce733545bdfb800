//! What is read whole: keys and certificates of the directory, and the files that a person names. A FIFO, a device or a file without an end keeps
//! nobody waiting ([`candor_durable::read_given`]).

use std::io;
use std::path::Path;

/// Longest such file in bytes: many times the longest bundle, root or policy.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The bytes of a file.
pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    candor_durable::read_given(path, MAX_BYTES)
}

/// The bytes of a key, which is a secret.
pub(crate) fn read_key(path: &Path) -> io::Result<Vec<u8>> {
    candor_durable::read_key(path, MAX_BYTES)
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_file(path)?).map_err(|_| io::ErrorKind::InvalidData.into())
}
