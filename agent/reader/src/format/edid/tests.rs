use super::*;
use proptest::prelude::*;

/// Samsung SyncMaster T220, published by Tom Kazimiers with his script write-edid.sh (public domain).
const SYNCMASTER: &str = include_str!("../../../tests/formats/edid/syncmaster.hex");

/// Dell P1911, from a device tree overlay that Laurent Pinchart sent to the Linux kernel
/// (salvator-vga-dell-p1911.dtso).
const DELL: &str = include_str!("../../../tests/formats/edid/dell.hex");

/// AU Optronics B122UAN01.0, a laptop's panel, from a message to the dri-devel list (Cong Yang, 31 July 2025): no
/// name and no serial number.
const PANEL: &str = include_str!("../../../tests/formats/edid/panel.hex");

/// Dell UltraScan UR111, the example of the E-EDID standard itself: a number of zeros and a text.
const TUBE: &str = include_str!("../../../tests/formats/edid/tube.hex");

/// An Epson projector, from a public list of displays to imitate: `01010101` in place of a serial number.
const PROJECTOR: &str = include_str!("../../../tests/formats/edid/projector.hex");

/// LG Ultra HD, from a public parser's samples: the serial number as a number alone.
const ULTRA_HD: &str = include_str!("../../../tests/formats/edid/ultra_hd.hex");

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Changes bytes and makes the sum right again.
fn changed(hex: &str, changes: &[(usize, u8)]) -> Vec<u8> {
    let mut block = bytes(hex);
    for (offset, byte) in changes {
        block[*offset] = *byte;
    }
    let sum = block[..127].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    block[127] = sum.wrapping_neg();
    block
}

#[test]
fn displays_of_the_field_are_read() {
    for (hex, maker, product, name, serial, year) in [
        (SYNCMASTER, "SAM", 0x03e5, Some("SyncMaster"), Some("H9XQ401048"), 2008),
        (DELL, "DEL", 0xa074, Some("DELL P1911"), Some("1WKJV0AK0UKU"), 2010),
        (PANEL, "AUO", 0x04a4, None, None, 2022),
        (TUBE, "DEL", 0x50ab, Some("DELL UR111"), Some("55347BONZH47"), 1999),
        (PROJECTOR, "SEC", 0xa70b, Some("EPSON PJ"), None, 2016),
        (ULTRA_HD, "GSM", 0x5b09, Some("LG Ultra HD"), Some("343844"), 2020),
    ] {
        let Ok(edid) = Edid::parse(&bytes(hex)) else { panic!("{name:?} is refused") };
        assert_eq!(edid.maker.as_deref(), Some(maker), "{name:?}");
        assert_eq!(edid.product, product, "{name:?}");
        assert_eq!(edid.name.as_deref(), name);
        assert_eq!(edid.serial.as_deref(), serial, "{name:?}");
        assert_eq!(edid.year, Some(year), "{name:?}");
    }
}

#[test]
fn a_model_year_is_a_year_and_none_is_none() {
    let year = |changes: &[(usize, u8)]| Edid::parse(&changed(DELL, changes)).map(|edid| edid.year);
    assert_eq!(year(&[(16, 0xff), (17, 34)]), Ok(Some(2024)));
    assert_eq!(year(&[(17, 0)]), Ok(None));
    assert_eq!(year(&[(17, 255)]), Ok(Some(2245)));
}

#[test]
fn bytes_that_are_no_letters_and_no_text_become_nothing() {
    let edid = |changes: &[(usize, u8)]| Edid::parse(&changed(DELL, changes)).ok();
    // A letter of zero, and one past Z.
    assert_eq!(edid(&[(8, 0), (9, 0)]).map(|edid| edid.maker), Some(None));
    assert_eq!(edid(&[(8, 0x7f), (9, 0xff)]).map(|edid| edid.maker), Some(None));
    // The serial number's text starts with its end: the number stands in for it.
    assert_eq!(edid(&[(77, b'\n')]).map(|edid| edid.serial), Some(Some("810896213".to_owned())));
    assert_eq!(edid(&[(77, 0xe4)]).and_then(|edid| edid.serial).as_deref(), Some("\u{fffd}WKJV0AK0UKU"));
    // Numbers that nobody counted.
    for filler in [0, 1, 0xff] {
        let changes = [(77, b'\n'), (12, filler), (13, filler), (14, filler), (15, filler)];
        assert_eq!(edid(&changes).map(|edid| edid.serial), Some(None));
    }
}

#[test]
fn broken_blocks_are_refused() {
    let block = bytes(DELL);
    assert_eq!(Edid::parse(&[]).err(), Some(NotAnEdid::TooShort));
    assert_eq!(Edid::parse(&block[..127]).err(), Some(NotAnEdid::TooShort));
    let mut wrong = block.clone();
    wrong[127] ^= 1;
    assert_eq!(Edid::parse(&wrong).err(), Some(NotAnEdid::Checksum));
    wrong[0] = 1;
    assert_eq!(Edid::parse(&wrong).err(), Some(NotAnEdid::Header));
    // Extension blocks are not looked at, so junk in them is none of our business.
    assert!(Edid::parse(&[block.as_slice(), &[0x55; 300]].concat()).is_ok());
}

proptest! {
    #[test]
    fn whatever_the_bytes_are_nothing_panics(block in proptest::collection::vec(any::<u8>(), 108..140)) {
        // Past the header and the sum, which random bytes would never get past.
        let mut block = [HEADER.as_slice(), &block].concat();
        let _ = Edid::parse(&block);
        if block.len() >= BLOCK_BYTES {
            let sum = block[..127].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
            block[127] = sum.wrapping_neg();
            prop_assert!(Edid::parse(&block).is_ok());
        }
    }
}
