//! Section `display`: one row per connected display, from the EDID that the kernel read from it.
//!
//! ```text
//! /sys/class/drm/card0-eDP-1/edid      128 bytes and more
//!                card0-HDMI-A-1/edid   empty: nothing is connected
//! ```

use crate::format::edid::Edid;
use crate::host::{Host, Place};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::shared::placeholder::is_placeholder;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{CUT, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Rows::<Display>::of(
    Section::Display,
    displays,
    &[
        (fields::X_DISPLAY_CONNECTOR, |display| text_value(&display.connector)),
        (fields::X_DISPLAY_MANUFACTURER, |display| told(display.edid()?.maker.as_deref())),
        (fields::X_DISPLAY_MODEL, |display| model(display.edid()?)),
        (fields::X_DISPLAY_YEAR, |display| {
            display.edid()?.year.map(Raw::Integer).ok_or(Absence::Unavailable)
        }),
        (fields::X_DISPLAY_SERIAL, |display| told(display.edid()?.serial.as_deref())),
    ],
);

/// Most bytes of an EDID: the base block counts its extension blocks in one byte.
const MAX_EDID_BYTES: u64 = 256 * 128;

/// A connected display.
struct Display {
    connector: String,
    /// A display whose EDID cannot be read is still connected.
    edid: Result<Edid, Absence>,
}

impl OnHost for Display {
    type On<'h> = Self;
}

impl Display {
    fn edid(&self) -> Result<&Edid, Absence> {
        self.edid.as_ref().map_err(|reason| *reason)
    }
}

fn displays(host: &Host) -> Result<Vec<Display>, Absence> {
    let mut displays = Vec::new();
    // Beside them stand the adapters (`card0`, `renderD128`) and a file `version`.
    let connectors = host.fill(Place::of("/sys/class/drm/*/edid", &[]))?;
    for connector in connectors.into_iter().filter(|name| name.contains('-')) {
        let edid = match host.bytes_up_to(Place::of("/sys/class/drm/*/edid", &[&connector]), MAX_EDID_BYTES) {
            Ok(bytes) if bytes.is_empty() => continue,
            Ok(bytes) => Edid::parse(&bytes).map_err(|_| Absence::Malformed),
            Err(reason) => match Absence::from(reason) {
                Absence::Unavailable => continue,
                reason => Err(reason),
            },
        };
        displays.push(Display { connector, edid });
    }
    Ok(displays)
}

/// The name without the serial number, which some makers write into it, or the PNP id such as `AUO04A4`, which is what laptops' panels have.
fn model(edid: &Edid) -> Result<Raw, Absence> {
    let name = edid.name.as_deref().map(|name| without_serial(name, edid.serial.as_deref()));
    told(name.as_deref()).or_else(|reason| {
        let maker = edid.maker.as_deref().ok_or(reason)?;
        text_value(&format!("{maker}{:04X}", edid.product))
    })
}

/// A serial number as short as a model's own number is left alone.
fn without_serial(name: &str, serial: Option<&str>) -> String {
    const SHORTEST: usize = 5;
    match serial.filter(|serial| serial.len() >= SHORTEST) {
        Some(serial) => name.replace(serial, &CUT.to_string()).trim().to_owned(),
        None => name.to_owned(),
    }
}

/// What the display's maker filled in.
fn told(text: Option<&str>) -> Result<Raw, Absence> {
    let text = text.filter(|text| !is_placeholder(text)).ok_or(Absence::Unavailable)?;
    text_value(text)
}
