//! Section `graphics`: one row a graphics adapter, from the PCI bus in sysfs and the PCI id list.
//!
//! ```text
//! /sys/bus/pci/devices/0000:00:02.0/class    0x030000    03: display controller (PCI Code and ID Assignment)
//!                                   vendor   0x8086
//!                                   device   0x9a49
//!
//! pci.ids(5):
//! # comment
//! 8086  Intel Corporation
//! <tab>9a49  TigerLake-LP GT2 [Iris Xe Graphics]
//! <tab><tab>1043 1e80  a board that carries it
//! C 00  classes, which come last
//! ```

use crate::host::{Host, Place, Unreadable};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;
use std::collections::BTreeMap;

pub(super) const PROBE: Probe = Probe {
    section: Section::Graphics,
    fields: &[fields::X_GRAPHICS_SLOT, fields::X_GRAPHICS_VENDOR, fields::X_GRAPHICS_MODEL],
    read,
};

/// What the class of a display controller starts with.
const DISPLAY_CONTROLLER: &str = "0x03";

/// Where distributions keep the list: Debian's place, everybody else's.
const LISTS: &[&str] = &["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];

/// Most adapters of a machine: computing nodes hold 16.
const MAX_ADAPTERS: usize = 256;

/// Four hexadecimal digits in lower case.
type Number = String;

/// What the bus says of an adapter.
struct Adapter {
    slot: String,
    vendor: Result<Number, Absence>,
    model: Result<Number, Absence>,
}

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let adapters = match adapters(host, wanted) {
        Ok(adapters) => adapters,
        Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason)),
    };
    let names = Names::of(host, wanted, &adapters);
    let rows: Vec<RawRow> = adapters
        .into_iter()
        .map(|adapter| {
            let mut row = RawRow::default();
            for (field, value) in [
                (fields::X_GRAPHICS_SLOT, text_value(&adapter.slot)),
                (fields::X_GRAPHICS_VENDOR, names.vendor(&adapter)),
                (fields::X_GRAPHICS_MODEL, names.model(&adapter)),
            ] {
                match value {
                    _ if !wanted.contains(field) => {}
                    Ok(value) => row.push(field, value),
                    Err(reason) => found.absent(field, reason),
                }
            }
            row
        })
        .collect();
    found.rows(Section::Graphics, rows);
}

fn adapters(host: &Host, wanted: &FieldSet) -> Result<Vec<Adapter>, Absence> {
    let wants_model = wanted.contains(fields::X_GRAPHICS_MODEL);
    let wants_vendor = wants_model || wanted.contains(fields::X_GRAPHICS_VENDOR);
    let mut adapters = Vec::new();
    for slot in host.fill(Place::of("/sys/bus/pci/devices/*/class", &[]))? {
        let class = host.text(Place::of("/sys/bus/pci/devices/*/class", &[&slot]));
        if !class.is_ok_and(|class| class.starts_with(DISPLAY_CONTROLLER)) {
            continue;
        }
        if adapters.len() == MAX_ADAPTERS {
            return Err(Absence::TooLarge);
        }
        let unasked = || Err(Absence::Unavailable);
        let number = |pattern| number(host.text(Place::of(pattern, &[&slot])));
        let vendor = if wants_vendor { number("/sys/bus/pci/devices/*/vendor") } else { unasked() };
        let model = if wants_model { number("/sys/bus/pci/devices/*/device") } else { unasked() };
        adapters.push(Adapter { slot, vendor, model });
    }
    Ok(adapters)
}

/// `0x8086`.
fn number(text: Result<String, Unreadable>) -> Result<Number, Absence> {
    let text = text?;
    let digits = text.trim().strip_prefix("0x").unwrap_or_default();
    if digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(digits.to_ascii_lowercase())
    } else {
        Err(Absence::Malformed)
    }
}

/// What the list calls the numbers that were found.
#[derive(Default)]
struct Names {
    vendors: BTreeMap<Number, String>,
    models: BTreeMap<(Number, Number), String>,
}

impl Names {
    /// Looks the adapters' numbers up. A machine without a list, or with one that cannot be read, has numbers only.
    fn of(host: &Host, wanted: &FieldSet, adapters: &[Adapter]) -> Self {
        let mut names = Self::default();
        for adapter in adapters {
            if let Ok(vendor) = &adapter.vendor {
                names.vendors.insert(vendor.clone(), String::new());
                if let Ok(model) = &adapter.model {
                    names.models.insert((vendor.clone(), model.clone()), String::new());
                }
            }
        }
        let needs_list =
            [fields::X_GRAPHICS_VENDOR, fields::X_GRAPHICS_MODEL].iter().any(|field| wanted.contains(*field));
        if needs_list && !names.vendors.is_empty() {
            for list in LISTS {
                match names.look_up(host, list) {
                    Err(Unreadable::Missing) => {}
                    _ => break,
                }
            }
        }
        names
    }

    fn look_up(&mut self, host: &Host, list: &'static str) -> Result<(), Unreadable> {
        let mut lines = host.lines(list)?;
        // The vendor whose models the lines are, where an adapter is of it.
        let mut vendor: Option<Number> = None;
        while let Some(line) = lines.next_line()? {
            match line.bytes {
                [b'C', b' ', ..] => break,
                [b'\t', b'\t' | b'#', ..] | [b'#', ..] | [] => {}
                [b'\t', model @ ..] => {
                    let Some(vendor) = &vendor else { continue };
                    let Some((number, name)) = entry(model) else { continue };
                    if let Some(known) = self.models.get_mut(&(vendor.clone(), number)) {
                        *known = name;
                    }
                }
                of_vendor => {
                    vendor = None;
                    let Some((number, name)) = entry(of_vendor) else { continue };
                    if let Some(known) = self.vendors.get_mut(&number) {
                        *known = name;
                        vendor = Some(number);
                    }
                }
            }
        }
        Ok(())
    }

    fn vendor(&self, adapter: &Adapter) -> Result<Raw, Absence> {
        let number = adapter.vendor.as_ref().map_err(|reason| *reason)?;
        named(self.vendors.get(number), number)
    }

    fn model(&self, adapter: &Adapter) -> Result<Raw, Absence> {
        let number = adapter.model.as_ref().map_err(|reason| *reason)?;
        let of_vendor = adapter.vendor.as_ref().map(|vendor| (vendor.clone(), number.clone()));
        named(of_vendor.ok().and_then(|key| self.models.get(&key)), number)
    }
}

/// `8086  Intel Corporation`.
fn entry(line: &[u8]) -> Option<(Number, String)> {
    let (digits, name) = line.split_at_checked(4)?;
    let number = std::str::from_utf8(digits).ok()?.to_ascii_lowercase();
    Some((number, String::from_utf8_lossy(name.strip_prefix(b"  ")?).trim().to_owned()))
}

fn named(name: Option<&String>, number: &Number) -> Result<Raw, Absence> {
    text_value(name.filter(|name| !name.is_empty()).unwrap_or(number))
}
