//! How the journal comes to know: a note in the transaction of what it is about, and from there into the journal.
//!
//! The journal is told by a thread of its own: it may lie on a file system far away, and nothing that serves reports waits for it.

use super::{condition, keep_note, untold};
use crate::journal::{Entry, Journal, Note, Position};
use crate::store::StoreError;
use crate::store::sqlite::readers::Readers;
use crate::store::sqlite::{SqliteStore, open};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// Whether there is a journal to be told.
#[derive(Debug, Clone, Copy)]
pub(in crate::store::sqlite) struct Noting(bool);

impl Noting {
    pub(in crate::store::sqlite) fn of(outbox: Option<&Outbox>) -> Self {
        Self(outbox.is_some())
    }

    /// Keeps a note in the transaction of what it is about. Without a journal only that something was not written down is kept.
    pub(in crate::store::sqlite) fn note(
        self,
        connection: &Connection,
        entry: &Entry,
        now: UtcTime,
    ) -> Result<(), StoreError> {
        if self.0 {
            return keep_note(connection, entry, now);
        }
        connection.execute("UPDATE condition SET unwritten = 1 WHERE unwritten = 0", [])?;
        Ok(())
    }
}

/// What tells the journal.
pub(in crate::store::sqlite) struct Outbox {
    journal: PathBuf,
    thread: Readers,
}

impl Outbox {
    pub(in crate::store::sqlite) fn start(database: &Path, journal: PathBuf) -> Result<Self, StoreError> {
        let connection = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Ok(Self { journal, thread: Readers::start(vec![connection])? })
    }

    /// Tells the journal all that it has to be told, and gives what `of` makes of it then.
    async fn tell<T: Send + 'static>(
        &self,
        of: impl FnOnce(&mut Journal, &Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.journal.clone();
        let told = self.thread.submit(move |connection| {
            let mut journal = Journal::open(&path).map_err(StoreError::Journal)?;
            tell(&mut journal, connection)?;
            of(&mut journal, connection)
        })?;
        // The receiver's error says only that nobody will answer.
        told.await.map_err(|_| StoreError::Closed)?
    }

    /// Where the journal ends. One that is empty gets a first line, so that there is an end.
    pub(super) async fn end(&self, now: UtcTime) -> Result<Position, StoreError> {
        self.tell(move |journal, connection| {
            if let Some(end) = journal.end() {
                return Ok(end);
            }
            let first = Note { id: None, at: now, entry: Entry::Unwritten {} };
            journal.add(condition(connection)?.generation, &first).map_err(StoreError::Journal)?;
            journal.end().ok_or(StoreError::Closed)
        })
        .await
    }
}

impl SqliteStore {
    /// Tells the journal all that it has to be told, if there is one.
    pub(in crate::store::sqlite) async fn tell(&self) -> Result<(), StoreError> {
        match &self.outbox {
            Some(outbox) => outbox.tell(|_, _| Ok(())).await,
            None => Ok(()),
        }
    }
}

fn tell(journal: &mut Journal, connection: &Connection) -> Result<(), StoreError> {
    // Read while the journal is locked: another process may just have told it the same.
    let (condition, notes) = (condition(connection)?, untold(connection)?);
    if condition.unwritten {
        let at = notes.first().map_or_else(|| UtcTime::from_unix(0), |note| note.at);
        let gap = Note { id: None, at, entry: Entry::Unwritten {} };
        journal.add(condition.generation, &gap).map_err(StoreError::Journal)?;
        connection.execute("UPDATE condition SET unwritten = 0", [])?;
    }
    for note in &notes {
        journal.add(condition.generation, note).map_err(StoreError::Journal)?;
    }
    if let Some(last) = notes.last().and_then(|note| note.id) {
        connection.execute("DELETE FROM journal_note WHERE id <= ?1", [last])?;
    }
    Ok(())
}
