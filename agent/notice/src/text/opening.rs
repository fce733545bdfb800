//! What stands first: whether anything is collected, the summary, the device's own limit, who is responsible, and what was read in the last day.

use super::sheet::Sheet;
use crate::locale::LocaleError;
use crate::model::{Notice, ReadingNotice, Status};

/// Most places that are named of one reading; `candor readings --long` names all.
const MOST_PLACES: usize = 4;

impl Sheet<'_> {
    pub(super) fn status(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn summary(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn ceiling(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        if !notice.ceiling.is_empty() {
            self.heading("notice-ceiling")?;
            notice.ceiling.iter().for_each(|sentence| self.paragraph(0, sentence));
        }
        Ok(())
    }

    pub(super) fn responsible(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn last_day(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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
}
