//! The one way in which a value is written before it is hashed.
//!
//! Hardware addresses are written `AC-DE-48-23-45-67`, addresses as RFC 5952 writes them, instants in UTC, text without control
//! characters. Text is not brought into Unicode's form NFC: names in ASCII are not affected, and a machine spells its own names one way.

use crate::catalog::{FieldId, ValueKind};
use crate::text::clean;
use crate::time::UtcTime;
use std::fmt;
use std::net::IpAddr;

/// A hardware address of 6 (EUI-48), 8 (EUI-64) or 20 bytes (InfiniBand). Written `AC-DE-48-23-45-67`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HardwareAddress(Vec<u8>);

impl HardwareAddress {
    /// Reads `ac:de:48:23:45:67`. `None` for anything else and for an address of zeros or ones only, which no
    /// interface owns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_pairs(text.split(':'))
    }

    /// As [`Self::parse`], in any way in which labels and spreadsheets have it: `AC-DE-48-23-45-67`, `acde.4823.4567`, `acde48234567`.
    fn parse_label(text: &str) -> Option<Self> {
        if let Some(separator @ (':' | '-')) = text.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Self::of_pairs(text.split(separator));
        }
        let is_dotted = text.contains('.');
        if is_dotted && !text.split('.').all(|group| group.len() == 4) {
            return None;
        }
        let digits = text.replace('.', "");
        let pairs: Option<Vec<&str>> =
            (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2)).collect();
        Self::of_pairs(pairs?.into_iter())
    }

    fn of_pairs<'a>(pairs: impl Iterator<Item = &'a str>) -> Option<Self> {
        let byte = |pair: &str| {
            let is_pair = pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
            is_pair.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        };
        Self::of(pairs.map(byte).collect::<Option<Vec<u8>>>()?)
    }

    /// Takes an address's bytes under the same conditions.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        let is_blank = bytes.iter().all(|b| *b == 0) || bytes.iter().all(|b| *b == 0xff);
        (matches!(bytes.len(), 6 | 8 | 20) && !is_blank).then_some(Self(bytes))
    }
}

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "-" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Why a text is not a value of a field. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    /// Nothing in it can be seen.
    #[error("it is empty")]
    Empty,
    /// Not a hardware address.
    #[error("it is not a hardware address, such as AC-DE-48-23-45-67, that an interface can own")]
    HardwareAddress,
    /// Not an IP address.
    #[error("it is not an IP address, such as 192.0.2.7 or 2001:db8::7")]
    Address,
    /// Not an instant.
    #[error("it is not an instant, such as 2026-11-25T08:00:00Z")]
    Instant,
    /// Not a number.
    #[error("it is not a number in digits")]
    Number,
    /// Not yes or no.
    #[error("it is not `true` or `false`")]
    Boolean,
}

/// The canonical form of a field's value as a person wrote it down.
pub fn canonical(field: FieldId, text: &str) -> Result<String, NotAValue> {
    let text = clean(text).ok_or(NotAValue::Empty)?;
    match field.field().kind {
        ValueKind::Text => Ok(text),
        ValueKind::Mac => HardwareAddress::parse_label(&text)
            .map(|address| address.to_string())
            .ok_or(NotAValue::HardwareAddress),
        ValueKind::Ip => {
            text.parse::<IpAddr>().map(|address| address.to_string()).map_err(|_| NotAValue::Address)
        }
        ValueKind::Timestamp => {
            UtcTime::parse(&text).map(|instant| instant.to_string()).map_err(|_| NotAValue::Instant)
        }
        ValueKind::Integer => {
            text.parse::<i64>().map(|number| number.to_string()).map_err(|_| NotAValue::Number)
        }
        ValueKind::Decimal => text.parse::<f64>().map(|_| text).map_err(|_| NotAValue::Number),
        ValueKind::Boolean => {
            text.parse::<bool>().map(|value| value.to_string()).map_err(|_| NotAValue::Boolean)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fields;

    #[test]
    fn a_hardware_address_is_one_however_it_is_written() {
        for text in ["ac:de:48:23:45:67", "AC-DE-48-23-45-67", " acde.4823.4567", "ACDE48234567\r"] {
            assert_eq!(canonical(fields::HOST_MAC, text).as_deref(), Ok("AC-DE-48-23-45-67"), "{text}");
        }
        for text in [
            "ac:de:48:23:45",
            "ac:de-48:23:45:67",
            "acde.482.34567",
            "00:00:00:00:00:00",
            "acde4823456é",
            "x",
            ":",
        ] {
            assert_eq!(canonical(fields::HOST_MAC, text), Err(NotAValue::HardwareAddress), "{text}");
        }
        assert_eq!(canonical(fields::HOST_MAC, " \t"), Err(NotAValue::Empty));
        assert_eq!(HardwareAddress::parse("AC-DE-48-23-45-67"), None, "the kernel writes colons");
    }

    #[test]
    fn addresses_and_text_have_the_form_that_a_device_gives_them() {
        assert_eq!(canonical(fields::HOST_IP, "2001:DB8:0::7").as_deref(), Ok("2001:db8::7"));
        assert_eq!(canonical(fields::HOST_IP, "192.0.2.007"), Err(NotAValue::Address));
        assert_eq!(
            canonical(fields::HOST_NAME, " anna\u{7}-laptop\u{a0} 2 ").as_deref(),
            Ok("anna-laptop 2")
        );
    }
}
