//! The journal's file: added to by whichever process of the collector has something to add, one at a time.

use super::{Entry, Line, Note, Position};
use candor_durable::{Directory, Role, directory_of};
use collector_proto::digest::Digest;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Longest line in bytes: a policy has at most 256 KiB, and its envelope a third more.
const LONGEST_LINE: u64 = 1 << 20;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be opened, read or written.
    #[error(
        "the journal {0} cannot be used; bring its file system back, or set another path under [journal]"
    )]
    File(PathBuf, #[source] io::Error),
    /// A line does not follow the one before it.
    #[error("the journal {0} is damaged: line {1} does not follow the one before it")]
    Damaged(PathBuf, u64),
    /// A line that this program cannot read.
    #[error("the journal {0} cannot be read: line {1} was written by a newer candor-collector")]
    Newer(PathBuf, u64),
    /// A restored collector writes to it.
    #[error(
        "the journal {0} belongs to a collector that was restored since, so this one must not go on; stop it, and use \
         the restored one"
    )]
    Superseded(PathBuf),
    /// It does not hold the line up to which a backup goes.
    #[error(
        "the journal {0} does not hold line {1}, up to which the backup goes: it is not this collector's, or it was cut"
    )]
    OtherJournal(PathBuf, u64),
}

/// The journal, open and locked: nobody else adds to it meanwhile.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    tail: Option<Tail>,
    /// Whether a crash cut the last line off.
    is_cut: bool,
}

/// The last line.
#[derive(Clone, Copy)]
struct Tail {
    position: Position,
    generation: u64,
    id: Option<i64>,
}

impl Journal {
    /// Opens the file, and makes it where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let unusable = |error| JournalError::File(path.to_owned(), error);
        let opened = || -> io::Result<(File, Vec<u8>)> {
            let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            let mut file = Directory::open(directory_of(path), Role::Journal)?.log_file(name)?;
            file.lock()?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(2 * LONGEST_LINE)))?;
            let mut end = Vec::new();
            file.read_to_end(&mut end)?;
            Ok((file, end))
        };
        let (file, end) = opened().map_err(unusable)?;
        let tail = end.split(|byte| *byte == b'\n').rev().find_map(last_line);
        if tail.is_none() && !end.is_empty() {
            return Err(JournalError::Damaged(path.to_owned(), 1));
        }
        let is_cut = end.last().is_some_and(|byte| *byte != b'\n');
        Ok(Self { path: path.to_owned(), file, tail, is_cut })
    }

    /// Where it ends; `None` of an empty one.
    pub(crate) fn end(&self) -> Option<Position> {
        self.tail.map(|tail| tail.position)
    }

    /// The generation of the store that wrote last.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.tail.map(|tail| tail.generation)
    }

    /// Adds a note of a store of this generation. It is durable when this returns.
    pub(crate) fn add(&mut self, generation: u64, note: &Note) -> Result<(), JournalError> {
        if self.generation().is_some_and(|last| last > generation) {
            return Err(JournalError::Superseded(self.path.clone()));
        }
        let is_there = self.tail.is_some_and(|last| {
            last.generation == generation && note.id.is_some_and(|id| last.id.is_some_and(|last| last >= id))
        });
        if is_there {
            return Ok(());
        }
        let unusable = |error| JournalError::File(self.path.clone(), error);
        let last_id = self.tail.filter(|last| last.generation == generation).and_then(|last| last.id);
        let id = note.id.or(last_id);
        let (n, prev) = self.end().map_or((1, None), |end| (end.n + 1, Some(end.sha256)));
        let line = Line { n, prev, generation, id, at: note.at, entry: &note.entry };
        let line = serde_json::to_vec(&line).map_err(|error| unusable(error.into()))?;
        // What was cut off was confirmed to nobody; a line of its own keeps it from this one.
        let mut bytes = if self.is_cut { vec![b'\n'] } else { Vec::new() };
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
        // The file was opened so that what is written is durable.
        self.file.write_all(&bytes).map_err(unusable)?;
        self.is_cut = false;
        let position = Position { n, sha256: Digest::of(&line) };
        self.tail = Some(Tail { position, generation, id });
        Ok(())
    }
}

fn last_line(bytes: &[u8]) -> Option<Tail> {
    let line: Line<serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    let position = Position { n: line.n, sha256: Digest::of(bytes) };
    Some(Tail { position, generation: line.generation, id: line.id })
}

/// Reads what stands after a position, with the generation of the store that wrote last. Every line is held to the one before
/// it, from the first on.
pub fn read_after(path: &Path, position: Position) -> Result<(Vec<Note>, u64), JournalError> {
    let unusable = |error| JournalError::File(path.to_owned(), error);
    let opened =
        || Directory::open(directory_of(path), Role::Journal)?.read(path.file_name().unwrap_or_default());
    let mut lines = BufReader::new(opened().map_err(unusable)?);
    let (mut notes, mut generation) = (Vec::new(), 0);
    let (mut last, mut is_found): (Option<Position>, bool) = (None, false);
    loop {
        let mut bytes = Vec::new();
        if lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(unusable)? == 0 {
            break;
        }
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        // A crash may have cut a line off; the one after it then follows the one before.
        let Ok(line) = serde_json::from_slice::<Line<serde_json::Value>>(bytes) else { continue };
        let expected = last.map_or((1, None), |last| (last.n + 1, Some(last.sha256)));
        if (line.n, line.prev) != expected || line.generation < generation {
            return Err(JournalError::Damaged(path.to_owned(), expected.0));
        }
        generation = line.generation;
        if is_found {
            let entry: Entry = serde_json::from_value(line.entry)
                .map_err(|_| JournalError::Newer(path.to_owned(), line.n))?;
            notes.push(Note { id: line.id, at: line.at, entry });
        }
        let here = Position { n: line.n, sha256: Digest::of(bytes) };
        is_found |= here == position;
        last = Some(here);
    }
    if is_found {
        Ok((notes, generation))
    } else {
        Err(JournalError::OtherJournal(path.to_owned(), position.n))
    }
}
