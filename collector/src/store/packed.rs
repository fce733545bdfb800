//! Values as they are kept: compressed where that makes them smaller.
//!
//! A report travels as one zstd frame over its head and all parts, while parts are kept and deleted one by one, each under a key of
//! its own. So what came cannot be kept as it came: each value is compressed by itself. It is done where a report is checked, on
//! threads for work that takes processor time; the one thread that writes is everybody's.

use crate::verify::{ContentError, decode_bounded};
use collector_proto::limits::MAX_REPORT_BYTES;
use std::fmt;

/// zstd's own middle between time and size.
const LEVEL: i32 = 3;

/// Bytes below which there is nothing to gain.
const SMALL: usize = 256;

/// First bytes of a zstd frame (RFC 8878 §3.1.1). Values are JSON and begin with a brace.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A value of at most [`MAX_REPORT_BYTES`] as it is kept.
#[derive(Clone)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    length: usize,
}

impl Packed {
    /// Packs a value.
    pub(crate) fn of(value: &[u8]) -> Self {
        let (is_frame, length) = (value.starts_with(&MAGIC), value.len());
        let compressed = if length >= SMALL || is_frame {
            // It fails where there is no memory; then the value is kept as it is.
            zstd::bulk::compress(value, LEVEL).ok().filter(|frame| frame.len() < length || is_frame)
        } else {
            None
        };
        Self { bytes: compressed.unwrap_or_else(|| value.to_vec()), length }
    }

    /// What is kept.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes of the value itself.
    pub(crate) fn length(&self) -> usize {
        self.length
    }
}

/// Its lengths alone: it is collected values.
impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packed({} of {} bytes)", self.bytes.len(), self.length)
    }
}

/// The value that was packed. It is no larger than any value may be, whatever the database holds.
pub(super) fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, ContentError> {
    if bytes.starts_with(&MAGIC) { decode_bounded(&bytes, MAX_REPORT_BYTES) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_unpacked_is_what_was_packed(value in prop::collection::vec(any::<u8>(), 0..2000), magic in any::<bool>()) {
            let value = if magic { [&MAGIC[..], &value].concat() } else { value };
            let packed = Packed::of(&value);
            prop_assert!(packed.bytes().len() <= value.len() + 32);
            prop_assert_eq!(packed.length(), value.len());
            prop_assert_eq!(unpacked(packed.bytes().to_vec()).unwrap(), value);
        }
    }

    #[test]
    fn a_frame_in_the_database_is_unpacked_within_the_bound() {
        let bomb = zstd::bulk::compress(&vec![b'{'; 2 * MAX_REPORT_BYTES], 1).unwrap();
        assert!(matches!(unpacked(bomb), Err(ContentError::TooLarge)));
        assert!(matches!(unpacked(MAGIC.to_vec()), Err(ContentError::NotZstd(_))));
        let canary = Packed::of("canary".repeat(100).as_bytes());
        assert!(format!("{canary:?}").ends_with("of 600 bytes)") && canary.bytes().len() < 100, "{canary:?}");
    }
}
