//! Section `network`: one row an interface, from sysfs, getifaddrs(3) and NetworkManager (`wifi.rs`).

use super::wifi;
use crate::host::{Host, Place, Unreadable};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{HardwareAddress, Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::Absence;
use std::collections::BTreeMap;
use std::net::IpAddr;

pub(super) const PROBE: Probe = Probe {
    section: Section::Network,
    fields: &[
        fields::NETWORK_INTERFACE_NAME,
        fields::X_NETWORK_INTERFACE_KIND,
        fields::HOST_IP,
        fields::HOST_MAC,
        fields::X_NETWORK_WIFI_SSID,
    ],
    read,
};

/// The fields that need the list of interfaces in sysfs.
const LISTED: &[FieldId] =
    &[fields::NETWORK_INTERFACE_NAME, fields::X_NETWORK_INTERFACE_KIND, fields::HOST_MAC];

/// `ARPHRD_LOOPBACK` of `<linux/if_arp.h>`.
const LOOPBACK: &str = "772";

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let mut interfaces: BTreeMap<String, RawRow> = BTreeMap::new();
    if LISTED.iter().any(|field| wanted.contains(*field)) {
        match host.names("/sys/class/net") {
            // `bonding_masters` and the like are files beside the interfaces; names with white space cannot exist.
            Ok(names) => interfaces.extend(names.into_iter().map(|name| (name, RawRow::default()))),
            Err(reason) => {
                for field in LISTED.iter().filter(|field| wanted.contains(**field)) {
                    found.absent(*field, reason.into());
                }
            }
        }
        interfaces.retain(|name, _| name != "bonding_masters");
    }
    if wanted.contains(fields::HOST_IP) {
        match addresses(host) {
            Ok(addresses) => {
                for (name, addresses) in addresses {
                    interfaces.entry(name).or_default().push(fields::HOST_IP, Raw::Addresses(addresses));
                }
            }
            Err(reason) => found.absent(fields::HOST_IP, reason.into()),
        }
    }
    if wanted.contains(fields::X_NETWORK_WIFI_SSID) {
        match wifi::networks(host) {
            Ok(networks) => {
                for (name, ssid) in networks {
                    let row = interfaces.entry(name).or_default();
                    insert(row, found, fields::X_NETWORK_WIFI_SSID, ssid);
                }
            }
            Err(reason) => found.absent(fields::X_NETWORK_WIFI_SSID, reason),
        }
    }
    for (name, row) in &mut interfaces {
        if wanted.contains(fields::NETWORK_INTERFACE_NAME) {
            insert(row, found, fields::NETWORK_INTERFACE_NAME, text_value(name));
        }
        if wanted.contains(fields::X_NETWORK_INTERFACE_KIND) {
            insert(row, found, fields::X_NETWORK_INTERFACE_KIND, kind(host, name).and_then(text_value));
        }
        if wanted.contains(fields::HOST_MAC) {
            insert(row, found, fields::HOST_MAC, hardware_address(host, name));
        }
    }
    found.rows(Section::Network, interfaces.into_values());
}

fn insert(row: &mut RawRow, found: &mut Found, field: FieldId, value: Result<Raw, Absence>) {
    match value {
        Ok(value) => row.push(field, value),
        Err(reason) => found.absent(field, reason),
    }
}

/// Addresses by interface, without the loopback's and the unspecified one, sorted.
fn addresses(host: &Host) -> Result<BTreeMap<String, Vec<IpAddr>>, Unreadable> {
    let mut by_interface: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for (name, address) in host.addresses()? {
        if !address.is_loopback() && !address.is_unspecified() {
            by_interface.entry(name).or_default().push(address);
        }
    }
    for addresses in by_interface.values_mut() {
        addresses.sort_unstable();
        addresses.dedup();
    }
    Ok(by_interface)
}

/// An interface that belongs to a device is physical, or wireless where the driver says so; the rest is made by
/// software: bridges, tunnels, containers' cables.
fn kind(host: &Host, name: &str) -> Result<&'static str, Absence> {
    if host.text(Place::of("/sys/class/net/*/type", &[name]))?.trim() == LOOPBACK {
        return Ok("loopback");
    }
    let is_wireless = || {
        host.exists(Place::of("stat:/sys/class/net/*/wireless", &[name]))
            || host
                .text(Place::of("/sys/class/net/*/uevent", &[name]))
                .is_ok_and(|text| text.lines().any(|line| line == "DEVTYPE=wlan"))
    };
    Ok(if is_wireless() {
        "wireless"
    } else if host.exists(Place::of("stat:/sys/class/net/*/device", &[name])) {
        "physical"
    } else {
        "virtual"
    })
}

/// Interfaces without an address of their own, as tunnels, have an empty file, zeros, or another family's address.
fn hardware_address(host: &Host, name: &str) -> Result<Raw, Absence> {
    let text = host.text(Place::of("/sys/class/net/*/address", &[name]))?;
    HardwareAddress::parse(text.trim()).map(Raw::Mac).ok_or(Absence::Unavailable)
}
