//! The names of the wireless networks that interfaces are in, from NetworkManager.
//!
//! ```text
//! /org/freedesktop/NetworkManager   …NetworkManager: Devices ao
//! device                            ….Device: DeviceType u (2 is Wi-Fi), Interface s
//!                                   ….Device.Wireless: ActiveAccessPoint o (/ means none)
//! access point                      ….AccessPoint: Ssid ay
//! ```
//!
//! NetworkManager D-Bus reference, versions 1.0 to 1.54. Networks in reach that nobody uses are not asked for.

use crate::host::Host;
use crate::host::system::bus::{ObjectPath, Service};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::shared::ssid;
use collector_proto::messages::Absence;
use std::collections::BTreeMap;

const MANAGER: &str = "org.freedesktop.NetworkManager";
const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
const WIRELESS: &str = "org.freedesktop.NetworkManager.Device.Wireless";
const ACCESS_POINT: &str = "org.freedesktop.NetworkManager.AccessPoint";

/// `NM_DEVICE_TYPE_WIFI`.
const WIFI: u32 = 2;

/// Most devices that are asked what they are. Container hosts have some hundred.
const MAX_DEVICES: usize = 1024;

/// `IFNAMSIZ` of `<linux/if.h>` without the NUL.
const MAX_INTERFACE_BYTES: usize = 15;

/// The network that an interface is in, or why there is none.
pub(super) type Network = Result<Raw, Absence>;

/// The network of every wireless interface.
pub(super) fn networks(host: &Host) -> Result<BTreeMap<String, Network>, Absence> {
    let service = host.service("org.freedesktop.NetworkManager");
    let devices: Vec<ObjectPath> = service.property("/org/freedesktop/NetworkManager", MANAGER, "Devices")?;
    if devices.len() > MAX_DEVICES {
        return Err(Absence::TooLarge);
    }
    let mut networks = BTreeMap::new();
    for device in devices.iter().map(ObjectPath::as_str) {
        if service.property::<u32>(device, DEVICE, "DeviceType")? != WIFI {
            continue;
        }
        let interface: String = service.property(device, DEVICE, "Interface")?;
        if !is_interface(&interface) {
            return Err(Absence::Malformed);
        }
        networks.insert(interface, network(&service, device));
    }
    Ok(networks)
}

fn network(service: &Service<'_>, device: &str) -> Network {
    let access_point: ObjectPath = service.property(device, WIRELESS, "ActiveAccessPoint")?;
    let access_point = access_point.object().ok_or(Absence::Unavailable)?;
    let name: Vec<u8> = service.property(access_point, ACCESS_POINT, "Ssid")?;
    if name.len() > ssid::MAX_BYTES { Err(Absence::Malformed) } else { text_value(&ssid::readable(&name)) }
}

/// What the kernel allows as an interface's name: `dev_valid_name` (net/core/dev.c) refuses an empty name, one of
/// `IFNAMSIZ` bytes or more, `.` and `..`, and `/`, `:` and white space. Control characters are refused here as well, so
/// that no name can change how a terminal shows it.
fn is_interface(name: &str) -> bool {
    let is_forbidden = |c: char| c == '/' || c == ':' || c.is_whitespace() || c.is_control();
    (1..=MAX_INTERFACE_BYTES).contains(&name.len())
        && !matches!(name, "." | "..")
        && !name.contains(is_forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interface_names_are_names() {
        for (name, is_one) in [
            ("wlan0", true),
            ("wlx001122334455", true),
            ("wlx0011223344556", false),
            ("a/b", false),
            (".", false),
            ("..", false),
            ("..a", true),
            ("", false),
        ] {
            assert_eq!(is_interface(name), is_one, "{name}");
        }
    }
}
