//! Instants and spans as they are written in documents: RFC 3339 in UTC with whole seconds, and `7d`-like spans.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant in UTC, to the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(jiff::Timestamp);

/// Text that is not an RFC 3339 instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant such as 2026-11-22T08:00:00Z")]
pub struct NotAnInstant;

impl UtcTime {
    /// The instant that many seconds after 1970-01-01T00:00:00Z; saturates at the years -9999 and 9999.
    pub fn from_unix(seconds: i64) -> Self {
        let bounded =
            seconds.clamp(jiff::Timestamp::MIN.as_second() + 1, jiff::Timestamp::MAX.as_second() - 1);
        Self(jiff::Timestamp::from_second(bounded).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// The instant of a system clock reading.
    pub fn from_system(time: std::time::SystemTime) -> Self {
        let seconds = match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
        };
        Self::from_unix(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    /// Reads RFC 3339; fractions of a second are cut off.
    pub fn parse(text: &str) -> Result<Self, NotAnInstant> {
        text.parse::<jiff::Timestamp>().map(|t| Self::from_unix(t.as_second())).map_err(|_| NotAnInstant)
    }

    /// The instant `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self::from_unix(self.unix().saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX)))
    }

    /// Seconds from `earlier` to this instant; negative when this one is before it.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.unix() - earlier.unix()
    }

    /// Whole days from `earlier` to this instant, rounded down; negative when this one is before it.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.seconds_since(earlier).div_euclid(86_400)
    }

    /// The instant cut to the whole minute: report times are kept no finer.
    #[must_use]
    pub fn to_minute(self) -> Self {
        Self::from_unix(self.unix() - self.unix().rem_euclid(60))
    }

    /// The instant cut to the day: for what need not say when a device was on.
    #[must_use]
    pub fn to_day(self) -> Self {
        Self::from_unix(self.unix() - self.unix().rem_euclid(86_400))
    }

    /// The day of the week, Monday being 0, and the minute of that day on the clocks of a zone.
    pub(crate) fn day_and_minute(self, zone: &jiff::tz::TimeZone) -> (usize, u16) {
        let local = zone.to_datetime(self.0);
        let day = local.weekday().to_monday_zero_offset().unsigned_abs();
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        (usize::from(day), minute)
    }

    /// The calendar date, `2026-11-22`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for UtcTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A span written as a whole number and a unit: `90d`, `6h`, `15m`, `30s`. Held in seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// Text that is not a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a span such as 90d, 6h, 15m or 30s")]
pub struct NotASpan;

impl Span {
    /// A span of that many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Length in seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The span in plain English: `90 days`, `1 hour`.
    pub fn words(self) -> String {
        let written = self.to_string();
        let (number, unit) = written.split_at(written.len() - 1);
        let unit = match unit {
            "d" => "day",
            "h" => "hour",
            "m" => "minute",
            _ => "second",
        };
        format!("{number} {unit}{}", if number == "1" { "" } else { "s" })
    }

    /// Reads `90d`, `6h`, `15m`, `30s`. At most 100 years, so that arithmetic on instants cannot overflow.
    pub fn parse(text: &str) -> Result<Self, NotASpan> {
        let unit = match text.as_bytes().last() {
            Some(b'd') => 86_400,
            Some(b'h') => 3_600,
            Some(b'm') => 60,
            Some(b's') => 1,
            _ => return Err(NotASpan),
        };
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || digits.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotASpan);
        }
        let number: u64 = digits.parse().map_err(|_| NotASpan)?;
        match number.checked_mul(unit) {
            Some(seconds) if seconds <= 100 * 366 * 86_400 => Ok(Self(seconds)),
            _ => Err(NotASpan),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
            if self.0 >= unit && self.0.is_multiple_of(unit) {
                return write!(f, "{}{letter}", self.0 / unit);
            }
        }
        write!(f, "{}s", self.0)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_round_trip_and_lose_fractions() {
        let t = UtcTime::parse("2026-11-22T09:00:00.9+01:00").unwrap();
        assert_eq!(t.to_string(), "2026-11-22T08:00:00Z");
        assert_eq!(UtcTime::parse(&t.to_string()), Ok(t));
        assert_eq!(t.plus_seconds(61).to_minute().to_string(), "2026-11-22T08:01:00Z");
        assert_eq!(t.date(), "2026-11-22");
        assert!(UtcTime::parse("2026-11-22").is_err());
    }

    #[test]
    fn extreme_seconds_saturate() {
        assert!(UtcTime::from_unix(i64::MAX) > UtcTime::from_unix(0));
        assert!(UtcTime::from_unix(i64::MIN) < UtcTime::from_unix(0));
    }

    #[test]
    fn spans_round_trip() {
        for text in ["90d", "6h", "15m", "30s", "0s"] {
            assert_eq!(Span::parse(text).unwrap().to_string(), text);
        }
        for (text, words) in [("1d", "1 day"), ("90d", "90 days"), ("24h", "1 day"), ("90m", "90 minutes")] {
            assert_eq!(Span::parse(text).unwrap().words(), words);
        }
        for wrong in ["", "d", "-1d", "1.5h", "7", "7w", "99999999999d", "9999999999d", "7é"] {
            assert_eq!(Span::parse(wrong), Err(NotASpan), "{wrong}");
        }
    }
}
