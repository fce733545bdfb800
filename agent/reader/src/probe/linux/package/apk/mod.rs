//! apk's database of installed packages (apk(8), section Files; apk-tools `src/database.c`): lines of one letter, a colon
//! and a value, and an empty line behind each package.
//!
//! ```text
//! C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
//! P:musl
//! V:1.2.5-r9
//! A:x86_64
//! m:Timo Teräs <timo.teras@iki.fi>
//! t:1738164183
//! F:lib
//! R:ld-musl-x86_64.so.1
//!
//! ```
//! `P` is the name, `V` the version, `A` the architecture. `t` is when the package was built and `m` a person, so neither
//! is read, and rows have no date and no vendor. apk reads `lib/apk/db`; where `/lib` is no link to `usr/lib`, some images
//! have the database below `/usr` alone.

use super::{Package, Scope};
use crate::host::{Host, Line, Lines};
use crate::probe::reading::RawRow;
use collector_proto::catalog::FieldSet;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// Where the database is. The first one that exists counts: on most machines the paths mean one file.
const DATABASES: &[&str] = &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

/// One row an installed package, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    for database in DATABASES {
        match host.lines(*database).map_err(Absence::from) {
            Ok(lines) => return read(lines, wanted),
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
    }
    Err(Absence::Unavailable)
}

fn read(mut lines: Lines, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    let mut rows = Vec::new();
    let mut entry = Entry::default();
    while let Some(line) = lines.next_line()? {
        if !line.is_ended {
            // apk ends every line; without an end the file was cut off.
            return Err(Absence::Malformed);
        }
        if line.bytes.is_empty() {
            rows.extend(entry.finish(wanted)?);
            entry = Entry::default();
        } else {
            entry.take(line)?;
        }
        if rows.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    rows.extend(entry.finish(wanted)?);
    Ok(rows)
}

/// The values of an entry that a row is made of.
#[derive(Default)]
struct Entry {
    is_started: bool,
    name: Option<String>,
    version: Option<String>,
    architecture: Option<String>,
}

impl Entry {
    fn take(&mut self, line: Line<'_>) -> Result<(), Absence> {
        self.is_started = true;
        let [letter, b':', value @ ..] = line.bytes else { return Err(Absence::Malformed) };
        let slot = match letter {
            b'P' => &mut self.name,
            b'V' => &mut self.version,
            b'A' => &mut self.architecture,
            letter if letter.is_ascii_alphabetic() => return Ok(()),
            _ => return Err(Absence::Malformed),
        };
        let value = std::str::from_utf8(value).map_err(|_| Absence::Malformed)?;
        if !line.is_whole || slot.replace(value.to_owned()).is_some() {
            return Err(Absence::Malformed);
        }
        Ok(())
    }

    /// The package's row; `None` between two empty lines.
    fn finish(self, wanted: &FieldSet) -> Result<Option<RawRow>, Absence> {
        if !self.is_started {
            return Ok(None);
        }
        let package = Package {
            kind: "apk",
            name: self.name.as_deref().ok_or(Absence::Malformed)?,
            version: Some(self.version.as_deref().ok_or(Absence::Malformed)?),
            architecture: self.architecture.as_deref(),
            scope: Scope::Machine,
            installed: None,
            vendor: None,
        };
        package.row(wanted).map(Some)
    }
}

#[cfg(test)]
mod tests;
