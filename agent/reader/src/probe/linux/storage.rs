//! Section `storage`: one row a drive, from `/sys/block` (sysfs-block, `Documentation/ABI/stable/sysfs-block`).
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

use super::named::{self, Reader};
use crate::host::{Host, Place, Unreadable};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::Raw;
use crate::probe::shared::placeholder::is_placeholder;
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Storage,
    fields: &[
        fields::X_STORAGE_NAME,
        fields::X_STORAGE_MODEL,
        fields::X_STORAGE_SIZE,
        fields::X_STORAGE_KIND,
        fields::X_STORAGE_SERIAL,
    ],
    read,
};

const READERS: &[Reader] = &[
    (fields::X_STORAGE_NAME, |_, name| text_value(name)),
    (fields::X_STORAGE_MODEL, model),
    (fields::X_STORAGE_SIZE, size),
    (fields::X_STORAGE_KIND, |host, name| kind(host, name).and_then(text_value)),
    (fields::X_STORAGE_SERIAL, serial),
];

/// What `size` counts in, on every drive.
const SECTOR_BYTES: i64 = 512;

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let names = match host.fill(Place::of("stat:/sys/block/*/device", &[])) {
        Ok(names) => names,
        Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason.into())),
    };
    let drives = names.iter().filter(|name| is_drive(host, name));
    named::rows(Section::Storage, drives, READERS, (host, wanted, found));
}

/// Whether it is a drive, and not a part of one that the kernel shows as a drive of its own.
fn is_drive(host: &Host, name: &str) -> bool {
    !is_part(name) && host.exists(Place::of("stat:/sys/block/*/device", &[name]))
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
fn model(host: &Host, name: &str) -> Result<Raw, Absence> {
    let text = match host.text(Place::of("/sys/block/*/device/model", &[name])) {
        Err(Unreadable::Missing) => host.text(Place::of("/sys/block/*/device/name", &[name])),
        other => other,
    };
    told(&text?)
}

/// Card readers without a card have no size; an optical drive's is that of the disc, which is not the machine's.
fn size(host: &Host, name: &str) -> Result<Raw, Absence> {
    if is_optical(name) {
        return Err(Absence::Unavailable);
    }
    let text = host.text(Place::of("/sys/block/*/size", &[name]))?;
    let sectors: i64 = text.trim().parse().map_err(|_| Absence::Malformed)?;
    match sectors.checked_mul(SECTOR_BYTES).ok_or(Absence::Malformed)? {
        0 => Err(Absence::Unavailable),
        bytes if bytes < 0 => Err(Absence::Malformed),
        bytes => Ok(Raw::Integer(bytes)),
    }
}

/// By the driver's name for it, else by what the drive says: `removable` is a medium that comes out, as in memory
/// sticks. Drives in a USB case count as what they are. What lies behind a virtual machine's drive only its host knows.
fn kind(host: &Host, name: &str) -> Result<&'static str, Absence> {
    let flag = |pattern| -> Result<bool, Absence> {
        match host.text(Place::of(pattern, &[name]))?.trim() {
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
fn serial(host: &Host, name: &str) -> Result<Raw, Absence> {
    match host.text(Place::of("/sys/block/*/device/serial", &[name])) {
        Err(Unreadable::Missing) => {}
        other => return told(&other?),
    }
    match host.bytes(Place::of("/sys/block/*/device/vpd_pg80", &[name])) {
        Err(Unreadable::Missing) => told(&host.text(Place::of("/sys/block/*/serial", &[name]))?),
        other => told(&page_text(&other?).ok_or(Absence::Malformed)?),
    }
}

/// The text of a unit serial number page: peripheral, `80`, length in two bytes (big endian), ASCII.
fn page_text(page: &[u8]) -> Option<String> {
    let [_, 0x80, high, low, text @ ..] = page else { return None };
    let text = text.get(..usize::from(u16::from_be_bytes([*high, *low])))?;
    Some(String::from_utf8_lossy(text).into_owned())
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

    #[test]
    fn a_serial_number_page_is_read_to_its_length() {
        assert_eq!(page_text(b"\0\x80\0\x06 WD-12and more").as_deref(), Some(" WD-12"));
        assert_eq!(page_text(b"\0\x80\0\0").as_deref(), Some(""));
        assert_eq!(page_text(b"\0\x80\xff\xffshort"), None);
        assert_eq!(page_text(b"\0\x83\0\x01a"), None);
        assert_eq!(page_text(b"\0\x80\0"), None);
    }
}
