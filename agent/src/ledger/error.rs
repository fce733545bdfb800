//! What can be wrong with the ledger.

use super::file_name::MAX_NUMBER;
use crate::durable::FileError;
use collector_proto::contract::NotUnderstood;
use collector_proto::envelope::VerifyError;
use std::path::PathBuf;

/// What lies below an error. It repeats no content of an entry.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

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
        /// What reading or verifying it said, where that was asked.
        source: Option<Cause>,
    },
    /// This device signed an entry, and this program does not understand it.
    #[error(
        "ledger entry {entry} ({}) is signed by this device and was written by a newer Candor; install that version \
         again",
        .path.display()
    )]
    Newer {
        /// Number of the entry.
        entry: u64,
        /// The file.
        path: PathBuf,
        /// What is not understood.
        source: NotRead,
    },
    /// The collector signed a receipt, and this program does not understand it.
    #[error("the receipt of ledger entry {entry} is signed by the collector and needs a newer Candor")]
    NewerReceipt {
        /// Number of the entry.
        entry: u64,
        /// What is not understood.
        source: VerifyError,
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
    Random(#[source] ring::error::Unspecified),
}

/// What this program does not understand of an entry that this device signed.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It must be understood, and this program does not.
    #[error(transparent)]
    NotUnderstood(NotUnderstood),
    /// It is of a form that this program does not know. The position is all that is said: the parser's own words may repeat
    /// a collected value.
    #[error("it is of a form that this program does not know (line {line}, column {column})")]
    Form {
        /// Line of its content.
        line: usize,
        /// Column of its content.
        column: usize,
    },
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
