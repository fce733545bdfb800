//! The kernel enforces the permit: before anything is read, the process gives up what the permitted fields do not need.
//!
//! What is opened follows from the catalogue's sources alone, which are also what the probes read by. The level that was
//! reached is part of every answer; a policy may demand the highest one.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as platform;

use crate::host::{Expander, Host, Opening};
use collector_proto::catalog::{FieldSet, Platform, SourcePlace};
use collector_proto::disclosure::Sandbox;

/// Whether the process is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// By the kernel, as far as it can. There is no way back: the process answers this one request and ends.
    Kernel,
    /// Not at all: for a process that goes on with other work. The answer says so.
    Off,
}

impl Confinement {
    /// Confines the calling thread, and those that it starts from here on, to the sources of these fields.
    pub fn confine(self, host: &Host, fields: &FieldSet) -> Sandbox {
        match self {
            // Before the first directory is listed: what root may do by its capabilities is none of the reader's business.
            Self::Kernel => {
                let capabilities = platform::give_up_capabilities();
                Sandbox { capabilities, ..platform::confine(&Needs::of(host, fields)) }
            }
            Self::Off => Sandbox::default(),
        }
    }
}

/// What the permitted fields need of the operating system.
#[derive(Debug)]
struct Needs {
    openings: Vec<Opening>,
    /// Addresses of interfaces come over netlink.
    netlink: bool,
    /// D-Bus is a local socket.
    bus: bool,
}

impl Needs {
    fn of(host: &Host, fields: &FieldSet) -> Self {
        let (mut netlink, mut bus) = (false, false);
        let mut expander = Expander::of(host);
        let mut sources: Vec<SourcePlace> = fields
            .iter()
            .flat_map(|field| field.field().source(Platform::current()).touches)
            .copied()
            .collect();
        // Fields of one database name it once each.
        sources.sort_unstable();
        sources.dedup();
        for source in sources {
            bus |= matches!(source, SourcePlace::Bus(_)) && host.is_live();
            netlink |= source == SourcePlace::SystemCall("getifaddrs") && host.is_live();
            expander.add(source);
        }
        Self { openings: expander.finish(), netlink, bus }
    }
}
