//! dpkg's packages ([`crate::format::dpkg`]).
//!
//! Images that are put together without dpkg ("distroless") have `status.d` in place of the status file: one file for each
//! package with its paragraph as the archive has it, without `Status`, beside `<name>.md5sums` with the digests of its
//! files. An image built on such a one may have both. A file that cannot be understood gives no rows at all: half a list
//! would read as hundreds of removed packages.

use crate::format::dpkg::{self, Parser, Unstated};
use crate::host::{Host, Lines, Place};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

/// The paragraphs of images without dpkg.
const STATUS_D: &str = "/var/lib/dpkg/status.d/*";

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let status = match host.lines("/var/lib/dpkg/status").map_err(Absence::from) {
        Ok(lines) => Some(read(lines, Unstated::Malformed, host, wanted)?),
        Err(Absence::Unavailable) => None,
        Err(reason) => return Err(reason),
    };
    let status_d = match host.fill(Place::of(STATUS_D, &[])).map_err(Absence::from) {
        Ok(names) => Some(of_images(&names, host, wanted)?),
        Err(Absence::Unavailable) => None,
        Err(reason) => return Err(reason),
    };
    match (status, status_d) {
        (None, None) => Err(Absence::Unavailable),
        (status, status_d) => {
            let rows: Vec<Seen> = status.into_iter().chain(status_d).flatten().collect();
            if rows.len() > MAX_ROWS { Err(Absence::TooLarge) } else { Ok(rows) }
        }
    }
}

/// The rows of the files of `status.d`.
fn of_images(names: &[String], host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let mut rows = Vec::new();
    for name in names.iter().filter(|name| !name.ends_with(".md5sums")) {
        match host.lines(Place::of(STATUS_D, &[name])).map_err(Absence::from) {
            Ok(lines) => rows.extend(read(lines, Unstated::Installed, host, wanted)?),
            // Removed since the directory was listed.
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
        if rows.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    Ok(rows)
}

/// The packages of one file.
fn read(mut lines: Lines, unstated: Unstated, host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let mut seen = Vec::new();
    let mut reader = Parser::new(unstated);
    let of_package = |package| wanted.of_package(&Installed { package, host });
    while let Some(line) = lines.next_line()? {
        if let Some(package) = reader.take(line)? {
            seen.push(of_package(package)?);
        }
        if seen.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    if let Some(package) = reader.finish()? {
        seen.push(of_package(package)?);
    }
    Ok(seen)
}

struct Installed<'a> {
    package: dpkg::Package,
    host: &'a Host,
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Deb
    }

    fn name(&self) -> &str {
        &self.package.name
    }

    fn version(&self) -> Option<&str> {
        Some(&self.package.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(Some(&self.package.architecture))
    }

    /// One missing date is no reason to lose the package.
    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        let list = self.package.file_list();
        Ok(self
            .host
            .modified(Place::at(SourcePlace::LookBeneath("/var/lib/dpkg/info"), &[list.as_str()]))
            .ok())
    }

    fn vendor(&self) -> Option<&str> {
        self.package.origin.as_deref()
    }
}

#[cfg(test)]
mod tests;
