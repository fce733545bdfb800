//! Linux.

mod battery;
mod browser;
mod device;
mod display;
mod graphics;
mod host;
mod location;
mod network;
mod os;
mod package;
mod security;
mod session;
mod storage;
mod user;
mod wwan;

use super::table::Probe;

/// Every probe, in the order in which they run. Location comes last: it may use all the time that the other questions to
/// the system bus have left.
pub(super) const PROBES: &[&dyn Probe] = &[
    os::PROBE,
    host::PROBE,
    device::PROBE,
    network::PROBE,
    storage::PROBE,
    battery::PROBE,
    graphics::PROBE,
    display::PROBE,
    package::PROBE,
    user::PROBE,
    session::PROBE,
    security::PROBE,
    wwan::PROBE,
    location::PROBE,
];
