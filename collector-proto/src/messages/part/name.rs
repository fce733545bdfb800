//! What a part is called: whose it is and how long it lives, and nothing about why.

use crate::catalog::Series;
use crate::digest::{hex, unhex};
use crate::time::Span;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Whom rows are about: the machine or one of its accounts. The reader alone can say which, for it derives the name with a
/// key of its own; it is the same in each report of a device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder([u8; Self::BYTES]);

impl Holder {
    /// How many bytes it has.
    pub const BYTES: usize = 8;

    /// The holder of these bytes.
    pub const fn of(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `<holder>/<retention>`, followed by `/daily` where its rows are sent at most once a day, and by `/latest` where a newer part takes the
/// place of every earlier one as well.
///
/// It names no purposes and no account, so that it tells nobody who refused what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName {
    /// Whom its rows are about.
    pub holder: Holder,
    /// How long they live after the receipt.
    pub retention: Span,
    /// How often its rows are sent, and whether they become a history.
    pub series: Series,
}

/// Text that is not the name of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a part, such as 0123456789abcdef/90d or 0123456789abcdef/30d/latest")]
pub struct NotAPartName;

impl PartName {
    /// Reads a name. Each part has one spelling.
    pub fn parse(text: &str) -> Result<Self, NotAPartName> {
        let mut members = text.split('/');
        let holder = members.next().and_then(unhex).map(Holder).ok_or(NotAPartName)?;
        let retention = members.next().and_then(|span| Span::parse(span).ok()).ok_or(NotAPartName)?;
        let series = members.next().map_or(Some(Series::Every), Series::parse).ok_or(NotAPartName)?;
        let name = Self { holder, retention, series };
        if retention.seconds() > 0 && name.to_string() == text { Ok(name) } else { Err(NotAPartName) }
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.holder, self.retention)?;
        if self.series.is_daily() { write!(f, "/{}", self.series) } else { Ok(()) }
    }
}

impl fmt::Debug for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PartName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_spelling() {
        for text in [
            "0123456789abcdef/90d",
            "0123456789abcdef/90d/daily",
            "0123456789abcdef/90d/latest",
            "ffffffffffffffff/30s",
        ] {
            assert_eq!(PartName::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "0123456789abcdef",
            "0123456789abcdef/",
            "0123456789abcde/90d",
            "0123456789ABCDEF/90d",
            "0123456789abcdef/0s",
            "0123456789abcdef/24h",
            "0123456789abcdef/090d",
            "0123456789abcdef/90d/",
            "0123456789abcdef/90d/newest",
            "0123456789abcdef/90d/every",
            "0123456789abcdef/90d/daily/latest",
            "0123456789abcdef/90d/latest/latest",
            "machine/90d",
        ] {
            assert_eq!(PartName::parse(text), Err(NotAPartName), "{text}");
        }
    }
}
