//! A copy of the database as it is at one instant, made while others write.
//!
//! The copy is read through one transaction, so that what is written meanwhile does not begin it anew; it goes on in pieces,
//! and whoever asked for it says how fast. The write-ahead log grows until it is done.

use crate::store::sqlite::{pace, retention};
use crate::store::{CopyPace, KeptFor, Progress, StoreError};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Pages of 4 KiB in a piece: 256 KiB.
const PIECE: i32 = 64;

/// Copies the database into an empty file.
pub(super) fn copy(
    source: &Connection,
    to: &Path,
    kept: KeptFor,
    mut pace: CopyPace,
) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // The file has no name yet: after a crash it is nobody's, and a log of its changes would hold keys that it no longer does.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    let instant = source.unchecked_transaction()?;
    // A transaction begins with the first look.
    let _ = super::condition(&instant)?;
    in_pieces(&instant, &mut target, &mut pace)?;
    drop(instant);
    // The copied header asks for a log beside the file.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    target.pragma_update(None, "journal_mode", "MEMORY")?;
    target.pragma_update(None, "foreign_keys", true)?;
    target.pragma_update(None, "secure_delete", "ON")?;
    target.pragma_update(None, "temp_store", "MEMORY")?;
    leave_out(&target, kept, &mut pace)?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn in_pieces(source: &Connection, target: &mut Connection, pace: &mut CopyPace) -> Result<(), StoreError> {
    let backup = Backup::new(source, target)?;
    loop {
        match backup.step(PIECE)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(StoreError::Busy),
        }
        let progress = backup.progress();
        let [all, left] =
            [progress.pagecount, progress.remaining].map(|pages| u64::try_from(pages).unwrap_or(0));
        pace(Progress { done: all - left, all }).map_err(StoreError::Copy)?;
    }
}

/// Takes out of the copy what it must not hold: what would be deleted while it is kept, so that nothing outlives its date in it;
/// what is never a history; and what stands, which the devices may have taken back by the time that the copy is used.
fn leave_out(copy: &Connection, kept: KeptFor, pace: &mut CopyPace) -> Result<(), StoreError> {
    let transaction = copy.unchecked_transaction()?;
    for statement in [
        "DELETE FROM section",
        "DELETE FROM standing_until",
        "DELETE FROM standing_part",
        "DELETE FROM standing",
        "DELETE FROM lease",
        "UPDATE report_part SET payload = NULL, key_id = NULL, came = 0 WHERE latest_of IS NOT NULL AND payload IS NOT NULL",
    ] {
        transaction.execute(statement, [])?;
    }
    transaction.commit()?;
    // Nobody waits for the copy itself, but for the disk.
    let steps = pace::Pace::new(Arc::new(|| Duration::ZERO));
    loop {
        let transaction = copy.unchecked_transaction()?;
        let (swept, began) = retention::sweep(&transaction, kept.until, steps.next_step())?;
        transaction.commit()?;
        steps.committed(began);
        if !swept.more {
            break;
        }
        pace(Progress { done: 1, all: 1 }).map_err(StoreError::Copy)?;
    }
    // Nobody deleted them where they are: to whoever uses the copy they did not come.
    copy.execute(
        "UPDATE report_part SET came = 0, deleted_at = NULL WHERE deleted_at = ?1",
        [kept.until.unix()],
    )?;
    copy.execute("DELETE FROM deletion WHERE hour > ?1", [kept.made.unix()])?;
    Ok(())
}
