//! The content of a regular file.

use super::system;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// The content of a regular file: of one that is open here, or copied by whoever may open it.
pub(crate) enum Content {
    /// An open file.
    File(File),
    /// What another process has read.
    Copied(Cursor<Vec<u8>>),
}

impl Content {
    /// Fills `into` with the bytes from `offset` on.
    pub(super) fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::File(file) => system::read_exact_at(file, into, offset),
            Self::Copied(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let end = start.saturating_add(into.len());
                let from = bytes.get_ref().get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?;
                into.copy_from_slice(from);
                Ok(())
            }
        }
    }
}

impl Read for Content {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(into),
            Self::Copied(bytes) => bytes.read(into),
        }
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Copied(bytes) => bytes.seek(to),
        }
    }
}

impl From<File> for Content {
    fn from(file: File) -> Self {
        Self::File(file)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Copied(Cursor::new(bytes))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content")
    }
}
