//! Who has a place among the connections: those with a request in progress keep theirs, the others have theirs on loan.
//!
//! ```text
//! accepted ──► idle ──request──► busy ──answered──► idle ──10 s, or somebody else needs the place──► ended
//! ```
//!
//! What counts is requests that reached a route. A connection costs a stranger nothing: one that is silent, that trickles a header or
//! leaves an answer unread is idle here, whatever it sends, or a few hundred of them would shut out every device.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;
use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How long a connection may be idle: before its first request, between requests, and until it took an answer.
const IDLE: Duration = Duration::from_secs(10);

/// Slowest rate at which an answer has to be taken once that time is over, in bytes a second.
const LEAST_RATE: u64 = 16 * 1024;

/// The places for connections.
pub(super) struct Places {
    free: Arc<Semaphore>,
    table: Mutex<Table>,
    became_idle: Notify,
}

#[derive(Default)]
struct Table {
    next: u64,
    open: BTreeMap<u64, Open>,
}

/// One open connection.
struct Open {
    requests: usize,
    idle_since: Instant,
    /// Bytes of the answer that it took since.
    taken: u64,
    ended: bool,
    waker: Option<Waker>,
}

impl Open {
    /// When it ends unless something happens; `None` while a request is in progress.
    fn ends(&self) -> Option<Instant> {
        let earned = Duration::from_millis(self.taken.saturating_mul(1000) / LEAST_RATE);
        (self.requests == 0).then(|| self.idle_since + IDLE + earned)
    }
}

impl Places {
    pub(super) fn new(free: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self { free, table: Mutex::default(), became_idle: Notify::new() })
    }

    /// A place, for which the connection that has been idle longest yields when there is none.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Place, AcquireError> {
        let permit = if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            permit
        } else {
            tokio::select! {
                permit = Arc::clone(&self.free).acquire_owned() => permit?,
                never = self.make_room() => match never {},
            }
        };
        let mut table = self.table();
        let id = table.next;
        table.next += 1;
        let open = Open { requests: 0, idle_since: Instant::now(), taken: 0, ended: false, waker: None };
        table.open.insert(id, open);
        Ok(Place { connection: Connection { places: Arc::clone(self), id }, _permit: permit })
    }

    /// Ends one idle connection. Where all are busy, waits for the first that is not.
    async fn make_room(&self) -> std::convert::Infallible {
        while !self.end_oldest_idle() {
            self.became_idle.notified().await;
        }
        pending().await
    }

    fn end_oldest_idle(&self) -> bool {
        let mut table = self.table();
        let idle = table.open.values_mut().filter(|open| open.requests == 0 && !open.ended);
        let Some(oldest) = idle.min_by_key(|open| open.idle_since) else { return false };
        oldest.ended = true;
        if let Some(waker) = oldest.waker.take() {
            waker.wake();
        }
        true
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a connection, for as long as that is open.
pub(super) struct Place {
    connection: Connection,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// What the connection's requests know it by.
    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// How long the connection may go on as things stand, at most until `end`; `None` if it is over. `waker` is woken when it has
    /// to yield.
    pub(super) fn until(&self, end: Instant, now: Instant, waker: &Waker) -> Option<Instant> {
        let mut table = self.connection.places.table();
        let open = table.open.get_mut(&self.connection.id).filter(|open| !open.ended)?;
        // A busy one is asked again later: that its request ended wakes nobody.
        let until = open.ends().unwrap_or(now + IDLE).min(end);
        open.waker = Some(waker.clone());
        (now < until).then_some(until)
    }

    /// Notes that bytes of an answer were taken.
    pub(super) fn took(&self, bytes: usize) {
        if let Some(open) = self.connection.places.table().open.get_mut(&self.connection.id) {
            open.taken = open.taken.saturating_add(bytes as u64);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.places.table().open.remove(&self.connection.id);
    }
}

/// A connection as its requests know it. It says nothing of where it comes from.
#[derive(Clone)]
pub(super) struct Connection {
    places: Arc<Places>,
    id: u64,
}

impl Connection {
    /// Begins a request.
    pub(super) fn begin(&self) -> Request {
        if let Some(open) = self.places.table().open.get_mut(&self.id) {
            open.requests += 1;
        }
        Request(self.clone())
    }
}

/// A request in progress: from the end of its header until it is answered.
pub(super) struct Request(Connection);

impl Drop for Request {
    fn drop(&mut self) {
        let Connection { places, id } = &self.0;
        if let Some(open) = places.table().open.get_mut(id) {
            open.requests -= 1;
            (open.idle_since, open.taken) = (Instant::now(), 0);
        }
        places.became_idle.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(count: usize) -> Arc<Places> {
        Places::new(Arc::new(Semaphore::new(count)))
    }

    /// Whether the place is still its connection's so long from now.
    fn lasts(place: &Place, after: Duration) -> bool {
        let now = Instant::now() + after;
        place.until(now + Duration::from_hours(1), now, Waker::noop()).is_some()
    }

    #[tokio::test]
    async fn an_idle_connection_ends_and_a_busy_one_does_not() {
        let place = places(1).take().await.unwrap();
        assert!(lasts(&place, Duration::from_secs(9)) && !lasts(&place, IDLE));
        let request = place.connection().begin();
        assert!(lasts(&place, Duration::from_mins(1)));
        drop(request);
        assert!(lasts(&place, Duration::from_secs(9)) && !lasts(&place, IDLE));
        // Two seconds for two seconds' worth of an answer.
        place.took(32 * 1024);
        assert!(lasts(&place, Duration::from_secs(11)) && !lasts(&place, Duration::from_secs(12)));
        let now = Instant::now();
        assert_eq!(place.until(now, now, Waker::noop()), None);
    }

    #[tokio::test]
    async fn the_one_that_was_idle_longest_yields_and_none_that_is_busy() {
        let places = places(2);
        let wait_for_one = || {
            let places = Arc::clone(&places);
            tokio::spawn(async move { places.take().await.unwrap() })
        };
        let busy = places.take().await.unwrap();
        let request = busy.connection().begin();
        let idle = places.take().await.unwrap();
        let waiting = wait_for_one();
        tokio::task::yield_now().await;
        assert!(!lasts(&idle, Duration::ZERO) && lasts(&busy, Duration::ZERO));
        drop(idle);
        let third = waiting.await.unwrap();
        let of_third = third.connection().begin();
        let waiting = wait_for_one();
        tokio::task::yield_now().await;
        assert!(lasts(&busy, Duration::ZERO) && lasts(&third, Duration::ZERO));
        // The first that is not busy any more is ended for the one that waits.
        drop(request);
        tokio::task::yield_now().await;
        assert!(!lasts(&busy, Duration::ZERO) && lasts(&third, Duration::ZERO));
        drop((busy, of_third));
        waiting.await.unwrap();
    }
}
