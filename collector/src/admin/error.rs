//! Why an operation was not carried out.

use super::access::Denied;
use crate::backup::{BackupError, BackupFileError};
use crate::clock::NoRandomness;
use crate::data_dir::ConfigError;
use crate::keys::KeyError;
use crate::refusal::Reason;
use crate::store::StoreError;
use collector_proto::envelope::{BadSigningKey, EnvelopeError};
use std::path::PathBuf;
use uuid::Uuid;

/// Why an operation was not carried out. Names ids, files and groups, never a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminError {
    /// The actor may not ask for it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The collector's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The collector's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// No device has this id.
    #[error("there is no device {0}")]
    NoDevice(Uuid),
    /// No report has this number.
    #[error("there is no report {0}; `report list` shows the numbers")]
    NoReport(i64),
    /// A stored report cannot be read.
    #[error("the report is not JSON")]
    Report(#[source] serde_json::Error),
    /// A stored receipt is not an envelope.
    #[error("the receipt cannot be read; `report verify` says more")]
    ReceiptEnvelope(#[source] EnvelopeError),
    /// A stored receipt's content is not JSON.
    #[error("the receipt cannot be read; `report verify` says more")]
    Receipt(#[source] serde_json::Error),
    /// A group without a name.
    #[error("the group has no name")]
    NamelessGroup,
    /// Too little of a token's digest to name it.
    #[error("give at least {0} hex digits of the token's SHA-256; `token list` shows them")]
    TooFewDigits(usize),
    /// No unused token has this digest.
    #[error("no unused token's SHA-256 starts with {0}")]
    NoToken(String),
    /// An address for devices is of another form.
    #[error("{0} is not an address of the form https://host:port")]
    Address(String),
    /// A signing key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A signing key cannot be made.
    #[error("a signing key cannot be made")]
    NewKey(#[source] BadSigningKey),
    /// A file of the collector cannot be read.
    #[error("cannot read {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// A bundle cannot be written.
    #[error("the bundle cannot be written")]
    Bundle(#[source] serde_json::Error),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A backup's file.
    #[error(transparent)]
    BackupFile(#[from] BackupFileError),
}

impl AdminError {
    /// The line of the one table that says what follows: the status that is answered and the exit code.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            // Whoever may not ask does not learn whether there is something.
            Self::Denied(_) | Self::NoDevice(_) | Self::NoReport(_) | Self::NoToken(_) => Reason::NotFound,
            Self::Store(error) => error.reason(),
            Self::NamelessGroup | Self::TooFewDigits(_) | Self::Address(_) => Reason::Malformed,
            Self::Config(_)
            | Self::Random(_)
            | Self::Report(_)
            | Self::ReceiptEnvelope(_)
            | Self::Receipt(_)
            | Self::Key(_)
            | Self::NewKey(_)
            | Self::File(..)
            | Self::Bundle(_)
            | Self::Backup(_)
            | Self::BackupFile(_) => Reason::Internal,
        }
    }
}
