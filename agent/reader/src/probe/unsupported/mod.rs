//! A system for which no probe is written: every field is unsupported.

/// No probe.
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "compiled everywhere so that it cannot rot"))]
pub(super) const PROBES: &[super::Probe] = &[];
