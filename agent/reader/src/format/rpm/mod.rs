//! The rpm database: which packages rpm installed, in each of the three formats that distributions use.
//!
//! ```text
//! rpmdb.sqlite   SQLite: table Packages (hnum, blob)          Fedora 33, RHEL 9 and later
//! Packages.db    ndb, rpm's own (`ndb.rs`)                    SUSE
//! Packages       Berkeley DB hash (`bdb.rs`)                  RHEL 5 to 8, Amazon Linux 2
//! ```
//! All three map a package's number to its header (`header.rs`). The other tables are indexes, which a list of all packages
//! does not need. Imported keys stand among the packages as `gpg-pubkey`; they are not software and are left out.
//!
//! A single damaged header makes the whole database malformed: half a list would read as hundreds of removed packages.

mod bdb;
mod header;
mod ndb;

pub use header::Package;

use super::{Bytes, FormatError, sqlite};
use collector_proto::limits::MAX_ROWS;

/// The name under which rpm keeps imported keys.
const KEY: &str = "gpg-pubkey";

/// An rpm database, by its format.
#[derive(Clone, Copy)]
pub enum Database<'a> {
    /// `rpmdb.sqlite`, with `rpmdb.sqlite-wal` where there is one.
    Sqlite { main: &'a dyn Bytes, wal: Option<&'a dyn Bytes> },
    /// `Packages.db`.
    Ndb(&'a dyn Bytes),
    /// `Packages`.
    Bdb(&'a dyn Bytes),
}

/// Every installed package.
pub fn packages(database: Database<'_>) -> Result<Vec<Package>, FormatError> {
    let mut packages = Vec::new();
    let mut reader = header::Reader::default();
    let mut headers = 0;
    let mut visit = |blob: &dyn Bytes| {
        headers += 1;
        if headers > MAX_ROWS {
            return Err(FormatError::TooLarge);
        }
        let package = reader.read(blob)?;
        if package.name != KEY {
            packages.push(package);
        }
        Ok(())
    };
    match database {
        Database::Sqlite { main, wal } => headers_in_sqlite(main, wal, &mut visit)?,
        Database::Ndb(file) => ndb::headers(file, &mut visit)?,
        Database::Bdb(file) => bdb::headers(file, &mut visit)?,
    }
    Ok(packages)
}

/// Takes one header.
type Visit<'a> = &'a mut dyn FnMut(&dyn Bytes) -> Result<(), FormatError>;

fn headers_in_sqlite(main: &dyn Bytes, wal: Option<&dyn Bytes>, visit: Visit<'_>) -> Result<(), FormatError> {
    let database = sqlite::Database::open(main, wal)?;
    let table = database.table("Packages")?.ok_or(FormatError::Malformed)?;
    let blob = table.column("blob").ok_or(FormatError::Malformed)?;
    database.visit(&table, &mut |row| visit(&row.bytes(blob)?))?;
    if database.is_unchanged()? { Ok(()) } else { Err(FormatError::Changed) }
}

#[cfg(test)]
mod tests;
