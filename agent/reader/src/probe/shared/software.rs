//! Sections `package` and `browser`: which browsers are installed follows from the packages, so that one pass over the
//! databases serves both.
//!
//! A machine has some of the formats and lacks the others; what it lacks is not a failure. A source that is there and cannot
//! be read whole gives no rows and its reason, and the others still report: half a list would read as hundreds of removed
//! packages. The same holds for each home of a source in the homes of persons.

use super::browser::{self, ExtensionSource};
use super::homes::Across;
use super::package::{COLUMNS, Packages, Seen, Wanted};
use crate::host::Host;
use crate::probe::found::Found;
use crate::probe::table::{Probe, names};
use collector_proto::catalog::{FieldSet, Section};
use collector_proto::messages::{Absence, SourceName};

/// What is installed by one format, or why there is nothing: [`Absence::Unavailable`] where the machine has no such source.
pub type PackageSource = fn(&Host, &Wanted) -> Result<Vec<Seen>, Absence>;

/// What persons have installed, of every home that could be read.
pub type HomeSource = fn(&Host, &Wanted) -> Across<Seen>;

/// Both sections, from the sources of one system in the order in which they are read.
pub struct Software {
    pub packages: &'static [(SourceName, PackageSource)],
    pub packages_of_homes: &'static [(SourceName, HomeSource)],
    pub extensions: &'static [(SourceName, ExtensionSource)],
}

impl Probe for Software {
    fn section(&self) -> Section {
        Section::Package
    }

    fn fields(&self) -> FieldSet {
        let both = [names(COLUMNS), browser::fields()];
        both.iter().flat_map(FieldSet::iter).collect()
    }

    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found) {
        let mut asked = Wanted::of(wanted);
        if browser::needs_packages(wanted) {
            asked = asked.recognising(browser::of_package);
        }
        let installed = if asked.is_anything() { self.installed(host, &asked) } else { Packages::default() };
        browser::report(host, self.extensions, wanted, &installed, found);
        if asked.has_columns() {
            report(installed, wanted, found);
        }
    }
}

impl Software {
    fn installed(&self, host: &Host, wanted: &Wanted) -> Packages {
        let mut installed = Packages::default();
        for (name, source) in self.packages {
            match source(host, wanted) {
                Ok(packages) => {
                    installed.is_there = true;
                    installed.seen.extend(packages);
                }
                Err(Absence::Unavailable) => {}
                Err(reason) => installed.failed.push((*name, reason)),
            }
        }
        for (name, source) in self.packages_of_homes {
            let across = source(host, wanted);
            installed.is_there |= !across.items.is_empty();
            installed.seen.extend(across.items.into_iter().map(|(owner, seen)| Seen { owner, ..seen }));
            installed.failed.extend(across.failure.map(|reason| (*name, reason)));
        }
        installed
    }
}

/// Hands the section `package` on.
fn report(installed: Packages, wanted: &FieldSet, found: &mut Found) {
    for (name, reason) in &installed.failed {
        found.failed(Section::Package, *name, *reason);
    }
    if let Some(reason) = installed.absence() {
        names(COLUMNS).intersection(wanted).iter().for_each(|field| found.absent(field, reason));
    } else {
        let row = |package: Seen| package.row.owned_by(package.owner);
        found.rows(Section::Package, installed.seen.into_iter().map(row));
    }
}
