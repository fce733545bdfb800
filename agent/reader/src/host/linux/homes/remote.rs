//! The reader's end: one account's helper.

use super::{Answered, Asking, Begin, Ready, Way};
use crate::host::system::exchange::{Exchange, Unanswered};
use crate::host::{Place, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest that an account's answers may take together. Those of a home with a hundred extensions take some milliseconds.
pub(super) const MAX_TIME: Duration = Duration::from_secs(3);

/// Most bytes of an account's answers. The lists of some profiles have a few MiB.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Most names of one answer, as of a directory that is listed here.
const MAX_NAMES: usize = 16 * 1024;

/// How long it takes to find what has arrived already.
const TO_LOOK: Duration = Duration::from_millis(20);

/// A helper, or what is left of one.
pub(super) struct Remote {
    exchange: Exchange,
    sources: Vec<SourcePlace>,
    time_left: Duration,
    bytes_left: usize,
    /// Why nothing more is asked.
    given_up: Option<Unreadable>,
}

impl Remote {
    /// Has one started for this account.
    pub(super) fn start(
        launcher: &Path,
        uid: u32,
        directories: Vec<String>,
        sources: &BTreeSet<SourcePlace>,
        deadline: Instant,
    ) -> Result<Self, Unreadable> {
        let mut exchange = Exchange::connect(launcher, deadline)?;
        let places = sources.iter().map(ToString::to_string).collect();
        let begun = exchange.send(&Begin { uid, directories, places }, deadline);
        begun.map_err(|failure| Failure::of(failure, deadline).reason())?;
        Ok(Self {
            exchange,
            sources: sources.iter().copied().collect(),
            time_left: MAX_TIME,
            bytes_left: MAX_BYTES,
            given_up: None,
        })
    }

    /// Waits until it is confined, and says what confines it.
    pub(super) fn ready(&mut self, deadline: Instant) -> Result<Sandbox, Unreadable> {
        // One for which all the time was used up must not cost those that have said it meanwhile.
        let deadline = deadline.max(Instant::now() + TO_LOOK);
        let ready: Result<Ready, _> = self.exchange.receive(deadline);
        let ready = ready.map_err(|failure| Failure::of(failure, deadline).reason());
        let ready = ready.and_then(|ready| ready.sandbox);
        self.given_up = ready.err();
        ready
    }

    /// Why nothing more is asked, if that is so.
    pub(super) const fn gave_up(&self) -> Option<Unreadable> {
        self.given_up
    }

    /// Asks for a place, for this long at most. Whoever does not answer as it should is not asked again.
    pub(super) fn ask(&mut self, place: Place<'_>, way: Way, within: Duration) -> Result<Found, Unreadable> {
        if let Some(reason) = self.given_up {
            return Err(reason);
        }
        let since = Instant::now();
        let answer = self.ask_by(place, way, since + self.time_left.min(within));
        self.time_left = self.time_left.saturating_sub(since.elapsed());
        answer.map_err(|failure| match failure {
            Failure::OfPlace(reason) => reason,
            Failure::OfHelper(reason) => *self.given_up.insert(reason),
        })
    }

    fn ask_by(&mut self, place: Place<'_>, way: Way, deadline: Instant) -> Result<Found, Failure> {
        let number = self.sources.binary_search(&place.source());
        let number = number.map_err(|_| Failure::OfPlace(Unreadable::Denied))?;
        let names = place.names().iter().map(|name| (*name).to_owned()).collect();
        let asking = Asking { place: number, names, way };
        self.exchange.send(&asking, deadline).map_err(|failure| Failure::of(failure, deadline))?;
        let answered = self.receive(deadline)?;
        let answered = serde_json::from_slice(&answered).map_err(|_| Failure::OfHelper(Unreadable::Odd))?;
        match (answered, way) {
            (Answered::Content, Way::Content(max)) => {
                let content = self.receive(deadline)?;
                if content.len() as u64 > max {
                    return Err(Failure::OfPlace(Unreadable::TooLarge));
                }
                Ok(Found::Content(content))
            }
            (Answered::Names(names), Way::Names | Way::Fill) if names.len() > MAX_NAMES => {
                Err(Failure::OfPlace(Unreadable::TooLarge))
            }
            (Answered::Names(mut names), Way::Names | Way::Fill) => {
                names.sort_unstable();
                Ok(Found::Names(names))
            }
            (Answered::Link(target), Way::Link) => Ok(Found::Link(target)),
            (Answered::Changed(time), Way::Changed(_)) => Ok(Found::Changed(time)),
            (Answered::Not(reason), _) => Err(Failure::OfPlace(reason)),
            _ => Err(Failure::OfHelper(Unreadable::Odd)),
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<Vec<u8>, Failure> {
        let message = self.exchange.receive_bytes(deadline);
        let message = message.map_err(|failure| Failure::of(failure, deadline))?;
        let left = self.bytes_left.checked_sub(message.len());
        self.bytes_left = left.ok_or(Failure::OfHelper(Unreadable::TooLarge))?;
        Ok(message)
    }
}

/// What a helper found.
pub(super) enum Found {
    Content(Vec<u8>),
    Names(Vec<String>),
    Link(String),
    Changed(UtcTime),
}

/// Why there is no answer.
enum Failure {
    /// The place is not there, or cannot be read.
    OfPlace(Unreadable),
    /// The helper does not do what it should.
    OfHelper(Unreadable),
}

impl Failure {
    /// A home that takes longer than there is time is too large; a helper that is gone, or was never started, is what the
    /// operating system refuses: neither must look like a home in which there is nothing.
    fn of(failure: Unanswered, deadline: Instant) -> Self {
        Self::OfHelper(match failure.reason() {
            Unreadable::Missing if Instant::now() >= deadline => Unreadable::TooLarge,
            Unreadable::Missing => Unreadable::Denied,
            reason => reason,
        })
    }

    const fn reason(self) -> Unreadable {
        match self {
            Self::OfPlace(reason) | Self::OfHelper(reason) => reason,
        }
    }
}
