//! Homebrew's cellar (Homebrew `Library/Homebrew/tab.rb`, `keg.rb`): a directory a formula and in it one a version, each
//! with a receipt.
//!
//! ```text
//! /home/linuxbrew/.linuxbrew/Cellar/openssl@3/3.4.0/INSTALL_RECEIPT.json
//! {"time": 1734795904, "arch": "x86_64", "source": {"tap": "homebrew/core"}, "runtime_dependencies": [], …}
//! ```
//! The directories tell name and version; several versions may be there. `time` is when the version was installed, in
//! seconds since 1970, `arch` the processor it was installed for; receipts of old versions lack either. A tap is often named
//! after the person who keeps it, so that rows have no vendor. The prefix is one for the machine, whoever may write to it.

use super::{Package, Scope};
use crate::host::{Host, Place, Unreadable};
use crate::probe::reading::RawRow;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use serde::Deserialize;

const RECEIPTS: &str = "/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json";

/// Most bytes of a receipt. It lists the files that were changed on installing: some hundred KiB for large formulae.
const MAX_RECEIPT_BYTES: u64 = 1024 * 1024;

/// One row an installed version, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    let mut rows = Vec::new();
    for formula in host.fill(Place::of(RECEIPTS, &[]))?.iter().filter(|name| is_shown(name)) {
        let versions = match host.fill(Place::of(RECEIPTS, &[formula])) {
            Ok(versions) => versions,
            // A file, or a formula that has just gone.
            Err(Unreadable::Odd | Unreadable::Missing) => continue,
            Err(reason) => return Err(reason.into()),
        };
        for version in versions.iter().filter(|name| is_shown(name)) {
            if rows.len() >= MAX_ROWS {
                return Err(Absence::TooLarge);
            }
            let receipt = Receipt::of(formula, version, host, wanted)?;
            let package = Package {
                kind: "brew",
                name: formula,
                version: Some(version),
                architecture: receipt.arch.as_deref(),
                scope: Scope::Machine,
                installed: receipt.time.filter(|seconds| *seconds > 0).map(UtcTime::from_unix),
                vendor: None,
            };
            rows.push(package.row(wanted)?);
        }
    }
    Ok(rows)
}

/// Homebrew takes what is hidden for no formula.
fn is_shown(name: &str) -> bool {
    !name.starts_with('.')
}

/// What only the receipt tells.
#[derive(Default, Deserialize)]
struct Receipt {
    #[serde(default)]
    time: Option<i64>,
    #[serde(default)]
    arch: Option<String>,
}

impl Receipt {
    /// Reads the receipt if a wanted field needs it. A version may lack one, or have an empty one, and is installed
    /// all the same.
    fn of(formula: &str, version: &str, host: &Host, wanted: &FieldSet) -> Result<Self, Absence> {
        if !wanted.contains(fields::PACKAGE_ARCHITECTURE) && !wanted.contains(fields::PACKAGE_INSTALLED) {
            return Ok(Self::default());
        }
        match host.bytes_up_to(Place::of(RECEIPTS, &[formula, version]), MAX_RECEIPT_BYTES) {
            Ok(bytes) if bytes.trim_ascii().is_empty() => Ok(Self::default()),
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Absence::Malformed),
            Err(Unreadable::Missing) => Ok(Self::default()),
            Err(reason) => Err(reason.into()),
        }
    }
}

#[cfg(test)]
mod tests;
