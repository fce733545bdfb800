//! The SQLite store.
//!
//! One writer thread owns the only writing connection of a server and puts waiting work into one transaction
//! ([`writer`]); reading connections are pooled. The command line opens the same file beside a running server: WAL
//! lets readers and one writer work at once, and a busy writer is waited for.

mod devices;
mod events;
mod migrations;
mod policies;
mod reports;
mod retention;
mod sections;
mod tokens;
mod writer;

pub(crate) use devices::any_key;
pub use devices::{
    Device, DeviceKey, Enrolled, NewDevice, device, devices, enrol, is_token, key, revoke_device,
};
pub use events::{EventKind, SecurityEvent, record_event, security_events};
pub use policies::{
    PublishError, PublishedPolicy, StoredRoot, current_policies, current_policy, current_root,
    first_contents, issued_policy, policies, publish_policy, roots,
};
pub use reports::{
    NewReport, Receipted, ReportSummary, Stored, StoredReport, each_report, report, reports, store_report,
};
pub(crate) use retention::sweep;
pub use retention::{Swept, SweptReport, SweptSection, sweep_beside};
pub(crate) use sections::SectionChange;
pub(crate) use sections::origin_of;
pub use sections::{SectionRows, section, sections_of};
pub use tokens::{Token, TokenState, add_token, revoke_token, tokens};

use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use writer::Writer;

/// How long a connection waits for another's transaction. Longer than any transaction here takes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Pages between two checkpoints of the write-ahead log, about 16 MiB.
const CHECKPOINT_PAGES: i64 = 4000;

/// Idle reading connections kept. More readers than this at once open their own.
const POOLED_READERS: usize = 8;

/// Why the store does not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much work waits for the writer.
    #[error("the store has too much waiting work")]
    Busy,
    /// The disk, or the size the database may have, is full.
    #[error("the disk is full")]
    Full,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// The file was made by an older version.
    #[error("the database has schema {0}; start `candor-collector serve` once to bring it up to date")]
    Older(usize),
    /// The file was made by a newer version.
    #[error("the database has schema {0}, made by a newer candor-collector")]
    Newer(usize),
    /// What is stored cannot be understood. Names the table, never content.
    #[error("a row of the table {0} cannot be read")]
    Corrupt(&'static str),
    /// SQLite failed.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

/// How a store is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// Most pages of 4 KiB that the database may have; `None` leaves it to the disk.
    pub max_pages: Option<u32>,
}

/// An open store of a running server.
pub struct Store {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
}

impl Store {
    /// Opens the file, brings its schema up to date and starts the writer.
    pub fn open(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::migrate(&mut connection)?;
        if let Some(pages) = options.max_pages {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        Ok(Self { path: path.to_owned(), readers: Mutex::default(), writer: Writer::start(connection)? })
    }

    /// Reads with a pooled connection. Blocks.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = self.readers.lock().ok().and_then(|mut readers| readers.pop());
        let connection = match pooled {
            Some(connection) => connection,
            None => open(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let result = work(&connection);
        if let Ok(mut readers) = self.readers.lock()
            && readers.len() < POOLED_READERS
        {
            readers.push(connection);
        }
        result
    }

    /// Has the writer do the work in its next transaction. The answer comes after the commit is durable.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.submit(work)?.await.map_err(|_| StoreError::Closed)?
    }

    /// Empties the write-ahead log, which still holds what was deleted. `false` when a reader is in the way. Blocks.
    pub(crate) fn truncate_log(&self) -> Result<bool, StoreError> {
        retention::truncate_log(&open(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?)
    }
}

/// Makes a database with this program's schema.
pub fn create(path: &Path) -> Result<Connection, StoreError> {
    // The file is made here so that it is private from its first byte.
    crate::data_dir::write_new_secret(path, b"")
        .map_err(|_| StoreError::Corrupt("none: the file cannot be made"))?;
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the database for one command, beside a running server or without one.
pub fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    migrations::check(&connection)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL syncs the log at every commit: a commit is durable before its receipt leaves.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        // Deleted personal data is overwritten, not only unlinked.
        connection.pragma_update(None, "secure_delete", true)?;
    }
    Ok(connection)
}

/// SQLite integers are signed; what is stored as unsigned never exceeds 2^63.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The reverse of [`signed`].
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
