//! Values that are too long for one page: a chain of pages, each naming the next.
//!
//! SQLite's overflow pages and Berkeley DB's are such chains. Only the links up to the wanted byte are followed. A page
//! belongs to one place of a file, so that one that is met twice means a loop or a damaged file; no file, however
//! it is linked, costs more than one visit per page.

use super::{Bytes, FormatError};
use std::cell::RefCell;

/// Numbered pages that can be links of a chain.
pub(super) trait Pages {
    /// What `page` holds of a value of which `left` bytes are still to come.
    fn link(&self, page: u32, left: u64) -> Result<Link, FormatError>;

    /// Fills `into` from `offset` within `page` on. What was read for the link may already hold it.
    fn read(&self, page: u32, offset: usize, into: &mut [u8]) -> Result<(), FormatError>;

    /// Notes that `page` is used, which happens to each page once.
    fn claim(&self, page: u32) -> Result<(), FormatError>;
}

/// A page's share of a value.
pub(super) struct Link {
    /// Where in the page the value's bytes start.
    pub(super) offset: usize,
    /// How many of them the page holds.
    pub(super) length: u64,
    /// The page after it.
    pub(super) next: u32,
}

/// A value: its first bytes, then a chain of pages.
pub(super) struct Chain<'a> {
    pages: &'a dyn Pages,
    local: &'a [u8],
    length: u64,
    followed: RefCell<Followed>,
}

/// The links that were followed so far, so that none is followed twice.
struct Followed {
    /// Where in the value each page's share starts, the page, and where in the page.
    shares: Vec<(u64, u32, usize)>,
    /// Where in the value the next page's share starts.
    end: u64,
    next: u32,
}

impl<'a> Chain<'a> {
    /// The value of `length` bytes of which `local` is there and the rest begins on page `first`.
    pub(super) fn of(pages: &'a dyn Pages, local: &'a [u8], length: u64, first: u32) -> Self {
        let followed = Followed { shares: Vec::new(), end: local.len() as u64, next: first };
        Self { pages, local, length, followed: RefCell::new(followed) }
    }
}

impl Bytes for Chain<'_> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        let end = offset.checked_add(into.len() as u64).filter(|end| *end <= self.length);
        let end = end.ok_or(FormatError::Malformed)?;
        let from_local =
            usize::try_from(offset).ok().and_then(|start| self.local.get(start..)).unwrap_or(&[]);
        let here = from_local.len().min(into.len());
        let (head, mut rest) = into.split_at_mut(here);
        head.copy_from_slice(from_local.get(..here).unwrap_or(&[]));

        let mut followed = self.followed.borrow_mut();
        followed.reach(self.pages, self.length, end)?;
        let mut at = offset + here as u64;
        let first = followed.shares.partition_point(|(start, ..)| *start <= at).saturating_sub(1);
        for (index, (start, page, skip)) in followed.shares.iter().enumerate().skip(first) {
            if rest.is_empty() {
                break;
            }
            let share_end = followed.shares.get(index + 1).map_or(followed.end, |(start, ..)| *start);
            let skipped = usize::try_from(at.saturating_sub(*start)).map_err(|_| FormatError::Malformed)?;
            let share = usize::try_from(share_end.saturating_sub(at)).unwrap_or(usize::MAX);
            let here = share.min(rest.len());
            let (now, later) = rest.split_at_mut(here);
            self.pages.read(*page, skip + skipped, now)?;
            at += here as u64;
            rest = later;
        }
        if rest.is_empty() { Ok(()) } else { Err(FormatError::Malformed) }
    }
}

impl Followed {
    /// Follows links until the value's byte before `end` is on a known page.
    fn reach(&mut self, pages: &dyn Pages, length: u64, end: u64) -> Result<(), FormatError> {
        while self.end < end {
            pages.claim(self.next)?;
            let link = pages.link(self.next, length.saturating_sub(self.end))?;
            if link.length == 0 {
                return Err(FormatError::Malformed);
            }
            self.shares.push((self.end, self.next, link.offset));
            self.end = self.end.saturating_add(link.length);
            self.next = link.next;
        }
        Ok(())
    }
}

/// Which pages of a file are used, one bit each.
pub(super) struct Claims {
    bits: Vec<u64>,
    pages: u32,
}

impl Claims {
    /// None of `pages` pages, numbered from 0 to `pages`.
    pub(super) fn none_of(pages: u32) -> Self {
        Self { bits: vec![0; pages as usize / 64 + 1], pages }
    }

    /// Uses `page`; fails for one that does not exist or is used already.
    pub(super) fn claim(&mut self, page: u32) -> Result<(), FormatError> {
        let word = self.bits.get_mut(page as usize / 64).filter(|_| page <= self.pages);
        let word = word.ok_or(FormatError::Malformed)?;
        let bit = 1 << (page % 64);
        if *word & bit != 0 {
            return Err(FormatError::Malformed);
        }
        *word |= bit;
        Ok(())
    }
}
