//! The SQLite store.
//!
//! One writer thread owns the only writing connection of a store and puts waiting work into one transaction
//! ([`writer`]); a few reading threads own a connection each ([`readers`]). A command opens the same file beside a
//! running server: WAL lets readers and one writer work at once, and a busy writer is waited for.

mod accesses;
mod devices;
mod documents;
mod events;
mod log;
mod migrations;
mod pace;
mod paging;
mod place;
mod placements;
mod readers;
mod records;
mod recovery;
mod reports;
mod retention;
mod sealed;
mod shared;
mod space;
mod standing;
mod tokens;
mod writer;

use super::{Answer, StoreError, StoreOptions};
use candor_durable::Role;
use pace::Pace;
use readers::Readers;
use recovery::{Noting, Outbox};
use rusqlite::{Connection, OpenFlags};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use writer::Writer;

/// How long a connection waits for another's transaction, and how often it looks. Longer than any transaction here takes.
const LOOKS: i32 = 5000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Pages between two checkpoints of the write-ahead log, about 16 MiB.
const CHECKPOINT_PAGES: i64 = 4000;

/// Reading threads of a server: as many as reports are checked at once.
const SERVER_READERS: usize = 4;

/// Statements that a connection keeps prepared: all that the path of a report uses, and some.
const PREPARED: usize = 64;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Database(Box::new(error)),
        }
    }
}

/// A store in one SQLite database.
pub(super) struct SqliteStore {
    readers: Readers,
    writer: Writer,
    /// The one thread that moves the write-ahead log into the database while others write.
    log: Readers,
    log_file: PathBuf,
    pace: Pace,
    /// Where its room is looked at.
    place: space::Place,
    /// What tells the journal; `None` where none is set.
    outbox: Option<Outbox>,
}

impl SqliteStore {
    /// Makes a database with this program's schema.
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        // The file is made here so that it is private from its first byte.
        crate::data_dir::write_new_secret(path, b"").map_err(StoreError::NotMade)?;
        let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::migrate(&mut connection)?;
        Self::with(path, connection, 1, StoreOptions::default())
    }

    /// Opens the database of a server and brings its schema up to date.
    pub(super) fn open(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::migrate(&mut connection)?;
        if let Some(pages) = options.max_pages {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        Self::with(path, connection, SERVER_READERS, options)
    }

    /// Opens the database for one command.
    pub(super) fn open_beside(path: &Path, journal: Option<PathBuf>) -> Result<Self, StoreError> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::check(&connection)?;
        Self::with(path, connection, 1, StoreOptions { journal, ..StoreOptions::default() })
    }

    fn with(
        path: &Path,
        writing: Connection,
        readers: usize,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        let StoreOptions { max_pages, journal, disk } = options;
        let reading = (0..readers).map(|_| open(path, OpenFlags::SQLITE_OPEN_READ_ONLY));
        let readers = Readers::start(reading.collect::<Result<_, _>>()?)?;
        let outbox = journal.map(|journal| Outbox::start(path, journal)).transpose()?;
        let moving = open_to_move(path)?;
        let start = Instant::now();
        Ok(Self {
            readers,
            writer: Writer::start(writing)?,
            log: Readers::start(vec![moving])?,
            place: space::Place::of(path, log::of(path), disk, max_pages),
            log_file: log::of(path),
            outbox,
            pace: Pace::new(Arc::new(move || start.elapsed())),
        })
    }

    /// Has a reading thread do the work.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        // The receiver's error says only that nobody will answer.
        Box::pin(async move { self.readers.submit(work)?.await.map_err(|_| StoreError::Closed)? })
    }

    /// Has the writer do the work in its next transaction. The answer comes after the commit is durable.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        // As above.
        Box::pin(async move { self.writer.submit(work)?.await.map_err(|_| StoreError::Closed)? })
    }

    /// The same for work whose commit is made durable by [`Self::follow_with_log`], so that no other work waits for that.
    fn write_unsynced<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        // As above.
        Box::pin(async move { self.writer.submit_unsynced(work)?.await.map_err(|_| StoreError::Closed)? })
    }

    /// Has what one step of a sweep wrote synced and moved into the database, and the log emptied after the last one; see [`log::follow`].
    fn follow_with_log(&self, is_last: bool) -> Answer<'_, bool> {
        let log = self.log_file.clone();
        let follow =
            move |connection: &Connection| log::follow(connection, &log, is_last, std::thread::sleep);
        // As above.
        Box::pin(async move { self.log.submit(follow)?.await.map_err(|_| StoreError::Closed)? })
    }

    /// As [`Self::write`], for work that a restore must not undo: the answer comes after the journal was told as well. It is told
    /// whatever came out: what is repeated because the journal could not be told has been done by then.
    fn write_noted<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, Noting) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let noting = Noting::of(self.outbox.as_ref());
        Box::pin(async move {
            let done = self.write(move |connection| work(connection, noting)).await?;
            self.tell().await?;
            Ok(done)
        })
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    examine(path)?;
    let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_handler(Some(wait_for_others))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL syncs the log at every commit: a commit is durable before its receipt leaves.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        // What is deleted is overwritten where it stood, but for whole pages that are freed: values do not rely on it
        // ([`sealed`]), and writing zeros over large ones would keep others waiting.
        connection.pragma_update(None, "secure_delete", "FAST")?;
    }
    // What is sorted or set aside stays out of temporary files.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// SQLite opens its files by their paths: what they are, and whose, is looked at before. None of them is opened for that, for closing one would give
/// up the locks that this process has on it.
fn examine(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match candor_durable::examine(Path::new(&file), Role::StateFile) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Unusable(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// The connection that moves the log. It waits for nobody: while it waited for readers of the log, nobody else could write.
fn open_to_move(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Waits for another process's transaction. SQLite's own waiting looks less and less often, up to ten times a second, so that
/// whoever has the luck to ask at the right moment comes first, and others may wait for long.
fn wait_for_others(looks: i32) -> bool {
    std::thread::sleep(BETWEEN_LOOKS);
    looks < LOOKS
}

/// Does work that may panic, so that the thread goes on with other work. The panic's message is not logged: it may hold
/// what was worked on.
fn caught<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        tracing::error!("work of the store panicked");
        Err(StoreError::Closed)
    })
}

/// SQLite integers are signed; what is stored as unsigned never exceeds 2^63.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The reverse of [`signed`].
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests;
