//! How often somebody may try in vain.
//!
//! What is stored is charged to a device's quota. What is refused is not, and yet a report of 8 MiB takes a few tenths of a second to be
//! refused; and one that was stored before takes that to be given its receipt again. So whoever proved a key, or named a token on
//! record, and tries in vain again and again is answered by the header of his next request until the hour is over. What comes under
//! a key that was not proved counts against nobody: otherwise whoever knows the name of a device's key could silence the device.

use crate::refusal::{Reason, RequestRefusal};
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Tries in vain within an hour. An honest device waits longer after each; it gets to a dozen.
pub(crate) const IN_VAIN: u32 = 120;

/// Seconds for which they are counted.
const HOUR: i64 = 3600;

/// Who asks for something that takes a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sender {
    /// The device with this key.
    Device(KeyId),
    /// A device that enrols with the token of this digest.
    Newcomer(Digest),
}

/// The tries in vain of this hour. Only keys and tokens on record are counted, so that nobody can fill it.
#[derive(Default)]
pub(crate) struct Tries(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    hour: i64,
    by: BTreeMap<Sender, u32>,
}

impl Tries {
    /// Whether the sender may try.
    pub(crate) fn check(&self, sender: &Sender, now: UtcTime) -> Result<(), RequestRefusal> {
        let tried = self.with(now, |by| by.get(sender).copied().unwrap_or(0));
        if tried < IN_VAIN {
            return Ok(());
        }
        Err(RequestRefusal::new(
            Reason::TooManyTries,
            "too much under this key or token was refused within the hour; try again in the next one",
        ))
    }

    /// Counts a try in vain.
    pub(crate) fn count(&self, sender: Sender, now: UtcTime) {
        self.with(now, |by| {
            let tried = by.entry(sender).or_default();
            *tried = tried.saturating_add(1);
        });
    }

    fn with<T>(&self, now: UtcTime, look: impl FnOnce(&mut BTreeMap<Sender, u32>) -> T) -> T {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = now.unix().div_euclid(HOUR);
        if counted.hour != hour {
            *counted = Counted { hour, by: BTreeMap::new() };
        }
        look(&mut counted.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_tries_in_vain_too_often_waits_for_the_next_hour_and_nobody_else_does() {
        let tries = Tries::default();
        let [one, other] = ["a", "b"].map(|name| Sender::Newcomer(Digest::of(name.as_bytes())));
        let now = UtcTime::from_unix(1_795_000_020);
        for _ in 0..IN_VAIN {
            assert!(tries.check(&one, now).is_ok());
            tries.count(one.clone(), now);
        }
        assert_eq!(tries.check(&one, now).unwrap_err().reason(), Reason::TooManyTries);
        assert!(tries.check(&other, now).is_ok());
        assert!(tries.check(&one, now.plus_seconds(HOUR.unsigned_abs())).is_ok());
    }
}
