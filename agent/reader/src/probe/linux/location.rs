//! Section `location`: one position, from GeoClue.
//!
//! ```text
//! /org/freedesktop/GeoClue2/Manager   …Manager: GetClient → o, DeleteClient o
//! client                              …Client: DesktopId s, RequestedAccuracyLevel u, Start, Stop, Location o
//! location                            …Location: Latitude d, Longitude d
//! ```
//!
//! GeoClue D-Bus reference, version 2.0 to 2.8. Reached under a person's consent only; what it finds is coarsened to
//! 0.1 degree before it leaves the reader, so no more than a city's accuracy is asked for. GeoClue decides for itself
//! whether a program named `candor` may know it (`[candor]` in geoclue.conf(5), or the desktop's question to the person).
//! One position is taken and the client deleted: nothing is watched. A position that GeoClue does not have within the
//! bus's two seconds stays unavailable until the next report.

use crate::host::Host;
use crate::host::system::bus::{Argument, ObjectPath, Real, Service};
use crate::probe::reading::Raw;
use crate::probe::shared::degrees::decimal;
use crate::probe::table::{OnHost, Probe, SingleWith};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use std::cell::OnceCell;
use std::time::Duration;

pub(super) const PROBE: &dyn Probe = &SingleWith::<Position<'_>>::of(
    Section::Location,
    position,
    &[
        (fields::GEO_LOCATION_LAT, |position| position.degrees("Latitude", 90.0)),
        (fields::GEO_LOCATION_LON, |position| position.degrees("Longitude", 180.0)),
    ],
);

const MANAGER_PATH: &str = "/org/freedesktop/GeoClue2/Manager";
const MANAGER: &str = "org.freedesktop.GeoClue2.Manager";
const CLIENT: &str = "org.freedesktop.GeoClue2.Client";
const LOCATION: &str = "org.freedesktop.GeoClue2.Location";

/// The name by which GeoClue's configuration and the desktop know this program.
const DESKTOP_ID: &str = "candor";

/// `GCLUE_ACCURACY_LEVEL_CITY`.
const CITY: u32 = 4;

/// How often the client is asked whether it has a position.
const POLL: Duration = Duration::from_millis(50);

/// A client of GeoClue, and the first position that it was told.
struct Position<'h> {
    service: Service<'h>,
    client: OnceCell<Result<ObjectPath, Absence>>,
    location: OnceCell<Result<ObjectPath, Absence>>,
}

impl OnHost for Position<'_> {
    type On<'h> = Position<'h>;
}

fn position(host: &Host) -> Position<'_> {
    // GeoClue runs only while it has clients, so it has to be started.
    let service = host.started_service("org.freedesktop.GeoClue2");
    Position { service, client: OnceCell::new(), location: OnceCell::new() }
}

impl Position<'_> {
    /// A coordinate whose largest value is `bound`.
    fn degrees(&self, property: &'static str, bound: f64) -> Result<Raw, Absence> {
        let location = self.location.get_or_init(|| locate(&self.service, self.client()?.as_str()));
        let location = location.as_ref().map_err(|reason| *reason)?;
        let Real(degrees) = self.service.property(location.as_str(), LOCATION, property)?;
        decimal(degrees, bound)
    }

    fn client(&self) -> Result<&ObjectPath, Absence> {
        let make = || Ok(self.service.call(MANAGER_PATH, MANAGER, "GetClient")?);
        self.client.get_or_init(make).as_ref().map_err(|reason| *reason)
    }
}

impl Drop for Position<'_> {
    fn drop(&mut self) {
        if let Some(Ok(client)) = self.client.get() {
            self.service.tell(client.as_str(), CLIENT, "Stop", None);
            self.service.tell(MANAGER_PATH, MANAGER, "DeleteClient", Some(Argument::Object(client.clone())));
        }
    }
}

/// Starts the client and waits for its first position.
fn locate(service: &Service<'_>, client: &str) -> Result<ObjectPath, Absence> {
    service.set(client, CLIENT, "DesktopId", Argument::Text(DESKTOP_ID.to_owned()))?;
    service.set(client, CLIENT, "RequestedAccuracyLevel", Argument::Number(CITY))?;
    service.call::<()>(client, CLIENT, "Start")?;
    loop {
        let location: ObjectPath = service.property(client, CLIENT, "Location")?;
        if location.object().is_some() {
            return Ok(location);
        }
        if !service.pause(POLL) {
            return Err(Absence::Unavailable);
        }
    }
}
