//! The number, and which numbers work together.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;

/// The contract of this program. It rises by one with the first release that introduces a document, a message, a member
/// or a name for `requires`.
pub const CONTRACT: Contract = Contract::FIRST;

/// Name of the header that carries a sender's contract number.
pub const CONTRACT_HEADER: &str = "candor-contract";

/// A contract number, 1 or above: there was no release before 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contract(NonZeroU16);

/// Two programs that are too far apart to work together. `Display` says which of them has to be upgraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooFarApart {
    /// The other is older than the one before this.
    #[error("it speaks contract {theirs}, and this program takes {} or newer: it has to be upgraded", .ours.oldest_peer())]
    TheyAreOlder {
        /// This program's number.
        ours: Contract,
        /// The other's.
        theirs: Contract,
    },
    /// The other is newer than the one after this.
    #[error("it speaks contract {theirs}, and this program takes at most {}: this program has to be upgraded", .ours.newest_peer())]
    TheyAreNewer {
        /// This program's number.
        ours: Contract,
        /// The other's.
        theirs: Contract,
    },
}

impl Contract {
    /// The first contract.
    pub const FIRST: Self = Self(NonZeroU16::MIN);

    /// The contract of this number; `None` for 0.
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0.get()
    }

    /// Reads a header's value: decimal digits in the one way they are written.
    pub fn parse(value: &str) -> Option<Self> {
        let number: u16 = value.parse().ok()?;
        Self::new(number).filter(|contract| contract.to_string() == value)
    }

    /// Whether a program of this contract works with one of the other's: the same number or the next on either side.
    pub fn works_with(self, other: Self) -> Result<(), TooFarApart> {
        if other < self.oldest_peer() {
            Err(TooFarApart::TheyAreOlder { ours: self, theirs: other })
        } else if other > self.newest_peer() {
            Err(TooFarApart::TheyAreNewer { ours: self, theirs: other })
        } else {
            Ok(())
        }
    }

    /// The oldest contract that a program of this one works with: the number before, at least 1.
    #[must_use]
    pub fn oldest_peer(self) -> Self {
        Self::new(self.number() - 1).unwrap_or(self)
    }

    /// The newest contract that a program of this one works with: the number after.
    #[must_use]
    pub fn newest_peer(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
