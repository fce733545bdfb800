//! Why a store does not answer.

use crate::refusal::{Reason, RequestRefusal};

/// A cause that belongs to one implementation, such as an error of its database.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store does not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much work waits.
    #[error("the store has too much waiting work")]
    Busy,
    /// The disk, or the size the database may have, is full.
    #[error("the disk is full")]
    Full,
    /// The store is shutting down, or a transaction that this was part of failed.
    #[error("the store is closed")]
    Closed,
    /// The database was made by an older version.
    #[error("the database has schema {0}; start `candor-collector serve` once to bring it up to date")]
    Older(usize),
    /// The database was made by a newer version.
    #[error("the database has schema {0}, made by a newer candor-collector")]
    Newer(usize),
    /// The database cannot be made.
    #[error("the database cannot be made")]
    NotMade(#[source] std::io::Error),
    /// A file of the database is not one that can be trusted, or cannot be looked at.
    #[error("the database cannot be used")]
    Unusable(#[source] std::io::Error),
    /// A thread cannot be started.
    #[error("the store cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// What is stored cannot be understood. Names the table, and as its cause nothing of what devices sent.
    #[error("a row of the table {0} cannot be read")]
    Corrupt(&'static str, #[source] Cause),
    /// A first root is to be kept where there is one.
    #[error("the store is not empty")]
    NotEmpty,
    /// A cursor that this listing did not give.
    #[error("the cursor is not one of this listing")]
    Cursor(#[source] Cause),
    /// What must survive a restore cannot be written elsewhere. It is done here, and confirmed to nobody.
    #[error(
        "it is done here, but the journal could not be told, so that a restore would undo it; repeat it once it can"
    )]
    Journal(#[source] crate::journal::JournalError),
    /// A copy was not made.
    #[error("the copy cannot be made")]
    Copy(#[source] Cause),
    /// What is answered cannot be signed.
    #[error("the answer cannot be signed")]
    Seal(#[source] Cause),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Cause),
}

impl StoreError {
    /// Why a row of this table cannot be read.
    pub(crate) fn corrupt<E: Into<Cause>>(table: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self::Corrupt(table, cause.into())
    }

    /// Why a cursor is not one of this listing.
    pub(crate) fn cursor<E: Into<Cause>>(cause: E) -> Self {
        Self::Cursor(cause.into())
    }

    /// The line of the one table that says what follows.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Busy | Self::Full | Self::Closed | Self::Journal(_) => Reason::Unavailable,
            Self::Cursor(_) => Reason::Malformed,
            Self::Older(_)
            | Self::Newer(_)
            | Self::NotMade(_)
            | Self::Unusable(_)
            | Self::Corrupt(..)
            | Self::NotEmpty
            | Self::Seal(_)
            | Self::Copy(_)
            | Self::Thread(_)
            | Self::Database(_) => Reason::Internal,
        }
    }
}

impl From<StoreError> for RequestRefusal {
    fn from(error: StoreError) -> Self {
        let reason = error.reason();
        match error {
            StoreError::Busy => Self::new(reason, "too many reports are waiting; try again later"),
            StoreError::Full => Self::new(reason, "there is no room to store; try again later"),
            StoreError::Closed => Self::new(reason, "the collector could not store; try again later"),
            StoreError::Journal(cause) => {
                tracing::error!(
                    error = &cause as &dyn std::error::Error,
                    "the journal could not be told; nothing is confirmed"
                );
                Self::new(reason, "the collector could not write down elsewhere what it did; try again later")
            }
            StoreError::Cursor(_) => {
                Self::new(reason, "the cursor is not one of this listing").caused_by(error)
            }
            other => {
                tracing::error!(error = %other, cause = std::error::Error::source(&other), "the store failed");
                reason.into()
            }
        }
    }
}
