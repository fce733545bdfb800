//! Section `device`: what the firmware says of the machine (SMBIOS, as sysfs shows it).
//!
//! ```text
//! /sys/class/dmi/id/sys_vendor   LENOVO
//!                   bios_date    03/14/2023      month, day, year (DMTF DSP0134, type 0)
//! /sys/firmware/efi              there where the kernel was started by UEFI
//!               acpi             there where the firmware handed ACPI tables over
//! ```

use crate::format::smbios;
use crate::host::Host;
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::shared::placeholder;
use crate::probe::table::{Probe, Single};
use collector_proto::catalog::{Section, SourcePlace, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Single::of(
    Section::Device,
    &[
        (fields::DEVICE_MANUFACTURER, |host| attribute(host, "/sys/class/dmi/id/sys_vendor")),
        (fields::DEVICE_MODEL_IDENTIFIER, |host| attribute(host, "/sys/class/dmi/id/product_name")),
        // Readable for root only.
        (fields::DEVICE_SERIAL_NUMBER, |host| attribute(host, "/sys/class/dmi/id/product_serial")),
        (fields::X_DEVICE_ASSET_TAG, |host| attribute(host, "/sys/class/dmi/id/chassis_asset_tag")),
        (fields::HW_BIOS_VERSION, |host| attribute(host, "/sys/class/dmi/id/bios_version")),
        (fields::X_FIRMWARE_DATE, firmware_date),
        (fields::X_FIRMWARE_KIND, |host| text_value(firmware_kind(host)?)),
    ],
);

fn attribute(host: &Host, attribute: &'static str) -> Result<Raw, Absence> {
    text_value(&told(host, attribute)?)
}

fn firmware_date(host: &Host) -> Result<Raw, Absence> {
    let day = smbios::day(told(host, "/sys/class/dmi/id/bios_date")?.trim());
    day.map(Raw::Instant).ok_or(Absence::Malformed)
}

/// What the maker filled in.
fn told(host: &Host, attribute: &'static str) -> Result<String, Absence> {
    let text = host.text(attribute)?;
    // A number that thousands of machines share identifies none of them, and looks as if it did.
    if placeholder::is_placeholder(&text) { Err(Absence::Unavailable) } else { Ok(text) }
}

/// Without UEFI, SMBIOS is found only where a BIOS left it; without ACPI, `/sys/firmware` may be hidden, as from
/// containers. Machines that are started by something else, such as a device tree's boot loader, have no answer.
fn firmware_kind(host: &Host) -> Result<&'static str, Absence> {
    if host.exists(SourcePlace::Look("/sys/firmware/efi")) {
        Ok("uefi")
    } else if host.exists(SourcePlace::Look("/sys/firmware/acpi"))
        && host.exists(SourcePlace::Look("/sys/class/dmi/id"))
    {
        Ok("bios")
    } else {
        Err(Absence::Unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_firmware_is_known_only_where_it_shows() {
        let kind = |places: &[&str]| {
            let tree = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
            for place in places {
                std::fs::create_dir_all(tree.path().join(place)).ok();
            }
            firmware_kind(&Host::at(tree.path()))
        };
        assert_eq!(kind(&["sys/firmware/efi", "sys/firmware/acpi"]), Ok("uefi"));
        assert_eq!(kind(&["sys/firmware/acpi", "sys/class/dmi/id"]), Ok("bios"));
        assert_eq!(kind(&["sys/firmware/acpi"]), Err(Absence::Unavailable));
        assert_eq!(kind(&["sys/class/dmi/id"]), Err(Absence::Unavailable));
        assert_eq!(kind(&["sys/firmware/devicetree"]), Err(Absence::Unavailable));
        assert_eq!(kind(&[]), Err(Absence::Unavailable));
    }
}
