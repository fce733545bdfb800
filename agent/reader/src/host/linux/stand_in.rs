//! Files of a tree that say what a system call says on a live machine: procfs shows the same kernel structures.

use super::Uname;
use crate::host::{Host, MAX_SMALL_FILE_BYTES, Place, Unreadable};
use std::io::Read as _;
use std::net::{IpAddr, Ipv6Addr};

/// The files that stand in for the system call of this name.
pub(super) fn of(call: &str) -> &'static [&'static str] {
    match call {
        "uname" => &[NODE_NAME, RELEASE, MACHINE],
        "rtm_getaddr" => &[ADDRESSES],
        _ => &[],
    }
}

const NODE_NAME: &str = "/proc/sys/kernel/hostname";
const RELEASE: &str = "/proc/sys/kernel/osrelease";
const MACHINE: &str = "/proc/sys/kernel/arch";
const ADDRESSES: &str = "/proc/net/if_inet6";

/// `/proc/sys/kernel/{hostname,osrelease,arch}` are the members of `uname(2)` (proc_sys_kernel(5)).
pub(super) fn uname(host: &Host, member: Uname) -> Result<String, Unreadable> {
    let text = text(
        host,
        match member {
            Uname::NodeName => NODE_NAME,
            Uname::Release => RELEASE,
            Uname::Machine => MACHINE,
        },
    )?;
    let text = text.trim();
    if text.is_empty() { Err(Unreadable::Missing) } else { Ok(text.to_owned()) }
}

/// `MemTotal:  16303428 kB` of `/proc/meminfo`, where `kB` means 1024 bytes (proc_meminfo(5)).
pub(super) fn memory(host: &Host) -> Result<u64, Unreadable> {
    let text = host.text("/proc/meminfo")?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:")).ok_or(Unreadable::Odd)?;
    let kib = total.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
    kib.and_then(|kib| kib.checked_mul(1024)).ok_or(Unreadable::Odd)
}

/// The first number of `/proc/uptime`, seconds with a fraction (proc_uptime(5)).
pub(super) fn uptime(host: &Host) -> Result<u64, Unreadable> {
    let text = host.text("/proc/uptime")?;
    text.split(['.', ' ', '\n']).next().and_then(|seconds| seconds.parse().ok()).ok_or(Unreadable::Odd)
}

/// `fe80000000000000021122fffe334455 02 40 20 80     eth0` of `/proc/net/if_inet6`; IPv4 has no file of this kind.
pub(super) fn addresses(host: &Host) -> Result<Vec<(String, IpAddr)>, Unreadable> {
    let text = text(host, ADDRESSES)?;
    let parse = |line: &str| {
        let mut columns = line.split_whitespace();
        let bits = columns.next().filter(|hex| hex.len() == 32)?;
        let address = Ipv6Addr::from(u128::from_str_radix(bits, 16).ok()?);
        Some((columns.nth(4)?.to_owned(), IpAddr::V6(address)))
    };
    text.lines().map(|line| parse(line).ok_or(Unreadable::Odd)).collect()
}

/// A file that stands in for a system call. What counts as touched is the call.
fn text(host: &Host, path: &'static str) -> Result<String, Unreadable> {
    let mut text = String::new();
    let file = host.broker.open(Place::from(path), MAX_SMALL_FILE_BYTES)?;
    file.take(MAX_SMALL_FILE_BYTES).read_to_string(&mut text)?;
    Ok(text)
}
