//! Quiet hours: `22:00-06:00`, `sat,sun 00:00-24:00`, in the local time of one zone.
//!
//! The zone is kept as the rule by which its clocks are set (POSIX, `CET-1CEST,M3.5.0,M10.5.0/3`), so that whoever asks needs no
//! database of zones: the reader inside its sandbox, and the agent inside its own.

use crate::time::UtcTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

const MINUTES_OF_DAY: u16 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Most entries. A week of hours has 168.
const MAX_TIMES: usize = 200;

/// How far ahead the end is looked for: a week, and what a change of the clocks adds.
const MOST_MINUTES: u64 = 8 * MINUTES_OF_DAY as u64;

/// When nothing is read for a report and nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct QuietHours {
    zone: Zone,
    times: Vec<QuietTime>,
}

/// Why times are not quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuietHours {
    /// None, or too many.
    #[error("quiet hours have 1 to {MAX_TIMES} times")]
    Count,
    /// Every minute of the week is quiet.
    #[error("no time of the week is left in which anything is read; to allow nothing at all, allow no field")]
    Always,
    /// Text that is not a time.
    #[error("is not a time such as 22:00-06:00, mon-fri 18:00-24:00 or sat,sun 00:00-24:00")]
    Time,
    /// Text that is not the rule of a zone.
    #[error("is not the rule of a time zone such as CET-1CEST,M3.5.0,M10.5.0/3 or UTC0")]
    Zone,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    zone: Zone,
    times: Vec<QuietTime>,
}

impl QuietHours {
    /// These times in this zone.
    pub fn new(zone: Zone, times: Vec<QuietTime>) -> Result<Self, BadQuietHours> {
        if times.is_empty() || times.len() > MAX_TIMES {
            return Err(BadQuietHours::Count);
        }
        let hours = Self { zone, times };
        if week().all(|(day, minute)| hours.covers(day, minute)) {
            return Err(BadQuietHours::Always);
        }
        Ok(hours)
    }

    /// Until when it is quiet, to the minute; `None` where it is not.
    pub fn until(&self, now: UtcTime) -> Option<UtcTime> {
        // A rule that is kept was understood when it was read.
        let zone = self.zone.to_time_zone().ok()?;
        let is_quiet = |instant: UtcTime| {
            let (day, minute) = instant.day_and_minute(&zone);
            self.covers(day, minute)
        };
        if !is_quiet(now) {
            return None;
        }
        // Minute by minute: a step of hours would have to know where the clocks are changed.
        let minute = now.to_minute();
        let mut after = (1..MOST_MINUTES).map(|minutes| minute.plus_seconds(minutes * 60));
        // Quiet hours leave some time of each week.
        Some(after.find(|instant| !is_quiet(*instant)).unwrap_or(minute.plus_seconds(MOST_MINUTES * 60)))
    }

    /// The zone of the times.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The times.
    pub fn times(&self) -> &[QuietTime] {
        &self.times
    }

    /// Whether it is quiet whenever it is by the other; false where clocks are set by another rule.
    pub(super) fn cover(&self, other: &Self) -> bool {
        let covers = |(day, minute)| self.covers(day, minute) || !other.covers(day, minute);
        self.zone.rule == other.zone.rule && week().all(covers)
    }

    fn covers(&self, day: usize, minute: u16) -> bool {
        self.times.iter().any(|time| time.covers(day, minute))
    }
}

/// Every minute of the week, with its day.
fn week() -> impl Iterator<Item = (usize, u16)> {
    (0..DAYS.len()).flat_map(|day| (0..MINUTES_OF_DAY).map(move |minute| (day, minute)))
}

impl TryFrom<Written> for QuietHours {
    type Error = BadQuietHours;

    fn try_from(Written { zone, times }: Written) -> Result<Self, BadQuietHours> {
        Self::new(zone, times)
    }
}

impl From<QuietHours> for Written {
    fn from(QuietHours { zone, times }: QuietHours) -> Self {
        Self { zone, times }
    }
}

/// `mon-fri 22:00-06:00, Europe/Berlin`.
impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for time in &self.times {
            write!(f, "{time}, ")?;
        }
        f.write_str(&self.zone.name)
    }
}

/// A time zone: its name, for people, and its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenZone", into = "WrittenZone")]
pub struct Zone {
    name: String,
    rule: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenZone {
    name: String,
    rule: String,
}

impl Zone {
    /// The zone of this name whose clocks are set by this rule.
    pub fn new(name: &str, rule: &str) -> Result<Self, BadQuietHours> {
        let zone = Self { name: name.to_owned(), rule: rule.to_owned() };
        let is_short = name.len() <= 64 && rule.len() <= 128;
        let garbles =
            name.is_empty() || name.contains(|c: char| c.is_control() || crate::text::class::garbles(c));
        if is_short && !garbles && zone.to_time_zone().is_ok() { Ok(zone) } else { Err(BadQuietHours::Zone) }
    }

    /// Its name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule by which its clocks are set.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    fn to_time_zone(&self) -> Result<TimeZone, BadQuietHours> {
        TimeZone::posix(&self.rule).map_err(|_| BadQuietHours::Zone)
    }
}

impl TryFrom<WrittenZone> for Zone {
    type Error = BadQuietHours;

    fn try_from(WrittenZone { name, rule }: WrittenZone) -> Result<Self, BadQuietHours> {
        Self::new(&name, &rule)
    }
}

impl From<Zone> for WrittenZone {
    fn from(Zone { name, rule }: Zone) -> Self {
        Self { name, rule }
    }
}

/// A time of some days. One that ends before it begins goes on into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuietTime {
    /// The days on which it begins, Monday first.
    days: [bool; 7],
    from: u16,
    to: u16,
}

impl QuietTime {
    /// Reads `22:00-06:00`, on all days, or with days in front: `mon-fri`, `sat,sun`.
    pub fn parse(text: &str) -> Result<Self, BadQuietHours> {
        Self::of(text).ok_or(BadQuietHours::Time)
    }

    fn of(text: &str) -> Option<Self> {
        let (days, hours) = match text.rsplit_once(' ') {
            Some((days, hours)) => (days_of(days)?, hours),
            None => ([true; 7], text),
        };
        let (from, to) = hours.split_once('-')?;
        let (from, to) = (minute_of(from)?, minute_of(to)?);
        let is_a_time = from != to && from < MINUTES_OF_DAY;
        let to = if to == 0 { MINUTES_OF_DAY } else { to };
        is_a_time.then_some(Self { days, from, to })
    }

    fn covers(self, day: usize, minute: u16) -> bool {
        let on = |day: usize| self.days[day % DAYS.len()];
        if self.from < self.to {
            on(day) && (self.from..self.to).contains(&minute)
        } else {
            (on(day) && minute >= self.from) || (on(day + DAYS.len() - 1) && minute < self.to)
        }
    }
}

fn days_of(text: &str) -> Option<[bool; 7]> {
    let day = |name: &str| DAYS.iter().position(|day| name.eq_ignore_ascii_case(day));
    let mut days = [false; 7];
    for part in text.split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut at, last) = (day(first)?, day(last)?);
        loop {
            days[at] = true;
            if at == last {
                break;
            }
            at = (at + 1) % DAYS.len();
        }
    }
    Some(days)
}

/// `22:00` as minutes; `24:00` is the end of the day.
fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse::<u16>().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= MINUTES_OF_DAY).then_some(minutes)
}

impl fmt::Display for QuietTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { days, from, to } = self;
        if days.contains(&false) {
            let named = DAYS.iter().zip(days).filter(|(_, on)| **on).map(|(day, _)| *day);
            write!(f, "{} ", named.collect::<Vec<_>>().join(","))?;
        }
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl TryFrom<String> for QuietTime {
    type Error = BadQuietHours;

    fn try_from(text: String) -> Result<Self, BadQuietHours> {
        Self::parse(&text)
    }
}

impl From<QuietTime> for String {
    fn from(time: QuietTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests;
