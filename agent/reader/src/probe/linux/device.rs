//! Section `device`: what the firmware says of the machine (SMBIOS, as sysfs shows it).

use super::super::Probe;
use super::super::found::{Found, text_value};
use super::placeholder;
use crate::host::Host;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Device,
    fields: &[
        fields::DEVICE_MANUFACTURER,
        fields::DEVICE_MODEL_IDENTIFIER,
        fields::DEVICE_SERIAL_NUMBER,
        fields::X_DEVICE_ASSET_TAG,
        fields::HW_BIOS_VERSION,
    ],
    read,
};

/// One attribute a field; the serial number's is readable for root only.
const ATTRIBUTES: &[(FieldId, &str)] = &[
    (fields::DEVICE_MANUFACTURER, "/sys/class/dmi/id/sys_vendor"),
    (fields::DEVICE_MODEL_IDENTIFIER, "/sys/class/dmi/id/product_name"),
    (fields::DEVICE_SERIAL_NUMBER, "/sys/class/dmi/id/product_serial"),
    (fields::X_DEVICE_ASSET_TAG, "/sys/class/dmi/id/chassis_asset_tag"),
    (fields::HW_BIOS_VERSION, "/sys/class/dmi/id/bios_version"),
];

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    for (field, attribute) in ATTRIBUTES.iter().filter(|(field, _)| wanted.contains(*field)) {
        let value = host.text(*attribute).map_err(Absence::from).and_then(|text| {
            // A number that thousands of machines share identifies none of them, and looks as if it did.
            if placeholder::is_placeholder(&text) { Err(Absence::Unavailable) } else { text_value(&text) }
        });
        found.set(*field, value);
    }
}
