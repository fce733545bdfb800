//! `last_reading.json`: when the machine was last read for a report, and what was consented to then; when what is sent at most once a day
//! was, and what was granted of it. It is durable before anything is read, so that neither a restart nor a crash brings the next reading
//! forward.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::catalog::FieldSet;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::messages::DailyReading;
use collector_proto::policy::{Ceiling, Consent};
use collector_proto::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};

/// How much earlier than the policy's interval, or than a day, a reading may be, in seconds. The agent counts the interval from the time
/// of its newest report, which is cut to the minute, and a clock is corrected by a little now and then. The shortest interval that a
/// policy may ask for is five minutes.
const TOLERANCE_SECONDS: u64 = 120;

/// How long nothing is read again of what is sent at most once a day.
const DAY: Span = Span::from_seconds(86_400);

/// A reading that is said to be later than now by less than this was a moment ago. See [`Daily::marked`].
const RECENT_SECONDS: u64 = 3600;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastReadingFile {
    v: Version1,
    at: UtcTime,
    /// What was consented to then.
    consent: Consent,
    /// The ceiling then.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    ceiling: Ceiling,
    /// The last reading of what is sent at most once a day, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    daily: Option<LastDaily>,
}

impl StateFile for LastReadingFile {
    const NAME: &'static str = "last_reading.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it: the next report then reads at once";
}

impl LastReadingFile {
    /// Counts from now on where the clock was set back behind what is counted from. Whether it was.
    fn held_to(&mut self, now: UtcTime) -> bool {
        let counted = [Some(&mut self.at), self.daily.as_mut().map(|daily| &mut daily.since)];
        let mut any = false;
        for since in counted.into_iter().flatten().filter(|since| now < **since) {
            *since = now;
            any = true;
        }
        any
    }
}

/// The last reading of what is sent at most once a day.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastDaily {
    /// What the day is counted from.
    since: UtcTime,
    /// What the reading is known by.
    read: UtcTime,
    /// What would have been granted without a ceiling.
    terms: Digest,
    /// The ceiling then.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    ceiling: Ceiling,
}

/// What is granted of what is sent at most once a day where no ceiling is set.
pub(crate) struct Daily {
    /// Tells it from anything else that may be granted.
    pub(super) terms: Digest,
    /// The fields that are sent at most once a day.
    pub(super) fields: FieldSet,
}

impl LastDaily {
    /// Whether it needs no other yet.
    fn stands(&self, granted: &Daily, ceiling: &Ceiling, now: UtcTime) -> bool {
        self.terms == granted.terms
            && self.ceiling.is_within(ceiling, &granted.fields)
            && now < due(self.since, DAY)
    }

    /// What a reading at this instant is known by: the minute, or the next one that no reading shortly before has, so that nobody takes
    /// what came of that for what comes of this.
    fn marked(before: Option<&Self>, now: UtcTime) -> UtcTime {
        let minute = now.to_minute();
        let is_recent = |read: &UtcTime| (minute..=minute.plus_seconds(RECENT_SECONDS)).contains(read);
        before.map(|daily| daily.read).filter(is_recent).map_or(minute, |read| read.plus_seconds(60))
    }
}

/// When a reading is due again.
fn due(since: UtcTime, every: Span) -> UtcTime {
    since.plus_seconds(every.seconds().saturating_sub(TOLERANCE_SECONDS))
}

impl State {
    /// From when on the machine may be read again for a report under a policy that asks for one every so often; `None` when it
    /// may be read now.
    ///
    /// `now` is the clock, or the proven time where the clock stands behind it. A clock that was set back brings no reading
    /// forward and delays the next one by one interval at most: the interval then starts again now. A clock that was set
    /// forward brings the next reading forward once, and no further than documents stay fresh. Where a consent was withdrawn since, it is
    /// now: until then the agent, which is not told of consents, would keep what waits to be sent. Where the ceiling leaves less room than
    /// then, it is as well: what the collector holds as current is replaced at once.
    pub(crate) fn next_reading(
        &self,
        every: Span,
        now: UtcTime,
        _: &Lock,
    ) -> Result<Option<UtcTime>, StateError> {
        let Some(mut last) = self.directory.read::<LastReadingFile>()? else {
            return Ok(None);
        };
        let leaves_less = !last.ceiling.is_within(&self.ceiling()?, &FieldSet::all());
        if leaves_less || !last.consent.is_within(&self.consent()?) {
            return Ok(None);
        }
        if last.held_to(now) {
            self.directory.write(&last)?;
        }
        let next = due(last.at, every);
        Ok((now < next).then_some(next))
    }

    /// Keeps that the machine is read now for a report, and under which consents. Says whether what is sent at most once a day is read as
    /// well, or which reading of it stands; none where the policy names nothing of the kind.
    ///
    /// It is read again before the day is over where something else is granted of it than then, so that what was withdrawn or narrowed
    /// is gone at once, or where the ceiling leaves less room for it; what a ceiling lets through again waits for the day to be over.
    /// Only who signs policies and the people at the device can bring that about. A day starts again as an interval does where the
    /// clock was set back.
    pub(crate) fn begin_reading_for_report(
        &self,
        now: UtcTime,
        granted: Option<Daily>,
        _: &Lock,
    ) -> Result<Option<DailyReading>, StateError> {
        let (consent, ceiling) = (self.consent()?, self.ceiling()?);
        let mut last = self.directory.read::<LastReadingFile>()?;
        if let Some(last) = &mut last {
            last.held_to(now);
        }
        let before = last.and_then(|last| last.daily);
        let (daily, reading) = match (granted, before) {
            (None, before) => (before, None),
            (Some(granted), Some(daily)) if daily.stands(&granted, &ceiling, now) => {
                let kept = DailyReading::Kept(daily.read);
                (Some(daily), Some(kept))
            }
            (Some(Daily { terms, .. }), before) => {
                let read = LastDaily::marked(before.as_ref(), now);
                let ceiling = ceiling.clone();
                (Some(LastDaily { since: now, read, terms, ceiling }), Some(DailyReading::Read(read)))
            }
        };
        self.directory.write(&LastReadingFile { v: Version1, at: now, consent, ceiling, daily })?;
        Ok(reading)
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
