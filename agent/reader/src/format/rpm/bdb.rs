//! Berkeley DB's hash (dbinc/db_page.h of Berkeley DB 4 and 5; read-only in rpm's lib/backend/bdb_ro.c).
//!
//! ```text
//! page 0    magic at 12, version 16, page size 20, encryption 24, type 25, flags 26, last page 32;
//!           greatest bucket at 72, first page of each doubling of the buckets less its first bucket 96 …
//! any page  page number at 8, next page 16, entries 20, high offset 22, type 25; then places of entries, 16 bits each
//! bucket    a chain of hash pages. Entries fill the page from its end: key, value, key, value …
//! entry     1, bytes; or 3, three unused, first overflow page, length
//! overflow  its bytes, as many as "high offset" says, stand behind the page's header
//! ```
//! Numbers are in the byte order of the machine that made the file, which the magic tells. The key is a package's
//! number; under the number 0 stands the last number given. The order of reading is that of the buckets.

use super::super::ahead::Ahead;
use super::super::chain::{Chain, Claims, Link, Pages};
use super::super::{Bytes, FormatError, array};
use super::Visit;
use std::cell::RefCell;

const MAGIC: u32 = 0x0006_1561;
/// Versions of hash files since Berkeley DB 3.1 that differ in nothing that is read here.
const VERSIONS: std::ops::RangeInclusive<u32> = 8..=10;
const META_BYTES: usize = 512;
const PAGE_HEADER_BYTES: usize = 26;
/// Pages of files with encryption, checksums or partitions have longer headers. rpm makes none.
const PLAIN: [u8; 3] = [0, TYPE_HASH_META, 0];

const TYPE_HASH_UNSORTED: u8 = 2;
const TYPE_OVERFLOW: u8 = 7;
const TYPE_HASH_META: u8 = 8;
const TYPE_HASH: u8 = 13;

const ENTRY_BYTES: u8 = 1;
const ENTRY_OFF_PAGE: u8 = 3;
const OFF_PAGE_BYTES: usize = 12;

/// Most bytes of a header: rpm's own bound on its store, and as much again for its index.
const MAX_VALUE_BYTES: u32 = 0x1fff_ffff;

/// Shows each package's header to `visit`.
pub(super) fn headers(file: &dyn Bytes, visit: Visit<'_>) -> Result<(), FormatError> {
    let hash = Hash::open(file)?;
    let mut page = vec![0; hash.page_bytes];
    for bucket in 0..=hash.greatest_bucket {
        let mut number = hash.first_page_of(bucket)?;
        // Chains cannot turn back: a page is claimed once.
        while number != 0 {
            hash.claim(number)?;
            hash.read(number, 0, &mut page)?;
            hash.check_page(&page, number, &[TYPE_HASH, TYPE_HASH_UNSORTED])?;
            hash.pairs(&page, visit)?;
            number = hash.u32(&page, 16)?;
        }
    }
    Ok(())
}

/// An open file.
struct Hash<'a> {
    file: Ahead<'a>,
    is_big_endian: bool,
    page_bytes: usize,
    last_page: u32,
    greatest_bucket: u32,
    meta: [u8; META_BYTES],
    claims: RefCell<Claims>,
}

impl<'a> Hash<'a> {
    fn open(file: &'a dyn Bytes) -> Result<Self, FormatError> {
        let mut meta = [0; META_BYTES];
        file.read_at(0, &mut meta)?;
        let is_big_endian = match array(&meta, 12)? {
            magic if u32::from_le_bytes(magic) == MAGIC => false,
            magic if u32::from_be_bytes(magic) == MAGIC => true,
            _ => return Err(FormatError::Malformed),
        };
        let claims = RefCell::new(Claims::none_of(0));
        let length = file.length();
        let file = Ahead::of(file, 0);
        let mut hash =
            Self { file, is_big_endian, page_bytes: 0, last_page: 0, greatest_bucket: 0, meta, claims };
        if !VERSIONS.contains(&hash.u32(&meta, 16)?) || array(&meta, 24)? != PLAIN {
            return Err(FormatError::Unsupported);
        }
        let page_bytes = hash.u32(&meta, 20)?;
        hash.page_bytes = page_bytes as usize;
        hash.last_page = hash.u32(&meta, 32)?;
        hash.greatest_bucket = hash.u32(&meta, 72)?;
        let end = (u64::from(hash.last_page) + 1) * u64::from(page_bytes);
        let is_size = (512..=65_536).contains(&page_bytes) && page_bytes.is_power_of_two();
        if !is_size || end > length || hash.greatest_bucket > hash.last_page {
            return Err(FormatError::Malformed);
        }
        hash.claims = RefCell::new(Claims::none_of(hash.last_page));
        Ok(hash)
    }

    /// Buckets are made in doublings; each doubling's pages stand in one row.
    fn first_page_of(&self, bucket: u32) -> Result<u32, FormatError> {
        let doubling = u32::BITS - bucket.leading_zeros();
        let before = self.u32(&self.meta, 96 + 4 * doubling as usize)?;
        bucket.checked_add(before).filter(|page| *page != 0).ok_or(FormatError::Malformed)
    }

    fn check_page(&self, page: &[u8], number: u32, types: &[u8]) -> Result<(), FormatError> {
        let is_of_type = page.get(25).is_some_and(|own| types.contains(own));
        if is_of_type && self.u32(page, 8)? == number { Ok(()) } else { Err(FormatError::Malformed) }
    }

    /// Shows each value on a bucket's page to `visit`.
    fn pairs(&self, page: &[u8], visit: Visit<'_>) -> Result<(), FormatError> {
        let entries = usize::from(self.u16(page, 20)?);
        if !entries.is_multiple_of(2) {
            return Err(FormatError::Malformed);
        }
        let places_end = PAGE_HEADER_BYTES + 2 * entries;
        let mut end = page.len();
        let mut entry = |index: usize| {
            let start = usize::from(self.u16(page, PAGE_HEADER_BYTES + 2 * index)?);
            let bytes = page.get(start..end).filter(|_| start >= places_end).ok_or(FormatError::Malformed);
            end = start;
            bytes
        };
        for index in (0..entries).step_by(2) {
            let (key, value) = (entry(index)?, entry(index + 1)?);
            let [ENTRY_BYTES, number @ ..] = key else { return Err(FormatError::Malformed) };
            let number: [u8; 4] = number.try_into().map_err(|_| FormatError::Malformed)?;
            if number != [0; 4] {
                visit(&self.value(value)?)?;
            }
        }
        Ok(())
    }

    fn value<'b>(&'b self, entry: &'b [u8]) -> Result<Chain<'b>, FormatError> {
        match entry {
            [ENTRY_BYTES, bytes @ ..] => Ok(Chain::of(self, bytes, bytes.len() as u64, 0)),
            [ENTRY_OFF_PAGE, ..] if entry.len() == OFF_PAGE_BYTES => {
                let (first, length) = (self.u32(entry, 4)?, self.u32(entry, 8)?);
                if length > MAX_VALUE_BYTES {
                    return Err(FormatError::TooLarge);
                }
                Ok(Chain::of(self, &[], length.into(), first))
            }
            // Several values of one key, which rpm's packages do not have, or nothing known.
            _ => Err(FormatError::Malformed),
        }
    }

    fn u32(&self, bytes: &[u8], offset: usize) -> Result<u32, FormatError> {
        let from = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        array(bytes, offset).map(from)
    }

    fn u16(&self, bytes: &[u8], offset: usize) -> Result<u16, FormatError> {
        let from = if self.is_big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
        array(bytes, offset).map(from)
    }
}

impl Pages for Hash<'_> {
    fn link(&self, page: u32, left: u64) -> Result<Link, FormatError> {
        let mut header = [0; PAGE_HEADER_BYTES];
        // The pages' own headers come on top of what is left.
        self.read_ahead(page, 0, &mut header, left.saturating_add(self.page_bytes as u64))?;
        self.check_page(&header, page, &[TYPE_OVERFLOW])?;
        let (next, length) = (self.u32(&header, 16)?, self.u16(&header, 22)?);
        let is_last = u64::from(length) == left;
        if u64::from(length) > left || is_last != (next == 0) {
            return Err(FormatError::Malformed);
        }
        Ok(Link { offset: PAGE_HEADER_BYTES, length: length.into(), next })
    }

    fn read(&self, page: u32, offset: usize, into: &mut [u8]) -> Result<(), FormatError> {
        self.read_ahead(page, offset, into, 0)
    }

    fn claim(&self, page: u32) -> Result<(), FormatError> {
        self.claims.borrow_mut().claim(page)
    }
}

impl Hash<'_> {
    /// Fills `into`, and expects that `ahead` bytes from there on are wanted soon.
    fn read_ahead(&self, page: u32, offset: usize, into: &mut [u8], ahead: u64) -> Result<(), FormatError> {
        let is_within = offset.checked_add(into.len()).is_some_and(|end| end <= self.page_bytes);
        if page > self.last_page || !is_within {
            return Err(FormatError::Malformed);
        }
        self.file.read(u64::from(page) * self.page_bytes as u64 + offset as u64, into, ahead)
    }
}
