//! What tests of every format do to a file.

use super::{Bytes, FormatError};
use std::cell::Cell;

/// The file cut off after each fiftieth of it, from empty to almost whole.
pub(super) fn cut(whole: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..50).map(|part| &whole[..whole.len() * part / 50])
}

/// Copies of the file with some bytes replaced, the same ones in each run.
pub(super) fn damaged(whole: &[u8], copies: u64) -> impl Iterator<Item = Vec<u8>> {
    (1..=copies).map(|copy| {
        let mut state = copy.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = move || {
            // xorshift64
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap()
        };
        let mut bytes = whole.to_vec();
        for _ in 0..=random() % 8 {
            // Every other change hits the first pages, where the structure is densest.
            let end = if random() % 2 == 0 { bytes.len() } else { bytes.len().min(8192) };
            let place = random() % end;
            bytes[place] = [0, 0xff, 1, 0x80, bytes[place] ^ 1, bytes[place].wrapping_add(1)][random() % 6];
        }
        bytes
    })
}

/// A file that somebody writes while it is read.
pub(super) struct Rewritten {
    pub(super) before: Vec<u8>,
    pub(super) after: Vec<u8>,
    /// How many reads are answered from before.
    pub(super) reads: Cell<usize>,
}

impl Bytes for Rewritten {
    fn length(&self) -> u64 {
        self.before.length()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        match self.reads.get().checked_sub(1) {
            Some(left) => {
                self.reads.set(left);
                self.before.read_at(offset, into)
            }
            None => self.after.read_at(offset, into),
        }
    }
}
