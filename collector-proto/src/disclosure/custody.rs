//! The hand-over of a shared device, as the person typed it in:
//!
//! ```text
//! {"direction":"out","condition":"scratch on the lid","at":"2026-11-25T08:00:00Z"}
//! ```
//!
//! Nothing of it is observed. The text is a person's own words, so `Debug` and every error keep it to themselves.

use crate::catalog::fields;
use crate::text::class::disturbs;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// Whether the device was taken or given back.
    pub direction: Direction,
    /// What the person wrote about its state.
    pub condition: Condition,
    /// When it was typed in, by the reader's clock.
    pub at: UtcTime,
}

/// Which way the device went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Taken: checked out.
    Out,
    /// Given back: checked in.
    In,
}

impl Direction {
    /// The word in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

/// A device's state in a person's words: one line of 1 to [`Condition::max_bytes`] bytes that nothing in it disturbs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition(String);

/// Why a text is not a condition. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    /// Nothing but white space.
    #[error("the condition is empty; it takes 1 to {} bytes of text", Condition::max_bytes())]
    Empty,
    /// More than a report may carry; a text that was cut silently would say something else.
    #[error("the condition has {0} bytes of text; it takes at most {max}", max = Condition::max_bytes())]
    TooLong(usize),
    /// Characters that act on a terminal or a page instead of being seen, which the reader takes out of every value too.
    #[error("the condition contains control characters or marks that reorder text; it takes plain text")]
    Control,
}

impl Condition {
    /// Longest condition in bytes: what its field may carry.
    pub fn max_bytes() -> usize {
        fields::X_CUSTODY_CONDITION.field().bounds.max_bytes as usize
    }

    /// Takes a typed text. Ends are trimmed and white space of any kind, line ends too, becomes one space.
    pub fn parse(typed: &str) -> Result<Self, BadCondition> {
        // Counted before anything is copied: the text comes from outside.
        let words = || typed.split_whitespace();
        let bytes = words().map(|word| word.len().saturating_add(1)).fold(0, usize::saturating_add);
        let bytes = bytes.saturating_sub(1);
        if bytes == 0 {
            return Err(BadCondition::Empty);
        }
        if bytes > Self::max_bytes() {
            return Err(BadCondition::TooLong(bytes));
        }
        if words().any(|word| word.contains(disturbs)) {
            return Err(BadCondition::Control);
        }
        Ok(Self(words().collect::<Vec<_>>().join(" ")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Condition {
    type Error = BadCondition;

    fn try_from(typed: String) -> Result<Self, BadCondition> {
        Self::parse(&typed)
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.0
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_text_becomes_one_line() {
        let parsed = Condition::parse("  Kratzer am\tDeckel,\r\n Netzteil fehlt 🔌 \n").unwrap();
        assert_eq!(parsed.as_str(), "Kratzer am Deckel, Netzteil fehlt 🔌");
        assert_eq!(Condition::parse(parsed.as_str()), Ok(parsed));
    }

    #[test]
    fn the_bound_counts_bytes_after_cleaning() {
        assert_eq!(Condition::max_bytes(), 512);
        assert!(Condition::parse(&format!("  {}\n", "x".repeat(512))).is_ok());
        assert_eq!(Condition::parse(&"x".repeat(513)), Err(BadCondition::TooLong(513)));
        assert!(Condition::parse(&"é".repeat(256)).is_ok());
        let error = Condition::parse(&"é".repeat(257)).unwrap_err();
        assert!(error.to_string().contains("514") && error.to_string().contains("at most 512"), "{error}");
        for blank in ["", " ", "\n\t\u{a0}"] {
            let error = Condition::parse(blank).unwrap_err();
            assert_eq!(error, BadCondition::Empty);
            assert!(error.to_string().contains("1 to 512"), "{error}");
        }
    }

    #[test]
    fn what_acts_instead_of_being_seen_is_refused() {
        for character in ['\0', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200f}', '\u{feff}']
        {
            assert_eq!(Condition::parse(&format!("a{character}b")), Err(BadCondition::Control));
        }
    }

    #[test]
    fn a_message_holds_no_other_text_and_no_debug_shows_it() {
        let written = r#"{"direction":"in","condition":"SECRET","at":"2026-11-25T08:00:00Z"}"#;
        let handover: Handover = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handover).unwrap(), written);
        assert!(!format!("{handover:?}").contains("SECRET"));
        for bad in
            [written.replace("SECRET", &"SECRET".repeat(100)), written.replace("SECRET", "SEC\\u0000RET")]
        {
            let error = serde_json::from_str::<Handover>(&bad).unwrap_err().to_string();
            assert!(!error.contains("SEC"), "{error}");
        }
    }
}
