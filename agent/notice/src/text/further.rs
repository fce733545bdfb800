//! What else people have to be told: rights, circumstances, what is never collected, and about the notice itself.

use super::sheet::{Sheet, titles};
use crate::locale::{LocaleError, instant};
use crate::model::Notice;
use collector_proto::catalog::Right;

impl Sheet<'_> {
    pub(super) fn rights(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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
    pub(super) fn circumstances(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn unsupported(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn never(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        self.heading("notice-never")?;
        let text = self.words.text("notice-never-text")?;
        self.paragraph(0, &text);
        for never in &notice.never {
            self.paragraph(0, &format!("- {}: {}", never.title, never.description));
        }
        Ok(())
    }

    pub(super) fn california(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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

    pub(super) fn about(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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
}
