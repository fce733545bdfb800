//! ndb, the format of rpm's own (lib/backend/ndb/rpmpkg.c of rpm).
//!
//! ```text
//! header  32 bytes: "RpmP", version, generation, pages of slots, next package number; 12 unused
//! slots   16 bytes each, to the end of the slot pages of 4096: "Slot", package number, first block, blocks; block 0 is free
//! blobs   in blocks of 16 bytes: "BlbS", package number, generation, length; the header; padding;
//!         then, at the end of the last block: Adler-32, length, "BlbE"
//! ```
//! Every number is 32 bits, least significant byte first. The checksums are not verified, as little as rpm does it to read:
//! they would need every byte. The generation grows with each write.

use super::super::ahead::Ahead;
use super::super::{Bytes, FormatError, Part, array, le32};
use super::Visit;
use collector_proto::limits::MAX_ROWS;

const FILE_MAGIC: &[u8; 4] = b"RpmP";
const SLOT_MAGIC: &[u8; 4] = b"Slot";
const BLOB_MAGIC: &[u8; 4] = b"BlbS";
const BLOB_END_MAGIC: &[u8; 4] = b"BlbE";
const VERSION: u32 = 0;

const HEADER_BYTES: usize = 32;
const PAGE_BYTES: usize = 4096;
const SLOT_BYTES: usize = 16;

/// Most pages of slots: ten times what the bound on packages needs, since removed packages leave their slots free.
const MAX_SLOT_PAGES: u32 = 4096;

const BLOCK_BYTES: u64 = 16;
const BLOB_HEAD_BYTES: usize = 16;
const BLOB_TAIL_BYTES: usize = 12;

/// From what rpm adds to the end of a header to the beginning of the one behind it, which is mostly the next blob.
const AHEAD_BYTES: u64 = 8 * 1024;

/// Shows each package's header to `visit`, in the order of the file.
pub(super) fn headers(file: &dyn Bytes, visit: Visit<'_>) -> Result<(), FormatError> {
    let header = header(file)?;
    let slots = slots(file, le32(&header, 12)?)?;
    let ahead = Ahead::of(file, AHEAD_BYTES);
    for slot in slots {
        visit(&slot.blob(&ahead)?)?;
        slot.check_end(&ahead)?;
    }
    if header == self::header(file)? { Ok(()) } else { Err(FormatError::Changed) }
}

fn header(file: &dyn Bytes) -> Result<[u8; HEADER_BYTES], FormatError> {
    let mut header = [0; HEADER_BYTES];
    file.read_at(0, &mut header)?;
    if !header.starts_with(FILE_MAGIC) {
        return Err(FormatError::Malformed);
    }
    if le32(&header, 4)? == VERSION { Ok(header) } else { Err(FormatError::Unsupported) }
}

/// Where a package's header is.
struct Slot {
    first_block: u32,
    package: u32,
    blocks: u32,
}

/// The used slots, in the order of their blobs.
fn slots(file: &dyn Bytes, pages: u32) -> Result<Vec<Slot>, FormatError> {
    let mut slots = Vec::new();
    let mut page = [0; PAGE_BYTES];
    if pages > MAX_SLOT_PAGES {
        return Err(FormatError::TooLarge);
    }
    let blobs_at = u64::from(pages) * PAGE_BYTES as u64;
    // rpm writes whole blocks only.
    if blobs_at > file.length() || !file.length().is_multiple_of(BLOCK_BYTES) {
        return Err(FormatError::Malformed);
    }
    for number in 0..pages {
        file.read_at(u64::from(number) * PAGE_BYTES as u64, &mut page)?;
        let (entries, _) = page.as_chunks::<SLOT_BYTES>();
        // The file's header takes the place of the first slots.
        let taken = if number == 0 { HEADER_BYTES / SLOT_BYTES } else { 0 };
        for entry in entries.iter().skip(taken) {
            slots.extend(Slot::of(entry)?);
        }
        if slots.len() > MAX_ROWS {
            return Err(FormatError::TooLarge);
        }
    }
    slots.sort_unstable_by_key(|slot| slot.first_block);
    let mut free_from = blobs_at / BLOCK_BYTES;
    for slot in &slots {
        if u64::from(slot.first_block) < free_from {
            return Err(FormatError::Malformed);
        }
        free_from = u64::from(slot.first_block) + u64::from(slot.blocks);
    }
    Ok(slots)
}

impl Slot {
    fn of(entry: &[u8; SLOT_BYTES]) -> Result<Option<Self>, FormatError> {
        if !entry.starts_with(SLOT_MAGIC) {
            return Err(FormatError::Malformed);
        }
        let slot = Self { package: le32(entry, 4)?, first_block: le32(entry, 8)?, blocks: le32(entry, 12)? };
        if slot.first_block == 0 {
            return Ok(None);
        }
        if slot.package == 0 || slot.blocks == 0 { Err(FormatError::Malformed) } else { Ok(Some(slot)) }
    }

    fn blob<'a>(&self, file: &'a dyn Bytes) -> Result<Part<'a>, FormatError> {
        let start = u64::from(self.first_block) * BLOCK_BYTES;
        let mut head = [0; BLOB_HEAD_BYTES];
        file.read_at(start, &mut head)?;
        let length = le32(&head, 12)?;
        let bytes = BLOB_HEAD_BYTES as u64 + u64::from(length) + BLOB_TAIL_BYTES as u64;
        let is_head = head.starts_with(BLOB_MAGIC) && le32(&head, 4)? == self.package;
        if !is_head || u64::from(self.blocks) != bytes.div_ceil(BLOCK_BYTES) {
            return Err(FormatError::Malformed);
        }
        Part::of(file, start + BLOB_HEAD_BYTES as u64, length.into())
    }

    /// Checks that the blob was written to its end.
    fn check_end(&self, file: &dyn Bytes) -> Result<(), FormatError> {
        let end = (u64::from(self.first_block) + u64::from(self.blocks)) * BLOCK_BYTES;
        let mut tail = [0; BLOB_TAIL_BYTES];
        file.read_at(end.saturating_sub(BLOB_TAIL_BYTES as u64), &mut tail)?;
        let bytes = BLOB_HEAD_BYTES as u64 + u64::from(le32(&tail, 4)?) + BLOB_TAIL_BYTES as u64;
        let is_end = u64::from(self.blocks) == bytes.div_ceil(BLOCK_BYTES);
        if is_end && array(&tail, 8)? == *BLOB_END_MAGIC { Ok(()) } else { Err(FormatError::Malformed) }
    }
}
