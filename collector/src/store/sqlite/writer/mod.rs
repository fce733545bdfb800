//! The writer thread: takes waiting work and commits it together.
//!
//! Under load a commit's sync to disk is the cost of a report. While one transaction is being synced, work queues up;
//! the next transaction takes all of it, up to a bound. Nobody is answered before the commit is durable, and everybody
//! in a transaction that fails is told so.

use super::StoreError;
use rusqlite::Connection;
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
            .spawn(move || run(connection, &waiting))
            .map_err(StoreError::Thread)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues work without waiting.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Answer<T>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task { work: Some(work), done: None, reply: Some(reply) });
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

fn run(mut connection: Connection, waiting: &Receiver<Box<dyn Work>>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(BATCH - 1));
        match commit(&mut connection, &mut batch) {
            Ok(()) => {
                for work in batch {
                    work.answer(None);
                }
            }
            Err(error) => {
                tracing::error!(%error, waiting = batch.len(), "a transaction failed; nothing of it is receipted");
                for work in batch {
                    work.answer(Some(same(&error)));
                }
            }
        }
    }
}

/// Does all work in one transaction, each in a savepoint of its own.
fn commit(connection: &mut Connection, batch: &mut [Box<dyn Work>]) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = batch.iter_mut().try_for_each(|work| in_savepoint(connection, work.as_mut()));
    match result.and_then(|()| Ok(connection.execute_batch("COMMIT")?)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // SQLite has already rolled back after some errors, such as a full disk.
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            Err(error)
        }
    }
}

fn in_savepoint(connection: &Connection, work: &mut dyn Work) -> Result<(), StoreError> {
    connection.execute_batch("SAVEPOINT work")?;
    if work.run(connection) {
        connection.execute_batch("RELEASE work")?;
        return Ok(());
    }
    if connection.is_autocommit() {
        // The whole transaction is gone, with what others did in it.
        return Err(StoreError::Full);
    }
    Ok(connection.execute_batch("ROLLBACK TO work; RELEASE work")?)
}

/// What everybody in a failed transaction is told.
fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::Busy => StoreError::Busy,
        _ => StoreError::Closed,
    }
}

/// Work of any result.
trait Work: Send {
    /// Does it; `false` when what it wrote must be undone.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers whoever waits: what came out, or what became of the transaction.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Task<T, F> {
    work: Option<F>,
    done: Option<Result<T, StoreError>>,
    reply: Option<oneshot::Sender<Result<T, StoreError>>>,
}

impl<T, F> Work for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let Some(work) = self.work.take() else { return false };
        let done = work(connection);
        let good = done.is_ok();
        self.done = Some(done);
        good
    }

    fn answer(mut self: Box<Self>, failed: Option<StoreError>) {
        let done = match failed {
            Some(error) => Err(error),
            None => self.done.take().unwrap_or(Err(StoreError::Closed)),
        };
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone; what is stored stays stored, and the same report gets the same receipt.
            let _ = reply.send(done);
        }
    }
}

#[cfg(test)]
mod tests;
