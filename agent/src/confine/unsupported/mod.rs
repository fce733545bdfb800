//! Any other operating system: nothing confines a step, and the level says so.

use super::Confined;
use crate::paths::Paths;
use candor_uplink::Reach;

/// Confines nothing.
pub(super) fn confine(_: &Paths, _: &Reach, _: &[u32]) -> Confined {
    Confined::default()
}

/// Confines nothing.
pub(super) fn confine_to_reading(_: &Paths) -> Confined {
    Confined::default()
}

/// Tests that take a step over are written for Linux.
#[cfg(feature = "fault-points")]
pub(super) fn taken_over(_: &str) {}
