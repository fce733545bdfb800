//! `given`: judges what the collector just gave, and keeps on record what is refused. Nothing else of it is kept: what the
//! acceptance makes of it is for the questions that follow. Where one of them reads under the same documents, it has them judged as well.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state::{Lock, Pinned, StateError};
use collector_proto::catalog::{Attack, DocumentKind};
use collector_proto::disclosure::GivenAnswer;
use collector_proto::disclosure::request::JudgeGiven;
use collector_proto::policy::trust::{Attempt, Documents};

/// More came than anybody may give. The agent cut it off, so that the reader sees nothing of it.
const CUT_OFF: Attempt =
    Attempt { attack: Attack::EndlessData, document: DocumentKind::All, offered: None, held: None };

impl Handle for JudgeGiven {
    fn handle(self, reader: &Reader<'_>) -> Result<GivenAnswer, Refused> {
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let pinned = reader.pinned()?;
        reader.state.told(&self.told, &lock)?;
        if let Some(documents) = &self.documents {
            return Ok(reader.judge(documents, &pinned, &lock)?);
        }
        reader.state.record_refused(CUT_OFF, true, reader.now, &lock)?;
        Ok(GivenAnswer::default())
    }
}

impl Reader<'_> {
    /// What is made of documents that the collector just gave, and puts it on record.
    pub(super) fn judge(
        &self,
        documents: &Documents,
        pinned: &Pinned,
        lock: &Lock,
    ) -> Result<GivenAnswer, StateError> {
        match pinned.trust().judge(documents, pinned.announced(), self.now) {
            Ok(()) => Ok(GivenAnswer { refused: None, to_tell: self.state.well(self.now, lock)? }),
            Err(refused) => {
                let (refusal, attempt) = *refused;
                if let Some(attempt) = attempt {
                    self.state.record_refused(attempt, false, self.now, lock)?;
                }
                Ok(GivenAnswer { refused: Some((&refusal).into()), to_tell: Vec::new() })
            }
        }
    }
}
