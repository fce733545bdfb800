//! Undoes the content coding of a report within fixed bounds.

use collector_proto::limits::MAX_REPORT_BYTES;
use std::io::Read as _;

/// Largest window that a frame may ask for, as a power of two: 8 MiB, the size of the largest report. RFC 8878
/// §3.1.1.1.2 asks decoders to take at least that and lets them refuse more.
const MAX_WINDOW_LOG: u32 = 23;

/// Why a body cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The decoded report is larger than [`MAX_REPORT_BYTES`].
    #[error("the decoded report has more than {MAX_REPORT_BYTES} bytes")]
    TooLarge,
    /// The body is not whole zstd data, or its window is too large.
    #[error("the body is not zstd data with a window of at most 8 MiB")]
    NotZstd(#[source] std::io::Error),
}

/// A report's bytes without their coding. Nothing of them is verified or parsed. [`decode_zstd`] alone makes them.
pub struct Decoded(Vec<u8>);

impl Decoded {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Decodes zstd. Stops at the first byte beyond the bound, so that a bomb costs no more than the bound.
pub fn decode_zstd(body: &[u8]) -> Result<Decoded, ContentError> {
    decode_bounded(body, MAX_REPORT_BYTES).map(Decoded)
}

/// The same with another bound.
pub(crate) fn decode_bounded(body: &[u8], max: usize) -> Result<Vec<u8>, ContentError> {
    let mut frames = zstd::stream::read::Decoder::with_buffer(body).map_err(ContentError::NotZstd)?;
    frames.window_log_max(MAX_WINDOW_LOG).map_err(ContentError::NotZstd)?;
    let mut decoded = Vec::new();
    // One byte more than allowed tells a report of exactly the bound from a larger one.
    let beyond = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    frames.take(beyond).read_to_end(&mut decoded).map_err(ContentError::NotZstd)?;
    if decoded.len() > max { Err(ContentError::TooLarge) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn compress(data: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(data, 3).unwrap()
    }

    #[test]
    fn the_bound_is_exact_and_counts_decoded_bytes() {
        assert_eq!(decode_bounded(&compress(&[7; 1000]), 1000).unwrap().len(), 1000);
        assert!(matches!(decode_bounded(&compress(&[7; 1001]), 1000), Err(ContentError::TooLarge)));
        // Two frames in one body count together.
        let twice = [compress(&[7; 600]), compress(&[7; 600])].concat();
        assert!(matches!(decode_bounded(&twice, 1000), Err(ContentError::TooLarge)));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        // 256 MiB of zeros in a few kilobytes. What is allocated is bounded by the vector that stops one byte past
        // the limit.
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        let block = vec![0; 1 << 20];
        for _ in 0..256 {
            encoder.write_all(&block).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 64 * 1024, "the bomb itself is small: {}", bomb.len());
        assert!(matches!(decode_bounded(&bomb, 1000), Err(ContentError::TooLarge)));
        assert!(matches!(decode_zstd(&bomb), Err(ContentError::TooLarge)));
    }

    #[test]
    fn a_large_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.include_contentsize(false).unwrap();
        encoder.write_all(&vec![1; 1 << 20]).unwrap();
        let wide = encoder.finish().unwrap();
        assert!(matches!(decode_zstd(&wide), Err(ContentError::NotZstd(_))));
    }

    #[test]
    fn truncated_and_foreign_data_are_refused() {
        let whole = compress(&[7; 1000]);
        assert!(matches!(decode_zstd(&whole[..whole.len() - 1]), Err(ContentError::NotZstd(_))));
        assert!(matches!(decode_zstd(b"{}"), Err(ContentError::NotZstd(_))));
        assert!(matches!(decode_zstd(&[whole.as_slice(), b"tail"].concat()), Err(ContentError::NotZstd(_))));
    }
}
