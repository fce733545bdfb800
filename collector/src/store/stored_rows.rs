//! The rows of a section as they come out of a store: unread.
//!
//! Parsed they take up to twelve times as much memory, which the C library keeps for the thread that parsed them. So a store's threads
//! do not: whoever needs them does, where there is room for it.

use super::StoreError;
use collector_proto::difference::SaltedRows;
use std::fmt;

/// Where rows cannot be read. The parser's own error is not kept: it quotes values.
#[derive(Debug, thiserror::Error)]
#[error("its rows cannot be read (line {line}, column {column})")]
struct UnreadableRows {
    line: usize,
    column: usize,
}

/// Rows with their salt, as JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRows(Vec<u8>);

impl StoredRows {
    pub(super) fn of_json(json: Vec<u8>) -> Self {
        Self(json)
    }

    /// The rows.
    pub fn read(&self) -> Result<SaltedRows, StoreError> {
        let place = |error: serde_json::Error| UnreadableRows { line: error.line(), column: error.column() };
        serde_json::from_slice(&self.0).map_err(place).map_err(StoreError::corrupt("section"))
    }
}

/// Its length alone: it is collected values.
impl fmt::Debug for StoredRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredRows({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn rows_that_cannot_be_read_are_named_by_their_place_and_not_quoted() {
        let canary = StoredRows::of_json(br#"{"salt":"canary","rows":[]}"#.to_vec());
        let error = canary.read().unwrap_err();
        let cause = error.source().unwrap();
        assert!(cause.to_string().starts_with("its rows cannot be read (line 1, column "), "{cause}");
        assert!(cause.source().is_none() && !format!("{error:?} {canary:?}").contains("canary"), "{error:?}");
        let quoted = serde_json::from_slice::<SaltedRows>(br#"{"salt":"","rows":["canary"]}"#).unwrap_err();
        assert!(!quoted.to_string().is_empty());
    }
}
