//! Text that cannot act: no control, bidirectional or invisible formatting characters.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Replaces each character that acts instead of being seen by its code point, such as `⟨U+202E⟩`.
///
/// Line feeds and tabs become code points as well: one value stays on one line.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if acts(character) {
            // Writing to a String cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Escapes in written JSON what [`plain`] would replace, as `\uXXXX`: another spelling of the same document.
///
/// Outside of strings JSON holds ASCII only, and line feeds of a pretty form stay as they are.
pub fn json(written: &str) -> Cow<'_, str> {
    let must_escape = |character: char| acts(character) && character != '\n';
    if !written.contains(must_escape) {
        return Cow::Borrowed(written);
    }
    let mut out = String::with_capacity(written.len() + 16);
    for character in written.chars() {
        if must_escape(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Breaks text into lines of at most `width` characters, at spaces where there are any. Never returns no line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 {
            if used + 1 + word.len() <= width {
                line.push(' ');
                used += 1;
            } else {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
        }
        while word.len() > width - used {
            let rest = word.split_off(width - used);
            line.extend(word);
            lines.push(std::mem::take(&mut line));
            (word, used) = (rest, 0);
        }
        used += word.len();
        line.extend(word);
    }
    lines.push(line);
    lines
}

/// Whether the character does something to the text around it or cannot be seen.
///
/// Control characters (Cc), the bidirectional controls of UAX #9, line and paragraph separators, and the invisible
/// format characters of the blocks General Punctuation, Specials and Tags. The joiners U+200C and U+200D stay: Persian,
/// Indic scripts and emoji need them.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_as_its_code_point() {
        assert_eq!(plain("curl"), "curl");
        assert_eq!(plain("a\u{1b}[2Jb"), "a⟨U+001B⟩[2Jb");
        assert_eq!(plain("evil\u{202e}gpj.exe"), "evil⟨U+202E⟩gpj.exe");
        assert_eq!(plain("a\nb\tc\u{9b}d"), "a⟨U+000A⟩b⟨U+0009⟩c⟨U+009B⟩d");
        assert_eq!(plain("\u{e0041}"), "⟨U+E0041⟩");
        assert_eq!(plain("日本語 👩\u{200d}💻 żółw"), "日本語 👩\u{200d}💻 żółw");
    }

    #[test]
    fn escaped_json_is_the_same_document() {
        let value = serde_json::json!({"n\u{202e}": ["\u{7f}\u{9b}\u{e0041}\u{1b}\n", "ü"]});
        for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let escaped = json(&written);
            assert!(!escaped.contains(['\u{202e}', '\u{7f}', '\u{9b}', '\u{e0041}']));
            assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
        }
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("a abcdefgh", 4), ["a", "abcd", "efgh"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }
}
