//! The write-ahead log of a database (fileformat2, section 4).
//!
//! ```text
//! header  32 bytes: magic, version, page size, checkpoint number, two salts, checksum
//! frame   24 bytes: page number, pages of the database after a commit (0 otherwise), the salts, checksum; then the page
//! ```
//! A frame counts when its salts are the header's, the checksum over everything before it is right, and a commit stands at
//! or after it. What follows the last such frame was left from an earlier use of the file or was not committed.

use super::super::{Bytes, FormatError, array, be32};
use std::collections::HashMap;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
const MAGIC_LITTLE_ENDIAN: u32 = 0x377f_0682;
const MAGIC_BIG_ENDIAN: u32 = 0x377f_0683;
/// The only version there is.
const VERSION: u32 = 3_007_000;

/// Most frames of a log. rpm takes them over after 10,000; one transaction that installs a whole system writes 80,000.
const MAX_FRAMES: u64 = 512 * 1024;

/// The committed pages of a log.
pub(super) struct Wal<'a> {
    log: &'a dyn Bytes,
    /// Where in the log the newest committed copy of a page is.
    pages: HashMap<u32, u64>,
    /// How many pages the database has after the last commit; `None` without one.
    pub(super) database_pages: Option<u32>,
    /// The header and the frame header after the last commit, which both change when somebody writes.
    seen: Marks,
}

/// What of a log changes whenever it is written to.
#[derive(PartialEq, Eq)]
struct Marks {
    header: Option<[u8; HEADER_BYTES]>,
    tail_at: u64,
    tail: Option<[u8; FRAME_HEADER_BYTES]>,
}

impl<'a> Wal<'a> {
    /// What is committed in `log`, for a database with pages of `page_bytes`.
    pub(super) fn open(log: &'a dyn Bytes, page_bytes: u32) -> Result<Self, FormatError> {
        let frame_bytes = FRAME_HEADER_BYTES as u64 + u64::from(page_bytes);
        let frames = log.length().saturating_sub(HEADER_BYTES as u64) / frame_bytes;
        if frames > MAX_FRAMES {
            return Err(FormatError::TooLarge);
        }
        let mut pages = HashMap::new();
        let mut database_pages = None;
        let mut end = HEADER_BYTES as u64;
        if let Some(mut chain) = Frames::start(log, page_bytes)? {
            let mut uncommitted = Vec::new();
            for number in 0..frames {
                let start = HEADER_BYTES as u64 + number * frame_bytes;
                let Some(frame) = chain.next(log, start)? else { break };
                uncommitted.push((frame.page, start + FRAME_HEADER_BYTES as u64));
                if frame.database_pages != 0 {
                    pages.extend(uncommitted.drain(..));
                    database_pages = Some(frame.database_pages);
                    end = start + frame_bytes;
                }
            }
        }
        let seen = Marks::read(log, end);
        Ok(Self { log, pages, database_pages, seen })
    }

    /// Where in the log the newest copy of `page` is.
    pub(super) fn place_of(&self, page: u32) -> Option<u64> {
        self.pages.get(&page).copied()
    }

    /// Fills `into` from `place` on.
    pub(super) fn read(&self, place: u64, into: &mut [u8]) -> Result<(), FormatError> {
        self.log.read_at(place, into)
    }

    /// Whether nobody wrote to the log since it was opened.
    pub(super) fn is_unchanged(&self) -> bool {
        Marks::read(self.log, self.seen.tail_at) == self.seen
    }
}

impl Marks {
    fn read(log: &dyn Bytes, tail_at: u64) -> Self {
        let mut header = [0; HEADER_BYTES];
        let mut tail = [0; FRAME_HEADER_BYTES];
        // Bytes that are not there are remembered as missing: when they come, the log was written to.
        Self {
            header: log.read_at(0, &mut header).is_ok().then_some(header),
            tail_at,
            tail: log.read_at(tail_at, &mut tail).is_ok().then_some(tail),
        }
    }
}

/// The frames in their order, each checked against all before it.
struct Frames {
    is_big_endian: bool,
    salts: [u8; 8],
    sum: (u32, u32),
    page: Vec<u8>,
}

struct Frame {
    page: u32,
    database_pages: u32,
}

impl Frames {
    /// `None` where the log has no valid header, which is a log without frames.
    fn start(log: &dyn Bytes, page_bytes: u32) -> Result<Option<Self>, FormatError> {
        let mut header = [0; HEADER_BYTES];
        if log.length() < HEADER_BYTES as u64 {
            return Ok(None);
        }
        log.read_at(0, &mut header)?;
        let is_big_endian = match be32(&header, 0)? {
            MAGIC_LITTLE_ENDIAN => false,
            MAGIC_BIG_ENDIAN => true,
            _ => return Ok(None),
        };
        let sum = checksum((0, 0), &header[..24], is_big_endian);
        if sum != (be32(&header, 24)?, be32(&header, 28)?) {
            return Ok(None);
        }
        if be32(&header, 4)? != VERSION {
            return Err(FormatError::Unsupported);
        }
        if be32(&header, 8)? != page_bytes {
            return Err(FormatError::Malformed);
        }
        let page = vec![0; page_bytes as usize];
        Ok(Some(Self { is_big_endian, salts: array(&header, 16)?, sum, page }))
    }

    /// The frame at `start`; `None` where it does not belong to the log.
    fn next(&mut self, log: &dyn Bytes, start: u64) -> Result<Option<Frame>, FormatError> {
        let mut header = [0; FRAME_HEADER_BYTES];
        log.read_at(start, &mut header)?;
        let frame = Frame { page: be32(&header, 0)?, database_pages: be32(&header, 4)? };
        if frame.page == 0 || array::<8>(&header, 8)? != self.salts {
            return Ok(None);
        }
        log.read_at(start + FRAME_HEADER_BYTES as u64, &mut self.page)?;
        let sum = checksum(self.sum, &header[..8], self.is_big_endian);
        self.sum = checksum(sum, &self.page, self.is_big_endian);
        Ok((self.sum == (be32(&header, 16)?, be32(&header, 20)?)).then_some(frame))
    }
}

/// Section 4.2. The words' byte order is what the magic says; `bytes` is a multiple of 8 long.
fn checksum(start: (u32, u32), bytes: &[u8], is_big_endian: bool) -> (u32, u32) {
    let word = if is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
    let (words, _) = bytes.as_chunks::<4>();
    let (pairs, _) = words.as_chunks::<2>();
    pairs.iter().fold(start, |(one, two), [first, second]| {
        let one = one.wrapping_add(word(*first)).wrapping_add(two);
        (one, two.wrapping_add(word(*second)).wrapping_add(one))
    })
}
