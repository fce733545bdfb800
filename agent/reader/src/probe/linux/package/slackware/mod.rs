//! Slackware's packages ([`crate::format::slackware`]).

use crate::format::slackware;
use crate::host::{Host, Place};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// Where the list is. The first one that exists counts: the second may be a link to it.
const LISTS: &[&str] = &["/var/lib/pkgtools/packages/*", "/var/log/packages/*"];

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    for list in LISTS {
        match host.fill(Place::at(SourcePlace::Look(list), &[])).map_err(Absence::from) {
            Ok(entries) if entries.len() > MAX_ROWS => return Err(Absence::TooLarge),
            Ok(entries) => {
                let packages = entries.iter().filter_map(|entry| slackware::Package::of(entry));
                return packages.map(|package| wanted.of_package(&package)).collect();
            }
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
    }
    Err(Absence::Unavailable)
}

impl Package for slackware::Package<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Slackware
    }

    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.architecture)
    }
}

#[cfg(test)]
mod tests;
