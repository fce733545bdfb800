//! flatpak's installations (flatpak(1), Filesystem Hierarchy; flatpak `common/flatpak-dir.c`).
//!
//! ```text
//! /var/lib/flatpak/app/org.mozilla.firefox/x86_64/stable/active -> 5e6c…
//! /var/lib/flatpak/app/org.mozilla.firefox/x86_64/stable/active/deploy
//! /var/lib/flatpak/app/org.mozilla.firefox/current -> x86_64/stable
//! /var/lib/flatpak/runtime/org.gnome.Platform/x86_64/48/active/deploy
//! /home/anna/.local/share/flatpak/…                    the same for one person
//! ```
//! The directories tell name, architecture and branch, the record of the deployment ([`Deployment`]) version and remote.
//! Runtimes and their extensions are packages like any other: they hold the libraries that applications run on. Where
//! nothing states a runtime's version, its branch is the version (`48`, `24.08`); an application's branch (`stable`) is none.
//! The record is written when a version is installed, so its time stamp is the installation's; the `timestamp` in it is that
//! of the commit.

use crate::format::deploy::{self, Deployment};
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::homes::{Across, MAX_PACKAGES, listed};
use crate::probe::shared::package::{Package, Scope, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

const MACHINE: [Kind; 2] = [
    Kind { deploy: "/var/lib/flatpak/app/*/*/*/active/deploy", is_runtime: false },
    Kind { deploy: "/var/lib/flatpak/runtime/*/*/*/active/deploy", is_runtime: true },
];

const HOME: [Kind; 2] = [
    Kind { deploy: "/home/*/.local/share/flatpak/app/*/*/*/active/deploy", is_runtime: false },
    Kind { deploy: "/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy", is_runtime: true },
];

/// The link to the branch that an application is started from; architectures stand beside it.
const CURRENT: &str = "current";

/// Applications, or runtimes.
struct Kind {
    /// The record of a deployment.
    deploy: &'static str,
    is_runtime: bool,
}

/// What was asked of each deployment of the machine.
pub(super) fn of_machine(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let rows = installation(&MACHINE, None, host, wanted)?;
    if rows.is_empty() { Err(Absence::Unavailable) } else { Ok(rows) }
}

/// What was asked of each deployment of a person.
pub(super) fn of_users(host: &Host, wanted: &Wanted) -> Across<Seen> {
    Across::homes(host, SourcePlace::File(HOME[0].deploy), MAX_PACKAGES, |user| {
        installation(&HOME, Some(user), host, wanted)
    })
}

fn installation(
    kinds: &[Kind],
    user: Option<&str>,
    host: &Host,
    wanted: &Wanted,
) -> Result<Vec<Seen>, Absence> {
    let mut rows = Vec::new();
    for kind in kinds {
        let front: Vec<&str> = user.into_iter().collect();
        for id in listed(host, Place::of(kind.deploy, &front))? {
            let front: Vec<&str> = user.into_iter().chain([id.as_str()]).collect();
            let architectures = listed(host, Place::of(kind.deploy, &front))?;
            for architecture in architectures.iter().filter(|name| *name != CURRENT) {
                let front: Vec<&str> = user.into_iter().chain([id.as_str(), architecture]).collect();
                for branch in listed(host, Place::of(kind.deploy, &front))? {
                    let names: Vec<&str> = front.iter().copied().chain([branch.as_str()]).collect();
                    rows.extend(kind.row(user, &names, host, wanted)?);
                    if rows.len() > MAX_ROWS {
                        return Err(Absence::TooLarge);
                    }
                }
            }
        }
    }
    Ok(rows)
}

impl Kind {
    /// The row of a branch. `None` where none of its commits is deployed. The last three of `names` are id, architecture
    /// and branch.
    fn row(
        &self,
        user: Option<&str>,
        names: &[&str],
        host: &Host,
        wanted: &Wanted,
    ) -> Result<Option<Seen>, Absence> {
        let [.., id, architecture, branch] = names else { return Ok(None) };
        let place = Place::of(self.deploy, names);
        let bytes = match host.bytes_up_to(place, deploy::MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) => return Ok(None),
            Err(reason) => return Err(reason.into()),
        };
        let deployment = Deployment::parse(&bytes).ok_or(Absence::Malformed)?;
        let installed = Installed {
            id,
            version: deployment.version.or(self.is_runtime.then_some(*branch)),
            architecture,
            user,
            origin: deployment.origin,
            host,
            place,
        };
        wanted.of_package(&installed).map(Some)
    }
}

struct Installed<'a> {
    id: &'a str,
    version: Option<&'a str>,
    architecture: &'a str,
    user: Option<&'a str>,
    origin: &'a str,
    host: &'a Host,
    /// The record of the deployment.
    place: Place<'a>,
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Flatpak
    }

    fn name(&self) -> &str {
        self.id
    }

    fn version(&self) -> Option<&str> {
        self.version
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(Some(self.architecture))
    }

    fn scope(&self) -> Scope<'_> {
        self.user.map_or(Scope::Machine, Scope::User)
    }

    /// One missing date is no reason to lose the package.
    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(self.host.modified(self.place).ok())
    }

    fn vendor(&self) -> Option<&str> {
        Some(self.origin)
    }
}

#[cfg(test)]
mod tests;
