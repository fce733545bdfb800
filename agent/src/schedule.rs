//! When the next report is due. Pure: the clock and the random source are given.

use collector_proto::time::{Span, UtcTime};
use ring::rand::SecureRandom;

/// A report is made up to this part of the interval later than the interval says, so that a fleet that was switched on
/// together does not report together.
const JITTER: u64 = 10;

/// The instant of the report after one that was made at `last`.
pub(crate) fn next_report(last: UtcTime, every: Span, random: &dyn SecureRandom) -> UtcTime {
    let mut drawn = [0; 8];
    // Without random numbers the report is merely punctual.
    let drawn = random.fill(&mut drawn).map_or(0, |()| u64::from_le_bytes(drawn));
    last.plus_seconds(every.seconds() + drawn % (every.seconds() / JITTER + 1))
}

/// Seconds from `now` until `due`; 0 when it has passed. At most `every` and its jitter, so that a clock that was turned
/// back does not silence the agent.
pub(crate) fn seconds_until(due: UtcTime, now: UtcTime, every: Span) -> u64 {
    let longest = every.seconds() + every.seconds() / JITTER;
    u64::try_from(due.seconds_since(now)).unwrap_or(0).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_early_and_at_most_a_tenth_late() {
        let random = ring::rand::SystemRandom::new();
        let (last, every) = (UtcTime::from_unix(1_000_000), Span::from_seconds(3600));
        let drawn: Vec<_> = (0..200).map(|_| next_report(last, every, &random).seconds_since(last)).collect();
        assert!(drawn.iter().all(|seconds| (3600..=3960).contains(seconds)));
        // 200 equal draws out of 361: below 10^-500.
        assert!(drawn.iter().any(|seconds| *seconds != drawn[0]));
    }

    #[test]
    fn a_clock_turned_back_does_not_silence_the_agent() {
        let (due, every) = (UtcTime::from_unix(1_000_000), Span::from_seconds(600));
        assert_eq!(seconds_until(due, UtcTime::from_unix(999_990), every), 10);
        assert_eq!(seconds_until(due, UtcTime::from_unix(1_000_001), every), 0);
        assert_eq!(seconds_until(due, UtcTime::from_unix(0), every), 660);
    }
}
