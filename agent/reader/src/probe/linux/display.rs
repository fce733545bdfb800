//! Section `display`: one row a connected display, from the EDID that the kernel read from it.
//!
//! ```text
//! /sys/class/drm/card0-eDP-1/edid      128 bytes and more
//!                card0-HDMI-A-1/edid   empty: nothing is connected
//! ```

use crate::format::edid::Edid;
use crate::host::{Host, Place};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{Raw, RawRow};
use crate::probe::shared::placeholder::is_placeholder;
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Display,
    fields: &[
        fields::X_DISPLAY_CONNECTOR,
        fields::X_DISPLAY_MANUFACTURER,
        fields::X_DISPLAY_MODEL,
        fields::X_DISPLAY_YEAR,
        fields::X_DISPLAY_SERIAL,
    ],
    read,
};

/// Most bytes of an EDID: the base block counts its extension blocks in one byte.
const MAX_EDID_BYTES: u64 = 256 * 128;

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let connectors = match host.fill(Place::of("/sys/class/drm/*/edid", &[])) {
        Ok(connectors) => connectors,
        Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason.into())),
    };
    let mut rows = Vec::new();
    // Beside them stand the adapters (`card0`, `renderD128`) and a file `version`.
    for connector in connectors.into_iter().filter(|name| name.contains('-')) {
        let edid = match host.bytes_up_to(Place::of("/sys/class/drm/*/edid", &[&connector]), MAX_EDID_BYTES) {
            Ok(bytes) if bytes.is_empty() => continue,
            Ok(bytes) => Edid::parse(&bytes).map_err(|_| Absence::Malformed),
            Err(reason) => match Absence::from(reason) {
                Absence::Unavailable => continue,
                reason => Err(reason),
            },
        };
        rows.push(row(wanted, &connector, edid.as_ref().map_err(|reason| *reason), found));
    }
    found.rows(Section::Display, rows);
}

/// A display whose EDID cannot be read is connected all the same.
fn row(wanted: &FieldSet, connector: &str, edid: Result<&Edid, Absence>, found: &mut Found) -> RawRow {
    let mut row = RawRow::default();
    for (field, value) in [
        (fields::X_DISPLAY_CONNECTOR, text_value(connector)),
        (fields::X_DISPLAY_MANUFACTURER, edid.and_then(|edid| told(edid.maker.as_deref()))),
        (fields::X_DISPLAY_MODEL, edid.and_then(model)),
        (
            fields::X_DISPLAY_YEAR,
            edid.and_then(|edid| edid.year.map(Raw::Integer).ok_or(Absence::Unavailable)),
        ),
        (fields::X_DISPLAY_SERIAL, edid.and_then(|edid| told(edid.serial.as_deref()))),
    ] {
        match value {
            _ if !wanted.contains(field) => {}
            Ok(value) => row.push(field, value),
            Err(reason) => found.absent(field, reason),
        }
    }
    row
}

/// The name, or the PNP id such as `AUO04A4`, which is what laptops' panels have.
fn model(edid: &Edid) -> Result<Raw, Absence> {
    told(edid.name.as_deref()).or_else(|reason| {
        let maker = edid.maker.as_deref().ok_or(reason)?;
        text_value(&format!("{maker}{:04X}", edid.product))
    })
}

/// What the display's maker filled in.
fn told(text: Option<&str>) -> Result<Raw, Absence> {
    let text = text.filter(|text| !is_placeholder(text)).ok_or(Absence::Unavailable)?;
    text_value(text)
}
