//! Landlock (landlock(7)): reading, listing, running and every way of writing are refused, and so is what a newer kernel can
//! refuse beyond files: TCP, abstract sockets, signals to others. What stays open is named right by right.
//!
//! Looking at a path from outside (stat, readlink) is not restricted by Landlock, and neither is UDP.

use landlock::{
    ABI, Access, AccessNet, CompatLevel, Compatible, LandlockStatus, NetPort, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus,
};
use std::os::fd::AsFd;
use std::path::Path;

pub use landlock::{AccessFs, BitFlags, RulesetError, Scope};

/// The newest interface whose rights are asked for. Rights of later ones could refuse what is needed.
const NEWEST: ABI = ABI::V6;

/// The first interface that knows of TCP ports.
pub const FIRST_WITH_PORTS: u32 = ABI::V4 as u32;

/// How far the kernel went along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enforced {
    /// Whether files are confined.
    pub files: bool,
    /// Version of the kernel's interface; 0 where there is none.
    pub abi: u32,
}

/// What stays open.
pub struct Open(RulesetCreated);

/// Every scope there is: no signal leaves, and no abstract socket is connected to.
pub fn all_scopes() -> BitFlags<Scope> {
    Scope::from_all(NEWEST)
}

/// Confines the calling thread and those that it starts from here on to what is left open.
pub fn confine(
    scopes: BitFlags<Scope>,
    leave_open: impl FnOnce(Open) -> Result<Open, RulesetError>,
) -> Enforced {
    restrict(scopes, leave_open).unwrap_or_else(|error| {
        tracing::warn!(%error, "Landlock could not be applied");
        Enforced::default()
    })
}

impl Open {
    /// Leaves what is open there, and beneath it, open to these rights.
    pub fn opened(
        self,
        opened: impl AsFd,
        rights: impl Into<BitFlags<AccessFs>>,
    ) -> Result<Self, RulesetError> {
        Ok(Self(self.0.add_rule(PathBeneath::new(opened, rights))?))
    }

    /// The same by its path. What is not there cannot be left open, and is not there for this process.
    pub fn path(self, path: &Path, rights: impl Into<BitFlags<AccessFs>>) -> Result<Self, RulesetError> {
        match PathFd::new(path) {
            Ok(opened) => self.opened(opened, rights),
            Err(_) => Ok(self),
        }
    }

    /// Lets TCP connect to the port.
    pub fn port(self, port: u16) -> Result<Self, RulesetError> {
        Ok(Self(self.0.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?))
    }
}

fn restrict(
    scopes: BitFlags<Scope>,
    leave_open: impl FnOnce(Open) -> Result<Open, RulesetError>,
) -> Result<Enforced, RulesetError> {
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(scopes)?
        .create()?;
    let status = leave_open(Open(rules))?.0.restrict_self()?;
    // The first interface has every right to open, make and remove, so a kernel with any confines these.
    let files = status.no_new_privs && status.ruleset != RulesetStatus::NotEnforced;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            kernel_abi.map_or(effective_abi as u32, |abi| u32::try_from(abi).unwrap_or(0))
        }
        _ => 0,
    };
    Ok(Enforced { files, abi })
}
