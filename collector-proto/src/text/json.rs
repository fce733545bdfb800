//! JSON that a terminal can show.

use super::class::acts;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes in written JSON what [`plain`](super::plain) would replace, as `\uXXXX`: another spelling of the same document.
///
/// Outside of strings JSON holds ASCII only, and line feeds of a pretty form stay as they are.
pub fn json(written: &str) -> Cow<'_, str> {
    json_where(written, acts)
}

/// As [`json`], for the characters of another class.
pub fn json_where(written: &str, class: impl Fn(char) -> bool) -> Cow<'_, str> {
    let must_escape = |character: char| class(character) && character != '\n';
    if !written.contains(must_escape) {
        return Cow::Borrowed(written);
    }
    let mut out = String::with_capacity(written.len() + 16);
    for character in written.chars() {
        if must_escape(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}
