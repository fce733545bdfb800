//! The notice as plain text for a terminal or a printed sheet.
//!
//! A line that starts with `* ` and ends with a field's name in brackets names a field; nothing that comes from outside
//! can start a line.

use crate::locale::{LocaleError, Words, instant};
use crate::model::{FieldNotice, FieldTitle, Notice, ReadingNotice, SectionNotice, SentContent, Status};
use crate::table::{columns, value_text};
use crate::{width, wrap};
use collector_proto::catalog::{FieldId, Right};

/// Lines no longer than this read well, however wide the terminal is.
const MAX_WIDTH: usize = 100;

/// Most places that are named of one reading; `candor readings --long` names all.
const MOST_PLACES: usize = 4;

/// Narrowest width that is laid out for.
const MIN_WIDTH: usize = 40;

/// Writes the notice.
pub(super) fn render(notice: &Notice, words: &Words, width: usize) -> Result<String, LocaleError> {
    let mut sheet = Sheet { words, width: width.clamp(MIN_WIDTH, MAX_WIDTH), text: String::new() };
    sheet.status(notice)?;
    sheet.summary(notice)?;
    sheet.responsible(notice)?;
    sheet.last_day(notice)?;
    if notice.tells_of_a_policy() {
        sheet.values(notice)?;
        sheet.reasons(notice)?;
    }
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
    Ok(sheet.text)
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
    let mut sheet = Sheet { words, width: width.clamp(MIN_WIDTH, MAX_WIDTH), text: String::new() };
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
    Ok(Some(sheet.text.trim_start().to_owned()))
}

struct Sheet<'a> {
    words: &'a Words,
    width: usize,
    text: String,
}

impl Sheet<'_> {
    fn status(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        match &notice.status {
            Status::InForce { text } => {
                self.title()?;
                self.paragraph(0, text);
            }
            Status::Draft { text } => {
                let mark = self.words.text("notice-status-draft")?;
                let rule = "#".repeat(self.width);
                self.line(&rule);
                self.paragraph(0, &format!("#  {mark}"));
                self.line(&rule);
                self.paragraph(0, text);
                self.line("");
                self.title()?;
            }
            Status::AwaitingAcknowledgement { text, reason } => {
                let mark = self.words.text("notice-status-awaiting")?;
                self.underlined(&mark, '═');
                self.paragraph(0, text);
                self.labelled("notice-why", reason)?;
                self.line("");
                self.title()?;
            }
            Status::NotKnown { text, details } => {
                let mark = self.words.text("notice-status-not-known")?;
                self.underlined(&mark, '═');
                self.paragraph(0, text);
                self.labelled("notice-details", details)?;
                self.line("");
                self.title()?;
            }
            Status::NothingCollected { text, code, reason, details } => {
                let mark = self.words.text("notice-status-nothing")?;
                self.underlined(&mark, '═');
                self.paragraph(0, text);
                self.labelled("notice-why", reason)?;
                self.labelled("notice-details", &format!("{details} ({code})"))?;
                self.line("");
                self.title()?;
            }
        }
        if notice.tells_of_a_policy() {
            self.line("");
            let lead = self.words.text("notice-lead")?;
            self.paragraph(0, &lead);
        }
        if !notice.page.is_empty() {
            self.line("");
            notice.page.iter().for_each(|sentence| self.paragraph(0, sentence));
        }
        Ok(())
    }

    fn summary(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        let summary = &notice.summary;
        self.heading("notice-summary")?;
        self.paragraph(0, &summary.sentence);
        if !notice.tells_of_a_policy() {
            return Ok(());
        }
        self.line("");
        self.labelled("notice-fact-fields", &summary.sent.to_string())?;
        self.labelled("notice-fact-missing", &summary.missing.to_string())?;
        if summary.left_out > 0 {
            self.labelled("notice-fact-left-out", &summary.left_out.to_string())?;
        }
        self.labelled("notice-fact-recipients", &summary.recipients.join(", "))?;
        for (label, value) in [
            ("notice-fact-interval", &summary.interval),
            ("notice-fact-retention", &summary.retention),
            ("notice-fact-refusable", &summary.refusable),
        ] {
            if let Some(value) = value {
                self.labelled(label, value)?;
            }
        }
        Ok(())
    }

    fn responsible(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        let Some(responsible) = &notice.responsible else { return Ok(()) };
        self.heading("notice-responsible")?;
        self.labelled("notice-controller", &responsible.name)?;
        self.labelled("notice-contact", &responsible.contact)?;
        if let Some(representative) = &responsible.representative {
            self.labelled("notice-representative", representative)?;
        }
        self.labelled("notice-officer", &responsible.data_protection_officer)?;
        if let Some(complaint) = &notice.complaint {
            self.labelled("notice-authority", &format!("{}, {}", complaint.authority, complaint.url))?;
        }
        Ok(())
    }

    fn last_day(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        let Some(day) = &notice.last_day else { return Ok(()) };
        self.heading("notice-day")?;
        self.paragraph(0, &day.text);
        if let Some(details) = &day.details {
            self.labelled("notice-details", details)?;
        }
        for reading in &day.readings {
            self.reading(reading)?;
        }
        if let Some(further) = &day.further_text {
            self.paragraph(0, further);
        }
        Ok(())
    }

    fn reading(&mut self, reading: &ReadingNotice) -> Result<(), LocaleError> {
        self.line("");
        self.paragraph(0, &format!("- {}: {}", reading.when, reading.purpose));
        self.labelled("notice-day-asked", &reading.asked_by)?;
        self.labelled("notice-day-read", &reading.read)?;
        let some: Vec<&str> = reading.sources.iter().take(MOST_PLACES).map(String::as_str).collect();
        let more = if reading.sources.len() > MOST_PLACES { ", …" } else { "" };
        let places = if some.is_empty() { String::new() } else { format!(": {}{more}", some.join(", ")) };
        self.labelled("notice-day-looked", &format!("{}{places}", reading.looked_at))?;
        self.labelled("notice-day-left", &reading.left)
    }

    fn values(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    fn field(&mut self, field: &FieldNotice) -> Result<(), LocaleError> {
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
            self.nested("notice-retention-of", &usage.retention_text)?;
        }
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

    fn reasons(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-purposes")?;
        for purpose in &notice.purposes {
            let values = [
                ("purpose", purpose.dpv.title.as_str().into()),
                ("basis", purpose.basis.title.as_str().into()),
                ("article", purpose.article.into()),
            ];
            let line = self.words.text_with("notice-purpose-line", &values)?;
            self.paragraph(0, &format!("- {line}"));
            self.paragraph(2, &purpose.text);
            self.paragraph(2, &purpose.dpv.description);
            self.paragraph(2, &purpose.basis.description);
            if let Some(interest) = &purpose.legitimate_interest {
                self.paragraph(2, interest);
            }
            if let Some(free) = &purpose.free_to_refuse {
                self.paragraph(2, free);
            }
            self.labelled("notice-purpose-fields", &titles(&purpose.fields))?;
            self.labelled("notice-recipients-of", &purpose.recipients.join(", "))?;
            self.labelled("notice-retention-of", &purpose.retention_text)?;
        }
        self.heading("notice-recipients")?;
        for recipient in &notice.recipients {
            self.paragraph(0, &format!("- {}", recipient.text));
            self.paragraph(2, &recipient.role_text);
            self.labelled("notice-purpose-fields", &titles(&recipient.fields))?;
        }
        self.line("");
        let transfers = self.words.text("notice-transfers")?;
        self.paragraph(0, &format!("{transfers}:"));
        for text in &notice.transfers.text {
            self.paragraph(2, text);
        }
        self.heading("notice-retention")?;
        for line in &notice.retention {
            self.paragraph(0, &format!("- {line}"));
        }
        for id in ["notice-retention-text", "notice-ledger"] {
            let text = self.words.text(id)?;
            self.paragraph(0, &text);
        }
        Ok(())
    }

    fn rights(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        if notice.rights.is_empty() {
            return Ok(());
        }
        self.heading("notice-rights")?;
        if let Some(responsible) = &notice.responsible {
            let contact = responsible.contact.as_str().into();
            let text = self.words.text_with("notice-rights-text", &[("contact", contact)])?;
            self.paragraph(0, &text);
        }
        for right in &notice.rights {
            self.paragraph(0, &format!("- {} ({})", right.title, right.article));
            self.paragraph(2, &right.description);
            if let Some(only_for) = &right.only_for {
                self.paragraph(2, only_for);
            }
        }
        let collects = notice.tells_of_a_policy();
        if collects && !notice.rights().any(|right| right == Right::Withdrawal) {
            let text = self.words.text("notice-withdrawal-none")?;
            self.paragraph(0, &text);
        }
        if let Some(complaint) = &notice.complaint {
            let title = self.words.text("notice-complaint")?;
            self.paragraph(0, &format!("- {title}: {} {}", complaint.text, complaint.url));
        }
        Ok(())
    }

    /// What else the law wants to be told: obligation, automated decisions, changes, the connection, and what
    /// keeps the program to the rules.
    fn circumstances(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        for (heading, paragraphs) in [
            ("notice-obligation", &notice.obligation),
            ("notice-automated", &notice.automated_decisions),
            ("notice-changes", &notice.changes),
            ("notice-connection", &notice.connection),
            ("notice-sandbox", &notice.enforcement),
        ] {
            self.heading(heading)?;
            for paragraph in paragraphs {
                self.paragraph(0, paragraph);
            }
        }
        Ok(())
    }

    fn unsupported(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        if notice.unsupported.is_empty() {
            return Ok(());
        }
        self.heading("notice-unsupported")?;
        let text = self.words.text("notice-unsupported-text")?;
        self.paragraph(0, &text);
        for field in &notice.unsupported {
            match &field.title {
                Some(title) => self.paragraph(0, &format!("- {title} ({})", field.name)),
                None => self.paragraph(0, &format!("- {}", field.name)),
            }
        }
        Ok(())
    }

    fn never(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-never")?;
        let text = self.words.text("notice-never-text")?;
        self.paragraph(0, &text);
        for never in &notice.never {
            self.paragraph(0, &format!("- {}: {}", never.title, never.description));
        }
        Ok(())
    }

    fn california(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-ccpa")?;
        self.paragraph(0, &notice.california.text);
        let no = self.words.text("notice-no")?;
        for category in &notice.california.categories {
            let term = &category.category;
            self.paragraph(0, &format!("- {} {}: {}", term.id, term.title, term.description));
            self.labelled("notice-ccpa-fields", &titles(&category.fields))?;
            self.labelled("notice-ccpa-purposes", &category.purposes.join(", "))?;
            self.labelled("notice-ccpa-retention", &category.retention)?;
            self.labelled("notice-ccpa-sold", &no)?;
            self.labelled("notice-ccpa-shared", &no)?;
        }
        Ok(())
    }

    fn about(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-about")?;
        if let Some(policy) = &notice.policy {
            let values = [("version", policy.version.into()), ("group", policy.group.as_str().into())];
            let version = self.words.text_with("notice-about-version", &values)?;
            self.labelled("notice-about-policy", &version)?;
            let digest = match policy.sha256 {
                Some(digest) => digest.to_string(),
                None => self.words.text("notice-about-digest-none")?,
            };
            self.labelled("notice-about-digest", &digest)?;
            self.labelled("notice-about-issued", &instant(policy.issued))?;
            self.labelled("notice-about-effective", &instant(policy.effective_from))?;
            self.labelled("notice-about-expires", &instant(policy.expires))?;
            if let Some(fresh) = policy.fresh_until {
                self.labelled("notice-about-fresh", &instant(fresh))?;
            }
        }
        self.labelled("notice-about-made", &instant(notice.made))?;
        if let Some(place) = &notice.page_at {
            self.labelled("notice-about-page", place)?;
        }
        let commands = self.words.text("notice-about-commands")?;
        self.labelled("notice-about-look", &commands)
    }

    fn title(&mut self) -> Result<(), LocaleError> {
        let title = self.words.text("notice-title")?;
        self.underlined(&title, '═');
        Ok(())
    }

    fn heading(&mut self, id: &str) -> Result<(), LocaleError> {
        let title = self.words.text(id)?;
        self.line("");
        self.line("");
        self.underlined(&title, '═');
        Ok(())
    }

    fn underlined(&mut self, title: &str, rule: char) {
        self.line(title);
        let rule: String = std::iter::repeat_n(rule, width(title).min(self.width)).collect();
        self.line(&rule);
    }

    fn labelled(&mut self, label: &str, text: &str) -> Result<(), LocaleError> {
        let label = self.words.text(label)?;
        self.paragraph(2, &format!("{label}: {text}"));
        Ok(())
    }

    fn nested(&mut self, label: &str, text: &str) -> Result<(), LocaleError> {
        let label = self.words.text(label)?;
        self.paragraph(4, &format!("{label}: {text}"));
        Ok(())
    }

    /// Wraps a paragraph; every line after the first is indented by two more, so that no text can pose as a marker.
    fn paragraph(&mut self, indent: usize, text: &str) {
        let width = self.width.saturating_sub(indent + 2);
        for (index, line) in wrap(text, width).into_iter().enumerate() {
            let hangs = indent > 0 || text.starts_with("- ");
            let further = if index > 0 && hangs { 2 } else { 0 };
            self.line(&format!("{}{line}", " ".repeat(indent + further)));
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

fn titles(fields: &[FieldTitle]) -> String {
    fields.iter().map(|field| field.title.as_str()).collect::<Vec<_>>().join(", ")
}
