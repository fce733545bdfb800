//! What can be wrong with the ledger.

use super::file_name::MAX_NUMBER;
use crate::durable::FileError;
use std::path::PathBuf;

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// An entry is not what this device and its collector signed.
    #[error("ledger entry {entry} ({}) was tampered with or damaged: {fault}", .path.display())]
    Tampered {
        /// Number of the entry.
        entry: u64,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: &'static str,
    },
    /// There is no such entry.
    #[error("the ledger has no entry {0}")]
    NoEntry(u64),
    /// The entry was dropped.
    #[error(
        "ledger entry {0} was dropped to keep the ledger within its bounds; `candor sent list` shows the record"
    )]
    Gone(u64),
    /// A document cannot be written as JSON.
    #[error("a ledger entry cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    /// A report is larger than any collector takes.
    #[error(
        "the report has {bytes} bytes, more than the {limit} that a collector takes; the policy collects too much"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A report is larger on the wire than any collector takes.
    #[error(
        "the report has {bytes} bytes when compressed, more than the {limit} that a collector takes; the policy \
         collects too much"
    )]
    TooLargeCompressed {
        /// Its size as it would travel.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A report cannot be compressed.
    #[error("the report cannot be compressed")]
    Compress(#[source] std::io::Error),
    /// The numbers of entries are used up.
    #[error(
        "the ledger {} has come to its last number, {MAX_NUMBER}, and takes no further report; move the state \
         directory away and enrol this device again", .path.display()
    )]
    Full {
        /// The ledger's directory.
        path: PathBuf,
    },
    /// The system's random source failed.
    #[error("the system's random source failed")]
    Random,
}

impl LedgerError {
    /// Whether the ledger's content is not what was signed.
    pub const fn is_tampering(&self) -> bool {
        matches!(self, Self::Tampered { .. })
    }

    /// Whether a report was refused for its size, before anything was recorded.
    pub const fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::TooLargeCompressed { .. })
    }
}
