//! Linux: capabilities are given up, Landlock closes the file system, then seccomp the system calls.

mod calls;
mod files;

use super::Others;
use crate::host::Opening;
use crate::host::system::is_looked_at;
use calls::Needs;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};
use std::collections::BTreeSet;

/// Confines the calling thread and those that it starts from here on. Says nothing of capabilities.
pub(super) fn confine(
    openings: &[Opening],
    sources: &BTreeSet<SourcePlace>,
    is_live: bool,
    others: Others,
) -> Sandbox {
    let (files, landlock_abi) = files::confine(openings);
    // A tree has files and nothing else.
    let needs = Needs {
        // In a tree every link on the way is looked at.
        looks: !is_live || sources.iter().any(is_looked_at),
        uname: is_live && sources.contains(&SourcePlace::SystemCall("uname")),
        waits: others == Others::Asked || is_live && sources.iter().any(is_of_the_bus),
    };
    let calls = calls::confine(needs);
    tracing::debug!(files, calls, landlock_abi, "confined");
    Sandbox { files, calls, landlock_abi, ..Sandbox::default() }
}

/// Without a helper the bus is asked over a connection of the process's own.
const fn is_of_the_bus(source: &SourcePlace) -> bool {
    matches!(source, SourcePlace::Bus { .. })
}

/// With an empty set root reads files that root owns, such as a serial number's, and no other user's (capabilities(7)).
///
/// A program that it starts has none either: no_new_privs (prctl(2)) keeps them from coming back.
pub(super) fn give_up_capabilities() -> bool {
    let none = CapabilitySet::empty();
    set_no_new_privs(true).is_ok()
        && set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
            .is_ok()
}
