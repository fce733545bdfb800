//! Windows, for which no probe is written: every field is unsupported.

/// No probe.
pub(super) const PROBES: &[&dyn super::table::Probe] = &[];
