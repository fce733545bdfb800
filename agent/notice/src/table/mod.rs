//! Rows as aligned text, section by section.
//!
//! Nothing is cut off: what is shown is what is sent. Where columns do not fit the width, cells are wrapped, and where
//! even that is too narrow, each row becomes one line per field.

mod content;

pub use content::{Body, ReportRows, TableContent};

use crate::locale::{LocaleError, Words, treatment_words};
use crate::{width, wrap};
use collector_proto::catalog::{FieldId, Section, Shape, Wording};
use collector_proto::policy::Treatment;
use collector_proto::text::plain;
use collector_proto::value::{Row, Value};
use std::collections::BTreeSet;

/// Space between two columns.
const GAP: &str = "  ";

/// Narrowest column worth wrapping into; below it a row is shown as one line per field.
const MIN_COLUMN: usize = 10;

/// Narrowest width that is laid out for; a narrower terminal wraps by itself.
const MIN_WIDTH: usize = 32;

/// How a table is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Columns of a line.
    pub width: usize,
    /// Most rows shown of one section; `None` shows all.
    pub rows: Option<usize>,
}

/// Writes all sections and absent fields. `treatment` says what happened to a field's values, where that is known.
pub fn table(
    content: &TableContent<'_>,
    words: &Words,
    layout: Layout,
    treatment: &dyn Fn(FieldId) -> Option<Treatment>,
) -> Result<String, LocaleError> {
    let writer = Writer { words, layout: Layout { width: layout.width.max(MIN_WIDTH), ..layout }, treatment };
    let mut lines = Vec::new();
    for (section, body) in &content.sections {
        writer.section(*section, *body, &mut lines)?;
    }
    writer.failed(content, &mut lines)?;
    writer.absent(content, &mut lines)?;
    if lines.is_empty() {
        lines.push(words.text("notice-list-nothing")?);
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Ok(text)
}

/// A value as a person reads it, with nothing in it that could act on a terminal or page.
pub(crate) fn value_text(value: &Value, words: &Words) -> Result<String, LocaleError> {
    match value {
        Value::Boolean(true) => words.text("notice-yes"),
        Value::Boolean(false) => words.text("notice-no"),
        Value::Text(text) if text.is_empty() => words.text("notice-empty"),
        Value::List(items) if items.is_empty() => words.text("notice-empty"),
        Value::Integer(_) | Value::Text(_) | Value::List(_) => Ok(plain(&value.to_plain()).into_owned()),
    }
}

struct Writer<'a> {
    words: &'a Words,
    layout: Layout,
    treatment: &'a dyn Fn(FieldId) -> Option<Treatment>,
}

impl Writer<'_> {
    fn section(&self, section: Section, body: Body<'_>, lines: &mut Vec<String>) -> Result<(), LocaleError> {
        let title = self.words.title(Wording::Section, section.name())?;
        let rows = body.rows();
        let heading = match body {
            Body::Unchanged => format!("{title} ({})", self.words.text("notice-list-unchanged")?),
            Body::Difference(..) => {
                let changed =
                    self.words.text_with("notice-list-difference", &[("rows", rows.len().into())])?;
                format!("{title} ({changed})")
            }
            Body::Full(_) if section.shape() == Shape::Single => title,
            Body::Full(_) => {
                let counted = self.words.text_with("notice-list-rows", &[("rows", rows.len().into())])?;
                format!("{title} ({counted})")
            }
        };
        separate(lines);
        lines.extend(wrap(&heading, self.layout.width));
        let shown = &rows[..rows.len().min(self.layout.rows.unwrap_or(usize::MAX))];
        match section.shape() {
            Shape::Single => self.record(shown, lines)?,
            Shape::Table => self.grid(shown, lines)?,
        }
        if shown.len() < rows.len() {
            let more = (rows.len() - shown.len()).into();
            lines.push(format!("{GAP}{}", self.words.text_with("notice-list-more", &[("rows", more)])?));
        }
        if let Body::Difference(_, removed) = body {
            for key in removed {
                let line = format!("{} {}", self.words.text("notice-list-removed")?, plain(key));
                lines.extend(self.hang("", &line));
            }
        }
        Ok(())
    }

    /// Title, value and treatment of each field of a single row, one line each.
    fn record(&self, rows: &[Row], lines: &mut Vec<String>) -> Result<(), LocaleError> {
        let mut cells = Vec::new();
        for (field, value) in rows.iter().flat_map(Row::iter) {
            let mut line =
                vec![self.words.title(Wording::Field, field.name())?, value_text(value, self.words)?];
            line.extend(self.treatment_title(field)?);
            cells.push(line);
        }
        self.pairs(&cells, lines);
        Ok(())
    }

    /// A column for each field that a row carries, under its title and, where it is not sent as read, its treatment.
    fn grid(&self, rows: &[Row], lines: &mut Vec<String>) -> Result<(), LocaleError> {
        let carried: BTreeSet<FieldId> = rows.iter().flat_map(Row::iter).map(|(field, _)| field).collect();
        let fields = columns(carried);
        if fields.is_empty() {
            return Ok(());
        }
        let mut titles = Vec::new();
        let mut treated = Vec::new();
        for field in &fields {
            titles.push(self.words.title(Wording::Field, field.name())?);
            treated.push(match (self.treatment)(*field) {
                Some(treatment) if treatment != Treatment::Keep => {
                    bracket(&treatment_words(treatment, self.words)?.title)
                }
                Some(_) | None => String::new(),
            });
        }
        let mut body = Vec::new();
        for row in rows {
            let texts = fields.iter().map(|field| {
                row.value(*field).map_or_else(|| Ok(String::new()), |value| value_text(value, self.words))
            });
            body.push(texts.collect::<Result<Vec<_>, _>>()?);
        }
        let rules = titles.iter().map(|title| "─".repeat(width(title))).collect();
        let mut cells = vec![titles.clone()];
        if treated.iter().any(|title| !title.is_empty()) {
            cells.push(treated);
        }
        cells.push(rules);
        cells.extend(body.iter().cloned());
        if !self.align(&cells, lines) {
            self.records(&titles, &body, lines);
        }
        Ok(())
    }

    /// Rows as `title: value`, one line per field, the first one marked.
    fn records(&self, titles: &[String], rows: &[Vec<String>], lines: &mut Vec<String>) {
        for row in rows {
            let filled = titles.iter().zip(row).filter(|(_, value)| !value.is_empty());
            for (index, (title, value)) in filled.enumerate() {
                let mark = if index == 0 { "- " } else { "  " };
                let width = self.layout.width.saturating_sub(2 * GAP.len() + mark.len());
                for (part, text) in wrap(&format!("{title}: {value}"), width).into_iter().enumerate() {
                    let before = if part == 0 { mark.to_owned() } else { format!("  {GAP}") };
                    lines.push(format!("{GAP}{before}{text}"));
                }
            }
        }
    }

    fn failed(&self, content: &TableContent<'_>, lines: &mut Vec<String>) -> Result<(), LocaleError> {
        let mut cells = Vec::new();
        for (source, reason) in content.failed.values().flatten() {
            let title = self.words.title(Wording::Source, source.name())?;
            cells.push(vec![title, self.words.title(Wording::Absence, reason.name())?]);
        }
        if !cells.is_empty() {
            separate(lines);
            lines.push(self.words.text("notice-list-failed")?);
            self.pairs(&cells, lines);
        }
        Ok(())
    }

    fn absent(&self, content: &TableContent<'_>, lines: &mut Vec<String>) -> Result<(), LocaleError> {
        if content.absent.is_empty() {
            return Ok(());
        }
        separate(lines);
        lines.push(self.words.text("notice-list-absent")?);
        let mut cells = Vec::new();
        for (name, reason) in &content.absent {
            // A field that this program does not know has its name alone.
            let title = match name.field() {
                Some(field) => self.words.title(Wording::Field, field.name())?,
                None => name.to_string(),
            };
            cells.push(vec![title, self.words.title(Wording::Absence, reason.name())?]);
        }
        self.pairs(&cells, lines);
        Ok(())
    }

    fn treatment_title(&self, field: FieldId) -> Result<Option<String>, LocaleError> {
        match (self.treatment)(field) {
            Some(treatment) => Ok(Some(bracket(&treatment_words(treatment, self.words)?.title))),
            None => Ok(None),
        }
    }

    /// Writes lines of cells in columns, wrapped into the width. `false`, and nothing written, when they do not fit.
    fn align(&self, cells: &[Vec<String>], lines: &mut Vec<String>) -> bool {
        let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..columns)
            .map(|column| cells.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max())
            .map(|widest| widest.unwrap_or(0))
            .collect();
        let Some(available) = self.layout.width.checked_sub(GAP.len() * columns) else { return false };
        if !shrink(&mut widths, available) {
            return false;
        }
        for row in cells {
            let wrapped: Vec<Vec<String>> =
                row.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width)).collect();
            let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
            for line in 0..height {
                let mut out = String::new();
                for (cell, width) in wrapped.iter().zip(&widths) {
                    let part = cell.get(line).map_or("", String::as_str);
                    out.push_str(GAP);
                    out.push_str(part);
                    out.extend(std::iter::repeat_n(' ', width.saturating_sub(self::width(part))));
                }
                lines.push(out);
            }
        }
        true
    }

    /// Writes lines of a title, a value and what else there is; as `title: value` where columns do not fit.
    fn pairs(&self, cells: &[Vec<String>], lines: &mut Vec<String>) {
        if self.align(cells, lines) {
            return;
        }
        for cell in cells {
            if let Some((title, rest)) = cell.split_first() {
                lines.extend(self.hang("", &format!("{title}: {}", rest.join(" "))));
            }
        }
    }

    /// A paragraph under the section's heading, its further lines indented more.
    fn hang(&self, indent: &str, text: &str) -> Vec<String> {
        let first = format!("{GAP}{indent}");
        let width = self.layout.width.saturating_sub(first.len() + GAP.len());
        let mut parts = wrap(text, width).into_iter();
        let head = parts.next().map(|part| format!("{first}{part}"));
        head.into_iter().chain(parts.map(|part| format!("{first}{GAP}{part}"))).collect()
    }
}

/// Fields in the order of a table's columns: what names the row first, then by field name.
pub(crate) fn columns(fields: impl IntoIterator<Item = FieldId>) -> Vec<FieldId> {
    let mut columns: Vec<FieldId> = fields.into_iter().collect();
    let names = |field: &FieldId| field.name().rsplit('.').next() == Some("name");
    columns.sort_by_key(|field| (!names(field), *field));
    columns
}

/// Takes width from the widest columns until the sum fits. `false` when no column may become narrower.
fn shrink(widths: &mut [usize], available: usize) -> bool {
    while widths.iter().sum::<usize>() > available {
        let Some(widest) = widths.iter_mut().max() else { return false };
        if *widest <= MIN_COLUMN {
            return false;
        }
        *widest -= 1;
    }
    true
}

fn bracket(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!("[{title}]") }
}

fn separate(lines: &mut Vec<String>) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
}
