//! Linux: capabilities are given up, Landlock closes the file system and the ports, then seccomp the system calls.

mod calls;
mod files;
#[cfg(feature = "fault-points")]
mod taken_over;

#[cfg(feature = "fault-points")]
pub(super) use taken_over::taken_over;

use super::Confined;
use crate::paths::Paths;
use candor_confine::files::{Enforced, FIRST_WITH_PORTS};
use candor_confine::give_up_capabilities;
use candor_uplink::Reach;

/// Confines the calling thread and those that it starts from here on.
pub(super) fn confine(paths: &Paths, reach: &Reach, readers: &[u32]) -> Confined {
    let without_capabilities = give_up_capabilities();
    let Enforced { files, abi: landlock_abi } = files::confine(paths, reach, readers);
    let calls = calls::confine(reach, readers);
    Confined {
        files,
        ports: files && landlock_abi >= FIRST_WITH_PORTS,
        calls,
        capabilities: without_capabilities,
        landlock_abi,
    }
}

/// Confines the calling thread and those that it starts from here on to reading the ledger. Every port is closed.
pub(super) fn confine_to_reading(paths: &Paths) -> Confined {
    let without_capabilities = give_up_capabilities();
    let Enforced { files, abi: landlock_abi } = files::confine_to_reading(paths);
    let calls = calls::confine_to_reading();
    let ports = files && landlock_abi >= FIRST_WITH_PORTS;
    Confined { files, ports, calls, capabilities: without_capabilities, landlock_abi }
}
