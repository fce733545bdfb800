//! `documents`: keeps what the collector gave. And which documents a question is answered by.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::state::{Clock, Pinned};
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
        // What they announce narrows from here on, whether or not a reading follows; why it permits nothing is said to whoever asks.
        let _ = pinned.accept(&self.documents, reader.now);
        reader.state.remember(&pinned, &self.documents, reader.now, &lock)?;
        Ok(DocumentsAnswer { kept })
    }
}

impl Reader<'_> {
    /// The documents that are kept.
    pub(super) fn kept_documents(&self) -> Result<Option<Documents>, Refused> {
        self.state.documents().map_err(Refused::KeptDocuments)
    }

    /// The documents that came with the question, if the caller may bring any: another account would be told what it brought.
    pub(super) fn brought(&self, documents: Option<Documents>) -> Option<Documents> {
        documents.filter(|_| self.caller != Caller::Other)
    }

    /// The documents that came with the question, or else the kept ones.
    pub(super) fn brought_or_kept(&self, documents: Option<Documents>) -> Result<Option<Documents>, Refused> {
        match self.brought(documents) {
            Some(documents) => Ok(Some(documents)),
            None => self.kept_documents(),
        }
    }

    /// Accepts the policy of these documents, if the clock was not held back under them; there is none where there are none.
    pub(super) fn accept(
        &self,
        documents: Option<&Documents>,
        pinned: &mut Pinned,
    ) -> Result<Result<AcceptedPolicy, Refusal>, Refused> {
        let Some(documents) = documents else { return Ok(Err(Refusal::NoPolicy)) };
        let accepted = pinned.accept(documents, self.now);
        let held_to = self.state.check_clock(pinned.trust().floor().timestamp_issued, self.clock())?;
        Ok(accepted.and_then(|accepted| held_to.map(|()| accepted)))
    }

    /// The clock, and how long the machine has been running.
    pub(super) const fn clock(&self) -> Clock {
        Clock { now: self.now, running: self.running }
    }
}
