//! The rpm database, in the first of its places and formats that the machine has.
//!
//! ```text
//! /usr/lib/sysimage/rpm/rpmdb.sqlite   Fedora 36 and later
//! /usr/lib/sysimage/rpm/Packages.db    SUSE
//! /usr/lib/sysimage/rpm/Packages       SUSE until 2020
//! /var/lib/rpm/rpmdb.sqlite            RHEL 9
//! /var/lib/rpm/Packages.db
//! /var/lib/rpm/Packages                RHEL 8 and earlier, Amazon Linux 2
//! ```
//! Where one place is a link to the other, both name the same database; where an upgrade changed the format, the older file is
//! what was left behind. So only one is read, the newer format first.

use crate::format::rpm::{self, Database, packages as in_database};
use crate::host::{Host, RandomFile, if_present};
use crate::probe::shared::package::{Package, Seen, Wanted};
use collector_proto::catalog::PackageFormat;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

/// SQLite databases with their write-ahead logs.
const SQLITE: &[(&str, &str)] = &[
    ("/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
    ("/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite-wal"),
];

const NDB: &[&str] = &["/usr/lib/sysimage/rpm/Packages.db", "/var/lib/rpm/Packages.db"];

const BDB: &[&str] = &["/usr/lib/sysimage/rpm/Packages", "/var/lib/rpm/Packages"];

/// What was asked of each installed package.
pub(super) fn packages(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    installed(host)?.into_iter().map(|package| wanted.of_package(&Installed::of(package))).collect()
}

fn installed(host: &Host) -> Result<Vec<rpm::Package>, Absence> {
    for (main, wal) in SQLITE {
        if let Some(main) = if_present(host.random(*main))? {
            // Without a log everything is in the database; one that is there must be read, or the newest would be missing.
            let wal = if_present(host.random(*wal))?;
            let wal = wal.as_ref().map(|wal| wal as _);
            return Ok(in_database(Database::Sqlite { main: &main, wal })?);
        }
    }
    if let Some(file) = first_present(NDB, host)? {
        return Ok(in_database(Database::Ndb(&file))?);
    }
    match first_present(BDB, host)? {
        Some(file) => Ok(in_database(Database::Bdb(&file))?),
        None => Err(Absence::Unavailable),
    }
}

fn first_present(places: &[&'static str], host: &Host) -> Result<Option<RandomFile>, Absence> {
    for place in places {
        if let Some(file) = if_present(host.random(*place))? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// A package with its version as rpm writes it.
struct Installed {
    package: rpm::Package,
    version: String,
}

impl Installed {
    fn of(package: rpm::Package) -> Self {
        let epoch = package.epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        let version = format!("{epoch}{}-{}", package.version, package.release);
        Self { package, version }
    }
}

impl Package for Installed {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Rpm
    }

    fn name(&self) -> &str {
        &self.package.name
    }

    fn version(&self) -> Option<&str> {
        Some(&self.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.package.architecture.as_deref())
    }

    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(self.package.since.map(UtcTime::from_unix))
    }

    fn vendor(&self) -> Option<&str> {
        self.package.vendor.as_deref()
    }
}
