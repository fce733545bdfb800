//! EDID: what a display says of itself (VESA Enhanced EDID Standard, release A, revision 2).
//!
//! ```text
//! offset  length
//!      0       8  00 ff ff ff ff ff ff 00
//!      8       2  maker: three letters of five bits each, A = 1, big endian
//!     10       2  product code, little endian
//!     12       4  serial number, little endian; 0 where there is none
//!     16       1  week of manufacture; ff: the next byte is the model's year
//!     17       1  year - 1990
//!     54    4*18  descriptors: 00 00 00 <tag> 00 and 13 bytes of text, ended by 0a and filled up with 20;
//!                 tag ff: serial number, fc: product name, fe: any other text. A timing does not start with zeros
//!    126       1  number of extension blocks
//!    127       1  makes the sum of all 128 bytes a multiple of 256
//! ```
//! Blocks of 128 bytes may follow; nothing that is looked for here stands in them.

/// Length of the base block in bytes.
const BLOCK_BYTES: usize = 128;

/// How an EDID of version 1 starts.
const HEADER: [u8; 8] = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

/// Where the descriptors start, and how long each is.
const DESCRIPTORS: (usize, usize) = (54, 18);

/// How many descriptors there are.
const DESCRIPTOR_COUNT: usize = 4;

/// The year that the year byte counts from.
const YEAR_ZERO: i64 = 1990;

/// Descriptor tag of the serial number as text.
const SERIAL: u8 = 0xff;

/// Descriptor tag of the product's name.
const NAME: u8 = 0xfc;

/// Bytes that are not an EDID of version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEdid {
    /// Fewer bytes than a base block has.
    #[error("the EDID ends before its base block does")]
    TooShort,
    /// They do not start as an EDID does.
    #[error("the EDID does not start with the header of version 1")]
    Header,
    /// They do not add up.
    #[error("the EDID's checksum is wrong")]
    Checksum,
}

/// What an asset list needs of an EDID.
#[derive(Clone, PartialEq, Eq)]
pub struct Edid {
    /// The maker's three letters (PNP id).
    pub maker: Option<String>,
    /// The product's number, which means something together with the maker only.
    pub product: u16,
    /// The product's name, as the maker wrote it.
    pub name: Option<String>,
    /// The serial number, as the maker wrote it.
    pub serial: Option<String>,
    /// The year of manufacture, or of the model.
    pub year: Option<i64>,
}

impl Edid {
    /// Takes a base block apart, whatever follows it.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAnEdid> {
        let block: &[u8; BLOCK_BYTES] = bytes.first_chunk().ok_or(NotAnEdid::TooShort)?;
        if !block.starts_with(&HEADER) {
            return Err(NotAnEdid::Header);
        }
        if block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) != 0 {
            return Err(NotAnEdid::Checksum);
        }
        let number = [block[12], block[13], block[14], block[15]];
        Ok(Self {
            maker: letters(u16::from_be_bytes([block[8], block[9]])),
            product: u16::from_le_bytes([block[10], block[11]]),
            name: text(block, NAME),
            serial: text(block, SERIAL).or_else(|| serial_number(number)),
            year: (block[17] != 0).then(|| YEAR_ZERO + i64::from(block[17])),
        })
    }
}

/// Three letters of five bits each. `None` where one of them is not a letter.
fn letters(packed: u16) -> Option<String> {
    let letter = |shift: u16| {
        let number = u8::try_from((packed >> shift) & 0x1f).ok()?;
        (1..=26).contains(&number).then(|| char::from(b'A' + number - 1))
    };
    Some([letter(10)?, letter(5)?, letter(0)?].iter().collect())
}

/// The text of the first descriptor with this tag that has one. What is not ASCII is of an unknown code page.
fn text(block: &[u8; BLOCK_BYTES], tag: u8) -> Option<String> {
    let (start, length) = DESCRIPTORS;
    let descriptors = block.get(start..)?.chunks_exact(length).take(DESCRIPTOR_COUNT);
    let of_tag = descriptors.filter_map(|descriptor| match descriptor {
        [0, 0, 0, of, _, text @ ..] if *of == tag => Some(text),
        _ => None,
    });
    let ended = of_tag.map(|text| text.split(|b| matches!(b, b'\n' | 0)).next().unwrap_or_default());
    let character = |b: &u8| if b.is_ascii() { char::from(*b) } else { char::REPLACEMENT_CHARACTER };
    let texts = ended.map(|text| text.iter().map(character).collect::<String>().trim().to_owned());
    texts.into_iter().find(|text| !text.is_empty())
}

/// The number; four times the same byte (`00000000`, `01010101`, `ffffffff`) is what makers leave who count none.
fn serial_number(bytes: [u8; 4]) -> Option<String> {
    bytes.iter().any(|byte| *byte != bytes[0]).then(|| u32::from_le_bytes(bytes).to_string())
}

#[cfg(test)]
mod tests;
