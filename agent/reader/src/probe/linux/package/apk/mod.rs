//! apk's packages ([`crate::format::apk`]).
//!
//! The database does not say when a package was installed or who published it. apk reads `lib/apk/db`; where `/lib` is no
//! link to `usr/lib`, some images have the database below `/usr` alone.

use crate::format::apk::{self, Parser};
use crate::host::{Host, Lines};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::PackageFormat;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// Where the database is. The first one that exists counts: on most machines the paths mean one file.
const DATABASES: &[&str] = &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    for database in DATABASES {
        match host.lines(*database).map_err(Absence::from) {
            Ok(lines) => return read(lines, wanted),
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
    }
    Err(Absence::Unavailable)
}

fn read(mut lines: Lines, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let mut seen = Vec::new();
    let mut reader = Parser::default();
    while let Some(line) = lines.next_line()? {
        if let Some(package) = reader.take(line)? {
            seen.push(wanted.of_package(&package)?);
        }
        if seen.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    if let Some(package) = reader.finish()? {
        seen.push(wanted.of_package(&package)?);
    }
    Ok(seen)
}

impl Package for apk::Package {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Apk
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> Option<&str> {
        Some(&self.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.architecture.as_deref())
    }
}

#[cfg(test)]
mod tests;
