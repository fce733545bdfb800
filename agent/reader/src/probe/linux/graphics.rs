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
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(super) const PROBE: &dyn Probe = &Rows::<Adapter<'_>>::of(
    Section::Graphics,
    adapters,
    &[
        (fields::X_GRAPHICS_SLOT, |adapter| text_value(&adapter.slot)),
        // Before the vendor's, which is found in the same pass over the list.
        (fields::X_GRAPHICS_MODEL, |adapter| adapter.bus.model(&adapter.slot)),
        (fields::X_GRAPHICS_VENDOR, |adapter| adapter.bus.vendor(&adapter.slot)),
    ],
);

/// What the class of a display controller starts with.
const DISPLAY_CONTROLLER: &str = "0x03";

/// Where distributions keep the list: Debian's place, everybody else's.
const LISTS: &[&str] = &["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];

/// Most adapters of a machine: computing nodes hold 16.
const MAX_ADAPTERS: usize = 256;

/// Four hexadecimal digits in lower case.
type Number = String;

/// A graphics adapter by its place on the bus.
struct Adapter<'h> {
    slot: String,
    bus: Rc<Bus<'h>>,
}

impl OnHost for Adapter<'_> {
    type On<'h> = Adapter<'h>;
}

/// What the adapters have in common: one pass over the list names all of them.
struct Bus<'h> {
    host: &'h Host,
    slots: Vec<String>,
    /// Names of vendors.
    vendors: OnceCell<Names>,
    /// Names of vendors and models.
    models: OnceCell<Names>,
}

fn adapters(host: &Host) -> Result<Vec<Adapter<'_>>, Absence> {
    let mut slots = Vec::new();
    for slot in host.fill(Place::of("/sys/bus/pci/devices/*/class", &[]))? {
        let class = host.text(Place::of("/sys/bus/pci/devices/*/class", &[&slot]));
        if class.is_ok_and(|class| class.starts_with(DISPLAY_CONTROLLER)) {
            slots.push(slot);
        }
        if slots.len() > MAX_ADAPTERS {
            return Err(Absence::TooLarge);
        }
    }
    let bus = Bus { host, slots: slots.clone(), vendors: OnceCell::new(), models: OnceCell::new() };
    let bus = Rc::new(bus);
    Ok(slots.into_iter().map(|slot| Adapter { slot, bus: Rc::clone(&bus) }).collect())
}

impl Bus<'_> {
    fn vendor(&self, slot: &str) -> Result<Raw, Absence> {
        let number = self.vendor_number(slot)?;
        let of_vendors = || self.vendors.get_or_init(|| self.look_up(Names::of_vendors(self)));
        named(self.models.get().unwrap_or_else(of_vendors).vendors.get(&number), &number)
    }

    fn model(&self, slot: &str) -> Result<Raw, Absence> {
        let number = self.model_number(slot)?;
        let names = self.models.get_or_init(|| self.look_up(Names::of_models(self)));
        let key = self.vendor_number(slot).map(|vendor| (vendor, number.clone()));
        named(key.ok().and_then(|key| names.models.get(&key)), &number)
    }

    fn vendor_number(&self, slot: &str) -> Result<Number, Absence> {
        number(self.host.text(Place::of("/sys/bus/pci/devices/*/vendor", &[slot])))
    }

    fn model_number(&self, slot: &str) -> Result<Number, Absence> {
        number(self.host.text(Place::of("/sys/bus/pci/devices/*/device", &[slot])))
    }

    /// Looks names up. A machine without a list, or with one that cannot be read, has numbers only.
    fn look_up(&self, mut names: Names) -> Names {
        if !names.vendors.is_empty() {
            for list in LISTS {
                match names.look_up(self.host, list) {
                    Err(Unreadable::Missing) => {}
                    _ => break,
                }
            }
        }
        names
    }
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
    /// The adapters' vendors, without names.
    fn of_vendors(bus: &Bus<'_>) -> Self {
        let numbers = bus.slots.iter().filter_map(|slot| bus.vendor_number(slot).ok());
        Self { vendors: numbers.map(|number| (number, String::new())).collect(), models: BTreeMap::new() }
    }

    /// The adapters' vendors and models, without names.
    fn of_models(bus: &Bus<'_>) -> Self {
        let numbers = |slot: &String| Some((bus.vendor_number(slot).ok()?, bus.model_number(slot).ok()?));
        let models = bus.slots.iter().filter_map(numbers).map(|numbers| (numbers, String::new())).collect();
        Self { models, ..Self::of_vendors(bus) }
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
