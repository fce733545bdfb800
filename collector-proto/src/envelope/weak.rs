//! The 14 encodings of Ed25519 points of small order.
//!
//! ring verifies without the cofactor and rejects non-canonical S, but admits these keys (briansmith/ring#1061):
//! under them one signature can verify for every message, so a device could later deny each of its reports.

/// Encodings that differ from one another beyond the sign bit of the last byte.
const UNSIGNED: [[u8; 32]; 7] = [
    with_ends(0x01, 0x00, 0x00),
    with_ends(0xec, 0xff, 0x7f),
    [0x00; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    with_ends(0xee, 0xff, 0x7f),
    with_ends(0xed, 0xff, 0x7f),
];

/// Whether the encoding is one of the 14, with either sign bit.
pub(super) fn is_small_order(key: &[u8; 32]) -> bool {
    let mut unsigned = *key;
    unsigned[31] &= 0x7f;
    UNSIGNED.contains(&unsigned)
}

/// All 14 encodings, for tests of whoever refuses them.
#[cfg(test)]
pub(super) fn all_encodings() -> Vec<[u8; 32]> {
    UNSIGNED
        .iter()
        .flat_map(|key| {
            let mut signed = *key;
            signed[31] |= 0x80;
            [*key, signed]
        })
        .collect()
}

const fn with_ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut key = [middle; 32];
    key[0] = first;
    key[31] = last;
    key
}
