//! dpkg's status file (deb-control(5), dpkg-query(1)): paragraphs of fields, one package each.
//!
//! ```text
//! Package: curl
//! Status: install ok installed
//! Architecture: amd64
//! Multi-Arch: foreign
//! Version: 7.88.1-10+deb12u8
//! Description: command line tool for transferring data with URL syntax
//!  continuation lines start with white space
//!
//! ```
//! Images that are put together without dpkg ("distroless") have `status.d` in its place: one file a package with its
//! paragraph as the archive has it, without `Status`, beside `<name>.md5sums` with the digests of its files. An image built
//! on such a one may have both.
//!
//! `Origin` names the distribution that a package comes from (deb-control(5)); Debian's and Ubuntu's own packages lack
//! it. `Maintainer` names persons and is not read. A file that cannot be understood gives no rows at all: half a list would
//! read as hundreds of removed packages.

use super::{Package, Scope};
use crate::host::{Host, Line, Lines, Place};
use crate::probe::reading::RawRow;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// The paragraphs of images without dpkg.
const STATUS_D: &str = "/var/lib/dpkg/status.d/*";

/// One row an installed package, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
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
            let rows: Vec<RawRow> = status.into_iter().chain(status_d).flatten().collect();
            if rows.len() > MAX_ROWS { Err(Absence::TooLarge) } else { Ok(rows) }
        }
    }
}

/// The rows of the files of `status.d`.
fn of_images(names: &[String], host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
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

/// The rows of one file.
fn read(
    mut lines: Lines,
    unstated: Unstated,
    host: &Host,
    wanted: &FieldSet,
) -> Result<Vec<RawRow>, Absence> {
    let mut rows = Vec::new();
    let mut paragraph = Paragraph::default();
    while let Some(line) = lines.next_line()? {
        if !line.is_ended {
            // dpkg ends every line; without an end the file was cut off.
            return Err(Absence::Malformed);
        }
        if line.bytes.is_empty() {
            rows.extend(paragraph.finish(unstated, host, wanted)?);
            paragraph = Paragraph::default();
        } else {
            paragraph.take(line)?;
        }
        if rows.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    rows.extend(paragraph.finish(unstated, host, wanted)?);
    Ok(rows)
}

/// What a paragraph without `Status` means.
#[derive(Clone, Copy)]
enum Unstated {
    /// dpkg writes one always.
    Malformed,
    /// The image holds the package, or it would not hold the file.
    Installed,
}

/// The fields of a paragraph that a row is made of.
#[derive(Default)]
struct Paragraph {
    is_started: bool,
    package: Option<String>,
    status: Option<String>,
    architecture: Option<String>,
    version: Option<String>,
    multi_arch: Option<String>,
    origin: Option<String>,
}

impl Paragraph {
    fn take(&mut self, line: Line<'_>) -> Result<(), Absence> {
        if matches!(line.bytes.first(), Some(b' ' | b'\t')) {
            return if self.is_started { Ok(()) } else { Err(Absence::Malformed) };
        }
        self.is_started = true;
        let colon = memchr::memchr(b':', line.bytes).ok_or(Absence::Malformed)?;
        let (name, value) = line.bytes.split_at(colon);
        if !name.iter().all(|b| matches!(b, b'!'..=b'9' | b';'..=b'~')) {
            return Err(Absence::Malformed);
        }
        let slot = match name {
            b"Package" => &mut self.package,
            b"Status" => &mut self.status,
            b"Architecture" => &mut self.architecture,
            b"Version" => &mut self.version,
            b"Multi-Arch" => &mut self.multi_arch,
            b"Origin" => &mut self.origin,
            _ => return Ok(()),
        };
        let value = std::str::from_utf8(&value[1..]).map_err(|_| Absence::Malformed)?.trim();
        if !line.is_whole || slot.replace(value.to_owned()).is_some() {
            return Err(Absence::Malformed);
        }
        Ok(())
    }

    /// The package's row; `None` for an empty paragraph and for a package that is not on the disk.
    fn finish(self, unstated: Unstated, host: &Host, wanted: &FieldSet) -> Result<Option<RawRow>, Absence> {
        if !self.is_started {
            return Ok(None);
        }
        let package =
            self.package.as_deref().filter(|name| is_package_name(name)).ok_or(Absence::Malformed)?;
        let is_installed = match (self.status.as_deref(), unstated) {
            (Some(status), _) => is_on_disk(status)?,
            (None, Unstated::Installed) => true,
            (None, Unstated::Malformed) => return Err(Absence::Malformed),
        };
        if !is_installed {
            return Ok(None);
        }
        let version = self.version.as_deref().ok_or(Absence::Malformed)?;
        let architecture = self.architecture.as_deref().ok_or(Absence::Malformed)?;
        // One missing date is no reason to lose the package.
        let installed = if wanted.contains(fields::PACKAGE_INSTALLED) {
            let is_multi_arch = self.multi_arch.as_deref() == Some("same");
            let list = if is_multi_arch {
                format!("{package}:{architecture}.list")
            } else {
                format!("{package}.list")
            };
            host.modified(Place::of("stat:/var/lib/dpkg/info/**", &[list.as_str()])).ok()
        } else {
            None
        };
        let package = Package {
            kind: "deb",
            name: package,
            version: Some(version),
            architecture: Some(architecture),
            scope: Scope::Machine,
            installed,
            vendor: self.origin.as_deref(),
        };
        package.row(wanted).map(Some)
    }
}

/// Whether the third word of `Status` means that the package's files are there. `config-files` means that it was
/// removed and left its configuration; `half-installed` that unpacking failed and nothing can be relied on.
fn is_on_disk(status: &str) -> Result<bool, Absence> {
    match status.split_ascii_whitespace().nth(2) {
        Some("installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending") => {
            Ok(true)
        }
        Some("not-installed" | "config-files" | "half-installed") => Ok(false),
        _ => Err(Absence::Malformed),
    }
}

/// Debian Policy §5.6.1, with the upper case and the underscore that other dpkg distributions have used.
fn is_package_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests;
