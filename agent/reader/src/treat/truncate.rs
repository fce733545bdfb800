//! `truncate`: addresses cut to a network prefix, text to a number of characters.

use super::reading::Raw;
use super::{Made, keep};
use collector_proto::catalog::Field;
use collector_proto::policy::network;

/// Every address as `<network>/<bits>`, an IPv4 address inside an IPv6 address held to the bits of IPv4. None is dropped: two addresses of one network become one entry.
pub(super) fn addresses(raw: &Raw, v4: u8, v6: u8) -> Option<Made> {
    let Raw::Addresses(addresses) = raw else { return None };
    Some(Made::Texts(addresses.iter().map(|address| network(*address, v4, v6)).collect()))
}

/// The first `chars` characters of every text, and no more than the catalogue's bound.
pub(super) fn text(field: &Field, raw: &Raw, chars: u16) -> Option<Made> {
    let (Raw::Text(_) | Raw::Texts(_)) = raw else { return None };
    let short = |text: String| {
        let short: String = text.chars().take(usize::from(chars)).collect();
        keep::cut(short, field.bounds.max_bytes as usize)
    };
    Some(Made::Texts(raw.texts().into_iter().map(short).collect()))
}
