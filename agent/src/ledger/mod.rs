//! The ledger is the spool: what was sent and what has still to be sent, one immutable file an entry.
//!
//! ```text
//! ledger/0000000042.report                 what was signed and sent, byte for byte (see `entry`)
//! ledger/0000000042.receipt                the collector's receipt, a DSSE envelope
//! ledger/0000000042.refused                or why the collector will never take it, signed by this device
//! ledger/0000000001-0000000007.dropped     entries that no longer fit the bounds, signed by this device
//! ```
//!
//! Entries are numbered from 1 without gaps. An entry that has only its report has still to be sent. Files appear
//! whole or not at all and are never changed; only the bounds remove them, and then the record of that stays.

pub mod baseline;
pub mod bounds;
mod compose;
mod entry;
mod notes;
mod outbound;
mod verify;
mod writer;

pub use compose::{Composed, Position, SignedReport, compose};
pub use entry::{Entry, Kept};
pub use notes::{Bound, Dropped, Fate, Refused};
pub use outbound::Outbound;
pub use verify::Findings;
pub use writer::LedgerWriter;

use crate::durable::{self, FileError};
use collector_proto::envelope::{Envelope, PublicKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Receipt, Report};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Longest note of ours in bytes: a refusal repeats a problem document, which the uplink bounds to 64 KiB.
const MAX_NOTE_BYTES: usize = 256 * 1024;

/// Highest number of an entry: names have ten digits, and a longer one would be taken for a foreign file.
const MAX_NUMBER: u64 = 9_999_999_999;

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// An entry is not what this device and its collector signed.
    #[error("ledger entry {entry} ({}) was tampered with or damaged: {fault}", .path.display())]
    Tampered {
        /// Number of the entry.
        entry: u64,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: &'static str,
    },
    /// There is no such entry.
    #[error("the ledger has no entry {0}")]
    NoEntry(u64),
    /// The entry was dropped.
    #[error(
        "ledger entry {0} was dropped to keep the ledger within its bounds; `candor sent list` shows the record"
    )]
    Gone(u64),
    /// A document cannot be written as JSON.
    #[error("a ledger entry cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    /// A report is larger than any collector takes.
    #[error(
        "the report has {bytes} bytes, more than the {limit} that a collector takes; the policy collects too much"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A report is larger on the wire than any collector takes.
    #[error(
        "the report has {bytes} bytes when compressed, more than the {limit} that a collector takes; the policy \
         collects too much"
    )]
    TooLargeCompressed {
        /// Its size as it would travel.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A report cannot be compressed.
    #[error("the report cannot be compressed")]
    Compress(#[source] std::io::Error),
    /// The numbers of entries are used up.
    #[error(
        "the ledger {} has come to its last number, {MAX_NUMBER}, and takes no further report; move the state \
         directory away and enrol this device anew", .path.display()
    )]
    Full {
        /// The ledger's directory.
        path: PathBuf,
    },
    /// The system's random source failed.
    #[error("the system's random source failed")]
    Random,
}

impl LedgerError {
    /// Whether the ledger's content is not what was signed.
    pub const fn is_tampering(&self) -> bool {
        matches!(self, Self::Tampered { .. })
    }

    /// Whether a report was refused for its size, before anything was recorded.
    pub const fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::TooLargeCompressed { .. })
    }
}

/// A report that the ledger holds durably. Only the ledger makes one, and nothing else can be sent.
#[derive(Debug, Clone)]
pub struct Recorded {
    number: u64,
    report: Kept<Report>,
}

impl Recorded {
    /// Number of the entry.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The report and its signed bytes.
    pub fn report(&self) -> &Kept<Report> {
        &self.report
    }
}

/// A report that the collector confirmed.
#[derive(Debug, Clone)]
pub struct Receipted {
    number: u64,
    receipt: Receipt,
}

impl Receipted {
    /// Number of the entry.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The verified receipt.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// The ledger as it lies on disk, read only. [`LedgerWriter`] adds to it.
#[derive(Debug)]
pub struct Ledger {
    directory: PathBuf,
    device: PublicKey,
    entries: BTreeMap<u64, Slot>,
    dropped: Vec<RangeInclusive<u64>>,
}

/// Which files an entry has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Slot {
    report: bool,
    receipt: bool,
    refused: bool,
}

impl Slot {
    fn fate(self) -> Fate {
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
            device: device.clone(),
            entries: BTreeMap::new(),
            dropped: Vec::new(),
        };
        let failed = |source| FileError::Read { path: directory.to_path_buf(), source };
        let files = match std::fs::read_dir(directory) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(ledger),
            Err(error) => return Err(failed(error).into()),
        };
        for file in files {
            let name = file.map_err(failed)?.file_name();
            match name.to_str().and_then(parse_name) {
                Some(FileName::Report(number)) => ledger.entries.entry(number).or_default().report = true,
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

    /// A record of dropped entries is written before their files go and before the record that it extends goes; what it
    /// covers no longer counts even where a crash left it.
    fn settle_drops(&mut self) {
        let all = self.dropped.clone();
        self.dropped.retain(|range| {
            !all.iter()
                .any(|other| other != range && other.start() <= range.start() && other.end() >= range.end())
        });
        let dropped = &self.dropped;
        self.entries.retain(|number, _| !dropped.iter().any(|range| range.contains(number)));
    }

    /// Numbers of the entries whose report is kept, with what became of them.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (u64, Fate)> {
        self.entries.iter().filter(|(_, slot)| slot.report).map(|(number, slot)| (*number, slot.fate()))
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

    /// Reads and verifies an entry's report.
    pub fn load(&self, number: u64) -> Result<Recorded, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.report) {
            let gone = self.dropped.iter().any(|range| range.contains(&number));
            return Err(if gone { LedgerError::Gone(number) } else { LedgerError::NoEntry(number) });
        }
        let path = self.path(&FileName::Report(number));
        let report = self.kept(number, &path, entry::MAX_ENTRY_BYTES)?;
        Ok(Recorded { number, report })
    }

    /// Reads an entry's receipt without verifying it; [`Self::receipt`] does.
    pub fn receipt_envelope(&self, number: u64) -> Result<Option<Envelope>, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.receipt) {
            return Ok(None);
        }
        let path = self.path(&FileName::Receipt(number));
        let Some(bytes) = durable::read(&path, MAX_DOCUMENT_BYTES)? else { return Ok(None) };
        match Envelope::parse(&bytes, MAX_DOCUMENT_BYTES) {
            Ok(envelope) => Ok(Some(envelope)),
            Err(_) => {
                Err(LedgerError::Tampered { entry: number, path, fault: "its receipt is no DSSE envelope" })
            }
        }
    }

    /// Reads and verifies why the collector refused an entry.
    pub fn refusal(&self, number: u64) -> Result<Option<Kept<Refused>>, LedgerError> {
        if !self.entries.get(&number).is_some_and(|slot| slot.refused) {
            return Ok(None);
        }
        self.kept(number, &self.path(&FileName::Refused(number)), MAX_NOTE_BYTES).map(Some)
    }

    /// Reads and verifies the record of a range of dropped entries.
    pub fn drop_record(&self, range: &RangeInclusive<u64>) -> Result<Kept<Dropped>, LedgerError> {
        let path = self.path(&FileName::Dropped(range.clone()));
        let record: Kept<Dropped> = self.kept(*range.start(), &path, MAX_NOTE_BYTES)?;
        if record.document().first == *range.start() && record.document().last == *range.end() {
            Ok(record)
        } else {
            let fault = "the record is about other entries than its name says";
            Err(LedgerError::Tampered { entry: *range.start(), path, fault })
        }
    }

    fn kept<T: Entry>(&self, number: u64, path: &Path, limit: usize) -> Result<Kept<T>, LedgerError> {
        let tampered = |fault| LedgerError::Tampered { entry: number, path: path.to_path_buf(), fault };
        let file = durable::read(path, limit)?.ok_or_else(|| tampered("the file is missing"))?;
        Kept::from_file(&file, &self.device).map_err(tampered)
    }

    fn path(&self, name: &FileName) -> PathBuf {
        self.directory.join(match name {
            FileName::Report(number) => format!("{number:010}.report"),
            FileName::Receipt(number) => format!("{number:010}.receipt"),
            FileName::Refused(number) => format!("{number:010}.refused"),
            FileName::Dropped(range) => format!("{:010}-{:010}.dropped", range.start(), range.end()),
        })
    }
}

/// A file of a ledger in the directory, if there is one.
pub(crate) fn any_file(directory: &Path) -> Result<Option<PathBuf>, FileError> {
    let failed = |source| FileError::Read { path: directory.to_path_buf(), source };
    let files = match std::fs::read_dir(directory) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    for file in files {
        let file = file.map_err(failed)?;
        if file.file_name().to_str().and_then(parse_name).is_some() {
            return Ok(Some(file.path()));
        }
    }
    Ok(None)
}

/// A name in the ledger's directory.
enum FileName {
    Report(u64),
    Receipt(u64),
    Refused(u64),
    Dropped(RangeInclusive<u64>),
}

fn parse_name(name: &str) -> Option<FileName> {
    let (stem, kind) = name.split_once('.')?;
    if let Some((first, last)) = stem.split_once('-') {
        let (first, last) = (parse_number(first)?, parse_number(last)?);
        return (kind == "dropped" && first <= last).then_some(FileName::Dropped(first..=last));
    }
    let number = parse_number(stem)?;
    match kind {
        "report" => Some(FileName::Report(number)),
        "receipt" => Some(FileName::Receipt(number)),
        "refused" => Some(FileName::Refused(number)),
        _ => None,
    }
}

fn parse_number(digits: &str) -> Option<u64> {
    let number = digits.parse().ok()?;
    (digits.len() == 10 && number > 0 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
