//! `acknowledge`: keeps that a notice was shown and acknowledged.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::request::Acknowledge;
use collector_proto::disclosure::{AcknowledgeAnswer, Acknowledgement};
use collector_proto::policy::document_terms::LANGUAGES;

impl Handle for Acknowledge {
    fn handle(self, reader: &Reader<'_>) -> Result<AcknowledgeAnswer, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        if !LANGUAGES.contains(&self.language.as_str()) {
            return Err(Refused::Language);
        }
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        let documents = reader.brought_or_kept(self.documents)?;
        let accepted = reader.accept(documents.as_ref(), &mut pinned)??;
        if accepted.newest() != self.policy {
            return Err(Refused::OtherPolicyShown);
        }
        pinned.announced_mut().acknowledge(self.policy, reader.now);
        let acknowledgement = Acknowledgement {
            policy: self.policy,
            language: self.language,
            at: reader.now,
            notice: self.notice,
        };
        let acknowledgement = reader.state.keep_acknowledgement(acknowledgement, &lock)?;
        reader.state.remember(&pinned, &documents.unwrap_or_default(), reader.now, &lock)?;
        Ok(AcknowledgeAnswer { acknowledgement })
    }
}
