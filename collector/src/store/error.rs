//! Why a store does not answer.

use crate::refusal::{Reason, Refusal};

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
    /// What is stored cannot be understood. Names the table, never content.
    #[error("a row of the table {0} cannot be read")]
    Corrupt(&'static str),
    /// A cursor that this listing did not give.
    #[error("the cursor is not one of this listing")]
    Cursor,
    /// What is answered cannot be signed.
    #[error("the answer cannot be signed")]
    Seal(#[source] Cause),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Cause),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                Self::new(Reason::Unavailable, "too many reports are waiting; try again later")
            }
            StoreError::Full => Self::new(Reason::Unavailable, "there is no room to store; try again later"),
            StoreError::Closed => {
                Self::new(Reason::Unavailable, "the collector could not store; try again later")
            }
            StoreError::Cursor => Self::new(Reason::Malformed, "the cursor is not one of this listing"),
            other => {
                tracing::error!(error = %other, cause = std::error::Error::source(&other), "the store failed");
                Reason::Internal.into()
            }
        }
    }
}
