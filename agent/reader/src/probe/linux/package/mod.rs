//! Section `package`: what package managers say is installed, one file a format.
//!
//! A machine has some of the formats and lacks the others; what it lacks is no failure. A source that is there and cannot
//! be read whole gives no rows and its reason, and the others still report: half a list would read as hundreds of removed
//! packages. The same holds for each home of a source in the homes of persons.

mod apk;
mod appimage;
mod brew;
mod dpkg;
mod flatpak;
mod nix;
mod pacman;
mod portage;
mod row;
mod rpm;
mod slackware;
mod snap;
#[cfg(test)]
mod tests;

use crate::host::Host;
use crate::probe::found::Found;
use crate::probe::reading::RawRow;
use crate::probe::shared::homes::Across;
use collector_proto::catalog::{FieldSet, Section};
use collector_proto::messages::{Absence, SourceName};
use row::{Package, Scope};

/// One row a package, or why there are none: [`Absence::Unavailable`] where the machine has no such source.
type Source = fn(&Host, &FieldSet) -> Result<Vec<RawRow>, Absence>;

/// Every source, in the order in which they are read.
const SOURCES: &[(SourceName, Source)] = &[
    (SourceName::Dpkg, dpkg::packages),
    (SourceName::Rpm, rpm::packages),
    (SourceName::Apk, apk::packages),
    (SourceName::Pacman, pacman::packages),
    (SourceName::Portage, portage::packages),
    (SourceName::Slackware, slackware::packages),
    (SourceName::Nix, nix::of_machine),
    (SourceName::Brew, brew::packages),
    (SourceName::Flatpak, flatpak::of_machine),
    (SourceName::Snap, snap::packages),
    (SourceName::AppImage, appimage::of_machine),
];

/// One row a package of a person, of every home that could be read.
type HomeSource = fn(&Host, &FieldSet) -> Across<RawRow>;

/// Every source in the homes of persons.
const HOME_SOURCES: &[(SourceName, HomeSource)] = &[
    (SourceName::NixUser, nix::of_users),
    (SourceName::FlatpakUser, flatpak::of_users),
    (SourceName::AppImageUser, appimage::of_users),
];

/// What is installed.
#[derive(Default)]
pub(super) struct Installed {
    /// The packages of the sources that could be read.
    pub(super) rows: Vec<RawRow>,
    /// Sources that could not be read, or not whole.
    pub(super) failed: Vec<(SourceName, Absence)>,
    is_there: bool,
}

impl Installed {
    /// Reads every source; the rows hold the wanted fields.
    pub(super) fn read(host: &Host, wanted: &FieldSet) -> Self {
        let mut installed = Self::default();
        for (name, source) in SOURCES {
            match source(host, wanted) {
                Ok(rows) => {
                    installed.is_there = true;
                    installed.rows.extend(rows);
                }
                Err(Absence::Unavailable) => {}
                Err(reason) => installed.failed.push((*name, reason)),
            }
        }
        for (name, source) in HOME_SOURCES {
            let across = source(host, wanted);
            installed.is_there |= !across.items.is_empty();
            installed.rows.extend(across.items);
            installed.failed.extend(across.failure.map(|reason| (*name, reason)));
        }
        installed
    }

    /// Why there is nothing, where no source answered.
    pub(super) fn absence(&self) -> Option<Absence> {
        let reason = || self.failed.first().map_or(Absence::Unavailable, |(_, reason)| *reason);
        (!self.is_there).then(reason)
    }
}

/// Hands the section on, with the wanted fields.
pub(super) fn report(installed: Installed, wanted: &FieldSet, found: &mut Found) {
    for (name, reason) in &installed.failed {
        found.failed(Section::Package, *name, *reason);
    }
    if let Some(reason) = installed.absence() {
        wanted.iter().for_each(|field| found.absent(field, reason));
    } else {
        let mut rows = installed.rows;
        for row in &mut rows {
            row.retain(wanted);
        }
        found.rows(Section::Package, rows);
    }
}
