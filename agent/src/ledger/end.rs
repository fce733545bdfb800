//! Where the ledger ends, which the reader is told, and whether it is the ledger that the reader was told of.

use super::{Ledger, LedgerError};
use collector_proto::digest::Digest;
use collector_proto::disclosure::{LedgerEnd, LedgerHead, MAX_TOLD_ENTRIES, OtherLedger};

impl Ledger {
    /// The newest entries, as the reader is told them; `None` of an empty ledger.
    pub(crate) fn end(&self) -> Result<Option<LedgerEnd>, LedgerError> {
        let entries = self.last();
        let mut newest = Vec::new();
        for number in (1..=entries).rev().take(MAX_TOLD_ENTRIES) {
            let Some(digest) = self.digest_of(number)? else { break };
            newest.push(digest);
        }
        newest.reverse();
        Ok((!newest.is_empty()).then_some(LedgerEnd { entries, newest }))
    }

    /// Holds the ledger to the newest entry that the reader knows of.
    pub(crate) fn continues(&self, known: &LedgerHead) -> Result<(), OtherLedger> {
        let told = self.last();
        if told < known.entries {
            return Err(OtherLedger::Shorter { told, known: known.entries });
        }
        match self.digest_of(known.entries) {
            Ok(Some(digest)) if digest != known.digest => Err(OtherLedger::Forked(known.entries)),
            // Within a record of dropped entries, which this device signed, the digests of all but the last are gone. What cannot
            // be read was found by whoever verified the ledger before.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Digest of an entry's report; `None` where only a record of dropped entries covers it.
    fn digest_of(&self, number: u64) -> Result<Option<Digest>, LedgerError> {
        if let Some(range) = self.dropped().iter().find(|range| range.contains(&number)) {
            let ends_here = *range.end() == number;
            let record = self.drop_record(range)?;
            return Ok(ends_here.then_some(record.document().last_report));
        }
        Ok(Some(self.load(number)?.report().digest()))
    }
}
