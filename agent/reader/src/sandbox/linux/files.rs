//! What may be opened are the paths that the permitted fields mean. Looking at a path from outside (stat, readlink) is not restricted
//! by this; `calls.rs` allows it or not.

use crate::host::Opening;
use crate::host::system::Access as Allowed;
use candor_confine::files::{self, AccessFs, BitFlags, Enforced};

/// Confines the thread.
pub(super) fn confine(openings: &[Opening]) -> Enforced {
    files::confine(files::all_scopes(), |open| {
        openings.iter().filter_map(Opening::open).try_fold(open, |open, (opened, access)| {
            let access: BitFlags<AccessFs> = match access {
                Allowed::Read => AccessFs::ReadFile.into(),
                Allowed::ReadBeneath => AccessFs::ReadFile | AccessFs::ReadDir,
            };
            open.opened(opened, access)
        })
    })
}
