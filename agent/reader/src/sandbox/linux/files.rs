//! Landlock (landlock(7)): what may be opened are the paths that the permitted fields mean.
//!
//! Reading, listing, running and every way of writing are refused elsewhere; what a newer kernel can refuse beyond files
//! (TCP, abstract sockets, signals to others) is refused too. Looking at a path from outside (stat, readlink) is not
//! restricted by Landlock; `calls.rs` allows it or not.

use crate::host::Opening;
use crate::host::system::Access as Allowed;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

/// The newest interface whose rights are asked for. Rights of later ones could refuse what reading needs.
const NEWEST: ABI = ABI::V6;

/// Confines the thread. Says whether reading files is confined, and the version of the kernel's interface.
pub(super) fn confine(openings: &[Opening]) -> (bool, u32) {
    match restrict(openings) {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(%error, "Landlock could not be applied");
            (false, 0)
        }
    }
}

fn restrict(openings: &[Opening]) -> Result<(bool, u32), RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for (opened, access) in openings.iter().filter_map(Opening::open) {
        let access: BitFlags<AccessFs> = match access {
            Allowed::Read => AccessFs::ReadFile.into(),
            Allowed::ReadBeneath => AccessFs::ReadFile | AccessFs::ReadDir,
        };
        rules = rules.add_rule(PathBeneath::new(opened, access))?;
    }
    let status = rules.restrict_self()?;
    // The first interface has every right that reading needs, so a kernel with any confines it.
    let files = status.no_new_privs && status.ruleset != RulesetStatus::NotEnforced;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            kernel_abi.map_or(effective_abi as u32, |abi| u32::try_from(abi).unwrap_or(0))
        }
        _ => 0,
    };
    Ok((files, abi))
}
