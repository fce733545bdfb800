//! Where verbs print: text, tables and JSON.
//!
//! Devices choose their values, and a terminal obeys some characters. Everything that is printed passes through here,
//! where what [`deceives`] is shown by its code point in text and escaped in JSON; no verb does that itself.

use collector_proto::text::class::deceives;
use collector_proto::text::{json_where, plain_where};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// How a listing is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Where a verb prints. Nothing else of the command line writes to standard output.
pub(crate) struct Output<'a>(&'a mut dyn Write);

impl<'a> Output<'a> {
    /// Prints to this writer.
    pub(crate) fn to(out: &'a mut dyn Write) -> Self {
        Self(out)
    }

    /// Prints one line; what `writeln!` calls. A line feed within it is a value's, and is shown like any other control.
    pub(crate) fn write_fmt(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        let line = line.to_string();
        let line = line.strip_suffix('\n').unwrap_or(&line);
        writeln!(self.0, "{}", plain_where(line, deceives))
    }

    /// Prints a text of several lines, which holds no value.
    pub(crate) fn lines(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| writeln!(self, "{line}"))
    }

    /// Prints a document as indented JSON.
    pub(crate) fn json(&mut self, document: &impl Serialize) -> io::Result<()> {
        let written = serde_json::to_string_pretty(document)?;
        writeln!(self.0, "{}", json_where(&written, deceives))
    }

    /// Prints rows under a heading, columns as wide as their widest cell takes on a terminal.
    pub(crate) fn table<const N: usize>(
        &mut self,
        heading: [&str; N],
        rows: &[[String; N]],
    ) -> io::Result<()> {
        let rows: Vec<[Cow<'_, str>; N]> =
            rows.iter().map(|row| row.each_ref().map(|cell| plain_where(cell, deceives))).collect();
        let mut widths = heading.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let mut line = |cells: [&str; N]| -> io::Result<()> {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
            }
            writeln!(self, "{}", text.trim_end())
        };
        line(heading)?;
        rows.iter().try_for_each(|row| line(row.each_ref().map(AsRef::as_ref)))
    }

    /// Makes what was printed visible.
    /// Prints a listing: a document with one member of this name, or a table with a row for each item.
    pub(crate) fn listing<T: Serialize, const N: usize>(
        &mut self,
        format: Format,
        name: &str,
        items: Vec<T>,
        heading: [&str; N],
        row: impl FnMut(T) -> [String; N],
    ) -> io::Result<()> {
        match format {
            Format::Json => self.json(&BTreeMap::from([(name, items)])),
            Format::Text => self.table(heading, &items.into_iter().map(row).collect::<Vec<_>>()),
        }
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A cell for what may be absent.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Says something on standard error. What was done stays done when that is closed.
pub fn complain(text: &str) {
    let text = plain_where(text, |character| deceives(character) && character != '\n');
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(print: impl FnOnce(&mut Output<'_>) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        print(&mut Output::to(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_value_stays_on_its_line_and_is_seen() {
        let value = "a\nDevice b\u{9b}2J\u{202e}c\u{200d}";
        let line = printed(|out| writeln!(out, "os.name={value}"));
        assert_eq!(line, "os.name=a⟨U+000A⟩Device b⟨U+009B⟩2J⟨U+202E⟩c⟨U+200D⟩\n");
        let json = printed(|out| out.json(&[value]));
        assert!(!json.trim_end().contains(|c| deceives(c) && c != '\n'), "{json}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [value]);
    }

    #[test]
    fn columns_are_as_wide_as_a_terminal_shows_them() {
        let rows = [["日本".to_owned(), "x".to_owned()], ["a\u{7f}".to_owned(), "y".to_owned()]];
        let table = printed(|out| out.table(["A", "B"], &rows));
        assert_eq!(table, "A          B\n日本       x\na⟨U+007F⟩  y\n");
    }
}
