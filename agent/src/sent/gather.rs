//! The answers: a list, one report, a verification, a summary.

use super::Books;
use crate::ledger::{LedgerError, Recorded};
use collector_proto::disclosure::sent::{
    LastReceipt, SentCounts, SentEntry, SentFindings, SentLine, SentList, SentReceipt, SentSummary,
};
use collector_proto::messages::{ProblemKind, Receipt};
use std::collections::BTreeSet;

impl Books {
    /// Every report and every record of dropped ones, oldest first; of more than `most` lines the newest.
    pub(crate) fn list(&self, most: usize) -> Result<SentList, LedgerError> {
        let dropped = self.ledger.dropped().iter().map(|range| (*range.start(), Some(range)));
        let kept = self.ledger.entries().map(|(entry, _)| (entry, None));
        let mut all: Vec<_> = dropped.chain(kept).collect();
        all.sort_unstable_by_key(|(first, _)| *first);
        let older = all.len().saturating_sub(most);
        let lines = all.into_iter().skip(older).map(|(entry, range)| match range {
            Some(range) => {
                let record = self.ledger.drop_record(range)?;
                let record = record.document();
                let (first, last, at) = (record.first, record.last, record.created);
                Ok(SentLine::Dropped { first, last, at, state: record.fate, why: record.why })
            }
            None => self.line(entry),
        });
        let lines = lines.collect::<Result<_, LedgerError>>()?;
        Ok(SentList { lines, left_out: u64::try_from(older).unwrap_or(u64::MAX) })
    }

    fn line(&self, entry: u64) -> Result<SentLine, LedgerError> {
        let recorded = self.ledger.load(entry)?;
        let receipt = self.receipt(&recorded)?;
        let parts = self.ledger.parts(&recorded)?;
        let report = recorded.report().document();
        Ok(SentLine::Report {
            entry,
            created: report.created,
            stream: report.stream.clone(),
            seq: report.seq,
            policy_version: report.policy.version,
            bytes: length(recorded.report().body()) + parts.values().map(|bytes| length(bytes)).sum::<u64>(),
            state: self.ledger.fate(entry),
            received_at: receipt.as_ref().map(|receipt| receipt.received_at),
            stored_until: receipt.as_ref().and_then(Receipt::last_value_until),
            problem: self.problem(entry)?,
        })
    }

    /// One report as it was signed, and what the collector said to it.
    pub(crate) fn show(&self, entry: u64) -> Result<SentEntry, LedgerError> {
        let recorded = self.ledger.load(entry)?;
        let receipt = self.receipt(&recorded)?.map(|receipt| SentReceipt {
            received_at: receipt.received_at,
            values_until: receipt.values_until,
            records_until: receipt.records_until,
            collector: receipt.collector,
        });
        let report = recorded.report();
        let parts = self.ledger.parts(&recorded)?.into_values();
        let entry = SentEntry {
            entry,
            digest: report.digest(),
            bytes: 0,
            signature: report.signature().to_string(),
            state: self.ledger.fate(entry),
            receipt,
            problem: self.problem(entry)?,
            head: recorded.text(),
            // What is not JSON is shown as what it is not: its digest then is another.
            parts: parts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect(),
            left_out: BTreeSet::new(),
        };
        Ok(entry.of_its_bytes())
    }

    /// Verifies every entry; the first that is wrong is the error. `known` is the newest entry that the reader knows of.
    pub(crate) fn verify(&self, known: Option<u64>) -> Result<SentFindings, LedgerError> {
        let findings = self.ledger.verify(&self.receipt_keys, self.confirmed.as_ref())?;
        Ok(SentFindings { findings, end: self.ledger.end_at(known)? })
    }

    /// How many reports there are, and what happened to the last of them.
    pub(crate) fn summarise(&self, known: Option<u64>) -> Result<SentSummary, LedgerError> {
        let ledger = &self.ledger;
        let newest = ledger.entries().next_back().map(|(number, _)| ledger.load(number)).transpose()?;
        let mut last_receipt = None;
        if let Some(entry) = ledger.last_receipted() {
            last_receipt = self.receipt(&ledger.load(entry)?)?.map(|receipt| LastReceipt {
                entry,
                received_at: receipt.received_at,
                values_until: receipt.values_until,
                records_until: receipt.records_until,
            });
        }
        let counts = SentCounts {
            last_entry: ledger.last(),
            pending: u64::try_from(ledger.pending().count()).unwrap_or(u64::MAX),
            newest_made: newest.map(|recorded| recorded.report().document().created),
            last_receipt,
            last_value_until: ledger.last_value_until(&self.receipt_keys),
        };
        Ok(SentSummary { counts, end: ledger.end_at(known)? })
    }

    fn receipt(&self, recorded: &Recorded) -> Result<Option<Receipt>, LedgerError> {
        self.ledger.receipt(recorded, &self.receipt_keys)
    }

    fn problem(&self, entry: u64) -> Result<Option<ProblemKind>, LedgerError> {
        Ok(self.ledger.refusal(entry)?.and_then(|note| note.document().problem.kind()))
    }
}

fn length(body: &[u8]) -> u64 {
    u64::try_from(body.len()).unwrap_or(u64::MAX)
}
