//! Linux.

mod assignments;
mod battery;
mod browser;
mod device;
mod display;
mod graphics;
mod homes;
mod host;
mod network;
mod os;
mod package;
mod placeholder;
mod security;
mod software;
mod storage;
mod user;

/// Every probe, in the order in which they run.
pub(super) const PROBES: &[super::Probe] = &[
    os::PROBE,
    host::PROBE,
    device::PROBE,
    network::PROBE,
    storage::PROBE,
    battery::PROBE,
    graphics::PROBE,
    display::PROBE,
    software::PROBE,
    user::PROBE,
    security::PROBE,
];
