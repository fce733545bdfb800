//! Hardware addresses inside addresses and texts.
//!
//! An IPv6 interface identifier in modified EUI-64 form (`…ff:fe…`, RFC 4291 appendix A) is the hardware address with
//! one bit turned, and systemd names interfaces `enx<address>` and `wlx<address>` (systemd.net-naming-scheme(7)). Such
//! an address stays only when the same hardware address is itself disclosed as read; from a text it is cut out (`texts`). Hashing an
//! address with a key does not help: who holds the key finds the hardware address among the few that makers have been assigned.
//!
//! Hardware whose addresses are longer (EUI-64, the GUIDs of InfiniBand ports) stands in the identifier as it is, with
//! nothing to tell it by but the universal bit. A link-local address with that bit goes unless hardware addresses are
//! shown anyway. The limit: a random identifier (RFC 7217, RFC 8981) has the bit half of the time, so of global
//! addresses, which the policy's author asks for, none is dropped for the bit alone; whoever collects addresses
//! untruncated from such hardware without `host.mac` may get its number in them.

use super::filter::Filters;
use super::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::keyed_hash::HardwareAddress;
use collector_proto::messages::Absence;
use collector_proto::policy::{Permit, Standing, Treatment};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

/// Bits of the longest IPv6 prefix that holds nothing of the interface identifier (RFC 4291 §2.5.1).
const NETWORK_BITS: u8 = 64;

/// The universal/local bit in the first byte of an interface identifier; set, the identifier claims to be assigned
/// worldwide, as hardware addresses are (RFC 4291 §2.5.1).
const UNIVERSAL: u8 = 0x02;

/// The hardware addresses that the disclosure shows as read.
pub(super) struct ShownAddresses {
    addresses: BTreeSet<HardwareAddress>,
    /// `host.mac` is kept in every row: no hardware address is denied.
    everywhere: bool,
}

impl ShownAddresses {
    /// Those of the rows of the network in which `host.mac` is not left out by a filter, when it is kept.
    pub(super) fn of<S: Standing>(
        sections: &BTreeMap<Section, Vec<RawRow>>,
        absent: &BTreeMap<FieldId, Absence>,
        permit: &Permit<S>,
    ) -> Self {
        let filters = Filters::of(Section::Network, permit, absent);
        let rows = sections.get(&Section::Network).into_iter().flatten();
        let is_kept = permit.grant(fields::HOST_MAC).is_some_and(|grant| grant.treatment == Treatment::Keep);
        let mut shown = Self { addresses: BTreeSet::new(), everywhere: is_kept };
        for row in rows.filter(|_| is_kept) {
            if filters.left_out(row).contains(fields::HOST_MAC) {
                shown.everywhere = false;
            } else if let Some(Raw::Mac(address)) = row.value(fields::HOST_MAC) {
                shown.addresses.insert(address.clone());
            }
        }
        shown
    }

    /// The addresses that give nothing away under the treatment. An error when that leaves none.
    pub(super) fn retain(
        &self,
        mut addresses: Vec<IpAddr>,
        treatment: Treatment,
    ) -> Result<Vec<IpAddr>, Absence> {
        if !matches!(treatment, Treatment::TruncateIp { v6, .. } if v6 <= NETWORK_BITS) {
            addresses.retain(|address| match address {
                IpAddr::V4(_) => true,
                IpAddr::V6(ip) => match embedded(*ip) {
                    Some(hardware) => self.addresses.contains(&hardware),
                    None => self.everywhere || !may_be_hardware(*ip),
                },
            });
        }
        // The rule is a filter that needs a field which may not be shown, and is named as one.
        if addresses.is_empty() { Err(Absence::Filter) } else { Ok(addresses) }
    }

    /// Whether a text that spells a hardware address spells one that is shown.
    pub(super) fn is_shown(&self, spelled: &str) -> bool {
        let digits: Vec<u8> = spelled.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        bytes.and_then(HardwareAddress::of).is_some_and(|hardware| self.addresses.contains(&hardware))
    }
}

/// The hardware address in an interface identifier of modified EUI-64 form.
fn embedded(ip: Ipv6Addr) -> Option<HardwareAddress> {
    let octets = ip.octets();
    let [first, second, third, 0xff, 0xfe, fourth, fifth, sixth] = octets[8..] else { return None };
    // The universal/local bit is inverted (RFC 4291 §2.5.1).
    HardwareAddress::of(vec![first ^ UNIVERSAL, second, third, fourth, fifth, sixth])
}

/// Whether a link-local address has an identifier that may be a longer hardware address.
fn may_be_hardware(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local() && ip.octets()[8] & UNIVERSAL != 0
}

#[cfg(test)]
impl ShownAddresses {
    pub(super) fn none() -> Self {
        Self { addresses: BTreeSet::new(), everywhere: false }
    }

    pub(super) fn just(address: HardwareAddress) -> Self {
        Self { addresses: BTreeSet::from([address]), everywhere: true }
    }
}
