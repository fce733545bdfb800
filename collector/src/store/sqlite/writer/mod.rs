//! The writer thread: takes waiting work and commits it together.
//!
//! Under load a commit's sync to disk is the cost of a report. While one transaction is being synced, work queues up;
//! the next transaction takes all of it, up to a bound. Nobody is answered before the commit is durable, but who sees to that
//! himself ([`Writer::submit_unsynced`]), and everybody in a transaction that fails is told so.

use super::{StoreError, caught};
use rusqlite::Connection;
use std::error::Error;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Most work that waits. At a few milliseconds each this is below the time after which devices retry; beyond it
/// they are told to come back.
const QUEUE: usize = 256;

/// Most work in one transaction, so that the first in it does not wait for ever.
const BATCH: usize = 64;

type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// The thread and the queue before it.
pub(super) struct Writer {
    queue: Option<SyncSender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. It ends when the writer is dropped and everything queued is done.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, waiting) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&connection, &waiting))
            .map_err(StoreError::Thread)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues work without waiting.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Answer<T>, StoreError> {
        self.queue(work, true)
    }

    /// Queues work whose commit is not synced on its own account: whoever asks for it has the log synced. So nobody else waits for
    /// the disk because of it.
    pub(super) fn submit_unsynced<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Answer<T>, StoreError> {
        self.queue(work, false)
    }

    fn queue<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        is_synced: bool,
    ) -> Result<Answer<T>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task { work: Some(work), is_synced, done: None, reply: Some(reply) });
        match self.queue.as_ref().ok_or(StoreError::Closed)?.try_send(task) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Closed),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panicked writer has answered nobody; there is nothing to save here.
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, waiting: &Receiver<Box<dyn Work>>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(BATCH - 1));
        let failed = commit(connection, &mut batch).err();
        for work in batch {
            work.answer(failed.as_ref());
        }
    }
}

/// Does all work in one transaction, each in a savepoint of its own. What made it fail is logged here, where all of it
/// is known.
fn commit(connection: &Connection, batch: &mut [Box<dyn Work>]) -> Result<(), StoreError> {
    let waiting = batch.len();
    // FULL syncs the log at the commit. With NORMAL it stays consistent, and a crash may take the newest transactions with it.
    let synchronous = if batch.iter().any(|work| work.is_synced()) { "FULL" } else { "NORMAL" };
    // A rollback that failed may have left the last transaction open. It must not be committed with this one.
    let result = leave_transaction(connection)
        .and_then(|()| Ok(connection.pragma_update(None, "synchronous", synchronous)?))
        .and_then(|()| Ok(connection.execute_batch("BEGIN IMMEDIATE")?))
        .and_then(|()| batch.iter_mut().try_for_each(|work| in_savepoint(connection, work.as_mut())))
        .and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if let Err(error) = &result {
        tracing::error!(
            error = error as &dyn Error,
            waiting,
            "a transaction failed; nothing of it is receipted"
        );
        if let Err(second) = leave_transaction(connection) {
            tracing::error!(error = &second as &dyn Error, "a failed transaction was not rolled back");
        }
    }
    result
}

/// Rolls back, unless SQLite has done so by itself as after some errors, such as a full disk.
fn leave_transaction(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() { Ok(()) } else { Ok(connection.execute_batch("ROLLBACK")?) }
}

fn in_savepoint(connection: &Connection, work: &mut dyn Work) -> Result<(), StoreError> {
    connection.execute_batch("SAVEPOINT work")?;
    let Err(error) = work.run(connection) else {
        return Ok(connection.execute_batch("RELEASE work")?);
    };
    if connection.is_autocommit() {
        // The whole transaction is gone, with what others did in it.
        tracing::error!(
            error = error as &dyn Error,
            "work of the store ended the transaction that it was part of"
        );
        return Err(same(error));
    }
    Ok(connection.execute_batch("ROLLBACK TO work; RELEASE work")?)
}

/// What everybody else in a failed transaction is told.
fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::Busy => StoreError::Busy,
        _ => StoreError::Closed,
    }
}

/// Work of any result.
trait Work: Send {
    /// Whether its commit must be on the disk before it is answered.
    fn is_synced(&self) -> bool;
    /// Does it; what it wrote must be undone when it fails.
    fn run(&mut self, connection: &Connection) -> Result<(), &StoreError>;
    /// Answers whoever waits: what came out, or what happened to the transaction. Work that failed by itself is
    /// answered with its own error in either case.
    fn answer(self: Box<Self>, failed: Option<&StoreError>);
}

struct Task<T, F> {
    work: Option<F>,
    is_synced: bool,
    done: Option<Result<T, StoreError>>,
    reply: Option<oneshot::Sender<Result<T, StoreError>>>,
}

impl<T, F> Work for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn is_synced(&self) -> bool {
        self.is_synced
    }

    fn run(&mut self, connection: &Connection) -> Result<(), &StoreError> {
        let Some(work) = self.work.take() else { return Err(&StoreError::Closed) };
        self.done.insert(caught(|| work(connection))).as_ref().map(|_| ())
    }

    fn answer(mut self: Box<Self>, failed: Option<&StoreError>) {
        let done = match (self.done.take(), failed) {
            (Some(Err(own)), _) => Err(own),
            (_, Some(error)) => Err(same(error)),
            (Some(done), None) => done,
            (None, None) => Err(StoreError::Closed),
        };
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone; what is stored stays stored, and the same report gets the same receipt.
            let _ = reply.send(done);
        }
    }
}

#[cfg(test)]
mod tests;
