//! pacman's local database (libalpm `be_local.c`): a directory a package, named `<name>-<version>-<release>`, in which
//! `desc` holds one value a section.
//!
//! ```text
//! %NAME%
//! bash
//!
//! %VERSION%
//! 5.2.037-1
//!
//! %ARCH%
//! x86_64
//!
//! %INSTALLDATE%
//! 1738164183
//!
//! %PACKAGER%
//! Jane Doe <jane@example.org>
//!
//! ```
//! Like libalpm this takes name and version from the directory's name, in which neither version nor release has a dash.
//! `%INSTALLDATE%` is when it was installed, in seconds since 1970. `%PACKAGER%` is a person; the database does not say from
//! which repository a package came, so that there is no vendor.

use super::{Package, Scope};
use crate::host::{Host, Lines, Place};
use crate::probe::reading::RawRow;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

const DATABASE: &str = "/var/lib/pacman/local/**";

/// One row an installed package, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    let entries = host.names(Place::of(DATABASE, &[""]))?;
    if entries.len() > MAX_ROWS {
        return Err(Absence::TooLarge);
    }
    let mut rows = Vec::with_capacity(entries.len());
    // `ALPM_DB_VERSION` is no package, and neither is anything else without two dashes.
    for (entry, name, version) in entries.iter().filter_map(|entry| split(entry)) {
        if let Some(description) = Description::of(entry, host, wanted)? {
            let package = Package {
                kind: "alpm",
                name,
                version: Some(version),
                architecture: description.architecture.as_deref(),
                scope: Scope::Machine,
                installed: description.installed,
                vendor: None,
            };
            rows.push(package.row(wanted)?);
        }
    }
    Ok(rows)
}

/// The entry with its name and its version.
fn split(entry: &str) -> Option<(&str, &str, &str)> {
    let (rest, release) = entry.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    if [name, version, release].iter().any(|part| part.is_empty()) {
        return None;
    }
    Some((entry, name, entry.get(name.len() + 1..)?))
}

/// What only `desc` tells.
#[derive(Default)]
struct Description {
    architecture: Option<String>,
    installed: Option<UtcTime>,
}

impl Description {
    /// `None` where there is no `desc`: libalpm makes the directory before it unpacks the package, and `desc` after that.
    fn of(entry: &str, host: &Host, wanted: &FieldSet) -> Result<Option<Self>, Absence> {
        let path = format!("{entry}/desc");
        let names = [path.as_str()];
        let place = Place::of(DATABASE, &names);
        if !wanted.contains(fields::PACKAGE_ARCHITECTURE) && !wanted.contains(fields::PACKAGE_INSTALLED) {
            return Ok(host.exists(place).then(Self::default));
        }
        match host.lines(place).map_err(Absence::from) {
            Ok(lines) => Self::read(lines).map(Some),
            Err(Absence::Unavailable) => Ok(None),
            Err(reason) => Err(reason),
        }
    }

    /// Reads until both are known, which is before the packager's name.
    fn read(mut lines: Lines) -> Result<Self, Absence> {
        let mut description = Self::default();
        while description.architecture.is_none() || description.installed.is_none() {
            let Some(line) = lines.next_line()? else { break };
            let section = line.bytes;
            if !line.is_ended || section.contains(&0) {
                // A database that was cut off, or no text.
                return Err(Absence::Malformed);
            }
            if section == b"%ARCH%" {
                description.architecture = Some(value(&mut lines)?);
            } else if section == b"%INSTALLDATE%" {
                let seconds: u32 = value(&mut lines)?.parse().map_err(|_| Absence::Malformed)?;
                description.installed = Some(UtcTime::from_unix(seconds.into()));
            }
        }
        Ok(description)
    }
}

/// The first line of a section.
fn value(lines: &mut Lines) -> Result<String, Absence> {
    let line = lines.next_line()?.filter(|line| line.is_ended && line.is_whole).ok_or(Absence::Malformed)?;
    let value = std::str::from_utf8(line.bytes).map_err(|_| Absence::Malformed)?;
    if value.is_empty() { Err(Absence::Malformed) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests;
