//! What the values can show, and every value, by section: what it is, what is sent of it, why, and until when it is kept.

use super::sheet::Sheet;
use crate::locale::LocaleError;
use crate::model::{FieldNotice, Notice, SectionNotice, SentContent};
use crate::table::{columns, value_text};

impl Sheet<'_> {
    pub(super) fn can_show(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        let Some(can_show) = &notice.can_show else { return Ok(()) };
        self.heading("notice-shows")?;
        can_show.text.iter().for_each(|sentence| self.paragraph(0, sentence));
        for field in &can_show.fields {
            self.paragraph(0, &format!("- {}: {}", field.title, field.shows_text));
            self.labelled("notice-treatment", &field.treatment)?;
        }
        can_show.accounts.iter().for_each(|sentence| self.paragraph(0, sentence));
        Ok(())
    }

    pub(super) fn values(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-values")?;
        let id = if notice.sections.is_empty() { "notice-values-none" } else { "notice-values-text" };
        let text = self.words.text(id)?;
        self.paragraph(0, &text);
        if let Some(left_out) = &notice.left_out {
            self.paragraph(0, left_out);
        }
        for section in &notice.sections {
            self.line("");
            self.underlined(&section.title, '─');
            self.paragraph(0, &section.description);
            section.left_out.iter().for_each(|sentence| self.paragraph(0, sentence));
            section.failed.iter().for_each(|sentence| self.paragraph(0, sentence));
            for field in &section.fields {
                self.field(field)?;
            }
            self.rows(section)?;
        }
        if let Some(text) = &notice.tenant_key {
            self.line("");
            self.paragraph(0, text);
        }
        Ok(())
    }

    pub(super) fn field(&mut self, field: &FieldNotice) -> Result<(), LocaleError> {
        self.line("");
        self.line(&format!("* {} [{}]", field.title, field.id.name()));
        self.paragraph(2, &field.description);
        match &field.sent {
            SentContent::Value(value) => {
                let value = value_text(value, self.words)?;
                self.labelled("notice-column-value", &value)?;
            }
            SentContent::InRows(rows) => {
                let rows = self.words.text_with("notice-rows", &[("rows", (*rows).into())])?;
                let below = self.words.text("notice-rows-below")?;
                self.labelled("notice-column-value", &format!("{rows}, {below}"))?;
            }
            SentContent::Absent(reason) => {
                self.labelled("notice-not-sent", &format!("{}: {}", reason.title, reason.description))?;
            }
            SentContent::LeftOut(reason) => {
                self.paragraph(2, &format!("{}: {}", reason.title, reason.description));
            }
        }
        let treatment = &field.treatment;
        self.labelled("notice-treatment", &format!("{}: {}", treatment.title, treatment.description))?;
        for sentence in &field.filters {
            self.paragraph(2, sentence);
        }
        for usage in &field.uses {
            let basis = format!("{} ({})", usage.legal_basis_title, usage.article);
            self.labelled("notice-purposes-of", &usage.title)?;
            self.nested("notice-basis-of", &basis)?;
            self.nested("notice-recipients-of", &usage.recipients.join(", "))?;
        }
        let kept = &field.kept;
        self.labelled("notice-column-until", &format!("{}. {}", kept.text, kept.dates.join(" ")))?;
        let necessity = format!("{}: {}", field.necessity.title, field.necessity.description);
        self.labelled("notice-necessity", &necessity)?;
        let sensitivity = format!("{}: {}", field.sensitivity.title, field.sensitivity.description);
        self.labelled("notice-sensitivity", &sensitivity)?;
        if field.california.is_empty() {
            let none = self.words.text("notice-categories-none")?;
            return self.labelled("notice-categories-of", &none);
        }
        self.labelled("notice-categories-of", &field.california.join(", "))
    }

    /// The rows of a table, one line each, in the order of the report.
    fn rows(&mut self, section: &SectionNotice) -> Result<(), LocaleError> {
        if section.rows.is_empty() {
            return Ok(());
        }
        self.line("");
        let caption =
            self.words.text_with("notice-rows-caption", &[("section", section.title.as_str().into())])?;
        self.paragraph(2, &caption);
        let sent = || section.fields.iter().filter(|field| field.is_sent());
        let columns = columns(sent().map(|field| field.id));
        let titles: Vec<&str> = columns
            .iter()
            .filter_map(|id| sent().find(|field| field.id == *id))
            .map(|field| field.title.as_str())
            .collect();
        self.paragraph(4, &format!("{}:", titles.join(" | ")));
        let none = self.words.text("notice-no-value")?;
        for row in &section.rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|field| {
                    row.value(*field).map_or_else(|| Ok(none.clone()), |value| value_text(value, self.words))
                })
                .collect::<Result<_, _>>()?;
            self.paragraph(4, &cells.join(" | "));
        }
        Ok(())
    }
}
