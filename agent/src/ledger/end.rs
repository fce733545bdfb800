//! Where the ledger ends, which the reader is told, and whether it is the ledger that the reader was told of.

use super::{Ledger, LedgerError};
use collector_proto::digest::Digest;
use collector_proto::disclosure::sent::{KnownEntry, SentEnd};
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

    /// Where the ledger ends, with what it holds in the place of the entry that the reader knows.
    pub(crate) fn end_at(&self, known: Option<u64>) -> Result<SentEnd, LedgerError> {
        let last = self.last();
        let known = known.filter(|known| (1..=last).contains(known));
        let known = known.map(|number| self.known_entry(number)).transpose()?;
        Ok(SentEnd { last, known })
    }

    /// Holds the ledger to the newest entry that the reader knows of.
    pub(crate) fn continues(&self, known: &LedgerHead) -> Result<(), OtherLedger> {
        match self.end_at(Some(known.entries)) {
            Ok(end) => end.against(known).map(drop),
            // What cannot be read was found by whoever verified the ledger before.
            Err(_) => Ok(()),
        }
    }

    fn known_entry(&self, number: u64) -> Result<KnownEntry, LedgerError> {
        if self.dropped().iter().any(|range| range.contains(&number)) {
            return Ok(KnownEntry::Dropped(self.digest_of(number)?));
        }
        Ok(KnownEntry::Report(self.load(number)?.text()))
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
