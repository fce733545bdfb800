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
}
