//! `truncate`: addresses cut to a network prefix, text to a number of characters.

use super::reading::Raw;
use super::{Made, keep};
use collector_proto::catalog::Field;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every address as `<network>/<bits>`. None is dropped: two addresses of one network become one entry.
pub(super) fn addresses(raw: &Raw, v4: u8, v6: u8) -> Option<Made> {
    let Raw::Addresses(addresses) = raw else { return None };
    Some(Made::Texts(addresses.iter().map(|address| prefix(*address, v4, v6)).collect()))
}

fn prefix(address: IpAddr, v4: u8, v6: u8) -> String {
    match address {
        IpAddr::V4(ip) => {
            let bits = v4.min(32);
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv4Addr::from(u32::from(ip) & mask))
        }
        IpAddr::V6(ip) => {
            let bits = v6.min(128);
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv6Addr::from(u128::from(ip) & mask))
        }
    }
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
