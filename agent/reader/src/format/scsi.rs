//! Vital product data of SCSI devices (SPC-4, 7.8).

/// The text of a unit serial number page (7.8.13): peripheral, `80`, length in two bytes (big endian), ASCII.
pub fn serial_number(page: &[u8]) -> Option<String> {
    let [_, 0x80, high, low, text @ ..] = page else { return None };
    let text = text.get(..usize::from(u16::from_be_bytes([*high, *low])))?;
    Some(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::serial_number;

    #[test]
    fn a_serial_number_page_is_read_to_its_length() {
        assert_eq!(serial_number(b"\0\x80\0\x06 WD-12and more").as_deref(), Some(" WD-12"));
        assert_eq!(serial_number(b"\0\x80\0\0").as_deref(), Some(""));
        assert_eq!(serial_number(b"\0\x80\xff\xffshort"), None);
        assert_eq!(serial_number(b"\0\x83\0\x01a"), None);
        assert_eq!(serial_number(b"\0\x80\0"), None);
    }
}
