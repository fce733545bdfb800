//! `documents.json`: the newest genuine documents that the agent handed over. People are told by them.
//!
//! What does not verify, is older or leaves something out never takes their place: whoever has taken over what talks to the
//! collector cannot blank what people see.

use super::directory::StateFile;
use super::{Lock, Pinned, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::policy::trust::Documents;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentsFile {
    v: Version1,
    documents: Documents,
}

impl StateFile for DocumentsFile {
    const NAME: &'static str = "documents.json";
    const VERSION: u64 = 1;
    /// They came in one request.
    const MAX_BYTES: u64 = MAX_READER_REQUEST_BYTES as u64;
    const AGAIN: &'static str = "remove it; `candor run --once` hands them over again";
}

impl State {
    /// The documents that are kept; `None` before the agent first handed some over.
    pub(crate) fn documents(&self) -> Result<Option<Documents>, StateError> {
        Ok(self.directory.read::<DocumentsFile>()?.map(|file| file.documents))
    }

    /// Keeps the documents, if they are genuine, whole and not older than what was seen before; says whether they were. The
    /// caller makes durable what they prove ([`State::remember`]).
    pub(crate) fn keep_documents(
        &self,
        documents: &Documents,
        pinned: &mut Pinned,
        now: UtcTime,
        _: &Lock,
    ) -> Result<bool, StateError> {
        if !pinned.trust_mut().recognise(documents, now) {
            return Ok(false);
        }
        // Whatever is in its place, in whatever form, these are newer.
        self.directory.write(&DocumentsFile { v: Version1, documents: documents.clone() })?;
        Ok(true)
    }
}
