//! The network of an address: what `truncate` keeps of it.
//!
//! An IPv6 address can hold an IPv4 address. Cut to 48 bits, a 6to4 address still has the whole of it, so an embedded IPv4 address is
//! held to the bits of IPv4: the prefix ends where these do.
//!
//! | Form | Where the IPv4 address stands | Source |
//! |---|---|---|
//! | 6to4, `2002::/16` | bits 16 to 47 | RFC 3056 §2 |
//! | Teredo, `2001::/32` | bits 32 to 63 the server's, 96 to 127 the client's, inverted | RFC 4380 §4 |
//! | IPv4-mapped, `::ffff:0:0/96` | bits 96 to 127 | RFC 4291 §2.5.5.2 |
//! | IPv4-compatible, `::/96` | bits 96 to 127 | RFC 4291 §2.5.5.1 |
//! | IPv4-translated, `::ffff:0:0:0/96` | bits 96 to 127 | RFC 2765 §2.1 |
//! | NAT64, `64:ff9b::/96` | bits 96 to 127 | RFC 6052 §2.1 |
//! | NAT64 of a network's own, `64:ff9b:1::/48` | from bit 48 on | RFC 8215 |
//! | ISATAP, identifiers `[02]00:5efe:…` | bits 96 to 127 | RFC 5214 §6.1 |
//!
//! A translator under a prefix of the network's own (RFC 6052 §2.2) cannot be told from any other network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `<network>/<bits>` of an address, of which at most `v4` bits of IPv4 and `v6` bits of IPv6 stay.
pub fn network(address: IpAddr, v4: u8, v6: u8) -> String {
    let bits = network_bits(address, v4, v6);
    match address {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv4Addr::from(u32::from(ip) & mask))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv6Addr::from(u128::from(ip) & mask))
        }
    }
}

/// How many bits of an address stay. It is the same for an address and for its network.
pub(super) fn network_bits(address: IpAddr, v4: u8, v6: u8) -> u8 {
    match address {
        IpAddr::V4(_) => v4.min(32),
        IpAddr::V6(ip) => embedded_at(ip).map_or(v6, |start| v6.min(start + v4.min(32))).min(128),
    }
}

/// The bit at which an embedded IPv4 address begins.
fn embedded_at(ip: Ipv6Addr) -> Option<u8> {
    match ip.segments() {
        [0x2002, ..] => Some(16),
        [0x2001, 0, ..] => Some(32),
        [0x64, 0xff9b, 1, ..] => Some(48),
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some(96),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(address: &str) -> String {
        network(address.parse().unwrap(), 24, 128)
    }

    #[test]
    fn an_embedded_address_is_cut_like_one_by_itself() {
        for (address, kept) in [
            ("2002:c000:207:1::1", "2002:c000:200::/40"),
            ("2001:0:c000:207:0:f227:3fff:fdf8", "2001:0:c000:200::/56"),
            ("::ffff:192.0.2.7", "::ffff:192.0.2.0/120"),
            ("::192.0.2.7", "::c000:200/120"),
            ("::ffff:0:c000:207", "::ffff:0:c000:200/120"),
            ("64:ff9b::c000:207", "64:ff9b::c000:200/120"),
            ("64:ff9b:1:c000:2:700::", "64:ff9b:1:c000::/72"),
            ("2001:db8::5efe:c000:207", "2001:db8::5efe:c000:200/120"),
            ("fe80::200:5efe:c000:207", "fe80::200:5efe:c000:200/120"),
            ("2001:db8::c000:207", "2001:db8::c000:207/128"),
            ("192.0.2.7", "192.0.2.0/24"),
        ] {
            assert_eq!(cut(address), kept, "{address}");
        }
        assert_eq!(network("2002:c000:207::1".parse().unwrap(), 24, 32), "2002:c000::/32");
        assert_eq!(network("2002:c000:207::1".parse().unwrap(), 32, 48), "2002:c000:207::/48");
    }

    proptest! {
        #[test]
        fn a_network_is_its_own_network(
            start in prop_oneof![
                Just(0x2002_u128 << 112), Just(0x2001_u128 << 112), Just(0_u128), Just(0xffff_u128 << 32), Just(0x64_ff9b_u128 << 96),
                Just(0x0064_ff9b_0001_u128 << 80), Just(0x5efe_u128 << 32), any::<u128>(),
            ],
            rest in any::<u32>(), shift in 0_u32..97, v4 in 0_u8..33, v6 in 0_u8..129,
        ) {
            let address = Ipv6Addr::from(start | (u128::from(rest) << shift));
            let bits = network_bits(address.into(), v4, v6);
            let kept = network(address.into(), v4, v6);
            let (net, written) = kept.split_once('/').unwrap();
            let net: IpAddr = net.parse().unwrap();
            prop_assert_eq!(written, bits.to_string());
            prop_assert!(network_bits(net, v4, v6) >= bits, "{} of {}", net, address);
            prop_assert_eq!(network(net, v4, bits), kept);
        }
    }
}
