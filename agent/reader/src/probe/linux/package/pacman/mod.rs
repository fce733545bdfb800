//! pacman's packages ([`crate::format::pacman`]).

use crate::format::pacman::{Description, Parser, split};
use crate::host::{Host, Place, if_present};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use std::cell::OnceCell;

const DATABASE: SourcePlace = SourcePlace::Tree("/var/lib/pacman/local");

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let entries = host.names(Place::at(DATABASE, &[""]))?;
    if entries.len() > MAX_ROWS {
        return Err(Absence::TooLarge);
    }
    let mut seen = Vec::with_capacity(entries.len());
    for entry in &entries {
        let Some((name, version)) = split(entry) else { continue };
        let description = format!("{entry}/desc");
        // libalpm makes the directory before it unpacks the package, and `desc` after that.
        if if_present(host.modified(Place::at(DATABASE, &[description.as_str()])))?.is_none() {
            continue;
        }
        let package = Installed { name, version, host, path: description, description: OnceCell::new() };
        seen.push(wanted.of_package(&package)?);
    }
    Ok(seen)
}

struct Installed<'a> {
    name: &'a str,
    version: &'a str,
    host: &'a Host,
    path: String,
    description: OnceCell<Result<Description, Absence>>,
}

impl Installed<'_> {
    fn description(&self) -> Result<&Description, Absence> {
        self.description.get_or_init(|| self.read()).as_ref().map_err(|reason| *reason)
    }

    fn read(&self) -> Result<Description, Absence> {
        let mut reader = Parser::default();
        let mut lines =
            match self.host.lines(Place::at(DATABASE, &[self.path.as_str()])).map_err(Absence::from) {
                // Removed since the directory was listed.
                Err(Absence::Unavailable) => return Ok(Description::default()),
                lines => lines?,
            };
        while !reader.is_done() {
            let Some(line) = lines.next_line()? else { break };
            reader.take(line)?;
        }
        Ok(reader.finish()?)
    }
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Alpm
    }

    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> Option<&str> {
        Some(self.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.description()?.architecture.as_deref())
    }

    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(self.description()?.installed.map(|seconds| UtcTime::from_unix(seconds.into())))
    }
}

#[cfg(test)]
mod tests;
