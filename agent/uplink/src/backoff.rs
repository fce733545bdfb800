//! How long to wait before the next attempt: exponential with full jitter, and no earlier than the server asks.

use ring::rand::SecureRandom;
use std::time::Duration;

/// Ceiling of the first wait. A dropped Wi-Fi is back within seconds.
pub const FIRST_CEILING: Duration = Duration::from_secs(5);

/// Ceiling of every wait. A device that has been away an hour finds the collector within the next; a fleet of
/// 10,000 that retries costs a collector three requests a second.
pub const HIGHEST_CEILING: Duration = Duration::from_hours(1);

/// Longest wait that a server is granted: a quarter of the longest life of a timestamp document, so that waiting
/// alone cannot make a device's policy stale.
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(6);

/// Attempts so far.
#[derive(Debug, Clone, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Before the first failure.
    pub fn new() -> Self {
        Self::default()
    }

    /// The wait after another failure: uniform between zero and a ceiling that doubles from [`FIRST_CEILING`] to
    /// [`HIGHEST_CEILING`]. What the server asked for (at most [`MAX_RETRY_AFTER`]) is waited first, so a fleet
    /// that was told the same time does not come back in the same second.
    pub fn next(&mut self, random: &dyn SecureRandom, retry_after: Option<Duration>) -> Duration {
        let ceiling = FIRST_CEILING.saturating_mul(1 << self.failures.min(16)).min(HIGHEST_CEILING);
        self.failures = self.failures.saturating_add(1);
        retry_after.unwrap_or_default().min(MAX_RETRY_AFTER) + fraction(ceiling, random)
    }

    /// Forgets the failures after a success.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A uniform part of a span, to the millisecond; all of it where the machine gives no random numbers.
fn fraction(span: Duration, random: &dyn SecureRandom) -> Duration {
    let mut drawn = [0; 8];
    if random.fill(&mut drawn).is_err() {
        return span;
    }
    let choices = span.as_millis() + 1;
    // A 64-bit draw scaled down: the bias is below choices / 2^64.
    let chosen = (u128::from(u64::from_le_bytes(drawn)) * choices) >> 64;
    Duration::from_millis(u64::try_from(chosen).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;

    #[test]
    fn ceilings_double_and_stop() {
        let (mut backoff, random) = (Backoff::new(), SystemRandom::new());
        let mut ceiling = FIRST_CEILING;
        for _ in 0..64 {
            let highest = (0..50).map(|_| backoff.clone().next(&random, None)).max().unwrap();
            assert!(highest <= ceiling);
            // Fifty draws that all miss the upper half: 2^-50.
            assert!(highest * 2 >= ceiling, "{highest:?} of {ceiling:?}");
            backoff.next(&random, None);
            ceiling = (ceiling * 2).min(HIGHEST_CEILING);
        }
        backoff.reset();
        assert!(backoff.next(&random, None) <= FIRST_CEILING);
    }

    #[test]
    fn never_earlier_than_asked_and_never_silenced_for_long() {
        let random = SystemRandom::new();
        let asked = Duration::from_secs(90);
        let wait = Backoff::new().next(&random, Some(asked));
        assert!((asked..=asked + FIRST_CEILING).contains(&wait));
        let forever = Backoff::new().next(&random, Some(Duration::MAX));
        assert!((MAX_RETRY_AFTER..=MAX_RETRY_AFTER + FIRST_CEILING).contains(&forever));
    }
}
