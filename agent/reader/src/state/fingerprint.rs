//! What tells whether an answer may have changed since, though the machine has not.

use super::{State, StateError};
use collector_proto::digest::Digest;
use collector_proto::limits::MAX_READER_REQUEST_BYTES;

/// What an answer follows from: who is trusted, what is permitted, what a person set, said or acknowledged.
const DECIDING: &[&str] = &[
    "trust.json",
    "documents.json",
    "versions.json",
    "ceiling.json",
    "consent.json",
    "acknowledgements.json",
    "custody.json",
];

impl State {
    /// A digest of every file that answers follow from; of each so much as the largest one may have.
    pub fn fingerprint(&self) -> Result<Digest, StateError> {
        let mut all = Vec::new();
        for name in DECIDING {
            let bytes = self.directory.log(name, MAX_READER_REQUEST_BYTES as u64)?;
            all.extend_from_slice(Digest::of(&bytes).to_string().as_bytes());
        }
        Ok(Digest::of(&all))
    }
}
