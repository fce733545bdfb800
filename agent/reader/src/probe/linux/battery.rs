//! Section `battery`: one row for each battery of the machine, from `/sys/class/power_supply`
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

use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Rows::<Battery<'_>>::of(
    Section::Battery,
    batteries,
    &[
        (fields::X_BATTERY_NAME, |battery| text_value(&battery.name)),
        (fields::X_BATTERY_CAPACITY_DESIGN, |battery| {
            battery.capacity(
                "/sys/class/power_supply/*/energy_full_design",
                "/sys/class/power_supply/*/charge_full_design",
            )
        }),
        (fields::X_BATTERY_CAPACITY_FULL, |battery| {
            battery.capacity("/sys/class/power_supply/*/energy_full", "/sys/class/power_supply/*/charge_full")
        }),
        (fields::X_BATTERY_CYCLES, |battery| battery.cycles()),
    ],
);

/// µWh of a mWh.
const MICRO_PER_MILLI: u128 = 1000;

/// µAh times µV of a mWh.
const CHARGE_PER_MILLI: u128 = 1_000_000_000;

/// A battery by the name that the kernel gives it.
struct Battery<'h> {
    host: &'h Host,
    name: String,
}

impl OnHost for Battery<'_> {
    type On<'h> = Battery<'h>;
}

fn batteries(host: &Host) -> Result<Vec<Battery<'_>>, Absence> {
    let names = host.fill(Place::of("/sys/class/power_supply/*/type", &[]))?;
    let supplies = names.into_iter().map(|name| Battery { host, name });
    Ok(supplies.filter(Battery::is_of_machine).collect())
}

impl Battery<'_> {
    fn is_of_machine(&self) -> bool {
        let says = |pattern, word| self.text(pattern).is_ok_and(|text| text.trim() == word);
        says("/sys/class/power_supply/*/type", "Battery")
            && !says("/sys/class/power_supply/*/scope", "Device")
    }

    /// The energy, or the charge at the voltage that it is meant for.
    fn capacity(&self, energy: &'static str, charge: &'static str) -> Result<Raw, Absence> {
        let milliwatt_hours = match self.number(energy) {
            Err(Absence::Unavailable) => {
                let voltage = "/sys/class/power_supply/*/voltage_min_design";
                self.number(charge)? * self.number(voltage)? / CHARGE_PER_MILLI
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

    /// Most firmware that does not count says 0, and a battery that was never discharged is not in use: 0 is not a value.
    fn cycles(&self) -> Result<Raw, Absence> {
        match self.number("/sys/class/power_supply/*/cycle_count")? {
            0 => Err(Absence::Unavailable),
            count => i64::try_from(count).map(Raw::Integer).map_err(|_| Absence::Malformed),
        }
    }

    /// A number of at most 64 bits, in the width in which two of them can be multiplied. A battery that is not in its bay
    /// makes the kernel answer ENODEV, which is unavailable.
    fn number(&self, pattern: &'static str) -> Result<u128, Absence> {
        // The kernel writes -1 and the like for what a driver does not know.
        match self.text(pattern)?.trim().parse::<i64>() {
            Ok(number) => u128::try_from(number).map_err(|_| Absence::Unavailable),
            Err(_) => Err(Absence::Malformed),
        }
    }

    fn text(&self, pattern: &'static str) -> Result<String, Unreadable> {
        self.host.text(Place::of(pattern, &[&self.name]))
    }
}
