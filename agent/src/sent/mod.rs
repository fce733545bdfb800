//! What the ledger says of itself: gathered here for whoever is shown it, by the person's command where the ledger is this user's
//! own, and by the ledger's service where another account asks for it through the reader.

mod gather;
mod serve;

pub(crate) use serve::{Ended, serve};

use crate::documents;
use crate::durable::FileError;
use crate::identity::{Enrolment, IdentityError, ReceiptKeys};
use crate::ledger::baseline::{self, Confirmed};
use crate::ledger::{Ledger, LedgerError};
use crate::paths::Paths;
use collector_proto::envelope::PublicKey;
use collector_proto::policy::trust::Trust;

/// The ledger, and what its entries are verified with.
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) receipt_keys: ReceiptKeys,
    /// What the baseline named before the ledger was viewed.
    confirmed: Option<Confirmed>,
}

/// Why the ledger cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BooksError {
    /// It is unknown whose ledger it is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The documents cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The ledger itself.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Books {
    /// Opens the ledger of the device with this key.
    pub(crate) fn open(paths: &Paths, enrolment: &Enrolment, device: &PublicKey) -> Result<Self, BooksError> {
        let documents = documents::load(paths)?;
        let receipt_keys = enrolment.receipt_keys(paths, &documents)?;
        let confirmed = baseline::confirmed(&paths.baseline());
        let ledger = Ledger::view(&paths.ledger(), device)?;
        Ok(Self { ledger, receipt_keys, confirmed })
    }

    /// Holds the clock to what the ledger proves, as a cycle does.
    pub(crate) fn hold_clock(&self, trust: &mut Trust) -> Result<(), LedgerError> {
        self.ledger.hold_clock(trust, &self.receipt_keys)
    }
}

impl BooksError {
    /// Whether something is not what was signed.
    pub(crate) const fn is_tampering(&self) -> bool {
        match self {
            Self::Ledger(error) => error.is_tampering(),
            Self::Identity(error) => error.is_tampering(),
            Self::File(_) => false,
        }
    }
}
