//! Foreign file formats, each read from bytes alone.
//!
//! Nothing of a foreign library is linked, nothing is executed and no system call is made: the same code reads the formats
//! of every system on every system, so that it is tested there and inputs that once broke it are tried again everywhere. A
//! large file is read here and there, never as a whole, and everything in it is hostile: what it says of sizes, places and links
//! is believed only after it was checked.

pub mod accounts;
mod ahead;
pub mod apk;
pub mod appimage;
pub mod assignments;
pub mod brew;
mod chain;
pub mod deploy;
pub mod desktop_entry;
pub mod dpkg;
pub mod edid;
pub mod efi;
#[cfg(test)]
mod fixture;
pub mod lastlog;
pub mod logins;
pub mod mountinfo;
pub mod nix;
pub mod pacman;
pub mod pci_ids;
pub mod portage;
pub mod resolv_conf;
pub mod rpm;
pub mod rtnetlink;
pub mod scsi;
pub mod slackware;
pub mod smbios;
pub mod snap;
pub mod sqlite;
pub mod sssd_conf;

use collector_proto::messages::Absence;

/// One line of a text file.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The line without its end.
    pub bytes: &'a [u8],
    /// Whether all of it is in `bytes`.
    pub is_whole: bool,
    /// Whether it ended in a line feed, which the last line of a file that was cut off does not.
    pub is_ended: bool,
}

impl<'a> Line<'a> {
    /// The lines of a text that is there as a whole.
    pub fn all(text: &'a [u8]) -> impl Iterator<Item = Self> {
        text.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let ended = line.strip_suffix(b"\n");
            Self { bytes: ended.unwrap_or(line), is_whole: true, is_ended: ended.is_some() }
        })
    }
}

/// Bytes that are read at any place.
pub trait Bytes {
    /// How many there are.
    fn length(&self) -> u64;

    /// Fills `into` with the bytes from `offset` on; all of them must be there.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError>;
}

impl Bytes for [u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        let start = usize::try_from(offset).map_err(|_| FormatError::Malformed)?;
        let end = start.checked_add(into.len()).ok_or(FormatError::Malformed)?;
        into.copy_from_slice(self.get(start..end).ok_or(FormatError::Malformed)?);
        Ok(())
    }
}

impl Bytes for Vec<u8> {
    fn length(&self) -> u64 {
        self.as_slice().length()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        self.as_slice().read_at(offset, into)
    }
}

/// A part of other bytes.
pub struct Part<'a> {
    whole: &'a dyn Bytes,
    start: u64,
    length: u64,
}

impl<'a> Part<'a> {
    /// The `length` bytes of `whole` from `start` on; all of them must be there.
    pub fn of(whole: &'a dyn Bytes, start: u64, length: u64) -> Result<Self, FormatError> {
        match start.checked_add(length) {
            Some(end) if end <= whole.length() => Ok(Self { whole, start, length }),
            _ => Err(FormatError::Malformed),
        }
    }
}

impl Bytes for Part<'_> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        match offset.checked_add(into.len() as u64) {
            Some(end) if end <= self.length => self.whole.read_at(self.start + offset, into),
            _ => Err(FormatError::Malformed),
        }
    }
}

/// Why a file gives nothing. Says nothing of what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It is cut off, damaged or of another format.
    #[error("the file is damaged or of another format")]
    Malformed,
    /// Something in it is larger than its bound.
    #[error("something in the file is larger than the reader's bound")]
    TooLarge,
    /// It uses a feature of its format that is not read here.
    #[error("the file uses a feature of its format that is not read")]
    Unsupported,
    /// It was written while it was read.
    #[error("the file changed while it was read")]
    Changed,
    /// The operating system does not give its bytes.
    #[error("the file's bytes cannot be read")]
    Source(Absence),
}

impl From<FormatError> for Absence {
    fn from(error: FormatError) -> Self {
        match error {
            // A file that was opened is there, whatever its bytes do: it must not pass for a machine without one.
            FormatError::Malformed | FormatError::Changed | FormatError::Source(Self::Unavailable) => {
                Self::Malformed
            }
            FormatError::TooLarge => Self::TooLarge,
            FormatError::Unsupported => Self::Unsupported,
            FormatError::Source(reason) => reason,
        }
    }
}

/// The 16-bit number at `offset`, most significant byte first.
fn be16(bytes: &[u8], offset: usize) -> Result<u16, FormatError> {
    array(bytes, offset).map(u16::from_be_bytes)
}

/// The 32-bit number at `offset`, most significant byte first.
fn be32(bytes: &[u8], offset: usize) -> Result<u32, FormatError> {
    array(bytes, offset).map(u32::from_be_bytes)
}

/// The 32-bit number at `offset`, least significant byte first.
fn le32(bytes: &[u8], offset: usize) -> Result<u32, FormatError> {
    array(bytes, offset).map(u32::from_le_bytes)
}

/// The `N` bytes at `offset`.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> Result<[u8; N], FormatError> {
    let rest = bytes.get(offset..).ok_or(FormatError::Malformed)?;
    rest.first_chunk().copied().ok_or(FormatError::Malformed)
}
