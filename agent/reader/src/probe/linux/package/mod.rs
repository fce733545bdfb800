//! Section `package`: what package managers say is installed, one file a format.
//!
//! A machine has some of the formats and lacks the others; what it lacks is no failure. A source that is there and cannot
//! be read whole gives no rows and its reason, and the others still report: half a list would read as hundreds of removed
//! packages.

mod apk;
mod brew;
mod dpkg;
mod nix;
mod pacman;
mod portage;
mod row;
mod rpm;
#[cfg(test)]
#[path = "sample_tests.rs"]
mod sample;
mod slackware;

use super::super::Probe;
use super::super::found::Found;
use super::super::reading::RawRow;
use crate::host::Host;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::{Absence, SourceName};
use row::{Package, Scope};

pub(super) const PROBE: Probe = Probe { section: Section::Package, fields: FIELDS, read };

const FIELDS: &[FieldId] = &[
    fields::PACKAGE_NAME,
    fields::PACKAGE_VERSION,
    fields::PACKAGE_TYPE,
    fields::PACKAGE_ARCHITECTURE,
    fields::PACKAGE_INSTALLED,
    fields::PACKAGE_INSTALL_SCOPE,
    fields::X_PACKAGE_USER,
    fields::X_PACKAGE_VENDOR,
];

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
    (SourceName::NixUser, nix::of_users),
    (SourceName::Brew, brew::packages),
];

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let mut failure = None;
    let mut is_there = false;
    for (name, source) in SOURCES {
        match source(host, wanted) {
            Ok(rows) => {
                is_there = true;
                found.rows(Section::Package, rows);
            }
            Err(Absence::Unavailable) => {}
            Err(reason) => {
                failure.get_or_insert(reason);
                found.failed(Section::Package, *name, reason);
            }
        }
    }
    if !is_there {
        let reason = failure.unwrap_or(Absence::Unavailable);
        wanted.iter().for_each(|field| found.absent(field, reason));
    }
}
