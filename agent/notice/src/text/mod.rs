//! The notice as plain text for a terminal or a printed sheet.
//!
//! A line that starts with `* ` and ends with a field's name in brackets names a field; nothing that comes from outside
//! can start a line.

mod further;
mod opening;
mod reasons;
mod sheet;
mod values;

use crate::locale::{LocaleError, Words};
use crate::model::{Notice, SectionNotice, Status};
use crate::table::value_text;
use collector_proto::catalog::FieldId;
use sheet::Sheet;

/// Writes the notice.
pub(super) fn render(notice: &Notice, words: &Words, width: usize) -> Result<String, LocaleError> {
    let mut sheet = Sheet::new(words, width);
    sheet.status(notice)?;
    sheet.summary(notice)?;
    sheet.ceiling(notice)?;
    sheet.responsible(notice)?;
    sheet.last_day(notice)?;
    if notice.tells_of_a_policy() {
        sheet.can_show(notice)?;
        sheet.values(notice)?;
        sheet.reasons(notice)?;
    }
    sheet.retention(notice)?;
    sheet.rights(notice)?;
    if notice.tells_of_a_policy() {
        sheet.circumstances(notice)?;
    }
    sheet.unsupported(notice)?;
    sheet.never(notice)?;
    if notice.tells_of_a_policy() {
        sheet.california(notice)?;
    }
    sheet.about(notice)?;
    Ok(sheet.into_text())
}

/// What the notice says about one field; `None` when it does not name it.
pub(super) fn explain(
    notice: &Notice,
    field: FieldId,
    words: &Words,
    width: usize,
) -> Result<Option<String>, LocaleError> {
    let named = |section: &&SectionNotice| section.fields.iter().any(|part| part.id == field);
    let Some(section) = notice.sections.iter().find(named) else { return Ok(None) };
    let mut sheet = Sheet::new(words, width);
    if matches!(notice.status, Status::Draft { .. } | Status::AwaitingAcknowledgement { .. }) {
        sheet.status(notice)?;
    }
    for part in section.fields.iter().filter(|part| part.id == field) {
        sheet.field(part)?;
        // In a table, the field's own values are its explanation; the rest of the rows is not asked for.
        for row in &section.rows {
            if let Some(value) = row.value(field) {
                let value = value_text(value, words)?;
                sheet.paragraph(4, &format!("- {value}"));
            }
        }
    }
    Ok(Some(sheet.into_text().trim_start().to_owned()))
}
