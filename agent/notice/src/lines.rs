//! Lines that fit a terminal, measured in its columns: a Chinese character takes two, a combining mark none (UAX #11).

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns that the text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Breaks text into lines of at most `columns`, at spaces where there are any. Never returns no line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for mut word in text.split(' ') {
        if used > 0 {
            if used + 1 + width(word) <= columns {
                line.push(' ');
                used += 1;
            } else {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
        }
        while width(word) > columns - used {
            let (head, rest) = split(word, columns);
            if rest.is_empty() {
                // A single character that is wider than the line.
                break;
            }
            lines.push(head.to_owned());
            word = rest;
        }
        used = columns.min(used + width(word));
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Splits a word after as many characters as fit, at least one. Marks without a width stay with what they mark.
fn split(word: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, character) in word.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns && at > 0 {
            return word.split_at(at);
        }
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("a abcdefgh", 4), ["a", "abcd", "efgh"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }

    #[test]
    fn what_counts_is_columns() {
        assert_eq!(wrap("日本語 ab", 4), ["日本", "語", "ab"]);
        assert_eq!(wrap("日本語 a", 5), ["日本", "語 a"]);
        assert_eq!(wrap("日 本", 1), ["日", "本"]);
        // A letter with a combining mark is one column, and not torn apart.
        assert_eq!(wrap("ae\u{301}x", 2), ["ae\u{301}", "x"]);
        assert_eq!(width("e\u{301}日"), 3);
    }
}
