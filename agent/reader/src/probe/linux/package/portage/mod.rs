//! Portage's packages ([`crate::format::portage`]).

use crate::format::portage::{self, is_name, split};
use crate::host::{Host, Place};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use std::cell::OnceCell;

const DATABASE: SourcePlace = SourcePlace::Tree("/var/db/pkg");

/// Most bytes of a `CHOST` file. The longest triples have some forty.
const MAX_CHOST_BYTES: u64 = 4096;

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let categories = host.names(Place::at(DATABASE, &[""]))?;
    let mut seen = Vec::new();
    for category in categories.iter().filter(|category| is_name(category)) {
        let entries = match host.names(Place::at(DATABASE, &[category])).map_err(Absence::from) {
            Ok(entries) => entries,
            // A file, or a category whose last package has just gone.
            Err(Absence::Malformed | Absence::Unavailable) => continue,
            Err(reason) => return Err(reason),
        };
        for entry in &entries {
            let Some((name, version)) = split(entry) else { continue };
            if seen.len() >= MAX_ROWS {
                return Err(Absence::TooLarge);
            }
            let package = Installed {
                name: format!("{category}/{name}"),
                version,
                host,
                chost: format!("{category}/{entry}/CHOST"),
                architecture: OnceCell::new(),
            };
            seen.push(wanted.of_package(&package)?);
        }
    }
    Ok(seen)
}

struct Installed<'a> {
    name: String,
    version: &'a str,
    host: &'a Host,
    chost: String,
    architecture: OnceCell<Result<Option<String>, Absence>>,
}

impl Installed<'_> {
    /// `None` where the file is missing, as it is for packages of old EAPIs.
    fn read(&self) -> Result<Option<String>, Absence> {
        let names = [self.chost.as_str()];
        match self.host.bytes_up_to(Place::at(DATABASE, &names), MAX_CHOST_BYTES).map_err(Absence::from) {
            Ok(bytes) => Ok(portage::architecture(&bytes)?.map(str::to_owned)),
            Err(Absence::Unavailable) => Ok(None),
            Err(reason) => Err(reason),
        }
    }
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Ebuild
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> Option<&str> {
        Some(self.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        let architecture = self.architecture.get_or_init(|| self.read());
        architecture.as_ref().map(Option::as_deref).map_err(|reason| *reason)
    }
}

#[cfg(test)]
mod tests;
