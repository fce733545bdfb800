//! The system bus: real services' interfaces on a bus of the test's own, and buses that misbehave.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::Host;
use collector_proto::catalog::{FieldId, Platform, Section, SourcePlace, fields};
use collector_proto::policy::{Generalisation, Treatment};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};
use support::bus::{Bus, FakeBus, disclose, disclose_touching, disclose_under};
use support::rule;

/// All that comes from the bus.
const ALL: &[FieldId] = &[
    fields::X_NETWORK_WIFI_SSID,
    fields::X_SESSION_USER,
    fields::X_DEVICE_IMEI,
    fields::GEO_LOCATION_LAT,
    fields::GEO_LOCATION_LON,
];

/// Longest that the bus may cost, with what a busy machine adds.
const LONGEST: Duration = Duration::from_millis(2500);

fn wwan() -> Vec<FieldId> {
    FieldId::all().filter(|field| field.section() == Section::Wwan).collect()
}

/// The reasons for fields without a value, with how long it took to know them.
fn absent(host: Host, of: &[FieldId]) -> (Value, Duration) {
    let since = Instant::now();
    let disclosed = disclose(host, of);
    assert_eq!(disclosed["sections"], json!({}));
    (disclosed["absent"].clone(), since.elapsed())
}

fn all(reason: &str) -> Value {
    ALL.iter().map(|field| (field.name().to_owned(), json!(reason))).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn every_modem_is_a_row() {
    let bus = Bus::with(&["modems"]);
    let disclosed = disclose(bus.host(), &wwan());
    assert_eq!(
        disclosed["sections"]["wwan"],
        json!([
            {
                "x.device.imei": "352099001761480",
                "x.device.phone_number": ["+49151123450", "+49151543210"],
                "x.sim.state": "ready",
                "x.sim.iccid": "8949200000000000000",
                "x.sim.imsi": "262020000000000",
                "network.carrier.name": "Carrier 0",
                "network.carrier.mcc": "262",
                "network.carrier.mnc": "02",
                "network.carrier.icc": "DE",
                "x.wwan.signal": 60,
            },
            {
                "x.device.imei": "352099001761482",
                "x.device.phone_number": ["+49151123452", "+49151543212"],
                "x.sim.state": "locked",
                "x.sim.iccid": "8949200000000000002",
                "x.sim.imsi": "262020000000002",
                "network.carrier.name": "Carrier 2",
                "network.carrier.mcc": "310",
                "network.carrier.mnc": "410",
                "network.carrier.icc": "US",
                "x.wwan.signal": 62,
            },
            {
                "x.device.imei": "352099001761484",
                "x.device.phone_number": ["+49151123454", "+49151543214"],
                "x.sim.state": "unknown",
                "x.sim.iccid": "8949200000000000004",
                "x.sim.imsi": "262020000000004",
                "network.carrier.name": "Carrier 4",
                "network.carrier.mcc": "901",
                "network.carrier.mnc": "28",
                "x.wwan.signal": 64,
            },
            {
                "x.device.imei": "352099001761483",
                "x.device.phone_number": ["+49151123453", "+49151543213"],
                "x.sim.state": "absent",
                "network.carrier.name": "Carrier 3",
                "x.wwan.signal": 63,
            },
            { "x.device.imei": "A10000009296F3", "x.sim.state": "absent", "x.wwan.signal": 0 },
        ])
    );
    assert_eq!(disclosed["absent"], json!({}));
}

#[test]
fn a_property_that_is_not_wanted_never_leaves_its_service() {
    let bus = Bus::with(&["one_modem"]);
    let heard = bus.overhear(|| {
        let disclosed = disclose(bus.host(), &[fields::X_WWAN_SIGNAL, fields::X_SIM_STATE]);
        let row = json!({ "x.wwan.signal": 60, "x.sim.state": "ready" });
        assert_eq!(disclosed["sections"]["wwan"], json!([row]));
    });
    assert!(heard.contains("SignalQuality") && heard.contains("uint32 60"), "nothing was overheard: {heard}");
    for secret in ["352099", "equipment-", "+4915", "89492000", "26202000", "Carrier"] {
        assert!(!heard.contains(secret), "{secret} travelled");
    }
}

#[test]
fn answers_of_another_type_or_size_are_malformed() {
    let bus = Bus::with(&["odd_modem"]);
    let of = [fields::X_WWAN_SIGNAL, fields::X_SIM_STATE, fields::NETWORK_CARRIER_MCC];
    let disclosed = disclose(bus.host(), &of);
    let rows = json!([{ "x.wwan.signal": 60, "x.sim.state": "ready" }]);
    assert_eq!(disclosed["sections"]["wwan"], rows);
    assert_eq!(disclosed["absent"], json!({ "network.carrier.mcc": "malformed" }));
    let odd = Bus::with(&["odd_modem"]);
    let disclosed = disclose(odd.host(), &[fields::X_DEVICE_PHONE_NUMBER, fields::X_DEVICE_IMEI]);
    // The third modem's answer, which is too large, ends the connection; what came before stands.
    assert_eq!(disclosed["sections"]["wwan"].as_array().map(Vec::len), Some(1), "{disclosed}");
}

#[test]
fn more_modems_than_a_machine_has_are_too_many() {
    let bus = Bus::with(&["many_modems"]);
    let (reasons, _) = absent(bus.host(), &[fields::X_WWAN_SIGNAL]);
    assert_eq!(reasons, json!({ "x.wwan.signal": "too_large" }));
}

#[test]
fn networks_join_the_rows_of_their_interfaces() {
    let bus = Bus::with(&["wifi"]);
    let disclosed = disclose(bus.host(), &[fields::X_NETWORK_WIFI_SSID, fields::NETWORK_INTERFACE_NAME]);
    let rows = disclosed["sections"]["network"].as_array().unwrap();
    let of = |name: &str| rows.iter().find(|row| row["network.interface.name"] == name).cloned();
    let row = |name, ssid| Some(json!({ "network.interface.name": name, "x.network.wifi.ssid": ssid }));
    assert_eq!(of("wlan7"), row("wlan7", "Café Candor"));
    assert_eq!(of("wlan8"), row("wlan8", "Caf\\xE9"));
    assert_eq!(of("wlan9"), Some(json!({ "network.interface.name": "wlan9" })));
    // This machine's own interfaces, which sysfs lists, are rows as before.
    assert_eq!(of("lo"), Some(json!({ "network.interface.name": "lo" })));
}

#[test]
fn users_are_listed_once_and_services_and_login_screens_are_nobody() {
    let bus = Bus::with(&["sessions"]);
    let disclosed = disclose(bus.host(), &[fields::X_SESSION_USER]);
    assert_eq!(disclosed["sections"]["session"], json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
    let bus = Bus::with(&["nobody"]);
    assert_eq!(absent(bus.host(), &[fields::X_SESSION_USER]).0, json!({ "x.session.user": "unavailable" }));
}

/// The part of an account would say who has a session, and the length of a list how many do.
#[test]
fn that_somebody_has_a_session_is_about_the_machine() {
    let disclosed = |treat| {
        let rules = vec![rule(fields::X_SESSION_USER, treat), rule(fields::HOST_ARCH, Treatment::Keep)];
        let (disclosed, _) = disclose_under(Bus::with(&["sessions"]).host(), rules);
        let parts = disclosed["parts"].as_array().unwrap().iter();
        let holders: BTreeSet<&str> = parts.filter_map(|name| name.as_str()?.split('/').next()).collect();
        (disclosed["sections"]["session"].clone(), holders.len())
    };
    let (read, holders) = disclosed(Treatment::Keep);
    assert_eq!(read, json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
    assert!(holders > 1, "no account has a part");
    let existence = Treatment::Generalise(Generalisation::Existence);
    assert_eq!(disclosed(existence), (json!([{ "x.session.user": ["any"] }]), 1));
}

#[test]
fn a_position_is_taken_once_coarsened_and_the_client_deleted() {
    let bus = Bus::with(&["location"]);
    let disclosed = disclose(bus.host(), &[fields::GEO_LOCATION_LAT, fields::GEO_LOCATION_LON]);
    let row = json!({ "geo.location.lat": "52.5", "geo.location.lon": "0" });
    assert_eq!(disclosed["sections"]["location"], json!([row]));
    let until = Instant::now() + Duration::from_secs(10);
    while !(bus.calls().contains("Stop") && bus.calls().contains("DeleteClient")) {
        assert!(Instant::now() < until, "the client was left behind: {}", bus.calls());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn only_the_wanted_coordinate_is_read() {
    let bus = Bus::with(&["location"]);
    let heard = bus.overhear(|| {
        let disclosed = disclose(bus.host(), &[fields::GEO_LOCATION_LON]);
        assert_eq!(disclosed["sections"]["location"], json!([{ "geo.location.lon": "0" }]));
    });
    assert!(heard.contains("Longitude") && !heard.contains("Latitude"), "{heard}");
}

#[test]
fn positions_that_are_refused_unknown_or_none_are_told_apart() {
    for (scenario, reason) in [
        ("denied_location", "denied_by_os"),
        ("searching_location", "unavailable"),
        ("odd_location", "malformed"),
    ] {
        let bus = Bus::with(&[scenario]);
        let (reasons, took) = absent(bus.host(), &[fields::GEO_LOCATION_LAT, fields::GEO_LOCATION_LON]);
        assert_eq!(reasons, json!({ "geo.location.lat": reason, "geo.location.lon": reason }), "{scenario}");
        assert!(took < LONGEST, "{scenario} took {took:?}");
    }
}

#[test]
fn services_that_hang_cost_two_seconds_in_all_and_leave_time_to_others() {
    let bus = Bus::with(&["stopped_modems", "sessions"]);
    let since = Instant::now();
    let disclosed = disclose(bus.host(), &[fields::X_DEVICE_IMEI, fields::X_SESSION_USER]);
    assert_eq!(disclosed["sections"]["session"], json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
    assert_eq!(disclosed["absent"], json!({ "x.device.imei": "unavailable" }));
    assert!(since.elapsed() < LONGEST);

    let bus = Bus::with(&["slow_sessions", "wifi", "searching_location", "stopped_modems"]);
    let since = Instant::now();
    let disclosed = disclose(bus.host(), ALL);
    assert_eq!(disclosed["sections"]["network"].as_array().map(Vec::len), Some(2));
    assert!(since.elapsed() < LONGEST, "took {:?}", since.elapsed());
}

#[test]
fn only_geoclue_is_started() {
    let bus = Bus::empty();
    let (reasons, took) = absent(bus.host(), ALL);
    assert_eq!(reasons, all("unavailable"));
    assert_eq!(bus.started(), ["GeoClue2"]);
    assert!(took < LONGEST, "took {took:?}");
}

#[test]
fn a_missing_bus_costs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("socket");
    let left_over = directory.path().join("left-over");
    drop(std::os::unix::net::UnixListener::bind(&left_over).unwrap());
    for socket in [missing, left_over] {
        let (reasons, took) = absent(Host::at(Path::new("/")).with_bus_at(&socket), ALL);
        assert_eq!(reasons, all("unavailable"));
        assert!(took < Duration::from_millis(500), "took {took:?}");
    }
}

#[test]
fn no_service_is_asked_for_a_field_that_is_not_its_own() {
    for field in ALL.iter().copied().chain(wwan()) {
        let host = Host::at(Path::new("/")).with_bus_at(Path::new("/no/such/socket"));
        let (disclosed, touched) = disclose_touching(host, &[field]);
        assert_eq!(disclosed["absent"], json!({ field.name(): "unavailable" }));
        assert!(!touched.is_empty() && touched.is_subset(&declared(field)), "{field}: {touched:?}");
    }
}

/// Each property and method that leaves a service is one that the catalogue declares for the field.
#[test]
fn nothing_is_asked_of_a_service_that_its_field_does_not_declare() {
    let bus = Bus::with(&["modems", "wifi", "sessions", "location"]);
    let mut examined = 0;
    for field in ALL.iter().copied().chain(wwan()) {
        let host = Host::at(Path::new("/")).with_bus_at(&bus.socket());
        let (_, touched) = disclose_touching(host, &[field]);
        let undeclared: Vec<String> = touched.difference(&declared(field)).map(ToString::to_string).collect();
        assert!(undeclared.is_empty(), "{field}: {undeclared:?}");
        examined += touched.len();
    }
    assert!(examined > 30, "only {examined} were asked for");
}

fn declared(field: FieldId) -> BTreeSet<SourcePlace> {
    field.field().source(Platform::Linux).touches.iter().copied().collect()
}

#[test]
fn a_tree_has_no_bus() {
    let bus = Bus::with(&["sessions"]);
    let host = Host::at(&support::roots().join("debian-12")).with_bus_at(&bus.socket());
    let (disclosed, touched) = disclose_touching(host, &[fields::X_SESSION_USER]);
    assert_eq!(disclosed["absent"], json!({ "x.session.user": "unavailable" }));
    let asked = touched.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(asked, ["dbus:org.freedesktop.login1/org.freedesktop.login1.Manager.ListSessions"]);
}

#[test]
fn a_bus_that_is_silent_or_slow_costs_two_seconds_at_most() {
    let slow = Duration::from_millis(100);
    let silent = FakeBus::that(|stream| {
        std::thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    let trickling = FakeBus::that(move |mut stream| {
        while stream.write_all(b"O").is_ok() {
            std::thread::sleep(slow);
        }
    });
    let after_login = FakeBus::that_says(b"l".to_vec(), Duration::ZERO);
    let byte_by_byte = FakeBus::that_says(hello(), slow);
    // Greets, then has nothing to say.
    let mute = FakeBus::that_says(hello(), Duration::ZERO);
    // Signals for ever, none of which is an answer.
    let mut signals = hello();
    signals.extend(message(4, 1).repeat(200_000));
    let flooding = FakeBus::that_says(signals, Duration::ZERO);
    for (name, bus) in [
        ("silent", silent),
        ("trickling", trickling),
        ("after login", after_login),
        ("byte by byte", byte_by_byte),
        ("mute", mute),
        ("flooding", flooding),
    ] {
        let (reasons, took) = absent(bus.host(), ALL);
        assert_eq!(reasons, all("unavailable"), "{name}");
        assert!(took < LONGEST, "{name} took {took:?}");
    }
}

#[test]
fn a_bus_that_takes_no_connection_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    // One more than the queue holds would block, so the queue is filled by connections that do not wait.
    let mut waiting = Vec::new();
    loop {
        use nix::sys::socket as s;
        let flags = s::SockFlag::SOCK_NONBLOCK;
        let fd = s::socket(s::AddressFamily::Unix, s::SockType::Stream, flags, None).unwrap();
        let address = s::UnixAddr::new(&socket).unwrap();
        if s::connect(std::os::fd::AsRawFd::as_raw_fd(&fd), &address).is_err() {
            break;
        }
        waiting.push(fd);
    }
    let (reasons, took) = absent(Host::at(Path::new("/")).with_bus_at(&socket), ALL);
    assert_eq!(reasons, all("unavailable"));
    assert!(took < LONGEST, "took {took:?}");
    drop(listener);
}

#[test]
fn junk_is_malformed_at_once() {
    let huge = [&b"l\x02\x00\x01\xff\xff\xff\x7f\x01\0\0\0\0\0\0\0"[..], &[0; 64]].concat();
    let fields = [&b"l\x02\x00\x01\0\0\0\0\x01\0\0\0\xff\xff\xff\xff"[..], &[0; 64]].concat();
    for (name, words, reason) in [
        ("text", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "malformed"),
        ("version", b"l\x02\x00\x09\0\0\0\0\x01\0\0\0\0\0\0\0".to_vec(), "malformed"),
        ("no fields", b"l\x02\x00\x01\0\0\0\0\x01\0\0\0\0\0\0\0".to_vec(), "malformed"),
        ("huge", huge, "too_large"),
        ("huge fields", fields, "too_large"),
    ] {
        let (reasons, took) = absent(FakeBus::that_says(words, Duration::ZERO).host(), ALL);
        assert_eq!(reasons, all(reason), "{name}");
        assert!(took < Duration::from_millis(1500), "{name} took {took:?}");
    }
    for (words, reason) in [
        (&b"REJECTED DBUS_COOKIE_SHA1\r\n"[..], "denied_by_os"),
        (b"ERROR \"what?\"\r\n", "malformed"),
        (&[b'x'; 8192], "malformed"),
        (b"", "unavailable"),
    ] {
        let bus = FakeBus::that(move |mut stream| {
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(words);
        });
        assert_eq!(absent(bus.host(), ALL).0, all(reason), "{:?}", words.get(..8));
    }
}

/// Where nothing can be started as a helper the connection is this process's own, made before the sandbox is put up.
#[test]
fn without_a_helper_the_bus_is_asked_all_the_same() {
    let bus = Bus::with(&["sessions"]);
    let disclosed = disclose(Host::at(Path::new("/")).with_bus_at(&bus.socket()), &[fields::X_SESSION_USER]);
    assert_eq!(disclosed["sections"]["session"], json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
}

/// The answer to the first call on a connection: a return with our name, `:1.1`.
fn hello() -> Vec<u8> {
    let mut reply = message(2, 1);
    reply[4] = 9;
    let body: &[u8] = b"\x04\0\0\0:1.1\0";
    // Field 8, the body's signature, stands behind field 5, which ends on a multiple of eight.
    reply[12] = 15;
    reply.extend(b"\x08\x01g\0\x01s\0");
    reply.push(0);
    reply.extend(body);
    reply
}

/// A message of a kind with no body that refers to the call `serial`.
fn message(kind: u8, serial: u8) -> Vec<u8> {
    let prefix = [b'l', kind, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0];
    [&prefix[..], &[5, 1, b'u', 0, serial, 0, 0, 0]].concat()
}
