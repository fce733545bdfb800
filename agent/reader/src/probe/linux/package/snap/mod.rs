//! snap packages (snapd `dirs/dirs.go`; [`crate::format::snap`]).
//!
//! ```text
//! /snap/firefox/current -> 5273                      the revision in use, which a disabled snap lacks
//! /snap/firefox/current/meta/snap.yaml
//! ```
//! `/snap` may be a link to `/var/lib/snapd/snap`, or only the latter is there. The name is the directory's: a snap that is
//! installed twice has one name and two directories, which is how snapd lists it. snapd itself takes the time stamp of the
//! link for the installation's. Who published a snap stands in assertions that only root reads, and often is a person.

use crate::format::snap::Yaml;
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::homes::listed;
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

/// Where snaps are mounted: the first that has any counts.
const INSTALLATIONS: [Installation; 2] = [
    Installation { yaml: "/snap/*/current/meta/snap.yaml", current: "/snap/*/current" },
    Installation {
        yaml: "/var/lib/snapd/snap/*/current/meta/snap.yaml",
        current: "/var/lib/snapd/snap/*/current",
    },
];

/// Most bytes of a `snap.yaml`. A snap with hundreds of programs and hooks has some 100 KiB.
const MAX_YAML_BYTES: u64 = 1024 * 1024;

struct Installation {
    yaml: &'static str,
    current: &'static str,
}

/// What was asked of each snap that is in use.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    for installation in &INSTALLATIONS {
        let mut rows = Vec::new();
        for name in listed(host, Place::of(installation.yaml, &[]))? {
            rows.extend(installation.row(&name, host, wanted)?);
            if rows.len() > MAX_ROWS {
                return Err(Absence::TooLarge);
            }
        }
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(Absence::Unavailable)
}

impl Installation {
    /// `None` for what is not a snap, such as `/snap/bin`, or is not in use.
    fn row(&self, name: &str, host: &Host, wanted: &Wanted) -> Result<Option<Seen>, Absence> {
        let bytes = match host.bytes_up_to(Place::of(self.yaml, &[name]), MAX_YAML_BYTES) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) => return Ok(None),
            // `/snap/README`.
            Err(Unreadable::Odd) if !host.exists(Place::at(SourcePlace::Look(self.current), &[name])) => {
                return Ok(None);
            }
            Err(reason) => return Err(reason.into()),
        };
        let yaml = Yaml::parse(&bytes)?;
        let base = yaml.name.as_deref().ok_or(Absence::Malformed)?;
        let is_instance = |rest: &str| rest.is_empty() || rest.starts_with('_');
        if !name.strip_prefix(base).is_some_and(is_instance) {
            return Err(Absence::Malformed);
        }
        let names = [name];
        let current = Place::at(SourcePlace::Look(self.current), &names);
        wanted.of_package(&Installed { name, yaml: &yaml, host, current }).map(Some)
    }
}

struct Installed<'a> {
    name: &'a str,
    yaml: &'a Yaml,
    host: &'a Host,
    /// The link to the revision in use.
    current: Place<'a>,
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Snap
    }

    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> Option<&str> {
        self.yaml.version.as_deref()
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.yaml.architecture.as_deref())
    }

    /// One missing date is no reason to lose the package.
    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(self.host.link_modified(self.current).ok())
    }
}

#[cfg(test)]
mod tests;
