//! Adds to the ledger. One process at a time: the writer is opened with the state's lock.

use super::bounds::{self, Candidate};
use super::compose::Position;
use super::entry::MAX_ENTRY_BYTES;
use super::file_name::{FileName, MAX_NUMBER, parse_name};
use super::notes::{Bound, DropRecord, Fate, RefusalNote};
use super::parts::{PartBytes, places};
use super::view::{Ledger, Slot};
use super::{Kept, LedgerError, Receipted, Recorded, compress};
use crate::durable;
use crate::fault;
use crate::identity::ReceiptKeys;
use crate::lock::StateLock;
use candor_durable::{Directory, Role};
use collector_proto::contract::Version1;
use collector_proto::digest::{Digest, hex};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::limits::{MAX_LEDGER_BYTES, MAX_REPORT_BYTES, MAX_REPORT_WIRE_BYTES};
use collector_proto::messages::{Problem, ProblemKind, Report, sequence};
use collector_proto::time::{Span, UtcTime};
use ring::rand::SecureRandom;
use std::path::Path;

/// Bytes that a note or a receipt may take beside a report when sizes are added up.
const ATTACHMENT_BYTES: u64 = 4096;

/// The ledger and the right to add to it.
#[derive(Debug)]
pub struct LedgerWriter<'lock> {
    pub(super) ledger: Ledger,
    head: Option<Head>,
    /// How long an answered entry is kept, in seconds.
    records: i64,
    /// A write failed, and the directory was not read since: the two above may lack a file that is there.
    failed: bool,
    _lock: &'lock StateLock,
}

/// The newest report.
#[derive(Debug, Clone)]
struct Head {
    stream: String,
    seq: u64,
    digest: Digest,
    /// The collector saw another report with this stream and number: the stream is spoilt.
    forked: bool,
}

impl<'lock> LedgerWriter<'lock> {
    /// Opens the ledger, whose directory the holder of the lock made, and removes what a crash left half written.
    pub(crate) fn open(
        directory: &Path,
        key: &SigningKey,
        lock: &'lock StateLock,
    ) -> Result<Self, LedgerError> {
        let opened = Directory::open(directory, Role::Ledger).and_then(|opened| opened.clean());
        opened.map_err(|source| durable::unwritable(directory, source))?;
        let mut ledger = Ledger::view(directory, key.public())?;
        remove_covered(&ledger)?;
        let Ledger { parts, entries, .. } = &mut ledger;
        parts.retain(|(number, _)| entries.get(number).is_some_and(|slot| slot.report));
        let head = find_head(&ledger)?;
        Ok(Self { ledger, head, records: bounds::ANSWERED_MAX_AGE, failed: false, _lock: lock })
    }

    /// Keeps heads and receipts for as long as the policy says.
    pub(crate) fn keep_records(&mut self, records: Span) {
        self.records = i64::try_from(records.seconds()).unwrap_or(i64::MAX);
    }

    /// The ledger as it lies on disk.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Place of the next report: after the newest one, or the first of a stream of its own where there is none or
    /// where the collector saw the newest one's stream fork, as after a restored snapshot.
    pub fn next_position(&mut self, random: &dyn SecureRandom) -> Result<Position<'_, 'lock>, LedgerError> {
        self.look_again_after_failure()?;
        let (stream, seq, prev) = if let Some(head) = self.head.as_ref().filter(|head| !head.forked) {
            (head.stream.clone(), head.seq + 1, Some(head.digest))
        } else {
            let mut bits = [0; 16];
            random.fill(&mut bits).map_err(LedgerError::Random)?;
            (hex(&bits), 1, None)
        };
        Ok(Position { writer: self, stream, seq, prev })
    }

    /// Keeps a signed report that was composed for the next position and that a collector can take. Its parts are there before
    /// its head: without one they are nobody's, and removed when the ledger is opened again.
    pub(super) fn keep(
        &mut self,
        report: Kept<Report>,
        parts: &PartBytes,
        key: &SigningKey,
        now: UtcTime,
    ) -> Result<Recorded, LedgerError> {
        check_size(&sequence::write(report.body(), parts.values().map(Vec::as_slice)))?;
        self.look_again_after_failure()?;
        let number = self.ledger.last().saturating_add(1);
        if number > MAX_NUMBER {
            return Err(LedgerError::Full { path: self.ledger.directory.clone() });
        }
        let file = report.to_file();
        let incoming = file.len() + parts.values().map(Vec::len).sum::<usize>();
        self.make_room(incoming, key, report.document().device_id, now)?;
        for (place, (name, _)) in places(report.document()) {
            if let Some(bytes) = parts.get(name) {
                self.write(&FileName::Part(number, place), "part", bytes)?;
                self.ledger.parts.insert((number, place));
            }
        }
        self.write(&FileName::Report(number), "report", &file)?;
        self.ledger.entries.insert(number, Slot { report: true, ..Slot::default() });
        self.head = Some(Head {
            stream: report.document().stream.clone(),
            seq: report.document().seq,
            digest: report.digest(),
            forked: false,
        });
        let recorded = Recorded { number, report };
        self.remove_superseded(&recorded)?;
        Ok(recorded)
    }

    /// Keeps a receipt that is the collector's and is about this report. Anything else is refused, and so is what a key signed that
    /// the newest root does not have any more: whoever stole it could have reports taken for received that nobody keeps.
    pub fn attach_receipt(
        &mut self,
        recorded: &Recorded,
        envelope: &Envelope,
        keys: &ReceiptKeys,
    ) -> Result<Receipted, LedgerError> {
        let number = recorded.number;
        let receipt = self.ledger.check_receipt(recorded, envelope, &keys.newest())?;
        self.write(&FileName::Receipt(number), "receipt", &envelope.to_json())?;
        self.slot(number).receipt = true;
        Ok(Receipted { number, receipt })
    }

    /// Keeps that the collector will never take the report.
    pub fn refuse(
        &mut self,
        recorded: &Recorded,
        problem: Problem,
        key: &SigningKey,
        now: UtcTime,
    ) -> Result<(), LedgerError> {
        let report = recorded.report.document();
        let forks = problem.kind() == Some(ProblemKind::Equivocation);
        let note = RefusalNote {
            v: Version1,
            device_id: report.device_id,
            stream: report.stream.clone(),
            seq: report.seq,
            report_sha256: recorded.report.digest(),
            problem,
            created: now,
        };
        let file = Kept::seal(note, key)?.to_file();
        self.write(&FileName::Refused(recorded.number), "refused", &file)?;
        self.slot(recorded.number).refused = true;
        if let Some(head) = self.head.as_mut().filter(|head| forks && head.stream == report.stream) {
            head.forked = true;
        }
        Ok(())
    }

    /// Writes a file of the ledger. One that cannot be written may be there all the same, if only its directory was not
    /// synced: then what is remembered of the directory is read again, so that the next report is numbered and chained after
    /// what lies there.
    fn write(&mut self, name: &FileName, what: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        self.look_again_after_failure()?;
        let folder = self.ledger.folder()?;
        durable::create(folder, &name.to_string(), what, bytes).map_err(|error| {
            self.failed = true;
            // While the disk cannot be read either, the next write tries again before it writes.
            if let Err(unread) = self.look_again_after_failure() {
                tracing::warn!(error = %unread, "the ledger cannot be read after a write that failed");
            }
            error.into()
        })
    }

    fn look_again_after_failure(&mut self) -> Result<(), LedgerError> {
        if self.failed {
            let mut ledger = Ledger::view(&self.ledger.directory, &self.ledger.device)?;
            remove_covered(&ledger)?;
            let Ledger { parts, entries, .. } = &mut ledger;
            parts.retain(|(number, _)| entries.get(number).is_some_and(|slot| slot.report));
            self.head = find_head(&ledger)?;
            self.ledger = ledger;
            self.failed = false;
        }
        Ok(())
    }

    fn slot(&mut self, number: u64) -> &mut Slot {
        self.ledger.entries.entry(number).or_default()
    }

    /// Drops what the bounds no longer allow, and records that first.
    fn make_room(
        &mut self,
        incoming: usize,
        key: &SigningKey,
        device_id: uuid::Uuid,
        now: UtcTime,
    ) -> Result<(), LedgerError> {
        let candidates = self.candidates(now)?;
        let incoming = u64::try_from(incoming).unwrap_or(u64::MAX);
        for (number, why) in bounds::plan(&candidates, incoming, MAX_LEDGER_BYTES, self.records) {
            self.drop_entry(number, why, key, device_id, now)?;
        }
        Ok(())
    }

    /// Sizes from the file system; ages from the headers, until an entry is young enough for every bound: entries are
    /// in the order of time.
    fn candidates(&self, now: UtcTime) -> Result<Vec<Candidate>, LedgerError> {
        let mut settled = false;
        let mut candidates = Vec::new();
        for (number, fate) in self.ledger.entries() {
            let name = FileName::Report(number);
            let size = self.ledger.folder()?.size(name.to_string());
            let size = size.map_err(|source| durable::unreadable(&self.ledger.path(&name), source))?;
            let age = if settled {
                None
            } else {
                Some(now.seconds_since(self.ledger.load(number)?.report.document().created))
            };
            settled |= age.is_some_and(|age| age <= bounds::UNSENT_MAX_AGE.min(self.records));
            let size = size + self.size_of_parts(number)?;
            candidates.push(Candidate { number, bytes: size + ATTACHMENT_BYTES, age, fate });
        }
        Ok(candidates)
    }

    fn size_of_parts(&self, number: u64) -> Result<u64, LedgerError> {
        let mut bytes = 0;
        for (number, place) in self.ledger.parts.range((number, 0)..=(number, u16::MAX)) {
            let name = FileName::Part(*number, *place);
            let size = self.ledger.folder()?.size(name.to_string());
            bytes += size.map_err(|source| durable::unreadable(&self.ledger.path(&name), source))?;
        }
        Ok(bytes)
    }

    fn drop_entry(
        &mut self,
        number: u64,
        why: Bound,
        key: &SigningKey,
        device_id: uuid::Uuid,
        now: UtcTime,
    ) -> Result<(), LedgerError> {
        let recorded = self.ledger.load(number)?;
        let report = recorded.report.document();
        let fate = self.ledger.entries.get(&number).copied().unwrap_or_default().fate();
        let mut record = DropRecord {
            v: Version1,
            device_id,
            first: number,
            last: number,
            stream: report.stream.clone(),
            first_seq: report.seq,
            last_seq: report.seq,
            prev: report.prev,
            last_report: recorded.report.digest(),
            fate,
            why,
            created: now,
        };
        let before = self.ledger.dropped.iter().find(|range| range.end() + 1 == number).cloned();
        if let Some(range) = &before {
            let old = self.ledger.drop_record(range)?;
            let old = old.document();
            if old.stream == record.stream
                && old.fate == fate
                && old.why == why
                && old.last_seq + 1 == record.first_seq
            {
                record.first = old.first;
                record.first_seq = old.first_seq;
                record.prev = old.prev;
            }
        }
        let range = record.first..=record.last;
        let file = Kept::seal(record, key)?.to_file();
        self.write(&FileName::Dropped(range.clone()), "dropped", &file)?;
        // From here on the entry counts as dropped. A file that cannot be removed is covered by the record until the ledger is
        // opened again.
        self.ledger.dropped.push(range);
        self.ledger.settle_drops();
        durable::step(&self.ledger.directory, "dropped", "before-removal")?;
        remove_covered(&self.ledger)?;
        fault::point("dropped", "after-removal");
        Ok(())
    }
}

impl std::ops::Deref for LedgerWriter<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

/// Refuses what no collector takes: kept, it would be sent in vain until its age drops it.
fn check_size(body: &[u8]) -> Result<(), LedgerError> {
    if body.len() > MAX_REPORT_BYTES {
        return Err(LedgerError::TooLarge { bytes: body.len(), limit: MAX_REPORT_BYTES });
    }
    // zstd adds less than 1 % to what it cannot compress, so that a small report need not be tried.
    if body.len() <= MAX_REPORT_WIRE_BYTES / 2 {
        return Ok(());
    }
    let bytes = compress(body).map_err(LedgerError::Compress)?.len();
    if bytes > MAX_REPORT_WIRE_BYTES {
        return Err(LedgerError::TooLargeCompressed { bytes, limit: MAX_REPORT_WIRE_BYTES });
    }
    Ok(())
}

/// Removes files that a record of dropped entries covers, and parts whose head was never kept.
fn remove_covered(ledger: &Ledger) -> Result<(), LedgerError> {
    let mut removed = false;
    for name in ledger.names()? {
        let covered = match name.to_str().and_then(parse_name) {
            Some(FileName::Report(n) | FileName::Receipt(n) | FileName::Refused(n)) => {
                ledger.dropped.iter().any(|range| range.contains(&n))
            }
            Some(FileName::Part(n, _)) => {
                ledger.dropped.iter().any(|range| range.contains(&n))
                    || !ledger.entries.get(&n).is_some_and(|slot| slot.report)
            }
            Some(FileName::Dropped(old)) => ledger
                .dropped
                .iter()
                .any(|range| *range != old && range.start() <= old.start() && range.end() >= old.end()),
            None => false,
        };
        if covered {
            let path = ledger.directory.join(&name);
            ledger.folder()?.remove(&name).map_err(|source| durable::unwritable(&path, source))?;
            removed = true;
        }
    }
    if removed {
        let synced = ledger.folder()?.sync();
        synced.map_err(|source| durable::unwritable(&ledger.directory, source))?;
    }
    Ok(())
}

/// Finds where the newest stream stands.
fn find_head(ledger: &Ledger) -> Result<Option<Head>, LedgerError> {
    let last = ledger.last();
    if last == 0 {
        return Ok(None);
    }
    let mut head = if let Some(range) = ledger.dropped.iter().find(|range| *range.end() == last) {
        let record = ledger.drop_record(range)?;
        let record = record.document();
        Head {
            stream: record.stream.clone(),
            seq: record.last_seq,
            digest: record.last_report,
            forked: false,
        }
    } else {
        let recorded = ledger.load(last)?;
        let report = recorded.report.document();
        Head {
            stream: report.stream.clone(),
            seq: report.seq,
            digest: recorded.report.digest(),
            forked: false,
        }
    };
    let refused: Vec<u64> =
        ledger.entries().filter(|(_, fate)| *fate == Fate::Refused).map(|(number, _)| number).collect();
    for number in refused.into_iter().rev() {
        let Some(note) = ledger.refusal(number)? else { continue };
        let note = note.document();
        if note.stream != head.stream {
            break;
        }
        head.forked |= note.problem.kind() == Some(ProblemKind::Equivocation);
    }
    Ok(Some(head))
}

// A file of the ledger is never larger than a reader of it accepts.
const _: () = assert!(MAX_REPORT_BYTES < MAX_ENTRY_BYTES);
