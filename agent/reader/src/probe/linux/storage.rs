//! Section `storage`: one row per drive, from `/sys/block` (sysfs-block, `Documentation/ABI/stable/sysfs-block`).
//!
//! ```text
//! /sys/block/nvme0n1/device/model    SAMSUNG MZVL2512HCJQ-00BL7
//!                    device/serial   S64KNX0R123456
//!                    size            1000215216            sectors of 512 bytes, whatever the drive's own are
//!            sda/device/vpd_pg80     00 80 00 14 …         SCSI's unit serial number page, binary (SPC-4, 7.8.13)
//!            sda/queue/rotational    1
//!            mmcblk0/device/name     SD32G
//!            vda/serial              virtio's own place
//! ```
//! What is made of other drives or of memory (loop, ram, zram, dm, md) belongs to no device and has no `device` link.

use crate::format::scsi;
use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::shared::placeholder::is_placeholder;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{Section, SourcePlace, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Rows::<Drive<'_>>::of(
    Section::Storage,
    drives,
    &[
        (fields::X_STORAGE_NAME, |drive| text_value(&drive.name)),
        (fields::X_STORAGE_MODEL, model),
        (fields::X_STORAGE_SIZE, size),
        (fields::X_STORAGE_KIND, |drive| text_value(kind(drive)?)),
        (fields::X_STORAGE_SERIAL, serial),
    ],
);

/// What `size` counts in, on every drive.
const SECTOR_BYTES: i64 = 512;

/// A drive by the name that the kernel gives it.
struct Drive<'h> {
    host: &'h Host,
    name: String,
}

impl OnHost for Drive<'_> {
    type On<'h> = Drive<'h>;
}

impl Drive<'_> {
    fn text(&self, pattern: &'static str) -> Result<String, Unreadable> {
        self.host.text(Place::of(pattern, &[&self.name]))
    }
}

fn drives(host: &Host) -> Result<Vec<Drive<'_>>, Absence> {
    let names = host.fill(Place::at(SourcePlace::Look("/sys/block/*/device"), &[]))?;
    Ok(names.into_iter().filter(|name| is_drive(host, name)).map(|name| Drive { host, name }).collect())
}

/// Whether it is a drive, and not a part of one that the kernel shows as a drive of its own.
fn is_drive(host: &Host, name: &str) -> bool {
    !is_part(name) && host.exists(Place::at(SourcePlace::Look("/sys/block/*/device"), &[name]))
}

/// `mmcblk0boot0`, `mmcblk0rpmb` and `mmcblk0gp1` are areas of one eMMC chip; `nvme0c1n1` is one of several paths to
/// `nvme0n1`.
fn is_part(name: &str) -> bool {
    let behind_number = |prefix| {
        let rest: &str = name.strip_prefix(prefix)?;
        Some(rest.trim_start_matches(|c: char| c.is_ascii_digit()))
    };
    behind_number("mmcblk").is_some_and(|rest| !rest.is_empty())
        || behind_number("nvme").is_some_and(|rest| rest.starts_with('c'))
}

/// SD cards and eMMC chips call their model `name`.
fn model(drive: &Drive<'_>) -> Result<Raw, Absence> {
    let text = match drive.text("/sys/block/*/device/model") {
        Err(Unreadable::Missing) => drive.text("/sys/block/*/device/name"),
        other => other,
    };
    told(&text?)
}

/// Card readers without a card have no size; an optical drive's is that of the disc, which is not the machine's.
fn size(drive: &Drive<'_>) -> Result<Raw, Absence> {
    if is_optical(&drive.name) {
        return Err(Absence::Unavailable);
    }
    let text = drive.text("/sys/block/*/size")?;
    let sectors: i64 = text.trim().parse().map_err(|_| Absence::Malformed)?;
    match sectors.checked_mul(SECTOR_BYTES).ok_or(Absence::Malformed)? {
        0 => Err(Absence::Unavailable),
        bytes if bytes < 0 => Err(Absence::Malformed),
        bytes => Ok(Raw::Integer(bytes)),
    }
}

/// By the driver's name for it, else by what the drive says: `removable` is a medium that comes out, as in memory
/// sticks. Drives in a USB case count as what they are. What lies behind a virtual machine's drive only its host knows.
fn kind(drive: &Drive<'_>) -> Result<&'static str, Absence> {
    let name = &drive.name;
    let flag = |pattern| -> Result<bool, Absence> {
        match drive.text(pattern)?.trim() {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(Absence::Malformed),
        }
    };
    if name.starts_with("vd") || name.starts_with("xvd") {
        return Err(Absence::Unavailable);
    }
    Ok(if name.starts_with("nvme") {
        "nvme"
    } else if name.starts_with("mmcblk") {
        "mmc"
    } else if is_optical(name) {
        "optical"
    } else if flag("/sys/block/*/removable")? {
        "removable"
    } else if flag("/sys/block/*/queue/rotational")? {
        "hdd"
    } else {
        "ssd"
    })
}

fn is_optical(name: &str) -> bool {
    name.starts_with("sr")
}

/// NVMe and MMC have an attribute, SCSI and SATA a page, virtio another attribute.
fn serial(drive: &Drive<'_>) -> Result<Raw, Absence> {
    match drive.text("/sys/block/*/device/serial") {
        Err(Unreadable::Missing) => {}
        other => return told(&other?),
    }
    match drive.host.bytes(Place::of("/sys/block/*/device/vpd_pg80", &[&drive.name])) {
        Err(Unreadable::Missing) => told(&drive.text("/sys/block/*/serial")?),
        other => told(&scsi::serial_number(&other?).ok_or(Absence::Malformed)?),
    }
}

/// What the drive's maker filled in.
fn told(text: &str) -> Result<Raw, Absence> {
    if is_placeholder(text) { Err(Absence::Unavailable) } else { text_value(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_drives_are_told_from_drives() {
        for (name, part) in [
            ("mmcblk0", false),
            ("mmcblk0boot0", true),
            ("mmcblk12rpmb", true),
            ("nvme0n1", false),
            ("nvme10c3n1", true),
            ("sda", false),
            ("nvme", false),
        ] {
            assert_eq!(is_part(name), part, "{name}");
        }
    }
}
