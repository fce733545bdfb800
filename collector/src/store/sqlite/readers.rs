//! The reading threads: each owns a connection for life and takes waiting work, so that nothing that reads runs on a
//! thread that serves others.

use super::{StoreError, caught};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Most work that waits. Connections are bounded and wait for what they asked, so that more means something is stuck.
const QUEUE: usize = 1024;

type Work = Box<dyn FnOnce(&Connection) + Send>;

/// The threads and the queue before them.
pub(super) struct Readers {
    queue: Option<SyncSender<Work>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts a thread for each connection. They end when the readers are dropped and everything queued is done.
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (queue, waiting) = sync_channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |connection| {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || run(&connection, &waiting))
                .map_err(StoreError::Thread)
        };
        let threads = connections.into_iter().map(start).collect::<Result<_, _>>()?;
        Ok(Self { queue: Some(queue), threads })
    }

    /// Queues work without waiting.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task: Work = Box::new(move |connection| {
            // Whoever asked may have gone: then nobody needs it any more.
            if !reply.is_closed() {
                let _ = reply.send(caught(|| work(connection)));
            }
        });
        match self.queue.as_ref().ok_or(StoreError::Closed)?.try_send(task) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Closed),
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A panicked reader has answered nobody; there is nothing to save here.
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, waiting: &Mutex<Receiver<Work>>) {
    loop {
        // One thread waits for work, the others for their turn to wait.
        let Ok(next) = waiting.lock().map(|waiting| waiting.recv()) else { return };
        match next {
            Ok(work) => work(connection),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_no_reader() {
        let readers = Readers::start(vec![Connection::open_in_memory().unwrap()]).unwrap();
        let panicked = readers.submit(|_| -> Result<(), _> { panic!("on purpose") }).unwrap();
        assert!(matches!(panicked.blocking_recv().unwrap(), Err(StoreError::Closed)));
        assert_eq!(readers.submit(|_| Ok(1)).unwrap().blocking_recv().unwrap().unwrap(), 1);
    }
}
