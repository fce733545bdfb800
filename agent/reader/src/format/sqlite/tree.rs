//! The b-tree of a table (section 1.6): its leaves from left to right.
//!
//! ```text
//! page      type (5 interior, 13 leaf), first free block, number of cells, start of cells, free bytes;
//!           an interior page: its rightmost child; then the place of each cell
//! interior  child page, greatest rowid in it
//! leaf      length of the record, rowid, the record's first bytes, first overflow page when there are more
//! ```
//! On page 1 the b-tree stands behind the file's header, and cells' places count from the page's start.

use super::super::chain::Chain;
use super::super::{FormatError, array, be16, be32};
use super::pages::Sheets;
use super::record::{Row, varint};

const INTERIOR: u8 = 5;
const LEAF: u8 = 13;
const INTERIOR_HEADER_BYTES: usize = 12;
const LEAF_HEADER_BYTES: usize = 8;
const FILE_HEADER_BYTES: usize = 100;

/// Most levels of a tree. With at least two children a page, more would need more pages than a file can have; SQLite
/// itself stops at 20.
const MAX_DEPTH: usize = 20;

/// Most bytes of a row. SQLite's own bound is 1 GB, rpm's for a header 256 MB.
const MAX_ROW_BYTES: u64 = 512 * 1024 * 1024;

/// Shows each row of the tree at `root` to `visit`.
pub(super) fn walk(
    sheets: &Sheets<'_>,
    root: u32,
    visit: &mut dyn FnMut(&Row<'_>) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    // Pages still to be read, the next one last, with their depth.
    let mut ahead = vec![(root, 0)];
    let mut bytes = Vec::new();
    let mut last = None;
    while let Some((page, depth)) = ahead.pop() {
        if depth == MAX_DEPTH {
            return Err(FormatError::Malformed);
        }
        sheets.whole(page, &mut bytes)?;
        let node = Node::of(&bytes, if page == 1 { FILE_HEADER_BYTES } else { 0 })?;
        if node.is_leaf {
            // Cells do not overlap, so that the rows of a page cost no more than its bytes.
            let mut left = bytes.len();
            for cell in 0..node.cells {
                let row = node.row(cell, sheets, &mut left)?;
                // Rows stand in the order of their rowids. Where they do not, some are missing or are there twice.
                if last.replace(row.rowid()).is_some_and(|last| last >= row.rowid()) {
                    return Err(FormatError::Malformed);
                }
                visit(&row)?;
            }
        } else {
            ahead.push((node.rightmost()?, depth + 1));
            for cell in (0..node.cells).rev() {
                ahead.push((node.child(cell)?, depth + 1));
            }
        }
    }
    Ok(())
}

/// A page of a tree.
struct Node<'a> {
    bytes: &'a [u8],
    start: usize,
    is_leaf: bool,
    cells: usize,
}

impl<'a> Node<'a> {
    fn of(bytes: &'a [u8], start: usize) -> Result<Self, FormatError> {
        let is_leaf = match bytes.get(start) {
            Some(&LEAF) => true,
            Some(&INTERIOR) => false,
            _ => return Err(FormatError::Malformed),
        };
        let cells = be16(bytes, start + 3)?.into();
        Ok(Self { bytes, start, is_leaf, cells })
    }

    fn rightmost(&self) -> Result<u32, FormatError> {
        be32(self.bytes, self.start + 8)
    }

    fn child(&self, cell: usize) -> Result<u32, FormatError> {
        array(self.cell(cell)?, 0).map(u32::from_be_bytes)
    }

    fn row(&self, cell: usize, sheets: &'a Sheets<'_>, left: &mut usize) -> Result<Row<'a>, FormatError> {
        let mut rest = self.cell(cell)?;
        let length = varint(&mut rest)?.cast_unsigned();
        let rowid = varint(&mut rest)?;
        if length > MAX_ROW_BYTES {
            return Err(FormatError::TooLarge);
        }
        let local_bytes = local_bytes(length, sheets.usable_bytes());
        let local = rest.get(..local_bytes).ok_or(FormatError::Malformed)?;
        *left = left.checked_sub(local_bytes).ok_or(FormatError::Malformed)?;
        let first = if (local_bytes as u64) < length { be32(rest, local_bytes)? } else { 0 };
        Row::of(rowid, Chain::of(sheets, local, length, first))
    }

    /// The page from the cell's first byte on.
    fn cell(&self, cell: usize) -> Result<&'a [u8], FormatError> {
        let header = if self.is_leaf { LEAF_HEADER_BYTES } else { INTERIOR_HEADER_BYTES };
        let places = self.start + header;
        let place = usize::from(be16(self.bytes, places + 2 * cell)?);
        if place < places + 2 * self.cells {
            return Err(FormatError::Malformed);
        }
        self.bytes.get(place..).ok_or(FormatError::Malformed)
    }
}

/// How many bytes of a record of `length` stand in the leaf itself (section 1.6, "X", "M" and "K").
fn local_bytes(length: u64, usable: usize) -> usize {
    let most = usable.saturating_sub(35);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length <= most {
        return length;
    }
    let least = (usable.saturating_sub(12) * 32 / 255).saturating_sub(23);
    let overflow = usable.saturating_sub(4).max(1);
    let fitting = least + length.saturating_sub(least) % overflow;
    if fitting <= most { fitting } else { least }
}
