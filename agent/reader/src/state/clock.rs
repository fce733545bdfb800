//! `clock.json`: how far the time has come under the newest timestamp, so that a clock that is held back keeps no old documents
//! fresh.
//!
//! Between two timestamps nobody else tells the time. What the clock showed at a reading has passed, and so has what the machine ran
//! since: a counter that starts with the machine and that nobody sets. A newer timestamp starts it all again, or a clock that
//! was ahead for a moment would stop the device for as long.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::trust::{Refusal, is_behind};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockFile {
    v: Version1,
    /// When the newest timestamp that was taken up was issued.
    timestamp: UtcTime,
    /// An instant that has passed.
    at: UtcTime,
    /// How long the machine had been running then, in seconds; none where the system does not say.
    running: Option<u64>,
}

impl StateFile for ClockFile {
    const NAME: &'static str = "clock.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it: the next report writes it again";
}

/// The clock, and how long the machine has been running.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The clock, which can be set.
    pub now: UtcTime,
    /// Seconds since the machine was started, sleep included; none where the system does not say.
    pub running: Option<u64>,
}

impl ClockFile {
    /// The latest instant that is known to have passed. After a restart the counter says less than what has passed, never more.
    fn passed(&self, clock: Clock) -> UtcTime {
        let ran = match (self.running, clock.running) {
            (Some(then), Some(now)) => now.checked_sub(then).unwrap_or(now),
            (None, _) | (_, None) => 0,
        };
        self.at.plus_seconds(ran)
    }
}

impl State {
    /// Holds the clock to what has passed under this timestamp. A newer one than was taken up is told by the collector.
    pub(crate) fn check_clock(
        &self,
        timestamp: Option<UtcTime>,
        clock: Clock,
    ) -> Result<Result<(), Refusal>, StateError> {
        let Some(file) = self.of_timestamp(timestamp)? else { return Ok(Ok(())) };
        let (now, seen) = (clock.now, file.passed(clock));
        Ok(if is_behind(now, seen) { Err(Refusal::ClockBehind { now, seen }) } else { Ok(()) })
    }

    /// Keeps how far the time has come, before the machine is read under this timestamp.
    pub(crate) fn keep_clock(
        &self,
        timestamp: Option<UtcTime>,
        clock: Clock,
        _: &Lock,
    ) -> Result<(), StateError> {
        let Some(issued) = timestamp else { return Ok(()) };
        let passed = self.of_timestamp(timestamp)?.map_or(clock.now, |file| file.passed(clock));
        let (at, running) = (passed.max(clock.now), clock.running);
        self.directory.write(&ClockFile { v: Version1, timestamp: issued, at, running })
    }

    /// What is kept, unless the timestamp is a newer one.
    fn of_timestamp(&self, timestamp: Option<UtcTime>) -> Result<Option<ClockFile>, StateError> {
        let file = self.directory.read::<ClockFile>()?;
        Ok(file.filter(|file| timestamp.is_none_or(|issued| issued <= file.timestamp)))
    }
}
