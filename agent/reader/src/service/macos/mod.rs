//! macOS: no account asks here yet.

use super::Service;
use std::io;

/// Not written for this system.
pub(super) fn serve(_: Service) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
