//! A file line by line with a bounded buffer.

use super::{Content, Unreadable};
use crate::format::Line;
use std::io::{BufRead as _, BufReader, Read as _};

/// Most bytes kept of one line; what is longer is skipped to its end. Dependency lists reach some 10 KiB.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Read buffer in bytes: large enough that system calls do not count, small beside the memory limit.
const BUFFER_BYTES: usize = 32 * 1024;

/// The lines of a file. A line that lies in the read buffer as a whole is not copied.
#[derive(Debug)]
pub struct Lines {
    reader: BufReader<Content>,
    /// Bytes of the read buffer that the line handed out last occupies.
    handed_out: usize,
    /// A line that lies across two fillings of the read buffer.
    spanning: Vec<u8>,
    left: u64,
}

impl Lines {
    pub(super) fn of(content: Content, max: u64) -> Self {
        let reader = BufReader::with_capacity(BUFFER_BYTES, content);
        Self { reader, handed_out: 0, spanning: Vec::new(), left: max }
    }

    /// The next line; `None` at the end of the file. A file that grew beyond its bound is too large.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, Unreadable> {
        self.reader.consume(std::mem::take(&mut self.handed_out));
        let Some(end) = memchr::memchr(b'\n', self.reader.fill_buf()?) else { return self.next_spanning() };
        self.spend(end + 1)?;
        self.handed_out = end + 1;
        Ok(Some(Line { bytes: &self.reader.buffer()[..end], is_whole: true, is_ended: true }))
    }

    fn next_spanning(&mut self) -> Result<Option<Line<'_>>, Unreadable> {
        self.spanning.clear();
        let mut length = (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.spanning)?;
        if length == 0 {
            return Ok(None);
        }
        let mut is_ended = self.spanning.last() == Some(&b'\n');
        let is_whole = is_ended || (length as u64) < MAX_LINE_BYTES;
        if is_ended {
            self.spanning.pop();
        } else if !is_whole {
            length += self.reader.skip_until(b'\n')?;
            is_ended = true;
        }
        self.spend(length)?;
        Ok(Some(Line { bytes: &self.spanning, is_whole, is_ended }))
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.left = self.left.checked_sub(bytes as u64).ok_or(Unreadable::TooLarge)?;
        Ok(())
    }
}
