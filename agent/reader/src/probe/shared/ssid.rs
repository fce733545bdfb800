//! Names of wireless networks (IEEE 802.11, "SSID element").

use std::fmt::Write as _;

/// Most bytes of a network's name.
pub const MAX_BYTES: usize = 32;

/// The name as text. A name is any bytes; where they are not UTF-8 they are written as `\xE9`, and a backslash of such a
/// name as `\\`, so that two names never look the same.
pub fn readable(ssid: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(ssid) {
        return text.to_owned();
    }
    let mut out = String::new();
    for chunk in ssid.utf8_chunks() {
        out.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            // Writing into a String cannot fail.
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_that_are_no_text_are_written_byte_by_byte() {
        assert_eq!(readable("Café 5G".as_bytes()), "Café 5G");
        assert_eq!(readable(b"a\\b"), "a\\b");
        assert_eq!(readable(b"Caf\xe9\\"), "Caf\\xE9\\\\");
        assert_eq!(readable(b""), "");
    }
}
