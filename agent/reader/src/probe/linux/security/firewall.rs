//! Whether a packet filter is set to be switched on when the machine starts.
//!
//! ```text
//! /etc/ufw/ufw.conf                                                    ENABLED=yes
//! /etc/systemd/system/multi-user.target.wants/firewalld.service        a link: `systemctl enable` was called
//! /etc/runlevels/default/nftables                                      a link: `rc-update add` was called (OpenRC)
//! ```
//! What the kernel filters at this moment only root may ask it. A program that is switched on may still let
//! everything through: rules are not looked at.

use crate::format::assignments::value_of;
use crate::host::{Host, if_present};
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;

/// Links that start a packet filter, in the place where each distribution's `enable` puts them.
const ENABLED: &[&str] = &[
    "/etc/systemd/system/multi-user.target.wants/firewalld.service",
    // Fedora and Arch; Debian.
    "/etc/systemd/system/multi-user.target.wants/nftables.service",
    "/etc/systemd/system/sysinit.target.wants/nftables.service",
    // Debian's iptables-persistent; Red Hat's and Arch's iptables.
    "/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service",
    "/etc/systemd/system/multi-user.target.wants/iptables.service",
    // NixOS.
    "/etc/systemd/system/sysinit.target.wants/firewall.service",
    "/etc/systemd/system/multi-user.target.wants/firewall.service",
    // OpenRC.
    "/etc/runlevels/default/firewalld",
    "/etc/runlevels/default/nftables",
    "/etc/runlevels/default/iptables",
];

/// Where such links would be: a machine without these starts its services in a way that is not known here.
const STARTERS: &[&str] = &["/etc/systemd/system", "/etc/runlevels/default"];

pub(super) fn is_set(host: &Host) -> Result<bool, Absence> {
    let ufw = if_present(host.text("/etc/ufw/ufw.conf"))?;
    // ufw compares without regard to case.
    let ufw = ufw.and_then(|text| value_of(&text, "ENABLED")).map(|value| value.eq_ignore_ascii_case("yes"));
    if ufw == Some(true) || ENABLED.iter().any(|link| host.exists(SourcePlace::Look(link))) {
        return Ok(true);
    }
    let is_known = ufw.is_some() || STARTERS.iter().any(|place| host.exists(SourcePlace::Look(place)));
    if is_known { Ok(false) } else { Err(Absence::Unavailable) }
}
