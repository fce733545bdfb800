//! Linux.

mod assignments;
mod device;
mod host;
mod location;
mod network;
mod os;
mod package;
mod placeholder;
mod session;
mod wifi;
mod wwan;

/// Every probe, in the order in which they run. Location comes last: it may use all the time that the other questions to
/// the system bus have left.
pub(super) const PROBES: &[super::Probe] = &[
    os::PROBE,
    host::PROBE,
    device::PROBE,
    network::PROBE,
    package::PROBE,
    session::PROBE,
    wwan::PROBE,
    location::PROBE,
];
