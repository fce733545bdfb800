//! Why, for whom and for how long.

use super::sheet::{Sheet, titles};
use crate::locale::LocaleError;
use crate::model::Notice;

impl Sheet<'_> {
    pub(super) fn reasons(&mut self, notice: &Notice) -> Result<(), LocaleError> {
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
        Ok(())
    }

    pub(super) fn retention(&mut self, notice: &Notice) -> Result<(), LocaleError> {
        let retention = &notice.retention;
        if !notice.tells_of_retention() {
            return Ok(());
        }
        self.heading("notice-retention")?;
        if !retention.purposes.is_empty() {
            let lead = self.words.text("notice-retention-longest")?;
            self.paragraph(0, &lead);
        }
        for line in &retention.purposes {
            self.paragraph(0, &format!("- {line}"));
        }
        let already = retention.already_sent.as_ref().map_or(&[][..], |already| &already.text);
        for (title, sentences) in [
            ("notice-retention-collector", retention.collector.as_slice()),
            ("notice-already", already),
            ("notice-copy", &retention.device),
        ] {
            if sentences.is_empty() {
                continue;
            }
            self.line("");
            let title = self.words.text(title)?;
            self.underlined(&title, '─');
            for sentence in sentences {
                self.paragraph(0, sentence);
            }
        }
        Ok(())
    }
}
