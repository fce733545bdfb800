//! Section `battery`: one row a battery of the machine, from `/sys/class/power_supply`
//! (`Documentation/ABI/testing/sysfs-class-power`).
//!
//! ```text
//! BAT0/type                 Battery        others: Mains, UPS, USB
//! BAT0/scope                System         Device: of a mouse or keyboard; missing: of the machine
//! BAT0/energy_full_design   57020000       µWh
//! BAT0/charge_full_design   4910000        µAh, in place of energy where the firmware counts charge
//! BAT0/voltage_min_design   11610000       µV
//! BAT0/cycle_count          212
//! ```

use super::named::{self, Reader};
use crate::host::{Host, Place, Unreadable};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::Raw;
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Battery,
    fields: &[
        fields::X_BATTERY_NAME,
        fields::X_BATTERY_CAPACITY_DESIGN,
        fields::X_BATTERY_CAPACITY_FULL,
        fields::X_BATTERY_CYCLES,
    ],
    read,
};

const READERS: &[Reader] = &[
    (fields::X_BATTERY_NAME, |_, name| text_value(name)),
    (fields::X_BATTERY_CAPACITY_DESIGN, |host, name| {
        capacity(
            host,
            name,
            "/sys/class/power_supply/*/energy_full_design",
            "/sys/class/power_supply/*/charge_full_design",
        )
    }),
    (fields::X_BATTERY_CAPACITY_FULL, |host, name| {
        capacity(host, name, "/sys/class/power_supply/*/energy_full", "/sys/class/power_supply/*/charge_full")
    }),
    (fields::X_BATTERY_CYCLES, cycles),
];

/// µWh of a mWh.
const MICRO_PER_MILLI: u128 = 1000;

/// µAh times µV of a mWh.
const CHARGE_PER_MILLI: u128 = 1_000_000_000;

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let names = match host.fill(Place::of("/sys/class/power_supply/*/type", &[])) {
        Ok(names) => names,
        Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason.into())),
    };
    let batteries = names.iter().filter(|name| is_of_machine(host, name));
    named::rows(Section::Battery, batteries, READERS, (host, wanted, found));
}

fn is_of_machine(host: &Host, name: &str) -> bool {
    let says = |pattern, word| host.text(Place::of(pattern, &[name])).is_ok_and(|text| text.trim() == word);
    says("/sys/class/power_supply/*/type", "Battery") && !says("/sys/class/power_supply/*/scope", "Device")
}

/// The energy, or the charge at the voltage that it is meant for.
fn capacity(host: &Host, name: &str, energy: &'static str, charge: &'static str) -> Result<Raw, Absence> {
    let milliwatt_hours = match number(host, name, energy) {
        Err(Absence::Unavailable) => {
            let voltage = "/sys/class/power_supply/*/voltage_min_design";
            number(host, name, charge)? * number(host, name, voltage)? / CHARGE_PER_MILLI
        }
        energy => energy? / MICRO_PER_MILLI,
    };
    match i64::try_from(milliwatt_hours) {
        // Firmware that does not know says 0.
        Ok(0) => Err(Absence::Unavailable),
        Ok(milliwatt_hours) => Ok(Raw::Integer(milliwatt_hours)),
        Err(_) => Err(Absence::Malformed),
    }
}

/// Most firmware that does not count says 0, and a battery that was never discharged is not in use: 0 is no value.
fn cycles(host: &Host, name: &str) -> Result<Raw, Absence> {
    match number(host, name, "/sys/class/power_supply/*/cycle_count")? {
        0 => Err(Absence::Unavailable),
        count => i64::try_from(count).map(Raw::Integer).map_err(|_| Absence::Malformed),
    }
}

/// A number of at most 64 bits, in the width in which two of them can be multiplied. A battery that is not in its bay
/// makes the kernel answer ENODEV, which is unavailable.
fn number(host: &Host, name: &str, pattern: &'static str) -> Result<u128, Absence> {
    let text = host.text(Place::of(pattern, &[name])).map_err(|reason: Unreadable| Absence::from(reason))?;
    // The kernel writes -1 and the like for what a driver does not know.
    match text.trim().parse::<i64>() {
        Ok(number) => u128::try_from(number).map_err(|_| Absence::Unavailable),
        Err(_) => Err(Absence::Malformed),
    }
}
