//! A sheet of plain text: headings, labels and wrapped paragraphs.

use crate::locale::{LocaleError, Words};
use crate::model::FieldTitle;
use crate::{width, wrap};

/// Lines no longer than this read well, however wide the terminal is.
const MAX_WIDTH: usize = 100;

/// Narrowest width that is laid out for.
const MIN_WIDTH: usize = 40;

/// What is written so far.
pub(super) struct Sheet<'a> {
    pub(super) words: &'a Words,
    pub(super) width: usize,
    text: String,
}

impl<'a> Sheet<'a> {
    /// An empty sheet of that many columns.
    pub(super) fn new(words: &'a Words, width: usize) -> Self {
        Self { words, width: width.clamp(MIN_WIDTH, MAX_WIDTH), text: String::new() }
    }

    /// All that was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn title(&mut self) -> Result<(), LocaleError> {
        let title = self.words.text("notice-title")?;
        self.underlined(&title, '═');
        Ok(())
    }

    pub(super) fn heading(&mut self, id: &str) -> Result<(), LocaleError> {
        let title = self.words.text(id)?;
        self.line("");
        self.line("");
        self.underlined(&title, '═');
        Ok(())
    }

    pub(super) fn underlined(&mut self, title: &str, rule: char) {
        self.line(title);
        let rule: String = std::iter::repeat_n(rule, width(title).min(self.width)).collect();
        self.line(&rule);
    }

    pub(super) fn labelled(&mut self, label: &str, text: &str) -> Result<(), LocaleError> {
        let label = self.words.text(label)?;
        self.paragraph(2, &format!("{label}: {text}"));
        Ok(())
    }

    pub(super) fn nested(&mut self, label: &str, text: &str) -> Result<(), LocaleError> {
        let label = self.words.text(label)?;
        self.paragraph(4, &format!("{label}: {text}"));
        Ok(())
    }

    /// Wraps a paragraph; every line after the first is indented by two more, so that no text can pose as a marker.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str) {
        let width = self.width.saturating_sub(indent + 2);
        for (index, line) in wrap(text, width).into_iter().enumerate() {
            let hangs = indent > 0 || text.starts_with("- ");
            let further = if index > 0 && hangs { 2 } else { 0 };
            self.line(&format!("{}{line}", " ".repeat(indent + further)));
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// The titles of fields, one after the other.
pub(super) fn titles(fields: &[FieldTitle]) -> String {
    fields.iter().map(|field| field.title.as_str()).collect::<Vec<_>>().join(", ")
}
