//! Windows, on which nothing confines the reader so far.

use super::Others;
use crate::host::Opening;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;

/// There are no capabilities to drop.
pub(super) const fn give_up_capabilities() -> bool {
    false
}

/// Confines nothing and says so.
pub(super) fn confine(
    _openings: &[Opening],
    _sources: &BTreeSet<SourcePlace>,
    _is_live: bool,
    _others: Others,
) -> Sandbox {
    Sandbox::default()
}
