//! Where the ledger ends, and whether it is the ledger that the reader knows.

use crate::digest::Digest;
use crate::disclosure::{LedgerHead, OtherLedger};
use crate::envelope::{Document as _, pae_digest};
use crate::messages::Report;
use serde::{Deserialize, Serialize};

/// Where the ledger ends, and what it holds in the place of the entry that the reader knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentEnd {
    /// Number of the newest entry.
    pub last: u64,
    /// The entry that was asked for; `None` where none was, or the ledger ends before it.
    pub known: Option<KnownEntry>,
}

/// The entry that the reader knows, as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownEntry {
    /// The signed bytes of its report: whoever has lost them cannot name their digest alone.
    Report(String),
    /// A record of dropped entries covers it. Where it ends with it, it names the digest.
    Dropped(Option<Digest>),
}

/// How the ledger holds the entry that the reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// With its report.
    Whole,
    /// As dropped to keep the ledger within its bounds, so that its report cannot be compared.
    Dropped,
}

impl SentEnd {
    /// Whether this is the ledger with the known entry, or that ledger further on.
    pub fn against(&self, known: &LedgerHead) -> Result<Held, OtherLedger> {
        let (told, number) = (self.last, known.entries);
        if told < number {
            return Err(OtherLedger::Shorter { told, known: number });
        }
        let (digest, held) = match &self.known {
            Some(KnownEntry::Report(body)) => {
                (Some(pae_digest(Report::PAYLOAD_TYPE, body.as_bytes())), Held::Whole)
            }
            Some(KnownEntry::Dropped(digest)) => (*digest, Held::Dropped),
            None => return Err(OtherLedger::Unconnected { told, known: number }),
        };
        match digest {
            Some(digest) if digest != known.digest => Err(OtherLedger::Forked(number)),
            _ => Ok(held),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_of_the_known_entry_prove_that_it_is_there() {
        let body = r#"{"v":1}"#;
        let digest = pae_digest(Report::PAYLOAD_TYPE, body.as_bytes());
        let known = LedgerHead { entries: 3, digest };
        let of = |last, entry| SentEnd { last, known: entry }.against(&known);
        let report = |body: &str| Some(KnownEntry::Report(body.to_owned()));
        assert_eq!(of(3, report(body)), Ok(Held::Whole));
        assert_eq!(of(9, report(body)), Ok(Held::Whole));
        assert_eq!(of(2, report(body)), Err(OtherLedger::Shorter { told: 2, known: 3 }));
        assert_eq!(of(3, report("{}")), Err(OtherLedger::Forked(3)));
        assert_eq!(of(3, None), Err(OtherLedger::Unconnected { told: 3, known: 3 }));
        assert_eq!(of(3, Some(KnownEntry::Dropped(None))), Ok(Held::Dropped));
        assert_eq!(of(3, Some(KnownEntry::Dropped(Some(digest)))), Ok(Held::Dropped));
        assert_eq!(of(3, Some(KnownEntry::Dropped(Some(Digest::of(b""))))), Err(OtherLedger::Forked(3)));
    }
}
