//! The package list of Slackware's pkgtools (installpkg(8), upgradepkg(8)): a file a package, named
//! `<name>-<version>-<architecture>-<build>`, in which only the name may have dashes.
//!
//! ```text
//! /var/lib/pkgtools/packages/aaa_base-15.0-x86_64-3
//! /var/lib/pkgtools/packages/xorg-server-1.20.14-x86_64-1
//! /var/lib/pkgtools/packages/bash-5.1.016-x86_64-1-upgraded-2026-11-02,10:31:07   the old version, during an upgrade
//! ```
//! The names tell all there is; the files, which describe the package and list its contents, stay shut. Before Slackware 15
//! the directory was `/var/log/packages`, which is a link to the new one since. A version here is version and build number,
//! `1.20.14-1`, because fixes raise the build alone; the tag behind the number is often the name of the person who built the
//! package and is left out. Nothing says when a package was installed.

use super::{Package, Scope};
use crate::host::{Host, Place};
use crate::probe::reading::RawRow;
use collector_proto::catalog::FieldSet;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// Where the list is. The first one that exists counts: the second may be a link to it.
const LISTS: &[&str] = &["stat:/var/lib/pkgtools/packages/*", "stat:/var/log/packages/*"];

/// What follows the name of a package that is being replaced by another version of it.
const BEING_UPGRADED: &str = "-upgraded-";

/// One row an installed package, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    for list in LISTS {
        match host.fill(Place::of(list, &[])).map_err(Absence::from) {
            Ok(entries) if entries.len() > MAX_ROWS => return Err(Absence::TooLarge),
            Ok(entries) => return entries.iter().filter_map(|entry| row(entry, wanted)).collect(),
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
    }
    Err(Absence::Unavailable)
}

/// The row of an entry; `None` for what is no package.
fn row(entry: &str, wanted: &FieldSet) -> Option<Result<RawRow, Absence>> {
    if entry.starts_with('.') || entry.contains(BEING_UPGRADED) {
        return None;
    }
    // pkgtools takes what it cannot split for a name alone; the oldest packages have no more.
    let (name, version, architecture) = split(entry)
        .map_or((entry, None, None), |[name, version, architecture, build]| {
            (name, Some(full_version(version, build)), Some(architecture))
        });
    let package = Package {
        kind: "slackware",
        name,
        version: version.as_deref(),
        architecture,
        scope: Scope::Machine,
        installed: None,
        vendor: None,
    };
    Some(package.row(wanted))
}

/// Name, version, architecture and build.
fn split(entry: &str) -> Option<[&str; 4]> {
    let (rest, build) = entry.rsplit_once('-')?;
    let (rest, architecture) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let parts = [name, version, architecture, build];
    (!parts.contains(&"")).then_some(parts)
}

/// `2.33-5` of version `2.33` and build `5_slack15.0`.
fn full_version(version: &str, build: &str) -> String {
    let number: String = build.chars().take_while(char::is_ascii_digit).collect();
    if number.is_empty() { version.to_owned() } else { format!("{version}-{number}") }
}

#[cfg(test)]
mod tests;
