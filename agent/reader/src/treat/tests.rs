use super::leak::ShownAddresses;
use super::*;
use collector_proto::catalog::fields;
use collector_proto::keyed_hash::{HardwareAddress, HashKey};
use collector_proto::policy::{BoundsOf, Generalisation, KeyScope};
use collector_proto::time::UtcTime;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::IpAddr;

fn grant(treatment: Treatment) -> Grant {
    Grant {
        treatment,
        purposes: BTreeSet::new(),
        retention: collector_proto::time::Span::from_seconds(86_400),
        longest: None,
        necessity: collector_proto::policy::Necessity::Optional,
        accounts: true,
        filters: BTreeMap::new(),
    }
}

fn keys() -> HashKeys {
    HashKeys::of(HashKey::of(&[1; 32]), Some(HashKey::of(&[2; 32])))
}

fn one(field: FieldId, raw: Raw, treatment: Treatment) -> Result<Value, Absence> {
    treat_value(
        field,
        raw,
        &grant(treatment),
        &keys(),
        &Texts::beside(FieldSet::EMPTY, ShownAddresses::none()).of_owner(&Owner::Machine),
    )
}

/// Every treatment that is allowed for the field, with parameters from `numbers`.
fn treatments(field: FieldId, bits: u8, chars: u16) -> Vec<Treatment> {
    let mut all = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: bits % 33, v6: bits % 129 },
        Treatment::TruncateText { chars: chars.max(1) },
        Treatment::Hmac(KeyScope::Device),
        Treatment::Hmac(KeyScope::Tenant),
    ];
    all.extend(Generalisation::ALL.iter().map(|level| Treatment::Generalise(*level)));
    all.retain(|treatment| treatment.unfit_for(field.field()).is_none());
    all
}

fn raws() -> impl Strategy<Value = Raw> {
    prop_oneof![
        "\\PC{1,300}".prop_map(Raw::Text),
        "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}[-+~a-z0-9]{0,8}".prop_map(Raw::Text),
        any::<i64>().prop_map(Raw::Integer),
        (-62_135_596_800_i64..253_402_300_799).prop_map(|seconds| Raw::Instant(UtcTime::from_unix(seconds))),
        proptest::collection::vec(any::<IpAddr>(), 1..100).prop_map(Raw::Addresses),
        any::<[u8; 6]>().prop_filter_map("blank", |bytes| HardwareAddress::of(bytes.to_vec()).map(Raw::Mac)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_leaves_has_the_form_of_its_treatment(
        raw in raws(), field in any::<prop::sample::Index>(), bits in any::<u8>(), chars in any::<u16>(),
    ) {
        let all: Vec<FieldId> = FieldId::all().collect();
        let field = all[field.index(all.len())];
        for treatment in treatments(field, bits, chars) {
            if let Ok(value) = one(field, raw.clone(), treatment) {
                prop_assert!(fits(field.field(), treatment, &value, BoundsOf::Catalogue), "{field} {treatment:?}");
            }
        }
    }

    #[test]
    fn a_keyed_hash_holds_nothing_of_its_value(text in "[ -~]{4,64}", other in "[ -~]{4,64}") {
        let hash = |text: &str, scope| {
            let raw = Raw::Text(text.to_owned());
            one(fields::HOST_NAME, raw, Treatment::Hmac(scope)).unwrap().to_plain()
        };
        let hashed = hash(&text, KeyScope::Tenant);
        let digits = hashed.rsplit(':').next().unwrap();
        prop_assert!(!digits.contains(&text));
        prop_assert_eq!(&hashed, &hash(&text, KeyScope::Tenant));
        prop_assert_ne!(&hashed, &hash(&text, KeyScope::Device));
        prop_assert_eq!(hash(&other, KeyScope::Tenant) == hashed, other == text);
    }

    #[test]
    fn truncated_addresses_have_no_host_bits_and_none_is_dropped(
        addresses in proptest::collection::vec(any::<IpAddr>(), 1..64), v4 in 0_u8..=32, v6 in 0_u8..=64,
    ) {
        let treated = one(fields::HOST_IP, Raw::Addresses(addresses.clone()), Treatment::TruncateIp { v4, v6 });
        let Ok(Value::List(list)) = treated else { panic!("no list") };
        for address in &addresses {
            let (bits, width) = if address.is_ipv4() { (v4, 32) } else { (v6, 128) };
            let covered = list.iter().any(|entry| {
                let (network, length) = entry.split_once('/').unwrap();
                let network: IpAddr = network.parse().unwrap();
                // An IPv4 address inside it may end the prefix earlier.
                let kept: u8 = length.parse().unwrap();
                kept <= bits && same_prefix(network, *address, kept) && has_no_host_bits(network, kept, width)
            });
            prop_assert!(covered, "an address is in no entry");
        }
    }
}

/// The address bit by bit, by shifting octets rather than by the masks under test.
fn bits_of(address: IpAddr) -> Vec<bool> {
    let octets = match address {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    octets.iter().flat_map(|octet| (0..8).map(move |bit| octet >> (7 - bit) & 1 == 1)).collect()
}

fn same_prefix(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    let (network, address) = (bits_of(network), bits_of(address));
    network.len() == address.len() && network[..usize::from(bits)] == address[..usize::from(bits)]
}

fn has_no_host_bits(network: IpAddr, bits: u8, width: usize) -> bool {
    bits_of(network)[usize::from(bits)..width].iter().all(|bit| !bit)
}

#[test]
fn long_text_is_cut_at_a_character_and_long_lists_at_the_bound() {
    let long = "ä".repeat(200);
    let value = one(fields::HOST_NAME, Raw::Text(long), Treatment::Keep).unwrap();
    assert_eq!(value, Value::Text("ä".repeat(127)));
    let many = (0..=255).map(|last| IpAddr::from([192, 0, 2, last])).collect();
    let Ok(Value::List(list)) = one(fields::HOST_IP, Raw::Addresses(many), Treatment::Keep) else { panic!() };
    assert_eq!(list.len(), 64);
    assert_eq!(one(fields::HOST_UPTIME, Raw::Integer(i64::MAX), Treatment::Keep), Err(Absence::Malformed));
}

mod hardware_addresses {
    use super::*;

    const EUI64: &str = "fe80::5054:ff:fe12:3456";
    const RANDOM: &str = "2001:db8::d3b:7a11:c2e4:f605";
    const V4: &str = "192.0.2.7";

    fn mac() -> HardwareAddress {
        HardwareAddress::parse("52:54:00:12:34:56").unwrap()
    }

    fn left(shown: &ShownAddresses, treatment: Treatment) -> Result<usize, Absence> {
        let addresses = [EUI64, RANDOM, V4].map(|text| text.parse().unwrap()).to_vec();
        shown.retain(addresses, treatment).map(|left| left.len())
    }

    #[test]
    fn an_address_that_contains_one_stays_only_where_it_is_shown_itself() {
        let (none, shown) = (ShownAddresses::none(), ShownAddresses::just(mac()));
        let other = ShownAddresses::just(HardwareAddress::parse("52:54:00:12:34:57").unwrap());
        let long = Treatment::TruncateIp { v4: 32, v6: 65 };
        for treatment in [Treatment::Keep, Treatment::Hmac(KeyScope::Tenant), long] {
            assert_eq!(left(&none, treatment), Ok(2));
            assert_eq!(left(&other, treatment), Ok(2));
            assert_eq!(left(&shown, treatment), Ok(3));
        }
        assert_eq!(left(&none, Treatment::TruncateIp { v4: 24, v6: 64 }), Ok(3));
        assert_eq!(none.retain(vec![EUI64.parse().unwrap()], Treatment::Keep), Err(Absence::Filter));
    }

    #[test]
    fn a_link_local_address_of_other_hardware_stays_only_where_hardware_addresses_are_shown() {
        // An InfiniBand port's GUID 00:02:c9:03:00:0a:4d:01 (RFC 4391): its identifier has no `ff:fe` in it.
        const PORT: &str = "fe80::202:c903:a:4d01";
        const RANDOM_LINK_LOCAL: &str = "fe80::1c3e:9d2a:77b1:60e5";
        let left = |shown: &ShownAddresses, treatment| {
            let addresses = [PORT, RANDOM_LINK_LOCAL, V4].map(|text| text.parse().unwrap()).to_vec();
            shown.retain(addresses, treatment).map(|left| left.len())
        };
        let none = ShownAddresses::none();
        for treatment in [Treatment::Keep, Treatment::Hmac(KeyScope::Tenant)] {
            assert_eq!(left(&none, treatment), Ok(2));
            assert_eq!(left(&ShownAddresses::just(mac()), treatment), Ok(3));
        }
        assert_eq!(left(&none, Treatment::TruncateIp { v4: 24, v6: 64 }), Ok(3));
        assert_eq!(none.retain(vec![PORT.parse().unwrap()], Treatment::Keep), Err(Absence::Filter));
    }

    #[test]
    fn an_interface_name_that_spells_one_is_cut_short() {
        let left = |shown: ShownAddresses, name: &str, as_read| {
            let texts = Texts::beside(as_read, shown);
            let raw = Raw::Text(name.to_owned());
            let texts = texts.of_owner(&Owner::Machine);
            let name =
                treat_value(fields::NETWORK_INTERFACE_NAME, raw, &grant(Treatment::Keep), &keys(), &texts);
            name.map(|name| name.to_plain())
        };
        let as_read: FieldSet = [fields::HOST_MAC].into_iter().collect();
        for (name, short) in [
            ("enx525400123456", "enx…"),
            ("p2p-dev-wlx525400123456", "p2p-dev-wlx…"),
            ("br-0123456789ab", "br-…"),
            ("eth0", "eth0"),
            ("enp1s0", "enp1s0"),
            ("docker0", "docker0"),
            ("enx52540012345", "enx52540012345"),
        ] {
            assert_eq!(left(ShownAddresses::none(), name, FieldSet::EMPTY).as_deref(), Ok(short));
        }
        let shown = |name| left(ShownAddresses::just(mac()), name, as_read);
        assert_eq!(shown("enx525400123456").as_deref(), Ok("enx525400123456"));
        assert_eq!(
            shown("enx525400123457").as_deref(),
            Ok("enx…"),
            "another address than the one that is sent"
        );
        assert_eq!(left(ShownAddresses::none(), "525400123456", FieldSet::EMPTY), Err(Absence::Filter));
    }
}
