//! macOS.

pub(crate) use super::unix::{Handle, examine, open_named, open_on_way, private_directory};
use super::unix::{Here, Unix};
use rustix::fs::{OFlags, Stat};

impl Unix for Here {
    const WALK: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    fn mode(found: &Stat) -> u32 {
        u32::from(found.st_mode) & 0o7777
    }
}
