//! Whether a value that is about to leave, or has arrived, has the shape its treatment must give it.
//!
//! The reader checks before it answers, the collector before it stores: a raw value under a rule that demands a
//! keyed hash is over-collection even though the field is permitted.

use super::network::network_bits;
use super::{Generalisation, Treatment};
use crate::catalog::{Continent, EXISTS, Field, TimeZoneArea, ValueKind};
use crate::keyed_hash::ID_CHARS;
use crate::limits::{MAX_INTEGER, MAX_LIST, MAX_VALUE_BYTES};
use crate::time::UtcTime;
use crate::value::Value;
use std::net::IpAddr;

/// Prefix of every keyed hash.
pub(crate) const HMAC_PREFIX: &str = "hmac-sha256:";

/// Whose bounds on bytes and numbers of values hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundsOf {
    /// Those of this program's catalogue: what the reader discloses.
    Catalogue,
    /// Those of the format: what the collector admits. The reader of a device may be of another release, in which a bound
    /// is higher or lower; a bound is not part of what a field means.
    Format,
}

/// Whether `value` could be what `treatment` makes of a value of `field`.
pub fn fits(field: &Field, treatment: Treatment, value: &Value, bounds: BoundsOf) -> bool {
    match value {
        Value::List(items) => {
            field.many
                && items.len() <= bounds.max_values(field)
                && items.iter().all(|item| text_fits(field, treatment, item, bounds))
        }
        Value::Text(text) => !field.many && text_fits(field, treatment, text, bounds),
        Value::Integer(number) => {
            !field.many && field.kind == ValueKind::Integer && number_fits(treatment, *number)
        }
        Value::Boolean(_) => !field.many && field.kind == ValueKind::Boolean && treatment == Treatment::Keep,
    }
}

impl BoundsOf {
    const fn max_bytes(self, field: &Field) -> usize {
        match self {
            Self::Catalogue => field.bounds.max_bytes as usize,
            Self::Format => MAX_VALUE_BYTES,
        }
    }

    const fn max_values(self, field: &Field) -> usize {
        match self {
            Self::Catalogue => field.bounds.max_values as usize,
            Self::Format => MAX_LIST,
        }
    }
}

fn number_fits(treatment: Treatment, number: i64) -> bool {
    let has_the_form = match treatment {
        Treatment::Keep => true,
        Treatment::Generalise(level) => level.step().is_some_and(|step| number % step == 0),
        Treatment::TruncateIp { .. } | Treatment::TruncateText { .. } | Treatment::Hmac(_) => false,
    };
    has_the_form && (-MAX_INTEGER..=MAX_INTEGER).contains(&number)
}

fn text_fits(field: &Field, treatment: Treatment, text: &str, bounds: BoundsOf) -> bool {
    let is_bounded = text.len() <= bounds.max_bytes(field);
    match treatment {
        Treatment::Hmac(_) => is_keyed_hash(text),
        Treatment::TruncateIp { v4, v6 } => is_prefix(text, v4, v6),
        Treatment::TruncateText { chars } => {
            field.kind == ValueKind::Text && is_bounded && text.chars().count() <= usize::from(chars)
        }
        Treatment::Generalise(level) => is_coarse(level, text),
        Treatment::Keep => is_bounded && is_of_kind(field.kind, text),
    }
}

fn is_of_kind(kind: ValueKind, text: &str) -> bool {
    match kind {
        ValueKind::Text => true,
        ValueKind::Ip => text.parse::<IpAddr>().is_ok_and(|ip| ip.to_string() == text),
        ValueKind::Mac => {
            is_hyphenated_hex(text, 6) || is_hyphenated_hex(text, 8) || is_hyphenated_hex(text, 20)
        }
        ValueKind::Timestamp => UtcTime::parse(text).is_ok_and(|t| t.to_string() == text),
        ValueKind::Decimal => is_decimal(text),
        ValueKind::Integer | ValueKind::Boolean => false,
    }
}

/// `hmac-sha256:<key id of 8 characters>:<22 characters of base64url>` (48 and 128 bits).
fn is_keyed_hash(text: &str) -> bool {
    let Some((key_id, hash)) = text.strip_prefix(HMAC_PREFIX).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let is_token = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    key_id.len() == ID_CHARS && is_token(key_id) && hash.len() == 22 && is_token(hash)
}

/// `<address>/<bits>` with at most the allowed bits kept and none set beyond them, both written the one way they are
/// written: other spellings of the same prefix would carry more than the prefix.
fn is_prefix(text: &str, v4: u8, v6: u8) -> bool {
    let Some((address_text, bits_text)) = text.split_once('/') else { return false };
    let (Ok(address), Ok(bits)) = (address_text.parse::<IpAddr>(), bits_text.parse::<u8>()) else {
        return false;
    };
    if address.to_string() != address_text || bits.to_string() != bits_text {
        return false;
    }
    let rest = match address {
        IpAddr::V4(ip) => u128::from(u32::from(ip).checked_shl(u32::from(bits)).unwrap_or(0)),
        IpAddr::V6(ip) => u128::from(ip).checked_shl(u32::from(bits)).unwrap_or(0),
    };
    bits <= network_bits(address, v4, v6) && rest == 0
}

fn is_coarse(level: Generalisation, text: &str) -> bool {
    let digits =
        |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|b| b.is_ascii_digit());
    match level {
        Generalisation::Oui => is_hyphenated_hex(text, 3),
        Generalisation::Major => digits(text),
        Generalisation::MajorMinor => match text.split_once('.') {
            Some((major, minor)) => digits(major) && digits(minor),
            None => digits(text),
        },
        Generalisation::Day => text.len() == 10 && UtcTime::parse(&format!("{text}T00:00:00Z")).is_ok(),
        Generalisation::Month => text.len() == 7 && UtcTime::parse(&format!("{text}-01T00:00:00Z")).is_ok(),
        Generalisation::TenthDegree => {
            is_decimal(text) && text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 1)
        }
        Generalisation::Degree => is_decimal(text) && !text.contains('.'),
        Generalisation::Area => TimeZoneArea::parse(text).is_some(),
        Generalisation::Region => text.len() == 1 && digits(text),
        Generalisation::Continent => Continent::parse(text).is_some(),
        Generalisation::Existence => text == EXISTS,
        // Numbers do not travel as text.
        Generalisation::Days | Generalisation::Weeks | Generalisation::Decade => false,
    }
}

fn is_hyphenated_hex(text: &str, bytes: usize) -> bool {
    text.len() == bytes * 3 - 1
        && text
            .split('-')
            .all(|pair| pair.len() == 2 && pair.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')))
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
