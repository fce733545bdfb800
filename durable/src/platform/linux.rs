//! Linux.

pub(crate) use super::unix::{Handle, examine, open_named, open_on_way, private_directory};
use super::unix::{Here, Unix};
use rustix::fs::{OFlags, Stat};

impl Unix for Here {
    /// To look names up in it and for nothing else, which needs no right to read it (open(2)).
    const WALK: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    fn mode(found: &Stat) -> u32 {
        found.st_mode & 0o7777
    }
}
