//! Section `graphics`: one row per graphics adapter, from the PCI bus in sysfs and the PCI id list.
//!
//! ```text
//! /sys/bus/pci/devices/0000:00:02.0/class    0x030000    03: display controller (PCI Code and ID Assignment)
//!                                   vendor   0x8086
//!                                   device   0x9a49
//! ```

use crate::format::pci_ids::{Lookup, Number, PciNames};
use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use std::cell::OnceCell;
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
    vendors: OnceCell<PciNames>,
    /// Names of vendors and models.
    models: OnceCell<PciNames>,
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
        let of_vendors = || self.vendors.get_or_init(|| self.look_up(unnamed(self, false)));
        named(self.models.get().unwrap_or_else(of_vendors).vendors.get(&number), &number)
    }

    fn model(&self, slot: &str) -> Result<Raw, Absence> {
        let number = self.model_number(slot)?;
        let names = self.models.get_or_init(|| self.look_up(unnamed(self, true)));
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
    fn look_up(&self, mut names: PciNames) -> PciNames {
        if !names.vendors.is_empty() {
            for list in LISTS {
                match self.look_up_in(list, &mut names) {
                    Err(Unreadable::Missing) => {}
                    _ => break,
                }
            }
        }
        names
    }

    fn look_up_in(&self, list: &'static str, names: &mut PciNames) -> Result<(), Unreadable> {
        let mut lines = self.host.lines(list)?;
        let mut reader = Lookup::of(names);
        while let Some(line) = lines.next_line()? {
            if !reader.take(line) {
                break;
            }
        }
        Ok(())
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

/// The adapters' vendors, and their models if these are wanted, without names.
fn unnamed(bus: &Bus<'_>, has_models: bool) -> PciNames {
    let mut names = PciNames::default();
    for slot in &bus.slots {
        let Ok(vendor) = bus.vendor_number(slot) else { continue };
        if has_models && let Ok(model) = bus.model_number(slot) {
            names.models.insert((vendor.clone(), model), String::new());
        }
        names.vendors.insert(vendor, String::new());
    }
    names
}

fn named(name: Option<&String>, number: &Number) -> Result<Raw, Absence> {
    text_value(name.filter(|name| !name.is_empty()).unwrap_or(number))
}
