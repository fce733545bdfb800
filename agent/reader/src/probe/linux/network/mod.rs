//! Section `network`: one row per interface, from sysfs, the kernel (`RTM_GETADDR`) and NetworkManager (`wifi.rs`).

mod wifi;

use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{Joined, Named, OnHost, Probe};
use collector_proto::catalog::{Section, SourcePlace, fields};
use collector_proto::keyed_hash::HardwareAddress;
use collector_proto::messages::Absence;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use wifi::Network;

pub(super) const PROBE: &dyn Probe = &Joined::<Interfaces<'_>>::of(
    Section::Network,
    interfaces,
    &[
        Named {
            field: fields::NETWORK_INTERFACE_NAME,
            names: |interfaces| interfaces.in_sysfs(),
            value: |_, name| Some(text_value(name)),
        },
        Named {
            field: fields::X_NETWORK_INTERFACE_KIND,
            names: |interfaces| interfaces.in_sysfs(),
            value: |interfaces, name| Some(kind(interfaces.host, name).and_then(text_value)),
        },
        Named {
            field: fields::HOST_IP,
            names: |interfaces| keys(interfaces.addresses()),
            value: |interfaces, name| {
                let addresses = interfaces.addresses().ok()?.get(name)?;
                Some(Ok(Raw::Addresses(addresses.clone())))
            },
        },
        Named {
            field: fields::HOST_MAC,
            names: |interfaces| interfaces.in_sysfs(),
            value: |interfaces, name| Some(hardware_address(interfaces.host, name)),
        },
        Named {
            field: fields::X_NETWORK_WIFI_SSID,
            names: |interfaces| keys(interfaces.networks()),
            value: |interfaces, name| interfaces.networks().ok()?.get(name).cloned(),
        },
    ],
);

/// `ARPHRD_LOOPBACK` of `<linux/if_arp.h>`.
const LOOPBACK: &str = "772";

/// The machine's interfaces as each source lists them.
struct Interfaces<'h> {
    host: &'h Host,
    listed: OnceCell<Result<Vec<String>, Absence>>,
    addresses: OnceCell<Result<BTreeMap<String, Vec<IpAddr>>, Absence>>,
    networks: OnceCell<Result<BTreeMap<String, Network>, Absence>>,
}

impl OnHost for Interfaces<'_> {
    type On<'h> = Interfaces<'h>;
}

fn interfaces(host: &Host) -> Interfaces<'_> {
    Interfaces { host, listed: OnceCell::new(), addresses: OnceCell::new(), networks: OnceCell::new() }
}

impl Interfaces<'_> {
    /// `bonding_masters` is a file beside the interfaces.
    fn in_sysfs(&self) -> Result<Vec<String>, Absence> {
        let list = || {
            let names = self.host.names(SourcePlace::Directory("/sys/class/net"))?;
            Ok(names.into_iter().filter(|name| name != "bonding_masters").collect())
        };
        self.listed.get_or_init(list).clone()
    }

    fn addresses(&self) -> Result<&BTreeMap<String, Vec<IpAddr>>, Absence> {
        self.addresses.get_or_init(|| Ok(addresses(self.host)?)).as_ref().map_err(|reason| *reason)
    }

    fn networks(&self) -> Result<&BTreeMap<String, Network>, Absence> {
        self.networks.get_or_init(|| wifi::networks(self.host)).as_ref().map_err(|reason| *reason)
    }
}

/// The names of the interfaces that something is known of.
fn keys<V>(known: Result<&BTreeMap<String, V>, Absence>) -> Result<Vec<String>, Absence> {
    Ok(known?.keys().cloned().collect())
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
        host.exists(Place::at(SourcePlace::Look("/sys/class/net/*/wireless"), &[name]))
            || host
                .text(Place::of("/sys/class/net/*/uevent", &[name]))
                .is_ok_and(|text| text.lines().any(|line| line == "DEVTYPE=wlan"))
    };
    Ok(if is_wireless() {
        "wireless"
    } else if host.exists(Place::at(SourcePlace::Look("/sys/class/net/*/device"), &[name])) {
        "physical"
    } else {
        "virtual"
    })
}

/// Interfaces without an address of their own, as tunnels, have an empty file, zeros, or another family's address.
fn hardware_address(host: &Host, name: &str) -> Result<Raw, Absence> {
    let text = host.text(Place::of("/sys/class/net/*/address", &[name]))?;
    let address = match text.trim().parse::<mac_address::MacAddress>() {
        Ok(address) => HardwareAddress::of(address.bytes().to_vec()),
        Err(_) => HardwareAddress::parse(text.trim()),
    };
    address.map(Raw::Mac).ok_or(Absence::Unavailable)
}
