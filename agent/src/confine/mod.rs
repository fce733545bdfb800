//! The kernel holds a step to what a cycle needs: before a byte of the network or of the reader is parsed, the process gives
//! up everything else, for good.
//!
//! What is left to it: reading who it is (`enrolment.json`, `device.key`), writing `ledger/` and
//! `cache/`, connecting to the port of the collector or its proxy, and looking a name up where the address has one. It opens
//! no other file, starts no program, makes no local socket, traces and signals nobody. Looking at a path from outside
//! (`stat`, `readlink`) is refused by neither Landlock nor seccomp.
//!
//! The reader is not to inherit this, and a confined process neither starts programs nor makes local sockets. So the reader
//! is started or connected to before, and handed its question later
//! ([`ReaderClient::prepare`](crate::reader_client::ReaderClient::prepare)).
//!
//! The service that starts the steps is not confined: what it gave up, its steps and their readers would have to do without.
//! It opens no connection, and of its steps it takes one short answer.

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
mod system;

use crate::paths::Paths;
use candor_uplink::Reach;
use collector_proto::catalog::SandboxLevel;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::PolicyDocument;
use serde::Serialize;
use std::fmt;

/// What a step needs.
#[derive(Debug)]
pub(crate) struct Needs<'a> {
    pub(crate) paths: &'a Paths,
    /// Where the network has to let it through to.
    pub(crate) reach: Reach,
    /// Readers that wait to be asked, by process id. One that hangs is killed.
    pub(crate) readers: Vec<u32>,
}

/// What the kernel refuses a step from here on. Only [`confine`] and [`probe`] make one.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the kernel does or does not do")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Confined {
    /// Files other than those of a step (Landlock).
    files: bool,
    /// TCP connections to other ports than the collector's (Landlock from version 4 on).
    ports: bool,
    /// System calls that a step does not need: local sockets, starting programs, tracing (seccomp).
    calls: bool,
    /// What root may do by its capabilities: there are none left.
    capabilities: bool,
    /// Version of Landlock's interface that the kernel offers; 0 where it has none.
    landlock_abi: u32,
}

/// The policy demands more than the kernel does here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the policy demands the sandbox level `{demanded}`, and the process that sends reaches `{reached}` on this system; \
     `candor status` says what is missing"
)]
pub(crate) struct TooWeak {
    demanded: SandboxLevel,
    reached: SandboxLevel,
}

/// With the reader's word for the same.
impl From<&TooWeak> for RefusalMessage {
    fn from(too_weak: &TooWeak) -> Self {
        Self { code: "sandbox_too_weak".to_owned(), message: too_weak.to_string(), not_before: None }
    }
}

/// Confines the calling thread, and those that it starts from here on. There is no way back.
pub(crate) fn confine(needs: &Needs<'_>) -> Confined {
    let confined = system::confine(needs.paths, &needs.reach, &needs.readers);
    tracing::debug!(?confined, "confined");
    confined
}

/// Confines the calling thread, and those that it starts, to reading the ledger and answering through sockets that it has: no
/// file is written, nothing is connected to. For the ledger's service, which the system confines as well.
pub(crate) fn confine_to_reading(paths: &Paths) -> Confined {
    let confined = system::confine_to_reading(paths);
    tracing::debug!(?confined, "confined");
    confined
}

/// What [`confine`] comes to on this system, tried in a thread that ends with it: the rest of the process goes on as before.
pub(crate) fn probe(needs: &Needs<'_>) -> Confined {
    std::thread::scope(|scope| scope.spawn(|| confine(needs)).join().unwrap_or_default())
}

/// Runs what a test puts in the step's place (`CANDOR_TAKEN_OVER`), as code that came over the network would run.
#[cfg(feature = "fault-points")]
pub(crate) fn taken_over() {
    if let Ok(attempts) = std::env::var("CANDOR_TAKEN_OVER") {
        system::taken_over(&attempts);
    }
}

/// Empty in a release.
#[cfg(not(feature = "fault-points"))]
pub(crate) fn taken_over() {}

impl Confined {
    /// What it comes to, by the words of a policy.
    pub(crate) const fn level(self) -> SandboxLevel {
        match (self.files, self.ports, self.calls, self.capabilities) {
            (true, true, true, true) => SandboxLevel::Full,
            (false, _, false, _) => SandboxLevel::None,
            _ => SandboxLevel::Partial,
        }
    }

    /// Whether a policy takes it.
    pub(crate) fn suffices(self, policy: &PolicyDocument) -> Result<(), TooWeak> {
        let (demanded, reached) = (policy.require_sandbox, self.level());
        if reached < demanded { Err(TooWeak { demanded, reached }) } else { Ok(()) }
    }
}

/// `full (Landlock ABI 7)`, or what is in force and what is not.
impl fmt::Display for Confined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.level())?;
        if self.landlock_abi > 0 {
            write!(f, " (Landlock ABI {})", self.landlock_abi)?;
        }
        let named = [
            (self.files, "files (Landlock)"),
            (self.ports, "TCP ports (Landlock)"),
            (self.calls, "system calls (seccomp)"),
            (self.capabilities, "capabilities"),
        ];
        let mut lacking = named.iter().filter(|(holds, _)| !holds).map(|(_, name)| name);
        if let Some(first) = lacking.next() {
            write!(f, ": not confined: {first}")?;
        }
        lacking.try_for_each(|name| write!(f, ", {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_protections_together_are_full() {
        let of = |files, ports, calls, capabilities| {
            Confined { files, ports, calls, capabilities, landlock_abi: 7 }.level()
        };
        assert_eq!(of(true, true, true, true), SandboxLevel::Full);
        assert_eq!(of(false, false, false, true), SandboxLevel::None);
        assert_eq!(of(true, false, true, true), SandboxLevel::Partial);
        assert_eq!(of(false, false, true, false), SandboxLevel::Partial);
    }

    #[test]
    fn what_is_lacking_is_named() {
        let old = Confined { files: true, ports: false, calls: true, capabilities: true, landlock_abi: 3 };
        assert_eq!(old.to_string(), "partial (Landlock ABI 3): not confined: TCP ports (Landlock)");
        let none = Confined::default().to_string();
        assert!(none.starts_with("none: not confined: files (Landlock), TCP ports"), "{none}");
        let full = Confined { files: true, ports: true, calls: true, capabilities: true, landlock_abi: 7 };
        assert_eq!(full.to_string(), "full (Landlock ABI 7)");
    }
}
