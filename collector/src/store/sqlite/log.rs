//! The write-ahead log: moved into the database piece by piece while a sweep goes on, and emptied at its end.
//!
//! What was overwritten in the database still stands in the log's older pages, keys of deleted values among it. So a sweep
//! ends with an empty log. Moving keeps nobody from writing. Emptying does, and it needs a moment in which nobody reads from
//! the log: SQLite would keep writers waiting until there is one. Here nobody waits; it is tried again.

use super::StoreError;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages of the log, about 16 MiB, above which a sweep waits for it to be moved before it goes on.
const LONG: i64 = 4000;

/// How often something is tried that somebody is in the way of, and the time between two tries.
const TRIES: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(25);

/// Time that others on the same file have between two steps: more than they wait between two looks ([`super::wait_for_others`]).
const PAUSE: Duration = Duration::from_millis(2);

/// The log of a database: beside it, with this ending (<https://sqlite.org/tempfiles.html>, 2.2).
pub(super) fn of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// What one step of a sweep leaves in the log is synced and moved into the database, and after the last one the log is emptied;
/// `false` when somebody was in the way. A later call does it then. Between two tries it `pauses`.
pub(super) fn follow(
    connection: &Connection,
    log: &Path,
    is_last: bool,
    pause: impl Fn(Duration),
) -> Result<bool, StoreError> {
    pause(PAUSE);
    // SQLite locks the database and what its processes share in memory, and never the log.
    candor_durable::sync(log).map_err(|error| StoreError::Database(Box::new(error)))?;
    for _ in 0..TRIES {
        let is_done = if is_last { empty(connection)? } else { left_to_move(connection)? < LONG };
        if is_done {
            return Ok(true);
        }
        pause(BETWEEN);
    }
    Ok(!is_last)
}

/// Moves what can be moved; says how many pages are left.
fn left_to_move(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?)
    })?)
}

/// Empties it, unless somebody writes or reads from it.
fn empty(connection: &Connection) -> Result<bool, StoreError> {
    left_to_move(connection)?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(!row.get::<_, bool>(0)?))?)
}

#[cfg(test)]
mod tests {
    use super::super::{SqliteStore, open_to_move};
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn nobody_waits_for_a_log_that_somebody_reads_and_it_is_emptied_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        drop(SqliteStore::create(&path).unwrap());
        let (moving, [reader, writer]) =
            (open_to_move(&path).unwrap(), [(); 2].map(|()| open_to_move(&path).unwrap()));
        let write = || {
            writer.execute("INSERT INTO challenge_key (only, key) VALUES (1, x'01') ON CONFLICT DO UPDATE SET key = randomblob(32)", [])
        };
        let log = of(&path);
        write().unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM challenge_key").unwrap();
        let (reader, pauses) = (RefCell::new(Some(reader)), RefCell::new(0));
        let emptied = follow(&moving, &log, true, |_| {
            write().expect("the log's emptying keeps others from writing");
            *pauses.borrow_mut() += 1;
            if *pauses.borrow() == 3 {
                *reader.borrow_mut() = None;
            }
        });
        assert!(emptied.unwrap());
        assert_eq!((pauses.into_inner(), log.metadata().unwrap().len()), (3, 0));

        let stuck = open_to_move(&path).unwrap();
        write().unwrap();
        stuck.execute_batch("BEGIN; SELECT * FROM challenge_key").unwrap();
        assert!(!follow(&moving, &log, true, |_| {}).unwrap(), "somebody reads from it");
        assert!(follow(&moving, &log, false, |_| {}).unwrap(), "there is little to move");
    }
}
