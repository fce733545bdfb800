//! Portage's database of installed packages (portage(5), `/var/db/pkg`; names: Package Manager Specification §3.1 and
//! §3.2): a directory a package, `<category>/<name>-<version>`, with one file a value.
//!
//! ```text
//! /var/db/pkg/dev-lang/python-3.12.8/CHOST       x86_64-pc-linux-gnu
//! /var/db/pkg/dev-lang/python-3.12.8/SLOT        3.12
//! /var/db/pkg/dev-lang/python-3.12.8/BUILD_TIME  1733912511
//! /var/db/pkg/dev-lang/-MERGING-perl-5.40.0/     while it is being installed
//! ```
//! The names tell name and version: versions of one package are installed side by side in slots, never the same one twice.
//! The architecture is the first part of `CHOST`; Portage keeps no other word for it. `BUILD_TIME` may be another machine's
//! and `COUNTER` is no date, so that rows have none. `repository` is what a tree calls itself, which may be the name of the
//! person who keeps it, so that rows have no vendor.

use super::{Package, Scope};
use crate::host::{Host, Place};
use crate::probe::reading::RawRow;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

const DATABASE: &str = "/var/db/pkg/**";

/// Most bytes of a `CHOST` file. The longest triples have some forty.
const MAX_CHOST_BYTES: u64 = 4096;

/// One row an installed package, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    let categories = host.names(Place::of(DATABASE, &[""]))?;
    let mut rows = Vec::new();
    for category in categories.iter().filter(|category| is_name(category)) {
        let entries = match host.names(Place::of(DATABASE, &[category])).map_err(Absence::from) {
            Ok(entries) => entries,
            // A file, or a category whose last package has just gone.
            Err(Absence::Malformed | Absence::Unavailable) => continue,
            Err(reason) => return Err(reason),
        };
        for (entry, name, version) in entries.iter().filter_map(|entry| split(entry)) {
            if rows.len() >= MAX_ROWS {
                return Err(Absence::TooLarge);
            }
            let architecture = if wanted.contains(fields::PACKAGE_ARCHITECTURE) {
                architecture(&format!("{category}/{entry}/CHOST"), host)?
            } else {
                None
            };
            let package = Package {
                kind: "ebuild",
                name: &format!("{category}/{name}"),
                version: Some(version),
                architecture: architecture.as_deref(),
                scope: Scope::Machine,
                installed: None,
                vendor: None,
            };
            rows.push(package.row(wanted)?);
        }
    }
    Ok(rows)
}

/// `x86_64` of `x86_64-pc-linux-gnu`; `None` where the file is missing, as it is for packages of old EAPIs.
fn architecture(chost: &str, host: &Host) -> Result<Option<String>, Absence> {
    match host.bytes_up_to(Place::of(DATABASE, &[chost]), MAX_CHOST_BYTES).map_err(Absence::from) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| Absence::Malformed)?;
            Ok(text.trim().split('-').next().filter(|part| !part.is_empty()).map(str::to_owned))
        }
        Err(Absence::Unavailable) => Ok(None),
        Err(reason) => Err(reason),
    }
}

/// The entry with its name and its version, which starts at the last dash that a digit follows, revision aside.
fn split(entry: &str) -> Option<(&str, &str, &str)> {
    if !is_name(entry) {
        return None;
    }
    let (head, tail) = entry.rsplit_once('-')?;
    let name = if is_revision(tail) { head.rsplit_once('-')?.0 } else { head };
    let version = entry.get(name.len() + 1..)?;
    let is_version = version.bytes().next().is_some_and(|b| b.is_ascii_digit());
    (is_version && !name.is_empty()).then_some((entry, name, version))
}

/// `r1`.
fn is_revision(text: &str) -> bool {
    let digits = text.strip_prefix('r').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What the specification lets names be made of. Entries that are being merged start with a dash, locks with a dot.
fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests;
