//! The end of the agent's ledger, as the agent tells it and as the reader keeps it.
//!
//! ```text
//! told: {"entries":5,"newest":["sha256:…","sha256:…"]}      digests of the newest entries, the newest last
//! kept: {"entries":5,"digest":"sha256:…"}
//! ```
//!
//! The ledger lies with the agent, which could lose or take back entries. What the reader keeps tells such a ledger from one that
//! is merely young.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// Most digests that are told. One report is recorded between two tellings, or two where the first has to be made again; a reader
/// that could not be told misses a few.
pub const MAX_TOLD_ENTRIES: usize = 16;

/// The end of a ledger as the agent tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEnd {
    /// Number of the newest entry: entries are counted from 1 without gaps.
    pub entries: u64,
    /// Digests of the reports of the newest entries, oldest first; the last one is of the newest entry.
    pub newest: Vec<Digest>,
}

/// The newest entry that the reader knows of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerHead {
    /// Its number.
    pub entries: u64,
    /// Digest of its report.
    pub digest: Digest,
}

/// Why what the agent tells is not the ledger that the reader knows, further on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherLedger {
    /// It ends before the entry that is known.
    #[error(
        "the ledger ends with entry {told}, and entry {known} was there before: its last entries were removed, or an older copy was \
         put in its place"
    )]
    Shorter {
        /// The newest entry that is told.
        told: u64,
        /// The newest that is known.
        known: u64,
    },
    /// It holds another report where a known one was.
    #[error(
        "entry {0} of the ledger is another report than the one that was there before: an older copy was put in its place"
    )]
    Forked(u64),
    /// It does not say what is at the entry that is known.
    #[error("the ledger is told up to entry {told} without entry {known}, which is the newest that is known")]
    Unconnected {
        /// The newest entry that is told.
        told: u64,
        /// The newest that is known.
        known: u64,
    },
}

impl LedgerEnd {
    /// The newest entry; `None` of what holds no digest, or more than may be told.
    pub fn head(&self) -> Option<LedgerHead> {
        let digest = *self.newest.last()?;
        let told = u64::try_from(self.newest.len()).ok()?;
        let fits = self.newest.len() <= MAX_TOLD_ENTRIES && told <= self.entries;
        fits.then_some(LedgerHead { entries: self.entries, digest })
    }

    /// Whether this is the ledger with the known entry, or that ledger further on.
    pub fn continues(&self, known: &LedgerHead) -> Result<(), OtherLedger> {
        let (told, known_entry) = (self.entries, known.entries);
        let Some(since) = told.checked_sub(known_entry) else {
            return Err(OtherLedger::Shorter { told, known: known_entry });
        };
        let since = usize::try_from(since).unwrap_or(usize::MAX);
        match self.newest.iter().rev().nth(since) {
            Some(digest) if *digest == known.digest => Ok(()),
            Some(_) => Err(OtherLedger::Forked(known_entry)),
            None => Err(OtherLedger::Unconnected { told, known: known_entry }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    #[test]
    fn a_ledger_continues_what_is_known_of_it_or_is_another() {
        let known = LedgerHead { entries: 5, digest: digest("5") };
        let told = |entries, newest: &[&str]| {
            LedgerEnd { entries, newest: newest.iter().map(|text| digest(text)).collect() }.continues(&known)
        };
        assert_eq!(told(5, &["5"]), Ok(()));
        assert_eq!(told(6, &["5", "6"]), Ok(()));
        assert_eq!(told(8, &["4", "5", "6", "7", "8"]), Ok(()));
        assert_eq!(told(4, &["4"]), Err(OtherLedger::Shorter { told: 4, known: 5 }));
        assert_eq!(told(5, &["other"]), Err(OtherLedger::Forked(5)));
        assert_eq!(told(6, &["other", "6"]), Err(OtherLedger::Forked(5)));
        assert_eq!(told(6, &["6"]), Err(OtherLedger::Unconnected { told: 6, known: 5 }));
        assert_eq!(told(u64::MAX, &["6"]), Err(OtherLedger::Unconnected { told: u64::MAX, known: 5 }));
    }

    #[test]
    fn an_end_has_as_many_entries_as_it_tells() {
        let end = |entries, told| LedgerEnd { entries, newest: vec![digest("x"); told] };
        assert_eq!(end(3, 2).head(), Some(LedgerHead { entries: 3, digest: digest("x") }));
        for bad in [end(3, 0), end(1, 2), end(100, MAX_TOLD_ENTRIES + 1)] {
            assert_eq!(bad.head(), None);
        }
    }
}
