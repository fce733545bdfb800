//! Backups, restores, and what the journal is told.

mod copy;
mod notes;
mod replay;

pub(super) use notes::{Noting, Outbox};

use super::{SqliteStore, unsigned};
use crate::journal::{Entry, Note, Position};
use crate::store::{Answer, Condition, CopyPace, KeptFor, Recovered, Recovery, RecoveryStore, StoreError};
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};
use std::path::PathBuf;

impl RecoveryStore for SqliteStore {
    fn condition(&self) -> Answer<'_, Condition> {
        self.read(condition)
    }

    fn lacking_devices(&self) -> Answer<'_, u64> {
        self.read(|connection| {
            let count = connection.query_row(
                "SELECT count(*) FROM device, condition
                 WHERE device.generation < condition.generation AND revoked_at IS NULL",
                [],
                |row| row.get(0),
            )?;
            Ok(unsigned(count))
        })
    }

    fn tell_journal(&self) -> Answer<'_, ()> {
        Box::pin(self.tell())
    }

    fn journal_end(&self, now: UtcTime) -> Answer<'_, Option<Position>> {
        Box::pin(async move {
            let Some(outbox) = &self.outbox else { return Ok(None) };
            outbox.end(now).await.map(Some)
        })
    }

    fn copy(&self, to: PathBuf, kept: KeptFor, pace: CopyPace) -> Answer<'_, ()> {
        self.read(move |connection| copy::copy(connection, &to, kept, pace))
    }

    fn note_backup(&self, manifest: Digest, now: UtcTime) -> Answer<'_, ()> {
        self.write_noted(move |connection, noting| {
            connection.execute("UPDATE condition SET backup_at = ?1", [now.unix()])?;
            noting.note(connection, &Entry::BackupMade { manifest }, now)
        })
    }

    fn recover(&self, recovery: Recovery, now: UtcTime) -> Answer<'_, Recovered> {
        self.write(move |connection| replay::recover(connection, &recovery, now))
    }

    fn accept_loss(&self, now: UtcTime) -> Answer<'_, bool> {
        self.write_noted(move |connection, noting| {
            let was_held = connection.execute("UPDATE condition SET held = 0 WHERE held = 1", [])? == 1;
            if was_held {
                replay::record_loss(connection, now)?;
                noting.note(connection, &Entry::LossAccepted {}, now)?;
            }
            Ok(was_held)
        })
    }

    fn examine(&self) -> Answer<'_, Vec<String>> {
        self.read(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
            let found = statement.query_map([], |row| row.get(0))?;
            let mut found: Vec<String> = found.collect::<Result<_, _>>()?;
            found.retain(|line| line != "ok");
            let mut statement =
                connection.prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check")?;
            let broken = statement.query_map([], |row| row.get::<_, String>(0))?;
            for table in broken {
                found.push(format!("rows of the table {} name what is not there", table?));
            }
            Ok(found)
        })
    }
}

fn condition(connection: &Connection) -> Result<Condition, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT generation, restored_at, backup_at, held, unwritten FROM condition")?;
    let instant = |at: Option<i64>| at.map(UtcTime::from_unix);
    Ok(statement.query_row([], |row| {
        Ok(Condition {
            generation: unsigned(row.get(0)?),
            restored_at: instant(row.get(1)?),
            backup_at: instant(row.get(2)?),
            held: row.get(3)?,
            unwritten: row.get(4)?,
        })
    })?)
}

/// What the journal has still to be told, oldest first.
fn untold(connection: &Connection) -> Result<Vec<Note>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, at, entry FROM journal_note ORDER BY id")?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))?;
    rows.map(|row| {
        let (id, at, entry) = row?;
        let entry = serde_json::from_str(&entry).map_err(StoreError::corrupt("journal_note"))?;
        Ok(Note { id: Some(id), at: UtcTime::from_unix(at), entry })
    })
    .collect()
}

fn keep_note(connection: &Connection, entry: &Entry, now: UtcTime) -> Result<(), StoreError> {
    let entry = serde_json::to_string(entry).map_err(StoreError::corrupt("journal_note"))?;
    connection
        .prepare_cached("INSERT INTO journal_note (at, entry) VALUES (?1, ?2)")?
        .execute(params![now.unix(), entry])?;
    Ok(())
}
