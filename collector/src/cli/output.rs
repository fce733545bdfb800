//! Where verbs print: text, tables and JSON.

use serde::Serialize;
use std::fmt;
use std::io::{self, Write};

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

    /// Prints one line; what `writeln!` calls.
    pub(crate) fn write_fmt(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        self.0.write_fmt(line)
    }

    /// Prints a text of several lines.
    pub(crate) fn lines(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| writeln!(self, "{line}"))
    }

    /// Prints a document as indented JSON.
    pub(crate) fn json(&mut self, document: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *self.0, document)?;
        writeln!(self.0)
    }

    /// Prints rows under a heading, columns as wide as their widest cell.
    pub(crate) fn table<const N: usize>(
        &mut self,
        heading: [&str; N],
        rows: &[[String; N]],
    ) -> io::Result<()> {
        let mut widths = heading.map(str::len);
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = |cells: [&str; N]| -> io::Result<()> {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count()) + 2));
            }
            writeln!(self, "{}", text.trim_end())
        };
        line(heading)?;
        rows.iter().try_for_each(|row| line(std::array::from_fn(|i| row[i].as_str())))
    }

    /// Makes what was printed visible.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A cell for what may be absent.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Tells something on standard error. What was done stays done when that is closed.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
