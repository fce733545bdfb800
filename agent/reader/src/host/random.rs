//! A file that is read at any place.

use super::{Content, Unreadable};
use crate::format::{Bytes, FormatError};
use std::io::{Seek as _, SeekFrom};

/// An open file. What is read may change while it is read; whoever takes it apart has to expect anything.
#[derive(Debug)]
pub struct RandomFile {
    content: Content,
    length: u64,
}

impl RandomFile {
    pub(super) fn of(mut content: Content) -> Result<Self, Unreadable> {
        // Where it ends is asked of the descriptor alone, which every sandbox allows.
        let length = content.seek(SeekFrom::End(0))?;
        Ok(Self { content, length })
    }

    /// Its length in bytes when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Fills `into` with the bytes from `offset` on. A file that ends before is odd.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Unreadable> {
        self.content.read_exact_at(into, offset).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Unreadable::Odd,
            _ => error.into(),
        })
    }
}

impl Bytes for RandomFile {
    fn length(&self) -> u64 {
        Self::length(self)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        Self::read_at(self, offset, into).map_err(|reason| FormatError::Source(reason.into()))
    }
}
