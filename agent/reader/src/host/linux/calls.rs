//! System calls. On a tree the files of procfs that show the same structures of the kernel are read instead.

use super::{addresses, stand_in};
use crate::host::{Host, Unreadable};
use collector_proto::catalog::SourcePlace;
use std::net::IpAddr;

/// The source of [`Host::addresses`].
pub(super) const ADDRESSES: SourcePlace = SourcePlace::SystemCall("rtm_getaddr");

/// Members of `uname(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uname {
    /// The node's name.
    NodeName,
    /// The kernel's release.
    Release,
    /// The processor architecture.
    Machine,
}

/// Whole seconds since the machine was started, sleep included. Not for a report: the reader holds the clock to it.
pub(crate) fn running() -> Option<u64> {
    u64::try_from(rustix::time::clock_gettime(rustix::time::ClockId::Boottime).tv_sec).ok()
}

impl Host {
    /// A member of `uname(2)`.
    pub(crate) fn uname(&self, member: Uname) -> Result<String, Unreadable> {
        self.touch(SourcePlace::SystemCall("uname"));
        if !self.is_live() {
            return stand_in::uname(self, member);
        }
        let text = match member {
            Uname::NodeName => sysinfo::System::host_name().ok(),
            Uname::Release => sysinfo::System::kernel_version().ok(),
            Uname::Machine => Some(sysinfo::System::cpu_arch()),
        };
        text.filter(|text| !text.is_empty()).ok_or(Unreadable::Missing)
    }

    /// Physical memory in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Unreadable> {
        if !self.is_live() {
            return stand_in::memory(self);
        }
        self.touch(SourcePlace::File("/proc/meminfo"));
        let mut system = sysinfo::System::new().map_err(|_| Unreadable::Missing)?;
        system.refresh_memory_specifics(sysinfo::MemoryRefreshKind::nothing().with_ram());
        Some(system.total_memory()).filter(|bytes| *bytes > 0).ok_or(Unreadable::Missing)
    }

    /// Whole seconds since the machine was started.
    pub(crate) fn uptime(&self) -> Result<u64, Unreadable> {
        if !self.is_live() {
            return stand_in::uptime(self);
        }
        self.touch(SourcePlace::File("/proc/uptime"));
        sysinfo::System::uptime().map_err(|_| Unreadable::Missing)
    }

    /// Every address of every network interface, by the interface's name.
    pub fn addresses(&self) -> Result<Vec<(String, IpAddr)>, Unreadable> {
        self.touch(ADDRESSES);
        match &self.live {
            Some(live) => live.addresses.get_or_init(addresses::read).clone(),
            None => stand_in::addresses(self),
        }
    }
}
