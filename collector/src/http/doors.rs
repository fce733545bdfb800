//! What strangers can hold: a few questions at once, and a few bodies that are taken only to be forgotten.
//!
//! A request costs the store a look before it is known who asks: at a key, a token, a nonce. The store's queues are bounded, and whoever
//! comes when one is full is sent away. With two streams on each of hundreds of connections a stranger would fill them, and devices
//! would be sent away. So all wait here, one behind the other, and only so many at once come to the store.
//!
//! A refused body is taken and forgotten, so that its sender reads the answer. Its connection counts as busy meanwhile and yields to
//! nobody; so that is a courtesy for a few at once.

use crate::health::Taken;
use crate::refusal::{Reason, RequestRefusal};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Questions at once.
const QUESTIONS: usize = 64;

/// Longest wait for a turn to ask. Less than a device's own timeout, so that it gets an answer.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// Refused bodies that are taken at once.
const DISCARDS: usize = 32;

/// The doors.
#[derive(Clone)]
pub(super) struct Doors {
    questions: Arc<Semaphore>,
    discards: Arc<Semaphore>,
}

impl Doors {
    pub(super) fn new() -> Self {
        let [questions, discards] = [QUESTIONS, DISCARDS].map(|places| Arc::new(Semaphore::new(places)));
        Self { questions, discards }
    }

    /// Asks something once it is its turn.
    pub(super) async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, RequestRefusal>>,
    ) -> Result<T, RequestRefusal> {
        let unavailable =
            || RequestRefusal::new(Reason::Unavailable, "too many requests at once; try again later");
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.questions.acquire()).await;
        let _turn = turn
            .map_err(|error| unavailable().caused_by(error))?
            .map_err(|error| unavailable().caused_by(error))?;
        question.await
    }

    /// Leave to take a refused body, if not too many are taken.
    pub(super) fn discard(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.discards).try_acquire_owned().ok()
    }

    /// How many ask now, and how many may.
    pub(super) fn taken(&self) -> Taken {
        Taken::of(&self.questions, QUESTIONS)
    }
}
