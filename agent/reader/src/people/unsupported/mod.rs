//! Any other operating system: no account asks there yet.

use super::People;
use std::io;

/// Not written for this system.
pub(super) fn serve(_: People) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
