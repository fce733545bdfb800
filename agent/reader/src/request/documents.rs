//! `documents`: keeps what the collector gave. And which documents a question is answered by.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::state::Pinned;
use collector_proto::disclosure::DocumentsAnswer;
use collector_proto::disclosure::request::KeepDocuments;
use collector_proto::policy::trust::{AcceptedPolicy, Documents, Refusal};

impl Handle for KeepDocuments {
    fn handle(self, reader: &Reader<'_>) -> Result<DocumentsAnswer, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        let kept = reader.state.keep_documents(&self.documents, &mut pinned, reader.now, &lock)?;
        reader.state.remember(&pinned, &self.documents, &lock)?;
        Ok(DocumentsAnswer { kept })
    }
}

impl Reader<'_> {
    /// The documents that are kept.
    pub(super) fn kept_documents(&self) -> Result<Option<Documents>, Refused> {
        self.state.documents().map_err(Refused::KeptDocuments)
    }

    /// Accepts the policy of the documents that came with the question, or else of the kept ones. Another account's documents
    /// are not looked at: it would be told what it brought.
    pub(super) fn accept(
        &self,
        brought: Option<Documents>,
        pinned: &mut Pinned,
    ) -> Result<Result<AcceptedPolicy, Refusal>, Refused> {
        let brought = brought.filter(|_| self.caller != Caller::Other);
        let documents = match brought {
            Some(documents) => Some(documents),
            None => self.kept_documents()?,
        };
        Ok(documents
            .map_or(Err(Refusal::NoPolicy), |documents| pinned.trust_mut().accept(&documents, self.now)))
    }
}
