//! A system without such means.

use super::Needs;
use collector_proto::disclosure::Sandbox;

/// There are none to give up, or none that could be.
pub(super) fn give_up_capabilities() -> bool {
    false
}

/// Confines nothing and says so.
pub(super) fn confine(_needs: &Needs) -> Sandbox {
    Sandbox::default()
}
