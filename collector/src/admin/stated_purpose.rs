//! What somebody wants to see collected values for.

use collector_proto::text::class;
use std::str::FromStr;

/// Longest purpose, in characters: a sentence, or the number of a ticket and a few words.
const LONGEST: usize = 200;

/// The stated purpose of an access to collected values (Art. 5(1)(b) GDPR). It is kept with the access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatedPurpose(String);

/// The text is not a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPurpose {
    /// There is nothing but white space.
    #[error("the purpose is empty")]
    Empty,
    /// Longer than what is kept.
    #[error("the purpose has more than {LONGEST} characters")]
    TooLong,
    /// It holds characters that cannot be seen or that turn the text around.
    #[error("the purpose holds a character that cannot be printed")]
    Unprintable,
}

impl StatedPurpose {
    /// Its words.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StatedPurpose {
    type Err = BadPurpose;

    fn from_str(text: &str) -> Result<Self, BadPurpose> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadPurpose::Empty);
        }
        if text.chars().count() > LONGEST {
            return Err(BadPurpose::TooLong);
        }
        if text.contains(class::deceives) {
            return Err(BadPurpose::Unprintable);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_one_printable_line() {
        let purpose: StatedPurpose = "  ticket 4711: disk is full ".parse().unwrap();
        assert_eq!(purpose.as_str(), "ticket 4711: disk is full");
        assert!("é".repeat(LONGEST).parse::<StatedPurpose>().is_ok());
        for (wrong, error) in [
            ("", BadPurpose::Empty),
            (" \t\n", BadPurpose::Empty),
            (&"a".repeat(LONGEST + 1), BadPurpose::TooLong),
            ("two\nlines", BadPurpose::Unprintable),
            ("\u{9b}2J", BadPurpose::Unprintable),
            ("ticket \u{202e}1174", BadPurpose::Unprintable),
            ("tick\u{200b}et", BadPurpose::Unprintable),
        ] {
            assert_eq!(wrong.parse::<StatedPurpose>(), Err(error), "{wrong:?}");
        }
    }
}
