//! Whether the file systems of the system and of the homes lie on encrypted block devices.
//!
//! ```text
//! /proc/self/mountinfo         what is mounted where
//! /sys/block/dm-1/dev          254:1
//!                 dm/name      vg-root
//!                 dm/uuid      LVM-…             CRYPT-LUKS2-<hex>-<name> where cryptsetup made it
//!                 slaves/dm-0  what it is made of, down to the partitions
//! ```
//! A file system is encrypted when every device beneath it is or lies on one that is: LVM on LUKS, RAID on LUKS. Drives
//! that encrypt by themselves do not show it, file systems that encrypt by themselves (ZFS, bcachefs) say so to their own
//! tools only, and a btrfs file system of several devices names one of them.

use crate::format::mountinfo::{Mount, is_encrypting};
use crate::host::{Host, Place, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;
use std::collections::BTreeMap;

/// Mount points of the system: `/sysroot` is the disk behind an image-based system, whose `/` is put together.
const SYSTEM: &[&str] = &["/", "/sysroot"];

/// Mount points of the homes.
const HOMES: &[&str] = &["/home", "/var/home"];

/// Most layers of devices that are followed. Partition, RAID, LUKS, LVM, cache and snapshot are six.
const MAX_LAYERS: usize = 12;

/// Most devices that are looked at for one file system, so that layers with many parts end.
const MAX_VISITS: usize = 1024;

/// True only where the file systems of the system and of the homes all are.
pub(super) fn is_encrypted(host: &Host) -> Result<bool, Absence> {
    let mounts = mounts(host)?;
    if !mounts.iter().any(|mount| mount.is_system) {
        return Err(Absence::Unavailable);
    }
    let devices = Devices::of(host)?;
    let mut is_all_known = true;
    for mount in mounts {
        match devices.is_encrypted(host, &mount.on) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(Absence::Unavailable) => is_all_known = false,
            Err(reason) => return Err(reason),
        }
    }
    if is_all_known { Ok(true) } else { Err(Absence::Unavailable) }
}

/// A file system of interest.
struct FileSystem {
    is_system: bool,
    on: On,
}

/// What a file system lies on.
#[derive(PartialEq, Eq)]
enum On {
    /// A block device with this number.
    Number(String),
    /// A block device of this name: btrfs shows numbers of its own making.
    Named(String),
    /// Something that may be encrypted in a way that is not seen here.
    Unseen,
    /// No disk of this machine: memory, the network, an overlay.
    Nothing,
}

/// All that lie on something: a sandbox mounts an empty place over `/home`, and what is beneath still counts.
fn mounts(host: &Host) -> Result<Vec<FileSystem>, Absence> {
    let mut lines = host.lines("/proc/self/mountinfo")?;
    let mut mounts = Vec::new();
    while let Some(line) = lines.next_line()? {
        let line = String::from_utf8_lossy(line.bytes);
        let Some(mount) = Mount::parse(&line) else { continue };
        let is_system = SYSTEM.contains(&mount.point);
        if !is_system && !HOMES.contains(&mount.point) {
            continue;
        }
        let (kind, source) = mount.file_system()?;
        let on = on(mount.number, kind, source);
        if on != On::Nothing && mounts.len() < MAX_VISITS {
            mounts.push(FileSystem { is_system, on });
        }
    }
    Ok(mounts)
}

fn on(number: &str, kind: &str, source: &str) -> On {
    if matches!(kind, "zfs" | "bcachefs") {
        return On::Unseen;
    }
    if !number.starts_with("0:") {
        return On::Number(number.to_owned());
    }
    match source.strip_prefix("/dev/") {
        Some(name) => On::Named(name.strip_prefix("mapper/").unwrap_or(name).to_owned()),
        None => On::Nothing,
    }
}

/// The block devices that are not partitions: by number, and by the names that mount sources use.
struct Devices {
    by_number: BTreeMap<String, String>,
    by_name: BTreeMap<String, String>,
}

impl Devices {
    fn of(host: &Host) -> Result<Self, Absence> {
        let mut devices = Self { by_number: BTreeMap::new(), by_name: BTreeMap::new() };
        for block in host.fill(Place::of("/sys/block/*/dev", &[]))? {
            if let Ok(number) = host.text(Place::of("/sys/block/*/dev", &[&block])) {
                devices.by_number.insert(number.trim().to_owned(), block.clone());
            }
            if let Ok(name) = host.text(Place::of("/sys/block/*/dm/name", &[&block])) {
                devices.by_name.insert(name.trim().to_owned(), block.clone());
            }
            devices.by_name.insert(block.clone(), block);
        }
        Ok(devices)
    }

    /// Partitions are not listed, and nothing that could encrypt lies beneath one.
    fn is_encrypted(&self, host: &Host, on: &On) -> Result<bool, Absence> {
        let block = match on {
            On::Unseen | On::Nothing => return Err(Absence::Unavailable),
            On::Number(number) => self.by_number.get(number),
            On::Named(name) => self.by_name.get(name),
        };
        let mut visits = MAX_VISITS;
        block.map_or(Ok(false), |block| encrypts(host, block, MAX_LAYERS, &mut visits))
    }
}

/// Whether the device encrypts, or everything that it is made of does.
fn encrypts(host: &Host, block: &str, layers: usize, visits: &mut usize) -> Result<bool, Absence> {
    *visits = visits.checked_sub(1).ok_or(Absence::Malformed)?;
    // A real stack of devices ends; one that does not is a loop.
    let layers = layers.checked_sub(1).ok_or(Absence::Malformed)?;
    match host.text(Place::of("/sys/block/*/dm/uuid", &[block])) {
        Ok(uuid) if is_encrypting(&uuid) => return Ok(true),
        Ok(_) | Err(Unreadable::Missing) => {}
        Err(reason) => return Err(reason.into()),
    }
    // A partition has no directory in /sys/block, so it is made of nothing.
    let parts = match host.fill(Place::at(SourcePlace::Look("/sys/block/*/slaves/*"), &[block])) {
        Ok(parts) => parts,
        Err(Unreadable::Missing) => Vec::new(),
        Err(reason) => return Err(reason.into()),
    };
    for part in &parts {
        if !encrypts(host, part, layers, visits)? {
            return Ok(false);
        }
    }
    Ok(!parts.is_empty())
}

#[cfg(test)]
mod tests;
