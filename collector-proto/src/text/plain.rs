//! Text that cannot act, for terminals, pages and logs.

use super::class::acts;
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// Replaces each character that acts by its code point, such as `⟨U+202E⟩`.
///
/// Line feeds and tabs become code points as well: one value stays on one line.
pub fn plain(text: &str) -> Cow<'_, str> {
    plain_where(text, acts)
}

/// As [`plain`], but line feeds stay: for text of several lines, such as a message with its causes.
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    plain_where(text, |character| acts(character) && character != '\n')
}

/// Displays a text as [`plain`] writes it.
#[derive(Clone, Copy)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&plain(self.0))
    }
}

/// As [`plain`], for the characters of another class.
pub fn plain_where(text: &str, must: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&must) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if must(character) {
            // Writing to a String cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}
