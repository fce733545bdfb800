//! Reading more than is asked for, where what follows is probably wanted next.
//!
//! A package database is made of values that lie in one piece most of the time, and a read costs as much as copying some
//! thousand bytes. Read in pieces as large as the values, it takes a fraction of the calls.

use super::{Bytes, FormatError};
use std::cell::RefCell;

/// Most bytes that are read at once; more gains nothing.
const MAX_WINDOW_BYTES: u64 = 64 * 1024;

/// Other bytes, the last read piece of which stays in memory.
pub(super) struct Ahead<'a> {
    bytes: &'a dyn Bytes,
    /// How far a read without a hint looks ahead.
    usual: u64,
    window: RefCell<Window>,
}

#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Ahead<'a> {
    pub(super) fn of(bytes: &'a dyn Bytes, usual: u64) -> Self {
        Self { bytes, usual, window: RefCell::default() }
    }

    /// Fills `into` from `offset` on, and expects that up to `ahead` bytes from there on are wanted soon.
    pub(super) fn read(&self, offset: u64, into: &mut [u8], ahead: u64) -> Result<(), FormatError> {
        if self.window.borrow().copy(offset, into) {
            return Ok(());
        }
        let left = self.bytes.length().saturating_sub(offset);
        let piece = usize::try_from(ahead.min(MAX_WINDOW_BYTES).min(left)).unwrap_or(0);
        if piece <= into.len() {
            return self.bytes.read_at(offset, into);
        }
        let mut window = self.window.borrow_mut();
        window.start = offset;
        window.bytes.resize(piece, 0);
        let read = self.bytes.read_at(offset, &mut window.bytes);
        if read.is_err() {
            window.bytes.clear();
        }
        read?;
        if window.copy(offset, into) { Ok(()) } else { Err(FormatError::Malformed) }
    }
}

impl Bytes for Ahead<'_> {
    fn length(&self) -> u64 {
        self.bytes.length()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        self.read(offset, into, self.usual)
    }
}

impl Window {
    /// Whether `into` could be filled from memory.
    fn copy(&self, offset: u64, into: &mut [u8]) -> bool {
        let skipped = offset.checked_sub(self.start).and_then(|skipped| usize::try_from(skipped).ok());
        let rest = skipped.and_then(|skipped| self.bytes.get(skipped..)).unwrap_or_default();
        rest.get(..into.len()).map(|bytes| into.copy_from_slice(bytes)).is_some()
    }
}
