//! Verifies the whole ledger: every signature, every chain, every receipt, every gap.

use super::baseline::Confirmed;
use super::error::Cause;
use super::file_name::FileName;
use super::{Fate, Kept, Ledger, LedgerError, Recorded, RefusalNote};
use crate::identity::ReceiptKeys;
use collector_proto::digest::Digest;
pub use collector_proto::disclosure::sent::Findings;
use collector_proto::envelope::{Envelope, VerifyError};
use collector_proto::messages::Receipt;
use collector_proto::policy::trust::Trust;
use std::collections::BTreeSet;
use std::path::PathBuf;

impl Ledger {
    /// Verifies every entry in order; the first that is wrong is the error, which names it. `confirmed` is what the
    /// baseline named before the ledger was viewed: it tells when the newest entries are gone.
    pub(crate) fn verify(
        &self,
        keys: &ReceiptKeys,
        confirmed: Option<&Confirmed>,
    ) -> Result<Findings, LedgerError> {
        let mut findings = Findings::default();
        let mut chain = Chain::default();
        let mut number = 1;
        while number <= self.last() {
            if let Some(range) = self.dropped.iter().find(|range| *range.start() == number) {
                let record = self.drop_record(range)?;
                let r = record.document();
                chain
                    .step(&r.stream, r.first_seq, r.prev, (r.last_seq, r.last_report))
                    .map_err(|f| self.at(number, f))?;
                if r.last_seq - r.first_seq != r.last - r.first {
                    return Err(self.at(number, "the record counts other reports than entries"));
                }
                findings.dropped += r.last - r.first + 1;
                number = r.last + 1;
            } else {
                self.verify_entry(number, keys, &mut chain, &mut findings)?;
                number += 1;
            }
        }
        if let Some(confirmed) = confirmed {
            self.verify_confirmed(confirmed, &chain)?;
        }
        Ok(findings)
    }

    /// The report that the baseline names must be there with its receipt, or recorded as dropped.
    fn verify_confirmed(&self, confirmed: &Confirmed, chain: &Chain) -> Result<(), LedgerError> {
        for range in &self.dropped {
            let record = self.drop_record(range)?;
            let record = record.document();
            if record.stream == confirmed.stream
                && (record.first_seq..=record.last_seq).contains(&confirmed.seq)
            {
                return Ok(());
            }
        }
        for (number, fate) in self.entries().rev() {
            let recorded = self.load(number)?;
            let report = recorded.report.document();
            if report.stream == confirmed.stream && report.seq == confirmed.seq {
                return match fate {
                    Fate::Receipted => Ok(()),
                    Fate::Refused | Fate::Unsent => {
                        Err(self.at(number, "the collector confirmed it, but its receipt is missing"))
                    }
                };
            }
        }
        // Entries and reports of a stream are counted alike, so the last entry tells the number of the missing one.
        let beyond = match chain.last {
            Some((seq, _)) if chain.stream == confirmed.stream => confirmed.seq.saturating_sub(seq).max(1),
            Some(_) | None => 1,
        };
        Err(self.at(self.last() + beyond, "the collector confirmed it, but it is missing"))
    }

    /// Verifies an entry's receipt; `None` when it has none.
    pub fn receipt(&self, recorded: &Recorded, keys: &ReceiptKeys) -> Result<Option<Receipt>, LedgerError> {
        let Some(envelope) = self.receipt_envelope(recorded.number)? else { return Ok(None) };
        self.check_receipt(recorded, &envelope, keys).map(Some)
    }

    /// Holds the clock to the newest receipt. What the collector says of the time is believed no further than this device's own
    /// clock stood when it made the report, and what a clock may drift: the key of receipts is on line.
    pub(crate) fn hold_clock(&self, trust: &mut Trust, keys: &ReceiptKeys) -> Result<(), LedgerError> {
        let Some(entry) = self.last_receipted() else { return Ok(()) };
        let recorded = self.load(entry)?;
        if let Some(receipt) = self.receipt(&recorded, keys)? {
            trust.saw(receipt.received_at, recorded.report.document().created);
        }
        Ok(())
    }

    /// Verifies that a receipt is the collector's and about this report.
    pub(crate) fn check_receipt(
        &self,
        recorded: &Recorded,
        envelope: &Envelope,
        keys: &ReceiptKeys,
    ) -> Result<Receipt, LedgerError> {
        let entry = recorded.number;
        let tampered = |fault, source: Option<Cause>| {
            let path = self.path(&FileName::Receipt(entry));
            LedgerError::Tampered { entry, path, fault, source }
        };
        let receipt: Receipt = keys.verify(envelope).map_err(|error| match error {
            VerifyError::NotUnderstood(_) | VerifyError::Content(_) => {
                LedgerError::NewerReceipt { entry, source: error }
            }
            VerifyError::Type { .. } | VerifyError::Signatures { .. } | VerifyError::Base64 => {
                tampered("its receipt is not signed by the collector's receipt key", Some(error.into()))
            }
        })?;
        let report = recorded.report.document();
        let same = receipt.report_sha256 == recorded.report.digest()
            && receipt.device_id == report.device_id
            && receipt.stream == report.stream
            && receipt.seq == report.seq
            && receipt.collector == report.aud;
        if same { Ok(receipt) } else { Err(tampered("its receipt is about another report", None)) }
    }

    fn verify_entry(
        &self,
        number: u64,
        keys: &ReceiptKeys,
        chain: &mut Chain,
        findings: &mut Findings,
    ) -> Result<(), LedgerError> {
        let recorded = match self.load(number) {
            Err(LedgerError::NoEntry(_)) => {
                return Err(self.at(number, "the entry is missing and no record says that it was dropped"));
            }
            other => other?,
        };
        let report = recorded.report.document();
        let own = (report.seq, recorded.report.digest());
        chain.step(&report.stream, report.seq, report.prev, own).map_err(|fault| self.at(number, fault))?;
        // A part that is there is the one that the head names; one that is not was removed at its date.
        self.parts(&recorded)?;
        findings.reports += 1;
        if self.receipt(&recorded, keys)?.is_some() {
            findings.receipts += 1;
        }
        if let Some(note) = self.refusal(number)? {
            if !is_about(&note, &recorded) {
                return Err(self.at(number, "its refusal is about another report"));
            }
            findings.refused += 1;
        }
        if self.entries.get(&number).is_some_and(|slot| slot.fate() == Fate::Unsent) {
            findings.unsent += 1;
        }
        Ok(())
    }

    fn at(&self, number: u64, fault: &'static str) -> LedgerError {
        LedgerError::Tampered { entry: number, path: self.path_of(number), fault, source: None }
    }

    fn path_of(&self, number: u64) -> PathBuf {
        let range = self.dropped.iter().find(|range| range.contains(&number));
        self.path(&range.map_or(FileName::Report(number), |range| FileName::Dropped(range.clone())))
    }
}

fn is_about(note: &Kept<RefusalNote>, recorded: &Recorded) -> bool {
    let (note, report) = (note.document(), recorded.report.document());
    note.report_sha256 == recorded.report.digest() && note.stream == report.stream && note.seq == report.seq
}

/// Follows the reports of one stream after another. A stream that was left does not come back.
#[derive(Default)]
struct Chain {
    stream: String,
    last: Option<(u64, Digest)>,
    left: BTreeSet<String>,
}

impl Chain {
    fn step(
        &mut self,
        stream: &str,
        seq: u64,
        prev: Option<Digest>,
        last: (u64, Digest),
    ) -> Result<(), &'static str> {
        if stream != self.stream {
            if !self.left.insert(stream.to_owned()) {
                return Err("its stream had already ended");
            }
            stream.clone_into(&mut self.stream);
            self.last = None;
        }
        let (expected_seq, expected_prev) =
            self.last.map_or((1, None), |(seq, digest)| (seq + 1, Some(digest)));
        if seq != expected_seq {
            return Err("its number does not follow the one before it in its stream");
        }
        if prev != expected_prev {
            return Err("it does not continue the report before it in its stream");
        }
        self.last = Some(last);
        Ok(())
    }
}
