//! The parts of the ledger's entries: kept beside the heads that name them, and removed at their date.
//!
//! A part lives for its retention from the receipt on, or from when it was made while there is none. What is never a history
//! is gone as soon as a newer one of its name is kept.

use super::file_name::FileName;
use super::notes::Fate;
use super::{Ledger, LedgerError, LedgerWriter, Recorded};
use crate::durable;
use crate::identity::ReceiptKeys;
use collector_proto::digest::Digest;
use collector_proto::limits::{MAX_REPORT_BYTES, MAX_UNSENT_SECONDS};
use collector_proto::messages::{Part, PartName, Report};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;

/// The bytes of parts, as their digests in a head are of.
pub(crate) type PartBytes = BTreeMap<PartName, Vec<u8>>;

/// A part as its bytes say it; `None` of bytes that this program does not understand.
pub(crate) fn part_of(bytes: &[u8]) -> Option<Part> {
    Part::read(bytes).ok()
}

impl Ledger {
    /// The parts of an entry that are there, each held to the digest that its head names.
    pub(crate) fn parts(&self, recorded: &Recorded) -> Result<PartBytes, LedgerError> {
        let mut parts = PartBytes::new();
        for (place, (name, digest)) in places(recorded.report().document()) {
            if !self.parts.contains(&(recorded.number, place)) {
                continue;
            }
            let file = FileName::Part(recorded.number, place);
            // Removed since the directory was looked at.
            let Some(bytes) = self.read(&file, MAX_REPORT_BYTES)? else { continue };
            if Digest::of(&bytes) != *digest {
                let (entry, path) = (recorded.number, self.path(&file));
                let fault = "a part is not the one that its head names";
                return Err(LedgerError::Tampered { entry, path, fault, source: None });
            }
            parts.insert(*name, bytes);
        }
        Ok(parts)
    }

    /// Whether parts of the entry are there.
    fn has_parts(&self, number: u64) -> bool {
        self.parts.range((number, 0)..=(number, u16::MAX)).next().is_some()
    }

    /// When the last value goes of all that the collector confirmed and of which parts are here. What cannot be verified any more
    /// counts as nothing.
    pub(crate) fn last_value_until(&self, keys: &ReceiptKeys) -> Option<UtcTime> {
        let confirmed =
            self.entries().filter(|(number, fate)| *fate == Fate::Receipted && self.has_parts(*number));
        confirmed
            .filter_map(|(number, _)| self.receipt(&self.load(number).ok()?, keys).ok()??.last_value_until())
            .max()
    }
}

impl LedgerWriter<'_> {
    /// Removes the parts whose date has come. A receipt that cannot be verified any more counts as none.
    pub(crate) fn remove_expired(&mut self, keys: &ReceiptKeys, now: UtcTime) -> Result<(), LedgerError> {
        let with_parts: Vec<u64> =
            self.ledger.entries.keys().copied().filter(|number| self.has_parts(*number)).collect();
        let mut expired = Vec::new();
        for number in with_parts {
            let recorded = self.ledger.load(number)?;
            let report = recorded.report().document();
            let receipt = self.ledger.receipt(&recorded, keys).ok().flatten();
            // Nobody's word but the device's own makes a part live longer than a report may wait.
            let latest = report.created.plus_seconds(MAX_UNSENT_SECONDS);
            let since = receipt.map_or(report.created, |receipt| receipt.received_at.min(latest));
            let is_over = |name: &PartName| since.plus_seconds(name.retention.seconds()) <= now;
            expired.extend(
                places(report).filter(|(_, (name, _))| is_over(name)).map(|(place, _)| (number, place)),
            );
        }
        self.remove_parts(&expired)
    }

    /// Removes the earlier parts of what is never a history and of which this entry says something newer.
    pub(super) fn remove_superseded(&mut self, newer: &Recorded) -> Result<(), LedgerError> {
        let report = newer.report().document();
        let mut says_of = report.parts.keys().chain(&report.gone);
        if !says_of.any(|name| report.supersedes(name)) && !report.begins_anew() {
            return Ok(());
        }
        let earlier: Vec<u64> = self
            .ledger
            .entries
            .keys()
            .copied()
            .filter(|number| *number < newer.number && self.has_parts(*number))
            .collect();
        let mut superseded = Vec::new();
        for number in earlier {
            let recorded = self.ledger.load(number)?;
            let places = places(recorded.report().document());
            superseded.extend(
                places.filter(|(_, (name, _))| report.supersedes(name)).map(|(place, _)| (number, place)),
            );
        }
        self.remove_parts(&superseded)
    }

    fn remove_parts(&mut self, places: &[(u64, u16)]) -> Result<(), LedgerError> {
        let mut removed = false;
        for place in places {
            if !self.ledger.parts.contains(place) {
                continue;
            }
            let name = FileName::Part(place.0, place.1);
            let path = self.ledger.path(&name);
            let gone = self.ledger.folder()?.remove(name.to_string());
            gone.map_err(|source| durable::unwritable(&path, source))?;
            self.ledger.parts.remove(place);
            removed = true;
        }
        if removed {
            let synced = self.ledger.folder()?.sync();
            synced.map_err(|source| durable::unwritable(&self.ledger.directory, source))?;
        }
        Ok(())
    }
}

/// The parts that a head names, with their places.
pub(super) fn places(report: &Report) -> impl Iterator<Item = (u16, (&PartName, &Digest))> {
    // No report names more parts than fit.
    (1..=u16::MAX).zip(&report.parts)
}
