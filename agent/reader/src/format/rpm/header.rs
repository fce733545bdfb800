//! A package's header as databases hold it (rpm's docs/manual/format_header.md, without the lead and the magic).
//!
//! ```text
//! number of index entries, bytes of the store
//! index   16 bytes an entry: tag, type, offset in the store, count
//! store   the values: numbers at multiples of their size, texts ended by NUL
//! ```
//! Every number is 32 bits, most significant byte first. What rpm added when it installed the package, such as the
//! time, stands behind what came with the package. A tag that stands twice has its later value.

use super::super::{Bytes, FormatError, be32};

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const INSTALL_TIME: u32 = 1008;
const VENDOR: u32 = 1011;
const ARCHITECTURE: u32 = 1022;

const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// The index starts behind the two numbers.
const INDEX: usize = 8;
const ENTRY_BYTES: usize = 16;

/// rpm's own bound on entries.
const MAX_ENTRIES: usize = 0xffff;

/// rpm's own bound on a store.
const MAX_STORE_BYTES: u32 = 0x0fff_ffff;

/// How much of each header is read at once. The index takes about 1.5 KiB, and name, version and release come first in
/// the store; the rest is lists of files and may be hundreds of times as long.
const HEAD_BYTES: usize = 4096;

/// Most bytes of a text. Vendors' are below 100.
const MAX_TEXT_BYTES: usize = 1024;

/// An installed package.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Name.
    pub name: String,
    /// Epoch, where the package has one.
    pub epoch: Option<u32>,
    /// Upstream's version.
    pub version: String,
    /// The distribution's release of that version.
    pub release: String,
    /// Architecture, such as `x86_64` or `noarch`.
    pub architecture: Option<String>,
    /// Who built it.
    pub vendor: Option<String>,
    /// When it was installed, in seconds since 1970.
    pub since: Option<i64>,
}

/// Reads one header after the other into the same memory.
#[derive(Default)]
pub(super) struct Reader {
    head: Vec<u8>,
    index: Vec<u8>,
}

impl Reader {
    /// The package that `blob` describes.
    pub(super) fn read(&mut self, blob: &dyn Bytes) -> Result<Package, FormatError> {
        let head_bytes = usize::try_from(blob.length()).map_or(HEAD_BYTES, |length| length.min(HEAD_BYTES));
        self.head.resize(head_bytes, 0);
        blob.read_at(0, &mut self.head)?;
        let entries = be32(&self.head, 0)? as usize;
        let store_bytes = be32(&self.head, 4)?;
        if entries > MAX_ENTRIES || store_bytes > MAX_STORE_BYTES {
            return Err(FormatError::TooLarge);
        }
        let store = INDEX + entries * ENTRY_BYTES;
        if blob.length() != store as u64 + u64::from(store_bytes) {
            return Err(FormatError::Malformed);
        }
        self.index.resize(store - INDEX, 0);
        Store { blob, head: &self.head, start: 0, end: store as u64 }
            .read_at(INDEX as u64, &mut self.index)?;
        let places = Places::of(&self.index, store_bytes)?;
        let store = Store { blob, head: &self.head, start: store as u64, end: blob.length() };
        store.package(&places)
    }
}

/// The entries of the wanted tags.
#[derive(Default)]
struct Places {
    name: Option<Entry>,
    version: Option<Entry>,
    release: Option<Entry>,
    epoch: Option<Entry>,
    install_time: Option<Entry>,
    vendor: Option<Entry>,
    architecture: Option<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    kind: u32,
    offset: u32,
}

impl Places {
    fn of(index: &[u8], store_bytes: u32) -> Result<Self, FormatError> {
        let mut places = Self::default();
        let (entries, _) = index.as_chunks::<ENTRY_BYTES>();
        for entry in entries {
            let (tag, kind) = (be32(entry, 0)?, be32(entry, 4)?);
            let (offset, count) = (be32(entry, 8)?, be32(entry, 12)?);
            // What rpm refuses as well, when it installs a package.
            if kind > I18N_STRING || offset > store_bytes || count == 0 || count > store_bytes {
                return Err(FormatError::Malformed);
            }
            let place = match tag {
                NAME => &mut places.name,
                VERSION => &mut places.version,
                RELEASE => &mut places.release,
                EPOCH => &mut places.epoch,
                INSTALL_TIME => &mut places.install_time,
                VENDOR => &mut places.vendor,
                ARCHITECTURE => &mut places.architecture,
                _ => continue,
            };
            *place = Some(Entry { kind, offset });
        }
        Ok(places)
    }
}

/// Bytes of a header, of which the first ones are in memory.
struct Store<'a> {
    blob: &'a dyn Bytes,
    head: &'a [u8],
    start: u64,
    end: u64,
}

impl Store<'_> {
    fn package(&self, places: &Places) -> Result<Package, FormatError> {
        let required = |entry: Option<Entry>| {
            let text = self.text(entry.ok_or(FormatError::Malformed)?)?;
            if text.is_empty() { Err(FormatError::Malformed) } else { Ok(text) }
        };
        Ok(Package {
            name: required(places.name)?,
            version: required(places.version)?,
            release: required(places.release)?,
            epoch: places.epoch.map(|entry| self.number(entry)).transpose()?,
            architecture: places.architecture.map(|entry| self.text(entry)).transpose()?,
            vendor: places.vendor.map(|entry| self.text(entry)).transpose()?,
            since: places.install_time.map(|entry| self.number(entry)).transpose()?.map(i64::from),
        })
    }

    fn number(&self, entry: Entry) -> Result<u32, FormatError> {
        if entry.kind != INT32 {
            return Err(FormatError::Malformed);
        }
        let mut bytes = [0; 4];
        self.read_at(self.start + u64::from(entry.offset), &mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    /// A text, or the first of several. Bytes that are not UTF-8, which old packages have, become U+FFFD.
    fn text(&self, entry: Entry) -> Result<String, FormatError> {
        if !matches!(entry.kind, STRING | STRING_ARRAY | I18N_STRING) {
            return Err(FormatError::Malformed);
        }
        let start = self.start + u64::from(entry.offset);
        let mut bytes = [0; MAX_TEXT_BYTES];
        let left = usize::try_from(self.end.saturating_sub(start)).unwrap_or(usize::MAX);
        let bytes = bytes.get_mut(..left.min(MAX_TEXT_BYTES)).unwrap_or_default();
        self.read_at(start, bytes)?;
        let end = memchr::memchr(0, bytes).ok_or(if left > MAX_TEXT_BYTES {
            FormatError::TooLarge
        } else {
            FormatError::Malformed
        })?;
        Ok(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned())
    }

    /// Fills `into` from the memory where it can, otherwise from the header itself.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        let end = offset.checked_add(into.len() as u64).filter(|end| *end <= self.end);
        let end = end.ok_or(FormatError::Malformed)?;
        let in_memory = (usize::try_from(offset).ok().zip(usize::try_from(end).ok()))
            .and_then(|(start, end)| self.head.get(start..end));
        match in_memory {
            Some(bytes) => into.copy_from_slice(bytes),
            None => self.blob.read_at(offset, into)?,
        }
        Ok(())
    }
}
