//! Section `wwan`: one row per modem, from ModemManager.
//!
//! ```text
//! /org/freedesktop/ModemManager1/Modem/0   …Modem: EquipmentIdentifier s, OwnNumbers as, SignalQuality (ub),
//!                                                  Sim o, State i, UnlockRequired u
//!                                          …Modem.Modem3gpp: Imei s, OperatorName s, OperatorCode s
//! /org/freedesktop/ModemManager1/SIM/0     …Sim: SimIdentifier s, Imsi s
//! ```
//!
//! ModemManager D-Bus reference, versions 1.0 to 1.24. `GetManagedObjects` would hand over every property of every modem
//! at once. Instead the modems' names come from introspection and each wanted property is asked for alone, so a number
//! that was not granted never reaches this process.

use crate::host::system::bus::{Answer, ObjectPath, Service};
use crate::host::{Host, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::shared::countries;
use crate::probe::table::{OnHost, Probe, Rows};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use collector_proto::text::clean;
use std::cell::OnceCell;
use std::rc::Rc;

pub(super) const PROBE: &dyn Probe = &Rows::<Modem<'_>>::of(
    Section::Wwan,
    modems,
    &[
        (fields::X_DEVICE_IMEI, imei),
        (fields::X_DEVICE_PHONE_NUMBER, phone_numbers),
        (fields::X_SIM_STATE, |modem| text_value(sim_state(modem)?)),
        (fields::X_SIM_ICCID, |modem| modem.sim_text("SimIdentifier")),
        (fields::X_SIM_IMSI, |modem| modem.sim_text("Imsi")),
        (fields::NETWORK_CARRIER_NAME, |modem| {
            text_value(&modem.property::<String>(MODEM_3GPP, "OperatorName")?)
        }),
        (fields::NETWORK_CARRIER_MCC, |modem| text_value(operator(modem)?.0)),
        (fields::NETWORK_CARRIER_MNC, |modem| text_value(operator(modem)?.1)),
        (fields::NETWORK_CARRIER_ICC, country),
        (fields::X_WWAN_SIGNAL, signal),
    ],
);

const MODEMS: &str = "/org/freedesktop/ModemManager1/Modem";
const MODEM: &str = "org.freedesktop.ModemManager1.Modem";
const MODEM_3GPP: &str = "org.freedesktop.ModemManager1.Modem.Modem3gpp";
const SIM: &str = "org.freedesktop.ModemManager1.Sim";

/// Most modems that are asked. Routers that bundle lines have up to eight.
const MAX_MODEMS: usize = 32;

/// Most digits of a modem's number; it grows by one each time a modem appears.
const MAX_MODEM_DIGITS: usize = 9;

fn modems(host: &Host) -> Result<Vec<Modem<'_>>, Absence> {
    let service = Rc::new(host.service("org.freedesktop.ModemManager1"));
    let modem = |number| Modem {
        service: Rc::clone(&service),
        path: format!("{MODEMS}/{number}"),
        sim: OnceCell::new(),
        operator: OnceCell::new(),
    };
    Ok(numbers(&service)?.into_iter().map(modem).collect())
}

/// The modems' numbers in their order.
fn numbers(service: &Service<'_>) -> Result<Vec<u32>, Absence> {
    let is_number =
        |name: &String| name.len() <= MAX_MODEM_DIGITS && name.bytes().all(|b| b.is_ascii_digit());
    let names = service.children(MODEMS)?;
    let mut numbers: Vec<u32> =
        names.iter().filter(|name| is_number(name)).filter_map(|name| name.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > MAX_MODEMS { Err(Absence::TooLarge) } else { Ok(numbers) }
}

/// A modem, and what several fields need of it, which is asked for once.
struct Modem<'h> {
    service: Rc<Service<'h>>,
    path: String,
    sim: OnceCell<Result<ObjectPath, Unreadable>>,
    operator: OnceCell<Result<String, Unreadable>>,
}

impl OnHost for Modem<'_> {
    type On<'h> = Modem<'h>;
}

impl Modem<'_> {
    fn property<T: Answer>(&self, interface: &'static str, name: &'static str) -> Result<T, Unreadable> {
        self.service.property(&self.path, interface, name)
    }

    /// The SIM card's object, `None` without a card.
    fn sim(&self) -> Result<Option<&str>, Unreadable> {
        let path = self.sim.get_or_init(|| self.property(MODEM, "Sim")).as_ref();
        path.map(ObjectPath::object).map_err(|reason| *reason)
    }

    fn sim_text(&self, name: &'static str) -> Result<Raw, Absence> {
        let sim = self.sim()?.ok_or(Absence::Unavailable)?;
        text_value(&self.service.property::<String>(sim, SIM, name)?)
    }
}

/// A modem of another family than 3GPP has no IMEI; what it has (ESN, MEID) is its equipment identifier.
fn imei(modem: &Modem<'_>) -> Result<Raw, Absence> {
    match modem.property::<String>(MODEM_3GPP, "Imei") {
        Ok(imei) if !imei.is_empty() => text_value(&imei),
        Ok(_) | Err(Unreadable::Missing) => {
            text_value(&modem.property::<String>(MODEM, "EquipmentIdentifier")?)
        }
        Err(reason) => Err(reason.into()),
    }
}

fn phone_numbers(modem: &Modem<'_>) -> Result<Raw, Absence> {
    let numbers = modem.property::<Vec<String>>(MODEM, "OwnNumbers")?;
    let numbers: Vec<String> = numbers.iter().filter_map(|number| clean(number)).collect();
    if numbers.is_empty() { Err(Absence::Unavailable) } else { Ok(Raw::Texts(numbers)) }
}

fn signal(modem: &Modem<'_>) -> Result<Raw, Absence> {
    let (per_cent, _is_recent) = modem.property::<(u32, bool)>(MODEM, "SignalQuality")?;
    if per_cent > 100 { Err(Absence::Malformed) } else { Ok(Raw::Integer(per_cent.into())) }
}

/// The country's and the network's digits of an operator's code; a modem without a network has an empty one.
fn operator<'a>(modem: &'a Modem<'_>) -> Result<(&'a str, &'a str), Absence> {
    let code = modem.operator.get_or_init(|| modem.property(MODEM_3GPP, "OperatorCode"));
    let code = code.as_deref().map_err(|reason| Absence::from(*reason))?;
    if code.is_empty() {
        return Err(Absence::Unavailable);
    }
    countries::split(code).ok_or(Absence::Malformed)
}

/// International networks (901) belong to no country.
fn country(modem: &Modem<'_>) -> Result<Raw, Absence> {
    text_value(countries::of(operator(modem)?.0).ok_or(Absence::Unavailable)?)
}

/// One of four words:
///
/// - `absent`: the modem has no SIM object;
/// - `locked`: it waits for a code (`UnlockRequired`), or says that it is locked;
/// - `ready`: no code is missing. PIN2 and PUK2 guard the address book's limits and let the network be used;
/// - `unknown`: ModemManager does not know, as while a modem starts or after it failed.
fn sim_state(modem: &Modem<'_>) -> Result<&'static str, Absence> {
    // MMModemLock.
    const LOCK_UNKNOWN: u32 = 0;
    const LOCK_NONE: u32 = 1;
    const LOCK_SIM_PIN2: u32 = 3;
    const LOCK_SIM_PUK2: u32 = 5;
    // MMModemState; from DISABLED on the card was unlocked.
    const STATE_LOCKED: i32 = 2;
    const STATE_DISABLED: i32 = 3;

    if modem.sim()?.is_none() {
        return Ok("absent");
    }
    match modem.property::<u32>(MODEM, "UnlockRequired")? {
        LOCK_NONE | LOCK_SIM_PIN2 | LOCK_SIM_PUK2 => Ok("ready"),
        LOCK_UNKNOWN => Ok(match modem.property::<i32>(MODEM, "State")? {
            STATE_LOCKED => "locked",
            STATE_DISABLED.. => "ready",
            _ => "unknown",
        }),
        _ => Ok("locked"),
    }
}
