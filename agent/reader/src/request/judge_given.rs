//! `given`: judges what the collector just gave, and keeps on record what is refused. Nothing else of it is kept: what the
//! acceptance makes of it is for the questions that follow.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::catalog::{Attack, DocumentKind};
use collector_proto::disclosure::GivenAnswer;
use collector_proto::disclosure::request::JudgeGiven;
use collector_proto::policy::trust::Attempt;

/// More came than anybody may give. The agent cut it off, so that the reader sees nothing of it.
const CUT_OFF: Attempt =
    Attempt { attack: Attack::EndlessData, document: DocumentKind::All, offered: None, held: None };

impl Handle for JudgeGiven {
    fn handle(self, reader: &Reader<'_>) -> Result<GivenAnswer, Refused> {
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let pinned = reader.pinned()?;
        let Some(documents) = &self.documents else {
            reader.state.told(&self.told, &lock)?;
            reader.state.record_refused(CUT_OFF, true, reader.now, &lock)?;
            return Ok(GivenAnswer::default());
        };
        let judged = pinned.trust().judge(documents, pinned.announced(), reader.now);
        reader.state.told(&self.told, &lock)?;
        match judged {
            Ok(()) => Ok(GivenAnswer { refused: None, to_tell: reader.state.well(reader.now, &lock)? }),
            Err(refused) => {
                let (refusal, attempt) = *refused;
                if let Some(attempt) = attempt {
                    reader.state.record_refused(attempt, false, reader.now, &lock)?;
                }
                Ok(GivenAnswer { refused: Some((&refusal).into()), to_tell: Vec::new() })
            }
        }
    }
}
