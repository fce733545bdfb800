//! `acknowledge`: keeps that a notice was shown and acknowledged, and holds reading to it.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::request::Acknowledge;
use collector_proto::disclosure::{AcknowledgeAnswer, Acknowledgement};
use collector_proto::policy::Verdict;
use collector_proto::policy::document_terms::LANGUAGES;
use collector_proto::policy::trust::{AcceptedPolicy, Refusal};

impl Handle for Acknowledge {
    fn handle(self, reader: &Reader<'_>) -> Result<AcknowledgeAnswer, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        if !LANGUAGES.contains(&self.language.as_str()) {
            return Err(Refused::Language);
        }
        let lock = reader.state.lock()?;
        let accepted = reader.accept_brought_or_kept(self.documents, &mut reader.pinned()?)?;
        if accepted.reference() != self.policy {
            return Err(Refused::OtherPolicyShown);
        }
        let acknowledgement = Acknowledgement {
            policy: self.policy,
            language: self.language,
            at: reader.now,
            notice: self.notice,
        };
        let acknowledgement = reader.state.keep_acknowledgement(acknowledgement, &lock)?;
        Ok(AcknowledgeAnswer { acknowledgement })
    }
}

impl Reader<'_> {
    /// Whether anything may be read for a report under what was accepted: some policies ask for an acknowledgement first.
    pub(super) fn verdict(&self, accepted: Result<AcceptedPolicy, Refusal>) -> Result<Verdict, Refused> {
        Ok(Verdict::take(accepted, |policy| self.state.is_acknowledged(policy))?)
    }
}
