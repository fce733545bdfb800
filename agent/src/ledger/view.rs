//! The ledger as it lies on disk.

use super::entry::{EntryFault, Kept, LedgerDocument, MAX_ENTRY_BYTES};
use super::file_name::{FileName, parse_name};
use super::notes::{DropRecord, Fate, RefusalNote};
use super::{LedgerError, Recorded};
use crate::durable::{self, FileError};
use candor_durable::{Directory, Role};
use collector_proto::envelope::{Envelope, PublicKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Longest note of ours in bytes: a refusal repeats a problem document, which the uplink bounds to 64 KiB.
const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The ledger as it lies on disk, read only. [`LedgerWriter`] adds to it.
#[derive(Debug)]
pub struct Ledger {
    pub(super) directory: PathBuf,
    /// The same, open; `None` where there is none.
    folder: Option<Directory>,
    pub(super) device: PublicKey,
    pub(super) entries: BTreeMap<u64, Slot>,
    /// The parts that are there, by the number of the entry and their place in its head.
    pub(super) parts: BTreeSet<(u64, u16)>,
    pub(super) dropped: Vec<RangeInclusive<u64>>,
}

/// Which files an entry has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) report: bool,
    pub(super) receipt: bool,
    pub(super) refused: bool,
}

impl Slot {
    pub(super) fn fate(self) -> Fate {
        match (self.receipt, self.refused) {
            (true, _) => Fate::Receipted,
            (false, true) => Fate::Refused,
            (false, false) => Fate::Unsent,
        }
    }
}

impl Ledger {
    /// Looks at the names in the directory; contents are verified when they are loaded. No directory is an empty ledger.
    pub fn view(directory: &Path, device: &PublicKey) -> Result<Self, LedgerError> {
        let mut ledger = Self {
            directory: directory.to_path_buf(),
            folder: durable::found(durable::existing(directory, Role::Ledger))?,
            device: device.clone(),
            entries: BTreeMap::new(),
            parts: BTreeSet::new(),
            dropped: Vec::new(),
        };
        for name in ledger.names()? {
            match name.to_str().and_then(parse_name) {
                Some(FileName::Report(number)) => ledger.entries.entry(number).or_default().report = true,
                Some(FileName::Part(number, place)) => _ = ledger.parts.insert((number, place)),
                Some(FileName::Receipt(number)) => ledger.entries.entry(number).or_default().receipt = true,
                Some(FileName::Refused(number)) => ledger.entries.entry(number).or_default().refused = true,
                Some(FileName::Dropped(range)) => ledger.dropped.push(range),
                // Temporary files of a writer at work, and what does not belong here.
                None => {}
            }
        }
        ledger.dropped.sort_unstable_by_key(|range| (*range.start(), *range.end()));
        ledger.settle_drops();
        Ok(ledger)
    }

    /// Every name in the directory.
    pub(super) fn names(&self) -> Result<Vec<OsString>, FileError> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        folder.names().map_err(|source| durable::unreadable(&self.directory, source))
    }

    /// The directory, open; an error where there is none.
    pub(super) fn folder(&self) -> Result<&Directory, FileError> {
        let missing = || durable::unreadable(&self.directory, io::ErrorKind::NotFound.into());
        self.folder.as_ref().ok_or_else(missing)
    }

    pub(super) fn read(&self, name: &FileName, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        durable::read_in(folder, &name.to_string(), limit)
    }

    /// A record of dropped entries is written before their files go and before the record that it extends goes; what it
    /// covers no longer counts even where a crash left it.
    pub(super) fn settle_drops(&mut self) {
        let all = self.dropped.clone();
        self.dropped.retain(|range| {
            !all.iter()
                .any(|other| other != range && other.start() <= range.start() && other.end() >= range.end())
        });
        let dropped = &self.dropped;
        self.entries.retain(|number, _| !dropped.iter().any(|range| range.contains(number)));
        self.parts.retain(|(number, _)| !dropped.iter().any(|range| range.contains(number)));
    }

    /// Numbers of the entries whose report is kept, with what happened to them.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (u64, Fate)> {
        self.entries.iter().filter(|(_, slot)| slot.report).map(|(number, slot)| (*number, slot.fate()))
    }

    /// What happened to an entry.
    pub(crate) fn fate(&self, number: u64) -> Fate {
        self.entries.get(&number).copied().unwrap_or_default().fate()
    }

    /// Ranges of entries that were dropped.
    pub fn dropped(&self) -> &[RangeInclusive<u64>] {
        &self.dropped
    }

    /// Entries that have still to be sent, oldest first.
    pub fn pending(&self) -> impl Iterator<Item = u64> {
        self.entries().filter(|(_, fate)| *fate == Fate::Unsent).map(|(number, _)| number)
    }

    /// Number of the newest entry; 0 in an empty ledger.
    pub fn last(&self) -> u64 {
        let dropped = self.dropped.iter().map(|range| *range.end()).max().unwrap_or(0);
        self.entries.keys().next_back().copied().unwrap_or(0).max(dropped)
    }

    /// The newest entry that the collector confirmed.
    pub fn last_receipted(&self) -> Option<u64> {
        self.entries().rev().find(|(_, fate)| *fate == Fate::Receipted).map(|(number, _)| number)
    }

    /// Whether the collector confirmed a later report of the same stream. Then this one changes nothing of what stands there.
    pub(crate) fn is_followed(&self, recorded: &Recorded) -> Result<bool, LedgerError> {
        let stream = |recorded: &Recorded| recorded.report().document().stream.clone();
        match self.last_receipted().filter(|number| *number > recorded.number) {
            Some(number) => Ok(stream(&self.load(number)?) == stream(recorded)),
            None => Ok(false),
        }
    }

    /// Reads and verifies an entry's report.
    pub fn load(&self, number: u64) -> Result<Recorded, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.report) {
            let gone = self.dropped.iter().any(|range| range.contains(&number));
            return Err(if gone { LedgerError::Gone(number) } else { LedgerError::NoEntry(number) });
        }
        let report = self.kept(number, &FileName::Report(number), MAX_ENTRY_BYTES)?;
        Ok(Recorded { number, report })
    }

    /// Reads an entry's receipt without verifying it; [`Self::receipt`] does.
    pub fn receipt_envelope(&self, number: u64) -> Result<Option<Envelope>, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.receipt) {
            return Ok(None);
        }
        let name = FileName::Receipt(number);
        let Some(bytes) = self.read(&name, MAX_DOCUMENT_BYTES)? else { return Ok(None) };
        Envelope::parse(&bytes, MAX_DOCUMENT_BYTES).map(Some).map_err(|error| LedgerError::Tampered {
            entry: number,
            path: self.path(&name),
            fault: "its receipt is not a DSSE envelope",
            source: Some(error.into()),
        })
    }

    /// Reads and verifies why the collector refused an entry.
    pub fn refusal(&self, number: u64) -> Result<Option<Kept<RefusalNote>>, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.refused) {
            return Ok(None);
        }
        self.kept(number, &FileName::Refused(number), MAX_NOTE_BYTES).map(Some)
    }

    /// Reads and verifies the record of a range of dropped entries.
    pub fn drop_record(&self, range: &RangeInclusive<u64>) -> Result<Kept<DropRecord>, LedgerError> {
        let name = FileName::Dropped(range.clone());
        let record: Kept<DropRecord> = self.kept(*range.start(), &name, MAX_NOTE_BYTES)?;
        if record.document().first == *range.start() && record.document().last == *range.end() {
            Ok(record)
        } else {
            let fault = "the record is about other entries than its name says";
            Err(LedgerError::Tampered { entry: *range.start(), path: self.path(&name), fault, source: None })
        }
    }

    fn kept<T: LedgerDocument>(
        &self,
        number: u64,
        name: &FileName,
        limit: usize,
    ) -> Result<Kept<T>, LedgerError> {
        let refused = |fault| {
            let (entry, path) = (number, self.path(name));
            match fault {
                EntryFault::Tampered(fault, source) => LedgerError::Tampered { entry, path, fault, source },
                EntryFault::NotRead(source) => LedgerError::Newer { entry, path, source },
            }
        };
        let file = self.read(name, limit)?.ok_or_else(|| refused("the file is missing".into()))?;
        Kept::from_file(&file, &self.device).map_err(refused)
    }

    pub(super) fn path(&self, name: &FileName) -> PathBuf {
        self.directory.join(name.to_string())
    }
}
