//! flatpak's record of a deployment (flatpak `common/flatpak-dir-private.h`, `FLATPAK_DEPLOY_DATA_GVARIANT_FORMAT`): one
//! GVariant of the type `(ssasta{sv})` (GLib: GVariant Serialisation).
//!
//! ```text
//! s      origin: the remote that it came from        flathub
//! s      commit                                      64 hexadecimal digits
//! as     subpaths
//! t      installed size
//! a{sv}  appdata-version, runtime, timestamp (of the commit), …
//! ```
//! A member starts at a multiple of its type's alignment. Where members of unknown length end stands at the end of their
//! container as little-endian offsets, as wide as the container's length needs; those of a tuple in reverse order and
//! without that of its last member. A variant is its value, a zero and its type.

/// Most bytes of the file. It holds an application's name and summary in some hundred languages: real ones reach 40 KiB.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// Alignment of `t`, `v` and what contains them.
const WIDE: usize = 8;

/// What is read of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Deployment<'a> {
    /// The remote that it came from.
    pub origin: &'a str,
    /// The version that the application's AppStream data state.
    pub version: Option<&'a str>,
}

impl<'a> Deployment<'a> {
    /// `None` for bytes that are not such a record.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let tuple = Container::of(bytes);
        let origin = text(bytes.get(..tuple.offset(0)?)?)?;
        let commit = text(bytes.get(tuple.offset(0)?..tuple.offset(1)?)?)?;
        if commit.len() != 64 || !commit.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        // The last offset counts from the front, too: the end of the subpaths, behind which the size stands.
        let size = align(tuple.offset(2)?)?;
        let metadata = bytes.get(size.checked_add(WIDE)?..tuple.end(3)?)?;
        Some(Self { origin, version: lookup(metadata, b"appdata-version\0")? })
    }
}

/// The text of a dictionary's key; the inner `None` where it lacks the key or has another type there.
#[expect(
    clippy::option_option,
    reason = "what is not a dictionary, and a dictionary without the key, are not the same"
)]
fn lookup<'a>(dictionary: &'a [u8], key: &[u8]) -> Option<Option<&'a str>> {
    if dictionary.is_empty() {
        return Some(None);
    }
    let array = Container::of(dictionary);
    // The last element's end is where the offsets begin, so it also tells how many there are.
    let table = array.offset(0)?;
    let offsets = dictionary.get(table..)?;
    if offsets.len() % array.width != 0 {
        return None;
    }
    let mut start = 0;
    for offset in offsets.chunks_exact(array.width) {
        let end = little_endian(offset)?;
        let entry = dictionary.get(align(start)?..end).filter(|_| end <= table)?;
        let parts = Container::of(entry);
        let end_of_key = parts.offset(0)?;
        if entry.get(..end_of_key)? == key {
            let variant = entry.get(align(end_of_key)?..parts.end(1)?)?;
            let zero = variant.iter().rposition(|b| *b == 0)?;
            let (value, kind) = variant.split_at(zero);
            return Some(if kind == b"\0s" { Some(text(value)?) } else { None });
        }
        start = end;
    }
    Some(None)
}

/// Bytes with offsets at their end.
struct Container<'a> {
    bytes: &'a [u8],
    /// Bytes of one offset.
    width: usize,
}

impl<'a> Container<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let width = match bytes.len() {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        Self { bytes, width }
    }

    /// Where the offsets begin if there are so many.
    fn end(&self, offsets: usize) -> Option<usize> {
        self.bytes.len().checked_sub(offsets.checked_mul(self.width)?)
    }

    /// The offset of this number from the end.
    fn offset(&self, number: usize) -> Option<usize> {
        let at = self.end(number.checked_add(1)?)?;
        little_endian(self.bytes.get(at..at.checked_add(self.width)?)?)
    }
}

fn little_endian(bytes: &[u8]) -> Option<usize> {
    let number = bytes.iter().rev().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    usize::try_from(number).ok()
}

fn align(offset: usize) -> Option<usize> {
    offset.checked_next_multiple_of(WIDE)
}

/// A text and the zero that ends it.
fn text(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_suffix(b"\0")?;
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests;
