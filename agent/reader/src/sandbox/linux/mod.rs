//! Linux: capabilities are given up, Landlock closes the file system, then seccomp the system calls.

mod calls;
mod files;

pub(super) use candor_confine::give_up_capabilities;

use super::Others;
use crate::host::Opening;
use crate::host::system::is_looked_at;
use calls::Needs;
use candor_confine::files::Enforced;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;

/// Confines the calling thread and those that it starts from here on. Says nothing of capabilities.
pub(super) fn confine(
    openings: &[Opening],
    sources: &BTreeSet<SourcePlace>,
    is_live: bool,
    others: Others,
) -> Sandbox {
    let Enforced { files, abi: landlock_abi } = files::confine(openings);
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
