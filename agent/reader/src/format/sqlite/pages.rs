//! The pages of a database, wherever their newest copy is.

use super::super::ahead::Ahead;
use super::super::chain::{Claims, Link, Pages};
use super::super::{Bytes, FormatError, be16, be32};
use super::wal::Wal;
use std::cell::RefCell;

const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const UTF_8: u32 = 1;

/// Files written by a version that marks them readable only to later ones carry a higher number (section 1.3.3).
const NEWEST_READ_VERSION: u8 = 2;

/// The format sets no smaller usable part of a page (section 1.3.4).
const MIN_USABLE_BYTES: u32 = 480;

/// Most pages of a database: bounds the memory that marks used ones. 16 GiB with pages of the usual size.
const MAX_PAGES: u32 = 4 * 1024 * 1024;

/// The header fields that change with each transaction outside a log: change counter, size, and who wrote it last.
const CHANGING: std::ops::Range<usize> = 24..HEADER_BYTES;

/// The pages of an open database.
pub(super) struct Sheets<'a> {
    main: &'a dyn Bytes,
    /// The main file again, as content is read from it.
    ahead: Ahead<'a>,
    wal: Option<Wal<'a>>,
    page_bytes: u32,
    usable_bytes: u32,
    count: u32,
    header: [u8; HEADER_BYTES],
    claims: RefCell<Claims>,
}

impl<'a> Sheets<'a> {
    pub(super) fn open(main: &'a dyn Bytes, wal: Option<&'a dyn Bytes>) -> Result<Self, FormatError> {
        let mut header = [0; HEADER_BYTES];
        let ahead = Ahead::of(main, 0);
        if main.length() == 0 {
            // SQLite takes an empty file for a database without tables and discards its log.
            let claims = RefCell::new(Claims::none_of(0));
            return Ok(Self {
                main,
                ahead,
                wal: None,
                page_bytes: 0,
                usable_bytes: 0,
                count: 0,
                header,
                claims,
            });
        }
        main.read_at(0, &mut header)?;
        let page_bytes = page_bytes(&header)?;
        let wal = wal.map(|log| Wal::open(log, page_bytes)).transpose()?;
        let mut newest = header;
        if let Some((log, place)) = wal.as_ref().and_then(|log| Some((log, log.place_of(1)?))) {
            log.read(place, &mut newest)?;
        }
        let committed = wal.as_ref().and_then(|log| log.database_pages);
        let count = match committed {
            Some(count) => count,
            None => main_pages(&newest, main.length(), page_bytes)?,
        };
        if count > MAX_PAGES {
            return Err(FormatError::TooLarge);
        }
        let usable_bytes = check(&newest, page_bytes)?;
        let claims = RefCell::new(Claims::none_of(count));
        Ok(Self { main, ahead, wal, page_bytes, usable_bytes, count, header, claims })
    }

    /// Whether there is not even a first page.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The bytes of a page that hold content.
    pub(super) fn usable_bytes(&self) -> usize {
        self.usable_bytes as usize
    }

    /// Reads the whole of `page` into `into`, whose length becomes that of a page's usable part.
    pub(super) fn whole(&self, page: u32, into: &mut Vec<u8>) -> Result<(), FormatError> {
        self.claim(page)?;
        into.resize(self.usable_bytes(), 0);
        self.read(page, 0, into)
    }

    /// Starts another walk, in which each page may be used once.
    pub(super) fn forget_claims(&self) {
        self.claims.replace(Claims::none_of(self.count));
    }

    /// Whether the files look as they did when they were opened.
    pub(super) fn is_unchanged(&self) -> Result<bool, FormatError> {
        if self.is_empty() {
            return Ok(true);
        }
        let mut header = [0; HEADER_BYTES];
        self.main.read_at(0, &mut header)?;
        let is_main_unchanged = header.get(CHANGING) == self.header.get(CHANGING);
        Ok(is_main_unchanged && self.wal.as_ref().is_none_or(Wal::is_unchanged))
    }
}

impl Pages for Sheets<'_> {
    /// An overflow page: the number of the one after it, 0 on the last, then content to the page's end (section 1.6).
    fn link(&self, page: u32, left: u64) -> Result<Link, FormatError> {
        let mut next = [0; 4];
        // The links themselves come on top of what is left.
        self.read_ahead(page, 0, &mut next, left.saturating_add(self.page_bytes.into()))?;
        let content = u64::from(self.usable_bytes.saturating_sub(4));
        let next = u32::from_be_bytes(next);
        if (left <= content) != (next == 0) {
            return Err(FormatError::Malformed);
        }
        Ok(Link { offset: 4, length: content.min(left), next })
    }

    fn read(&self, page: u32, offset: usize, into: &mut [u8]) -> Result<(), FormatError> {
        self.read_ahead(page, offset, into, 0)
    }

    fn claim(&self, page: u32) -> Result<(), FormatError> {
        self.claims.borrow_mut().claim(page)
    }
}

impl Sheets<'_> {
    /// Fills `into`, and expects that `ahead` bytes from there on are wanted soon.
    fn read_ahead(&self, page: u32, offset: usize, into: &mut [u8], ahead: u64) -> Result<(), FormatError> {
        let before = page.checked_sub(1).filter(|_| page <= self.count).ok_or(FormatError::Malformed)?;
        let in_log = self.wal.as_ref().and_then(|log| Some((log, log.place_of(page)?)));
        if let Some((log, place)) = in_log {
            return log.read(place + offset as u64, into);
        }
        let place = u64::from(before) * u64::from(self.page_bytes) + offset as u64;
        self.ahead.read(place, into, ahead)
    }
}

fn page_bytes(header: &[u8]) -> Result<u32, FormatError> {
    if !header.starts_with(MAGIC) {
        return Err(FormatError::Malformed);
    }
    match be16(header, 16)? {
        // 65,536 does not fit the field.
        1 => Ok(65_536),
        bytes if bytes >= 512 && bytes.is_power_of_two() => Ok(bytes.into()),
        _ => Err(FormatError::Malformed),
    }
}

/// How many pages the main file says it has. It is cut off when it is shorter than that; when it is longer, the rest was
/// written by a version that does not keep the count, or is not used.
fn main_pages(header: &[u8], length: u64, page_bytes: u32) -> Result<u32, FormatError> {
    let there = u32::try_from(length / u64::from(page_bytes)).unwrap_or(u32::MAX);
    let said = be32(header, 28)?;
    let is_kept = said != 0 && be32(header, 24)? == be32(header, 92)?;
    if is_kept && said > there {
        return Err(FormatError::Malformed);
    }
    Ok(if is_kept { said } else { there })
}

/// Checks the newest header and gives the usable bytes of a page.
fn check(header: &[u8; HEADER_BYTES], page_bytes: u32) -> Result<u32, FormatError> {
    let [_, _, _, _, read_version, reserved, 64, 32, 32] = header[15..24] else {
        return Err(FormatError::Malformed);
    };
    let encoding = be32(header, 56)?;
    // 0 stands in a database in which nothing was ever created.
    if read_version > NEWEST_READ_VERSION || encoding > UTF_8 {
        return Err(FormatError::Unsupported);
    }
    let usable = page_bytes.saturating_sub(reserved.into());
    if usable < MIN_USABLE_BYTES { Err(FormatError::Malformed) } else { Ok(usable) }
}
