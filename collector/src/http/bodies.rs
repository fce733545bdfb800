//! Whose bodies are received at once.
//!
//! A body is received from whoever names a key or a token on record; that it is theirs is known once the body is there, since what is signed
//! is in it. So nobody has more than a few at once: who knows the keys of a few devices, which are no secret, holds a few places and not all
//! of them. A second signature in the header would show it before (docs/decisions/0036 says why there is none).

use crate::health::Taken;
use crate::refusal::{Reason, RequestRefusal};
use crate::tries::Sender;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies received at once. Each may have 2 MiB, so that all together stay below 128 MiB.
const AT_ONCE: usize = 64;

/// Bodies of one sender. An agent sends one report after the other; a second one is of a connection that broke and is not
/// missed here yet.
const OF_ONE: usize = 2;

/// Longest wait for a turn to send a body. Less than a device's own timeout, so that it gets an answer.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// The places for bodies.
#[derive(Clone)]
pub(super) struct Bodies {
    places: Arc<Semaphore>,
    senders: Arc<Mutex<BTreeMap<Sender, usize>>>,
}

/// The right to send a body.
pub(super) struct Turn {
    _place: OwnedSemaphorePermit,
    _share: Share,
}

struct Share {
    bodies: Bodies,
    sender: Sender,
}

impl Bodies {
    pub(super) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), senders: Arc::default() }
    }

    /// How many are received now, and how many may be.
    pub(super) fn taken(&self) -> Taken {
        Taken::of(&self.places, AT_ONCE)
    }

    /// A turn, once there is one.
    pub(super) async fn turn(&self, sender: Sender) -> Result<Turn, RequestRefusal> {
        let share = self.share(sender)?;
        let unavailable =
            || RequestRefusal::new(Reason::Unavailable, "too many requests at once; try again later");
        let place = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.places).acquire_owned()).await;
        let place = place
            .map_err(|error| unavailable().caused_by(error))?
            .map_err(|error| unavailable().caused_by(error))?;
        Ok(Turn { _place: place, _share: share })
    }

    fn share(&self, sender: Sender) -> Result<Share, RequestRefusal> {
        let mut senders = self.senders();
        let bodies = senders.entry(sender.clone()).or_default();
        if *bodies == OF_ONE {
            return Err(RequestRefusal::new(
                Reason::Busy,
                "bodies under this key or token are on their way already; send one after the other",
            ));
        }
        *bodies += 1;
        Ok(Share { bodies: self.clone(), sender })
    }

    fn senders(&self) -> MutexGuard<'_, BTreeMap<Sender, usize>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut senders = self.bodies.senders();
        if let Some(bodies) = senders.get_mut(&self.sender) {
            *bodies -= 1;
            if *bodies == 0 {
                senders.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::digest::Digest;

    #[tokio::test]
    async fn nobody_has_more_than_a_few_and_all_are_given_back() {
        let bodies = Bodies::new();
        let of = |name: &str| Sender::Newcomer(Digest::of(name.as_bytes()));
        let (first, second) = (bodies.turn(of("a")).await, bodies.turn(of("a")).await);
        assert_eq!(bodies.turn(of("a")).await.err().map(|refusal| refusal.reason()), Some(Reason::Busy));
        assert!(bodies.turn(of("b")).await.is_ok());
        drop(first);
        assert!(bodies.turn(of("a")).await.is_ok());
        drop(second);
        assert!(bodies.senders().is_empty());
    }
}
