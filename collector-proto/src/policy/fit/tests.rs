use super::*;
use crate::catalog::FieldId;

fn fits(field: &Field, treatment: Treatment, value: &Value) -> bool {
    super::fits(field, treatment, value, BoundsOf::Catalogue)
}

fn field(name: &str) -> &'static Field {
    FieldId::parse(name).unwrap().field()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|s| (*s).to_owned()).collect())
}

#[test]
fn truncated_addresses_have_no_host_bits() {
    let (ip, cut) = (field("host.ip"), Treatment::TruncateIp { v4: 24, v6: 48 });
    assert!(fits(ip, cut, &list(&["192.0.2.0/24", "2001:db8:1::/48", "192.0.0.0/16"])));
    for leak in ["192.0.2.7/24", "192.0.2.7/32", "192.0.2.7", "2001:db8:1::1/48", "2001:db8:1:2::/64"] {
        assert!(!fits(ip, cut, &list(&[leak])), "{leak}");
    }
    assert!(fits(ip, Treatment::TruncateIp { v4: 0, v6: 0 }, &list(&["0.0.0.0/0", "::/0"])));
    assert!(fits(ip, Treatment::TruncateIp { v4: 32, v6: 128 }, &list(&["192.0.2.7/32", "::1/128"])));
}

#[test]
fn low_an_embedded_address_is_held_to_the_bits_of_its_own_kind() {
    let (ip, cut) = (field("host.ip"), Treatment::TruncateIp { v4: 24, v6: 48 });
    assert!(fits(ip, cut, &list(&["2002:c000:200::/40", "64:ff9b::/48", "::/48"])));
    for leak in ["2002:c000:207::/48", "2001:0:c000:207::/64"] {
        assert!(!fits(ip, Treatment::TruncateIp { v4: 24, v6: 64 }, &list(&[leak])), "{leak}");
    }
}

#[test]
fn a_prefix_has_one_spelling() {
    let (ip, cut) = (field("host.ip"), Treatment::TruncateIp { v4: 24, v6: 48 });
    for odd in [
        "192.0.2.0/+24",
        "192.0.2.0/024",
        "192.0.2.0/ 24",
        "2001:DB8:1::/48",
        "2001:0db8:1::/48",
        "2001:db8:1:0::/48",
        "2001:db8:1:0:0:0:0:0/48",
    ] {
        assert!(!fits(ip, cut, &list(&[odd])), "{odd}");
    }
}

#[test]
fn a_cut_text_is_within_the_bytes_of_its_field() {
    let name = field("os.name");
    let cut = Treatment::TruncateText { chars: u16::MAX };
    let most = name.bounds.max_bytes as usize;
    assert!(fits(name, cut, &text(&"x".repeat(most))));
    assert!(!fits(name, cut, &text(&"x".repeat(most + 1))));
}

#[test]
fn the_bounds_of_the_format_are_wider_than_those_of_any_field() {
    let name = field("os.name");
    let longer = text(&"x".repeat(name.bounds.max_bytes as usize + 1));
    assert!(super::fits(name, Treatment::Keep, &longer, BoundsOf::Format));
    let ip = field("host.ip");
    let more = vec!["192.0.2.7"; ip.bounds.max_values as usize + 1];
    assert!(super::fits(ip, Treatment::Keep, &list(&more), BoundsOf::Format));
    assert!(!super::fits(name, Treatment::Keep, &text(&"x".repeat(MAX_VALUE_BYTES + 1)), BoundsOf::Format));
    for field in FieldId::all().map(FieldId::field) {
        assert!(field.bounds.max_bytes as usize <= MAX_VALUE_BYTES, "{}", field.name);
        assert!(field.bounds.max_values as usize <= MAX_LIST, "{}", field.name);
    }
}

#[test]
fn a_raw_value_does_not_pass_as_a_keyed_hash() {
    let hmac = Treatment::Hmac(super::super::KeyScope::Tenant);
    let mac = field("host.mac");
    assert!(fits(mac, hmac, &text("hmac-sha256:dGVuYW50:AAAAAAAAAAAAAAAAAAAAAA")));
    assert!(
        !fits(mac, hmac, &text("hmac-sha256:001122334455:AAAAAAAAAAAAAAAAAAAAAA")),
        "a key id is not free text"
    );
    assert!(!fits(mac, hmac, &text("00-11-22-33-44-55")));
    assert!(!fits(mac, hmac, &text("hmac-sha256:dGVuYW50:00-11-22-33-44-55-and-more")));
    assert!(!fits(mac, Treatment::Generalise(Generalisation::Oui), &text("00-11-22-33-44-55")));
    assert!(fits(mac, Treatment::Generalise(Generalisation::Oui), &text("00-11-22")));
    assert!(fits(mac, Treatment::Keep, &text("00-11-22-33-44-55")));
    assert!(!fits(mac, Treatment::Keep, &text("00:11:22:33:44:55")));
}

#[test]
fn types_and_plurality_are_held() {
    let version = field("os.version");
    assert!(fits(version, Treatment::Keep, &text("12")));
    assert!(!fits(version, Treatment::Keep, &Value::Integer(12)));
    assert!(!fits(version, Treatment::Keep, &list(&["12"])));
    assert!(!fits(field("host.ip"), Treatment::Keep, &text("192.0.2.7")));
    assert!(fits(version, Treatment::Generalise(Generalisation::MajorMinor), &text("22.04")));
    assert!(!fits(version, Treatment::Generalise(Generalisation::Major), &text("22.04")));
}

/// Each form is closed: nothing finer, and nothing else, passes as the coarse value.
#[test]
fn coarse_values_have_the_form_of_their_coarsening() {
    use Generalisation as G;
    let number = Value::Integer;
    let cases: Vec<(&str, G, Vec<Value>, Vec<Value>)> = vec![
        (
            "host.uptime",
            G::Days,
            vec![number(0), number(86_400), number(864_000)],
            vec![number(86_399), number(3_600), number(86_400 << 40), text("86400")],
        ),
        ("host.uptime", G::Weeks, vec![number(0), number(604_800)], vec![number(86_400)]),
        ("x.display.year", G::Decade, vec![number(2020)], vec![number(2019), text("2020")]),
        (
            "x.host.timezone",
            G::Area,
            vec![text("Europe"), text("Etc")],
            vec![text("Europe/Berlin"), text("Arctic"), text("europe"), text("Berlin"), text("")],
        ),
        (
            "network.carrier.icc",
            G::Continent,
            vec![text("Europe"), text("North America")],
            vec![text("DE"), text("America"), text("EU"), text("")],
        ),
        ("network.carrier.mcc", G::Region, vec![text("2")], vec![text("26"), text("x"), text("é"), text("")]),
        ("network.carrier.name", G::Existence, vec![text("any")], vec![text("Any"), text("x"), text("")]),
        ("x.session.user", G::Existence, vec![list(&["any"])], vec![text("any"), list(&["anna"])]),
    ];
    for (name, level, right, wrong) in cases {
        let treatment = Treatment::Generalise(level);
        assert_eq!(treatment.unfit_for(field(name)), None, "{name}");
        for value in right {
            assert!(fits(field(name), treatment, &value), "{name} {value:?}");
        }
        for value in wrong {
            assert!(!fits(field(name), treatment, &value), "{name} {value:?}");
            assert!(!super::fits(field(name), treatment, &value, BoundsOf::Format), "{name} {value:?}");
        }
    }
}
