//! How far the operating system holds the reader to its permit.

use crate::catalog::SandboxLevel;
use serde::{Deserialize, Serialize};

/// The protections that were in force before anything was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sandbox {
    /// The kernel refuses files other than the sources of permitted fields (Landlock).
    pub files: bool,
    /// The kernel refuses system calls that reading does not need: other sockets, starting programs, tracing (seccomp).
    pub calls: bool,
    /// The process has no capability: being root does not open other users' files.
    pub capabilities: bool,
    /// Whether whoever talks to the collector reaches what is the reader's.
    pub split: Split,
    /// Version of Landlock's interface that the kernel offers; 0 where it has none.
    pub landlock_abi: u32,
}

/// Whether reader and agent are two users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// The agent runs as another user: who takes it over gets nothing of what the reader can read or keeps.
    Enforced,
    /// The agent has the reader's rights.
    #[default]
    NotEnforced,
}

impl Sandbox {
    /// What it comes to.
    pub const fn level(self) -> SandboxLevel {
        match (self.files, self.calls, self.capabilities) {
            (true, true, true) => SandboxLevel::Full,
            (false, false, _) => SandboxLevel::None,
            _ => SandboxLevel::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_protections_together_are_full() {
        let of = |files, calls, capabilities| {
            Sandbox { files, calls, capabilities, landlock_abi: 7, split: Split::NotEnforced }.level()
        };
        assert_eq!(of(true, true, true), SandboxLevel::Full);
        assert_eq!(of(false, false, false), SandboxLevel::None);
        assert_eq!(of(false, false, true), SandboxLevel::None);
        for (files, calls, capabilities) in [(true, true, false), (true, false, true), (false, true, true)] {
            assert_eq!(of(files, calls, capabilities), SandboxLevel::Partial);
        }
        assert!(SandboxLevel::None < SandboxLevel::Partial && SandboxLevel::Partial < SandboxLevel::Full);
    }
}
