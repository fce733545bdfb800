//! Linux.

mod assignments;
mod device;
mod host;
mod network;
mod os;
mod package;
mod placeholder;

/// Every probe, in the order in which they run.
pub(super) const PROBES: &[super::Probe] =
    &[os::PROBE, host::PROBE, device::PROBE, network::PROBE, package::PROBE];
