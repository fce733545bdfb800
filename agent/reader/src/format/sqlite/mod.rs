//! SQLite 3 database files (<https://www.sqlite.org/fileformat2.html>), read without SQLite.
//!
//! ```text
//! main file    page 1: 100-byte header, then the root of sqlite_schema; pages 2 … n
//! table        b-tree of pages: interior pages name their children, leaf pages hold one cell a row
//! row          length, rowid, record; what does not fit the page continues on a chain of overflow pages
//! record       header with a type for each column, then the columns' values
//! -wal file    pages that were written and are not yet in the main file (`wal.rs`)
//! ```
//! A table is read from its first row to its last. There is no SQL, no index and no lock. A file that changes meanwhile is
//! refused when its change can be seen ([`Database::is_unchanged`]); whoever reads may then read again. Only databases
//! in UTF-8 and tables with rowids are read. A rollback journal is not looked at.

mod pages;
mod record;
mod schema;
mod tree;
mod wal;

use record::Row;
pub use record::Value;
pub use schema::Table;

use super::{Bytes, FormatError};
use pages::Sheets;

/// The root page of sqlite_schema.
const SCHEMA_ROOT: u32 = 1;

/// Most entries of sqlite_schema that are looked at. rpm's has about 60.
const MAX_SCHEMA_ENTRIES: usize = 4096;

/// An open database.
pub struct Database<'a> {
    sheets: Sheets<'a>,
}

impl<'a> Database<'a> {
    /// The database in `main`, with what was committed to its write-ahead log, where there is one.
    pub fn open(main: &'a dyn Bytes, wal: Option<&'a dyn Bytes>) -> Result<Self, FormatError> {
        Ok(Self { sheets: Sheets::open(main, wal)? })
    }

    /// The table of this name, in any case; `None` where the database has none.
    pub fn table(&self, name: &str) -> Result<Option<Table>, FormatError> {
        let mut found = None;
        let mut entries = 0;
        self.rows(SCHEMA_ROOT, &mut |row| {
            entries += 1;
            if entries > MAX_SCHEMA_ENTRIES {
                return Err(FormatError::TooLarge);
            }
            if schema::is_table(row, name)? {
                found = Some(Table::of(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Shows every row of `table` to `visit`, one at a time.
    pub fn visit(
        &self,
        table: &Table,
        visit: &mut dyn FnMut(&Row<'_>) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        self.rows(table.root(), visit)
    }

    /// Whether the files look as they did when they were opened. Asked after the last row.
    pub fn is_unchanged(&self) -> Result<bool, FormatError> {
        self.sheets.is_unchanged()
    }

    fn rows(
        &self,
        root: u32,
        visit: &mut dyn FnMut(&Row<'_>) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        if self.sheets.is_empty() {
            return Ok(());
        }
        self.sheets.forget_claims();
        tree::walk(&self.sheets, root, visit)
    }
}

#[cfg(test)]
mod tests;
