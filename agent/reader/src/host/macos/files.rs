//! How files are opened.

use std::fs::OpenOptions;

/// Options to open a file.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}
