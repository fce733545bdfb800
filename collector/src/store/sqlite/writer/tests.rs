use super::*;
use std::sync::mpsc::channel;

fn database() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("test.db")).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE number (n INTEGER PRIMARY KEY)")
        .unwrap();
    (folder, connection)
}

fn insert(n: i64) -> impl FnOnce(&Connection) -> Result<i64, StoreError> + Send + 'static {
    move |connection| {
        connection.execute("INSERT INTO number VALUES (?1)", [n])?;
        Ok(n)
    }
}

fn numbers(folder: &tempfile::TempDir) -> Vec<i64> {
    let connection = Connection::open(folder.path().join("test.db")).unwrap();
    let mut statement = connection.prepare("SELECT n FROM number ORDER BY n").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Keeps the writer busy until told otherwise, so that what is submitted meanwhile lands in one transaction.
fn block(writer: &Writer) -> std::sync::mpsc::Sender<()> {
    let (release, released) = channel::<()>();
    let (entered, inside) = channel();
    drop(
        writer
            .submit(move |_| {
                entered.send(()).unwrap();
                let _ = released.recv();
                Ok(())
            })
            .unwrap(),
    );
    inside.recv().unwrap();
    release
}

#[test]
fn work_that_fails_is_undone_alone() {
    let (folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let good = writer.submit(insert(1)).unwrap();
    let bad = writer
        .submit(|connection| {
            connection.execute("INSERT INTO number VALUES (2)", [])?;
            connection.execute("INSERT INTO number VALUES (1)", [])?;
            Ok(())
        })
        .unwrap();
    let other = writer.submit(insert(3)).unwrap();
    release.send(()).unwrap();
    assert_eq!(good.blocking_recv().unwrap().unwrap(), 1);
    assert!(bad.blocking_recv().unwrap().is_err());
    assert_eq!(other.blocking_recv().unwrap().unwrap(), 3);
    assert_eq!(numbers(&folder), [1, 3]);
}

#[test]
fn nobody_is_answered_before_the_commit() {
    let (folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let mut first = writer.submit(insert(1)).unwrap();
    let (path, (seen, look)) = (folder.path().join("test.db"), channel());
    // The last work in the transaction looks from outside: what the first did is neither visible nor answered.
    let last = writer
        .submit(move |_| {
            let outside = Connection::open(path)?;
            let visible: i64 = outside.query_row("SELECT count(*) FROM number", [], |row| row.get(0))?;
            seen.send((visible, first.try_recv().is_ok())).unwrap();
            Ok(())
        })
        .unwrap();
    release.send(()).unwrap();
    assert_eq!(look.recv().unwrap(), (0, false));
    last.blocking_recv().unwrap().unwrap();
    assert_eq!(numbers(&folder), [1]);
}

#[test]
fn a_failed_commit_answers_everybody_with_the_failure() {
    let (folder, connection) = database();
    // A constraint that is checked at the commit makes the commit itself fail.
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON;
             CREATE TABLE child (n INTEGER REFERENCES number (n) DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let honest = writer.submit(insert(1)).unwrap();
    let orphan = writer.submit(|c| Ok(c.execute("INSERT INTO child VALUES (99)", [])?)).unwrap();
    release.send(()).unwrap();
    assert!(honest.blocking_recv().unwrap().is_err());
    assert!(orphan.blocking_recv().unwrap().is_err());
    assert_eq!(numbers(&folder), [] as [i64; 0]);
    // The writer goes on.
    assert_eq!(writer.submit(insert(5)).unwrap().blocking_recv().unwrap().unwrap(), 5);
}

#[test]
fn the_queue_is_bounded_and_drained_on_closing() {
    let (folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let mut accepted = Vec::new();
    let refused = (0..).map(|n| writer.submit(insert(n))).find_map(|submitted| match submitted {
        Ok(answer) => {
            accepted.push(answer);
            None
        }
        Err(error) => Some(error),
    });
    assert!(matches!(refused, Some(StoreError::Busy)));
    assert_eq!(accepted.len(), QUEUE);
    release.send(()).unwrap();
    drop(writer);
    assert_eq!(numbers(&folder).len(), QUEUE);
    assert!(accepted.into_iter().all(|answer| answer.blocking_recv().unwrap().is_ok()));
}

#[test]
fn work_that_ends_the_transaction_keeps_its_error_and_others_are_not_told_of_a_full_disk() {
    let (folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let honest = writer.submit(insert(1)).unwrap();
    let ending = writer
        .submit(|connection| -> Result<(), _> {
            connection.execute_batch("ROLLBACK")?;
            Err(StoreError::Corrupt("number", "on purpose".into()))
        })
        .unwrap();
    release.send(()).unwrap();
    assert!(matches!(honest.blocking_recv().unwrap(), Err(StoreError::Closed)));
    assert!(matches!(ending.blocking_recv().unwrap(), Err(StoreError::Corrupt("number", _))));
    assert_eq!(numbers(&folder), [] as [i64; 0]);
    assert_eq!(writer.submit(insert(5)).unwrap().blocking_recv().unwrap().unwrap(), 5);
}

#[test]
fn a_transaction_that_was_left_open_is_not_committed_with_the_next() {
    let (folder, connection) = database();
    connection.execute_batch("BEGIN; INSERT INTO number VALUES (1)").unwrap();
    let writer = Writer::start(connection).unwrap();
    assert_eq!(writer.submit(insert(2)).unwrap().blocking_recv().unwrap().unwrap(), 2);
    assert_eq!(numbers(&folder), [2]);
}

#[test]
fn a_panic_undoes_its_own_work_alone_and_the_writer_goes_on() {
    let (folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let release = block(&writer);
    let good = writer.submit(insert(1)).unwrap();
    let panicked = writer
        .submit(|connection| -> Result<(), _> {
            connection.execute("INSERT INTO number VALUES (2)", [])?;
            panic!("on purpose")
        })
        .unwrap();
    release.send(()).unwrap();
    assert_eq!(good.blocking_recv().unwrap().unwrap(), 1);
    assert!(matches!(panicked.blocking_recv().unwrap(), Err(StoreError::Closed)));
    assert_eq!(writer.submit(insert(3)).unwrap().blocking_recv().unwrap().unwrap(), 3);
    assert_eq!(numbers(&folder), [1, 3]);
}

#[test]
fn a_commit_is_synced_unless_nobody_in_it_asks_for_that() {
    let (_folder, connection) = database();
    let writer = Writer::start(connection).unwrap();
    let level = |connection: &Connection| {
        Ok(connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))?)
    };
    let (normal, full) = (1, 2);
    assert_eq!(writer.submit_unsynced(level).unwrap().blocking_recv().unwrap().unwrap(), normal);
    assert_eq!(writer.submit(level).unwrap().blocking_recv().unwrap().unwrap(), full);
    let release = block(&writer);
    let unsynced = writer.submit_unsynced(level).unwrap();
    let synced = writer.submit(insert(1)).unwrap();
    release.send(()).unwrap();
    assert_eq!(unsynced.blocking_recv().unwrap().unwrap(), full);
    assert_eq!(synced.blocking_recv().unwrap().unwrap(), 1);
}
