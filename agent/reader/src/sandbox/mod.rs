//! The kernel enforces the permit: before anything is read, the process gives up what the permitted fields do not need.
//!
//! What is opened follows from the catalogue's sources alone, which are also what the probes read by. The level that was
//! reached is part of every answer; a policy may demand the highest one.

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
mod system;

use crate::host::{Host, Opening, Prepared};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;

/// Whether the process is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// By the kernel, as far as it can. There is no way back: the process answers this one request and ends.
    Kernel,
    /// Not at all: for a process that goes on with other work. The answer says so.
    Off,
}

impl Confinement {
    /// Confines the calling thread, and those that it starts from here on, to these sources.
    pub fn confine(self, host: &Host, sources: &BTreeSet<SourcePlace>) -> Sandbox {
        match self {
            // Before the first directory is listed: what root may do by its capabilities is none of the reader's business.
            Self::Kernel => {
                let capabilities = system::give_up_capabilities();
                let Prepared { openings, helpers } = host.prepare(sources);
                let others = if helpers.is_empty() { Others::None } else { Others::Asked };
                let own =
                    Sandbox { capabilities, ..system::confine(&openings, sources, host.is_live(), others) };
                helpers.into_iter().fold(own, weaker)
            }
            Self::Off => Sandbox::default(),
        }
    }
}

/// Whether other processes are asked, over connections that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// They are, and their answers are waited for.
    Asked,
    /// Nobody is.
    None,
}

/// Confines a process that serves the reader to these sources, of which what is to be opened is named.
pub(crate) fn confine_helper(openings: &[Opening], sources: &BTreeSet<SourcePlace>) -> Sandbox {
    let capabilities = system::give_up_capabilities();
    Sandbox { capabilities, ..system::confine(openings, sources, true, Others::Asked) }
}

/// What holds for both.
const fn weaker(own: Sandbox, helper: Sandbox) -> Sandbox {
    Sandbox {
        files: own.files && helper.files,
        calls: own.calls && helper.calls,
        capabilities: own.capabilities && helper.capabilities,
        landlock_abi: own.landlock_abi,
        split: own.split,
    }
}
