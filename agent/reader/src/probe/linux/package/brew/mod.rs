//! Homebrew's packages ([`crate::format::brew`]). The prefix is one for the machine, whoever may write to it.

use crate::format::brew::{InstallReceipt, is_shown};
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::PackageFormat;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use std::cell::OnceCell;

const RECEIPTS: &str = "/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json";

/// Most bytes of a receipt. It lists the files that were changed on installing: some hundred KiB for large formulae.
const MAX_RECEIPT_BYTES: u64 = 1024 * 1024;

/// What was asked of each installed version.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let mut seen = Vec::new();
    for formula in host.fill(Place::of(RECEIPTS, &[]))?.iter().filter(|name| is_shown(name)) {
        let versions = match host.fill(Place::of(RECEIPTS, &[formula])) {
            Ok(versions) => versions,
            // A file, or a formula that has just gone.
            Err(Unreadable::Odd | Unreadable::Missing) => continue,
            Err(reason) => return Err(reason.into()),
        };
        for version in versions.iter().filter(|name| is_shown(name)) {
            if seen.len() >= MAX_ROWS {
                return Err(Absence::TooLarge);
            }
            let package = Installed { formula, version, host, receipt: OnceCell::new() };
            seen.push(wanted.of_package(&package)?);
        }
    }
    Ok(seen)
}

struct Installed<'a> {
    formula: &'a str,
    version: &'a str,
    host: &'a Host,
    receipt: OnceCell<Result<InstallReceipt, Absence>>,
}

impl Installed<'_> {
    fn receipt(&self) -> Result<&InstallReceipt, Absence> {
        self.receipt.get_or_init(|| self.read()).as_ref().map_err(|reason| *reason)
    }

    /// A version may lack a receipt and is still installed.
    fn read(&self) -> Result<InstallReceipt, Absence> {
        let names = [self.formula, self.version];
        match self.host.bytes_up_to(Place::of(RECEIPTS, &names), MAX_RECEIPT_BYTES) {
            Ok(bytes) => Ok(InstallReceipt::parse(&bytes)?),
            Err(Unreadable::Missing) => Ok(InstallReceipt::default()),
            Err(reason) => Err(reason.into()),
        }
    }
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Brew
    }

    fn name(&self) -> &str {
        self.formula
    }

    fn version(&self) -> Option<&str> {
        Some(self.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.receipt()?.arch.as_deref())
    }

    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(self.receipt()?.time.filter(|seconds| *seconds > 0).map(UtcTime::from_unix))
    }
}

#[cfg(test)]
mod tests;
