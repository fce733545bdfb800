//! macOS.

pub(crate) use super::unix::{Handle, examine, open_given, open_named, open_on_way, private_directory};
use super::unix::{Here, Unix, no_core_file};
use rustix::fs::{OFlags, Stat};

/// A limit is all that there is.
pub(crate) fn leave_no_core() {
    no_core_file();
}

impl Unix for Here {
    const WALK: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    fn mode(found: &Stat) -> u32 {
        u32::from(found.st_mode) & 0o7777
    }
}
