//! Descriptors that the process was started with.

use nix::errno::Errno;
use std::fs;
use std::io;
use std::os::fd::RawFd;

/// The last of standard input, output and error.
const LAST_STANDARD: RawFd = 2;

/// Closes all but the three standard ones: whoever starts the reader may have left open what the sandbox would not let it
/// open. One by one, because `close_range(2)` can only be called by unsafe code; no
/// thread was started yet, so that nobody opens another one meanwhile.
pub(crate) fn close_inherited() -> io::Result<()> {
    // Listed to the end before the first is closed: one of them is the directory's own.
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .map(|entry| Ok(entry?.file_name().to_str().and_then(|number| number.parse().ok())))
        .filter_map(io::Result::transpose)
        .collect::<io::Result<_>>()?;
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > LAST_STANDARD) {
        match nix::unistd::close(descriptor) {
            // The directory's is closed already.
            Ok(()) | Err(Errno::EBADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
