//! Reads documents and messages that may be newer than this program.

use super::{KNOWN, Names, NotUnderstood, Requires};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// They hold something that must be understood, and this program does not.
    #[error(transparent)]
    NotUnderstood(#[from] NotUnderstood),
    /// They do not have the expected form.
    #[error("it is not of the expected form (line {}, column {})", .0.line(), .0.column())]
    Form(#[from] serde_json::Error),
}

/// What is read before anything else: it says whether the rest can be.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    v: Option<u64>,
    #[serde(default)]
    requires: Requires,
}

/// Reads an open document or message: a name that appears twice refuses it at any depth, `v` and `requires` decide whether
/// this program may read on, and other members that it does not know are ignored.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    read_knowing(KNOWN, bytes)
}

pub(super) fn read_knowing<T: DeserializeOwned>(names: Names, bytes: &[u8]) -> Result<T, ReadError> {
    crate::json::check(bytes)?;
    let head: Head = serde_json::from_slice(bytes)?;
    if let Some(version) = head.v.filter(|version| *version > 1) {
        return Err(NotUnderstood::Version(version).into());
    }
    names.oldest_for(&head.requires)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Reads a closed document, one whose type refuses every member that it does not know.
pub fn read_closed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    Ok(serde_json::from_slice(bytes)?)
}

/// What a document or message requires of its readers.
pub fn requires(bytes: &[u8]) -> Result<Requires, ReadError> {
    let head: Head = serde_json::from_slice(bytes)?;
    Ok(head.requires)
}
