//! `last_reading.json`: when the machine was last read for a report, and what was consented to then. It is durable before anything is read, so that neither a
//! restart nor a crash brings the next reading forward.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::Consent;
use collector_proto::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};

/// How much earlier than the policy's interval a reading may be, in seconds. The agent counts the interval from the time of its
/// newest report, which is cut to the minute, and a clock is corrected by a little now and then. The shortest interval that a
/// policy may ask for is five minutes.
const TOLERANCE_SECONDS: u64 = 120;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastReadingFile {
    v: Version1,
    at: UtcTime,
    /// What was consented to then.
    consent: Consent,
}

impl StateFile for LastReadingFile {
    const NAME: &'static str = "last_reading.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it: the next report then reads at once";
}

impl State {
    /// From when on the machine may be read again for a report under a policy that asks for one every so often; `None` when it
    /// may be read now.
    ///
    /// `now` is the clock, or the proven time where the clock stands behind it. A clock that was set back brings no reading
    /// forward and delays the next one by one interval at most: the interval then starts again now. A clock that was set
    /// forward brings the next reading forward once, and no further than documents stay fresh. Where a consent was withdrawn since, it is
    /// now: until then the agent, which is not told of consents, would keep what waits to be sent.
    pub(crate) fn next_reading(
        &self,
        every: Span,
        now: UtcTime,
        lock: &Lock,
    ) -> Result<Option<UtcTime>, StateError> {
        let Some(LastReadingFile { at: mut last, consent, .. }) = self.directory.read()? else {
            return Ok(None);
        };
        if !consent.is_within(&self.consent()?) {
            return Ok(None);
        }
        if now < last {
            last = now;
            self.keep_last_reading(last, &consent, lock)?;
        }
        let next = last.plus_seconds(every.seconds().saturating_sub(TOLERANCE_SECONDS));
        Ok((now < next).then_some(next))
    }

    /// Keeps that the machine is read now, and under which consents.
    pub(crate) fn keep_last_reading(
        &self,
        at: UtcTime,
        consent: &Consent,
        _: &Lock,
    ) -> Result<(), StateError> {
        self.directory.write(&LastReadingFile { v: Version1, at, consent: consent.clone() })
    }

    /// Whether the last reading was for a purpose that these consents do not cover.
    pub(crate) fn was_read_for_more(&self, consent: &Consent) -> Result<bool, StateError> {
        let last = self.directory.read::<LastReadingFile>()?;
        Ok(last.is_some_and(|last| !last.consent.is_within(consent)))
    }

    /// When the machine was last read for a report.
    pub(crate) fn last_reading(&self) -> Result<Option<UtcTime>, StateError> {
        Ok(self.directory.read::<LastReadingFile>()?.map(|file| file.at))
    }
}
