//! How many requests a limit refused since the start.

use crate::refusal::Reason;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counts.
#[derive(Default)]
pub(crate) struct Limited([AtomicU64; LIMITS.len()]);

/// Reasons that are limits: somebody wanted more than he may have, or than there is.
const LIMITS: [Reason; 6] = [
    Reason::OverQuota,
    Reason::TooManyTries,
    Reason::Busy,
    Reason::TooLarge,
    Reason::NoRoom,
    Reason::Unavailable,
];

/// The counts as they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Refused {
    /// A device had as much stored on the day as it may.
    over_quota: u64,
    /// Too much under one key or token was refused within the hour.
    too_many_tries: u64,
    /// Bodies or questions of one sender were on their way already.
    busy: u64,
    /// A body was too large.
    too_large: u64,
    /// There was no room on the disk.
    no_room: u64,
    /// Too much was on its way of all senders together.
    unavailable: u64,
}

impl Limited {
    /// Counts a refusal, if it is one of a limit.
    pub(crate) fn count(&self, reason: Reason) {
        for (limit, count) in LIMITS.iter().zip(&self.0) {
            if *limit == reason {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The counts.
    pub(crate) fn refused(&self) -> Refused {
        let [over_quota, too_many_tries, busy, too_large, no_room, unavailable] =
            self.0.each_ref().map(|count| count.load(Ordering::Relaxed));
        Refused { over_quota, too_many_tries, busy, too_large, no_room, unavailable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_counted_and_nothing_else() {
        let limited = Limited::default();
        for reason in Reason::ALL.into_iter().chain([Reason::Busy]) {
            limited.count(reason);
        }
        let expected =
            Refused { over_quota: 1, too_many_tries: 1, busy: 2, too_large: 1, no_room: 1, unavailable: 1 };
        assert_eq!(limited.refused(), expected);
    }
}
