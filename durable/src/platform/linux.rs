//! Linux.

pub(crate) use super::unix::{Handle, examine, open_given, open_named, open_on_way, private_directory};
use super::unix::{Here, Unix, no_core_file};
use rustix::fs::{OFlags, Stat};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

/// The limit does not hold where a program takes cores (core(5)).
pub(crate) fn leave_no_core() {
    no_core_file();
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

impl Unix for Here {
    /// To look names up in it and for nothing else, which needs no right to read it (open(2)).
    const WALK: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    fn mode(found: &Stat) -> u32 {
        found.st_mode & 0o7777
    }
}
