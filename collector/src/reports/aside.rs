//! Where reports are checked: on threads for work that takes processor time, since a report of 8 MiB takes tens of milliseconds.
//!
//! The C library keeps for each thread what that thread gave back, so memory that sixteen threads took in turn is kept sixteen times. Large
//! reports are few, and are all checked on one thread.

use crate::refusal::{Reason, RequestRefusal};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinError, spawn_blocking};

/// From how many KiB on a report is a large one.
const LARGE_KIB: u32 = 512;

/// The threads.
pub(crate) struct Aside {
    /// `None` once it ends.
    large: Option<Runtime>,
}

impl Aside {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { large: Some(Builder::new_current_thread().max_blocking_threads(1).build()?) })
    }

    /// Does a report's work. `kib` says how large the report is.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        kib: u32,
        work: impl FnOnce() -> Result<T, RequestRefusal> + Send + 'static,
    ) -> Result<T, RequestRefusal> {
        let done = match &self.large {
            Some(large) if kib >= LARGE_KIB => large.spawn_blocking(work),
            _ => spawn_blocking(work),
        };
        done.await.unwrap_or_else(|error| Err(failed(&error)))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Waiting for its thread would hold up the runtime on which this is dropped.
        if let Some(large) = self.large.take() {
            large.shutdown_background();
        }
    }
}

/// Not the error itself: a panic's message may hold what was being checked.
pub(super) fn failed(error: &JoinError) -> RequestRefusal {
    tracing::error!(panicked = error.is_panic(), "a report could not be checked");
    Reason::Internal.into()
}
