use super::*;
use crate::catalog::fields;
use proptest::prelude::*;

fn short(field: FieldId, text: &str) -> Option<String> {
    shortened(field, text.to_owned(), &FieldSet::EMPTY, |_| false)
}

#[track_caller]
fn becomes(field: FieldId, expected: &[(&str, &str)]) {
    for (text, expected) in expected {
        let found = short(field, text).unwrap_or_default();
        assert_eq!(found, *expected, "{text:?} in {field}");
    }
}

#[test]
fn hardware_addresses_are_found_however_they_are_written() {
    becomes(
        fields::NETWORK_INTERFACE_NAME,
        &[
            ("enx001122334455", "enx…"),
            ("wlx0011223344AB", "wlx…"),
            ("br-0123456789ab", "br-…"),
            ("pc001122334455", "p…"),
            ("hid-00:11:22:33:44:55-battery", "hid-…-battery"),
            ("dev_00_11_22_33_44_55", "dev_…"),
            ("x00-11-22-33-44-55y", "x…y"),
            ("0:1a:2b:3:4:5", ""),
            ("0011.2233.4455", ""),
            ("ib 00:11:22:33:44:55:66:77", "ib …"),
            ("00-11-22-33-44-55-66-77-88-99", ""),
            ("veth1a2b3c4", "veth1a2b3c4"),
            ("enp0s31f6", "enp0s31f6"),
            ("0000:00:1f.6", "0000:00:1f.6"),
            ("12:34:56", "12:34:56"),
        ],
    );
}

#[test]
fn addresses_are_found_however_they_are_written() {
    becomes(
        fields::HOST_NAME,
        &[
            ("ip-192-0-2-7", "ip-…"),
            ("ip-192-0-2-7.corp.example.org", "ip-….…"),
            ("192.0.2.7", ""),
            ("192_0_2_7-web", "…-web"),
            ("host192-000-002-007", "host…"),
            ("ip-c0000207", "ip-…"),
            ("ipC0000207", "ip…"),
            ("host-2001-db8--1", "host-…"),
            ("fe80--5054-ff-fe12-3456", ""),
            ("2001-db8-0-0-0-0-0-7", ""),
            ("v6-2001:db8::7", "v6-…"),
            ("laptop.corp.example.org", "laptop.…"),
            ("laptop.", "laptop."),
            ("annas-laptop", "annas-laptop"),
            ("desktop-1a2b3c4", "desktop-1a2b3c4"),
            ("web-2024-01-15", "web-2024-01-15"),
        ],
    );
    becomes(fields::OS_NAME, &[("Acme::Bad::Cafe", "Acme::Bad::Cafe"), ("a ::ffff:192.0.2.7 b", "a … b")]);
    becomes(
        fields::NETWORK_INTERFACE_NAME,
        &[("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2", ""), ("wg-10.1.2.3", "wg-…")],
    );
}

#[test]
fn numbers_of_devices_and_people_are_found() {
    becomes(
        fields::PACKAGE_NAME,
        &[
            ("tool-8be4df61-93ca-11d2-aa0d-00e098032b8c", "tool-…"),
            ("tool-352099001761481", "tool-…"),
            ("35-209900-176148-1 x", "… x"),
            ("8949 0200 0010 0000 0001", ""),
            ("call +49 30 901820", "call …"),
            ("call +4930901820", "call …"),
            ("nightly-20261127141230", "nightly-20261127141230"),
            ("nightly-202611271412", "nightly-202611271412"),
            ("nightly-202613271412", "nightly-…"),
            ("Notepad++ 8.6.7", "Notepad++ 8.6.7"),
            ("Visual C++ 2015-2022 Redistributable", "Visual C++ 2015-2022 Redistributable"),
        ],
    );
    becomes(
        fields::X_PACKAGE_VENDOR,
        &[
            ("Anna Smith <anna@example.org>", ""),
            ("Example, Anna <anna@example.org>, Ltd", "Example,…, Ltd"),
            ("anna.smith@example.org builds", "… builds"),
            ("built on anna@laptop", "built on …"),
            ("python@3.12", "python@3.12"),
            ("@angular/cli", "@angular/cli"),
            ("built in /home/anna/src", "built in /home/…/src"),
            (r"C:\Users\Anna Smith\x", r"C:\Users\…\x"),
            ("Dell S/N: 5CG1234XYZ", "Dell S/N: …"),
            ("serial number 0815", "serial number …"),
            ("SN850 NVMe", "SN850 NVMe"),
            ("SN 850", "SN 850"),
            ("Red Hat, Inc.", "Red Hat, Inc."),
        ],
    );
}

#[test]
fn versions_and_identifiers_keep_what_is_written_like_their_own() {
    becomes(
        fields::PACKAGE_VERSION,
        &[
            ("1:2.41.0.3-1ubuntu1~22.04.1", "1:2.41.0.3-1ubuntu1~22.04.1"),
            ("1.0+20240115-1", "1.0+20240115-1"),
            ("0.0~git20190125.d66bd3c+ds-4", "0.0~git20190125.d66bd3c+ds-4"),
            ("15.2.1+r301+gf24307422d1d-1", "15.2.1+r301+gf24307422d1d-1"),
            ("0.0.0-20210101000000-abcdef123456", "0.0.0-20210101000000-…"),
            ("10.11.12.13.14.15", "10.11.12.13.14.15"),
            ("1.0-00:11:22:33:44:55", "1.0-…"),
            ("1.0-2001:db8::7", "1.0-…"),
        ],
    );
    becomes(
        fields::X_STORAGE_SERIAL,
        &[
            ("2006E2833F8A", "2006E2833F8A"),
            ("S64KNX0R123456", "S64KNX0R123456"),
            ("00:11:22:33:44:55", ""),
            ("ec2f2b04-0f2e-4d3a-9a59-aa0d00e09803", ""),
        ],
    );
    becomes(fields::USER_NAME, &[("anna@corp.example.org", "anna@…"), ("anna", "anna")]);
    becomes(fields::X_DEVICE_PHONE_NUMBER, &[("+4930901820", "+4930901820")]);
    let id = "0192f0c1-2b5e-7a41-9c1d-0a1b2c3d4e5f";
    becomes(fields::DEVICE_ID, &[(id, id)]);
}

#[test]
fn what_is_sent_as_read_may_stand_in_texts() {
    let as_read = |fields: &[FieldId]| fields.iter().copied().collect::<FieldSet>();
    let left = |fields: &[FieldId], text: &str| {
        shortened(fields::HOST_NAME, text.to_owned(), &as_read(fields), |_| true)
    };
    let (mac, ip, domain) = (fields::HOST_MAC, fields::HOST_IP, fields::HOST_DOMAIN);
    assert_eq!(left(&[ip], "ip-192-0-2-7.corp.example.org").as_deref(), Some("ip-192-0-2-7.…"));
    assert_eq!(left(&[domain], "ip-192-0-2-7.corp.example.org").as_deref(), Some("ip-….corp.example.org"));
    assert_eq!(left(&[ip, domain], "192.0.2.7").as_deref(), Some("192.0.2.7"));
    assert_eq!(left(&[mac], "pc-001122334455").as_deref(), Some("pc-001122334455"));
    assert_eq!(
        left(&[ip], "fe80--5054-ff-fe12-3456"),
        None,
        "the interface identifier holds a hardware address"
    );
    assert!(left(&[ip, mac], "fe80--5054-ff-fe12-3456").is_some());
    // The machine's id is never sent as read.
    assert_eq!(
        left(&FieldSet::all().iter().collect::<Vec<_>>(), &format!("m-{}", "0a".repeat(16))).as_deref(),
        Some("m-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a")
    );
}

/// Texts of pieces that forms are made of, so that many of them are nearly a form.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9a-f]{1,4}",
        "[0-9]{1,3}",
        "[0-9A-Fa-f]{2}",
        "[:._ @/+<>-]",
        "::|--",
        Just("…".to_owned()),
        Just("/home/".to_owned()),
        Just("serial ".to_owned()),
        Just("S/N:".to_owned()),
        Just("ff:fe".to_owned()),
        "\\PC{1,3}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_of_a_text_has_no_form_and_can_be_cut(text in texts(), field in any::<prop::sample::Index>()) {
        let all: Vec<FieldId> = FieldId::all().filter(|field| field.field().carries.is_some()).collect();
        let field = all[field.index(all.len())];
        if let Some(left) = short(field, &text) {
            prop_assert!(carried(field, &left, &FieldSet::EMPTY).is_empty(), "{left:?}");
            prop_assert!(left.chars().count() <= text.chars().count());
        }
    }
}
