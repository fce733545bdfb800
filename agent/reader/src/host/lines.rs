//! A file line by line with a bounded buffer.

use super::Unreadable;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};

/// Most bytes kept of one line; what is longer is skipped to its end. Dependency lists reach some 10 KiB.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Read buffer in bytes: large enough that system calls do not count, small beside the memory limit.
const BUFFER_BYTES: usize = 32 * 1024;

/// The lines of a file.
#[derive(Debug)]
pub struct Lines {
    reader: BufReader<File>,
    buffer: Vec<u8>,
    left: u64,
}

/// One line.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The line without its end.
    pub bytes: &'a [u8],
    /// Whether all of it is in `bytes`.
    pub is_whole: bool,
    /// Whether it ended in a line feed, which the last line of a file that was cut off does not.
    pub is_ended: bool,
}

impl Lines {
    pub(super) fn of(file: File, max: u64) -> Self {
        Self { reader: BufReader::with_capacity(BUFFER_BYTES, file), buffer: Vec::new(), left: max }
    }

    /// The next line; `None` at the end of the file. A file that grew beyond its bound is too large.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, Unreadable> {
        self.buffer.clear();
        let mut length = (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.buffer)? as u64;
        if length == 0 {
            return Ok(None);
        }
        let mut is_ended = self.buffer.last() == Some(&b'\n');
        let is_whole = is_ended || length < MAX_LINE_BYTES;
        if is_ended {
            self.buffer.pop();
        } else if !is_whole {
            length += self.reader.skip_until(b'\n')? as u64;
            is_ended = true;
        }
        self.left = self.left.checked_sub(length).ok_or(Unreadable::TooLarge)?;
        Ok(Some(Line { bytes: &self.buffer, is_whole, is_ended }))
    }
}
