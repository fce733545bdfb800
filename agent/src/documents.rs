//! `documents.json`: what the collector last gave. Nothing in it is believed; the reader and candor verify it each time.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::policy::trust::Documents;

/// Reads the kept documents; none are kept before enrolment.
pub fn load(paths: &Paths) -> Result<Documents, FileError> {
    Ok(durable::read_json(&paths.documents(), MAX_READER_REQUEST_BYTES)?.unwrap_or_default())
}

/// Keeps what the collector gave.
pub fn store(paths: &Paths, documents: &Documents) -> Result<(), FileError> {
    durable::replace_json(&paths.documents(), "documents", documents)
}
