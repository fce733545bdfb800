//! The server as devices meet it: TLS 1.3 alone, bounded headers, a clean stop, and nothing receipted that a crash
//! could lose.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::store::wait;
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::{DetachedSignature, Document as _};
use collector_proto::limits::MAX_REPORT_WIRE_BYTES;
use collector_proto::messages::{Report, sequence};
use std::io::{Read as _, Write as _};
use std::time::Duration;
use support::serving::{HEALTH, Server, Tls, head};
use support::{Device, World, os, sections};

#[test]
fn it_answers_over_tls_1_3_and_stops_when_told() {
    let world = World::new();
    let mut server = Server::start(&world);
    let answer = server.exchange(HEALTH).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200")
            && answer.contains(r#"{"status":"ok","contract":1,"journal":false,"#),
        "{answer}"
    );
    let mut log = server.child().stderr.take().unwrap();
    assert!(server.stop().success());
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    assert!(text.contains("stopped") && !text.contains('\x1b'), "colours go to terminals alone: {text:?}");
}

#[test]
fn tls_1_2_and_plain_http_are_refused() {
    let world = World::new();
    let server = Server::start(&world);
    // A ClientHello of TLS 1.2: without the extension supported_versions (RFC 8446 §4.2.1).
    let extensions: &[u8] = &[
        0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x1d, // supported_groups: x25519
        0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, // ec_point_formats: uncompressed
        0x00, 0x0d, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03, // signature_algorithms: ecdsa_secp256r1_sha256
    ];
    let mut hello = vec![0x03, 0x03];
    hello.extend([7; 32]);
    // No session; TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; no compression.
    hello.extend([0x00, 0x00, 0x02, 0xc0, 0x2b, 0x01, 0x00, 0x00, u8::try_from(extensions.len()).unwrap()]);
    hello.extend(extensions);
    let length = u8::try_from(hello.len()).unwrap();
    let record = [&[0x16, 0x03, 0x01, 0x00, length + 4, 0x01, 0x00, 0x00, length][..], &hello].concat();
    let mut stream = server.tcp();
    stream.write_all(&record).unwrap();
    let mut alert = [0; 7];
    stream.read_exact(&mut alert).unwrap();
    // A fatal alert of kind protocol_version (RFC 8446 §6.2).
    assert_eq!((alert[0], alert[5], alert[6]), (21, 2, 70));
    let mut plain = server.tcp();
    plain.write_all(HEALTH).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"));
    assert!(server.exchange(HEALTH).is_ok());
}

#[test]
fn a_header_without_end_is_cut_off() {
    let world = World::new();
    let server = Server::start(&world);
    let huge = [b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ".to_vec(), vec![b'a'; 40_000]].concat();
    let answer = server.exchange(&huge);
    assert!(answer.as_ref().map_or(true, |text| text.starts_with("HTTP/1.1 431")), "{answer:?}");
    let many = "x: y\r\n".repeat(200);
    let answer =
        server.exchange(format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{many}\r\n").as_bytes());
    assert!(answer.as_ref().map_or(true, |text| text.starts_with("HTTP/1.1 431")), "{answer:?}");
}

#[tokio::test]
async fn killed_before_the_commit_nothing_is_receipted_and_the_same_report_is_taken_later() {
    let world = World::new();
    let mut device = world.enrol().await;
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let mut server = Server::start(&world);
    // While another process holds the database, the server cannot commit.
    let administrator = world.database();
    administrator.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = std::thread::scope(|scope| {
        let answer = scope.spawn(|| server.post(&sealed));
        std::thread::sleep(Duration::from_millis(300));
        server.signal("KILL");
        answer.join().unwrap()
    });
    server.child().wait().unwrap();
    administrator.execute_batch("COMMIT").unwrap();
    assert!(!answer.unwrap_or_default().contains("200"), "no receipt may leave before the commit");
    assert_eq!(world.stored(), 0);
    let server = Server::start(&world);
    let answer = server.post(&sealed).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Killed right after: what was receipted is there.
    drop(server);
    assert_eq!(world.stored(), 1);
    assert_eq!(world.faults(), []);
    let again = Server::start(&world).post(&sealed).unwrap();
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(&again), body(&answer));
}

#[test]
fn it_deletes_what_is_past_its_retention_before_it_answers() {
    let world = World::new();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut device = world.enrol().await;
        device.deliver(&world, support::sections([support::os()])).await;
    });
    world
        .database()
        .execute_batch(
            "UPDATE report_part SET stored_until = 60; UPDATE standing_until SET stored_until = 60",
        )
        .unwrap();
    let server = Server::start(&world);
    let report = wait(world.store().report(1)).unwrap().unwrap();
    assert!(report.parts[0].payload.is_none() && report.summary.deleted_at.is_some());
    assert!(server.stop().success());
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_sends_its_whole_body_first() {
    let world = World::new();
    let device = world.enrol().await;
    let of = |device: &Device| device.key.sign_payload(Report::PAYLOAD_TYPE, b"");
    let server = Server::start(&world);
    let large = MAX_REPORT_WIRE_BYTES + 1024 * 1024;
    let stranger = of(&Device::new(&world));
    let cases = [
        ("413", head(large, &of(&device)), large),
        ("415", head(large, &of(&device)).replace("zstd", "gzip"), large),
        ("401", head(MAX_REPORT_WIRE_BYTES, &stranger), MAX_REPORT_WIRE_BYTES),
    ];
    for (status, head, length) in cases {
        let answer = server.exchange(&[head.as_bytes(), &vec![0; length]].concat());
        assert!(
            answer.as_ref().is_ok_and(|answer| answer.starts_with(&format!("HTTP/1.1 {status}"))),
            "{status}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn strangers_that_send_nothing_keep_no_device_out() {
    let world = World::new();
    let mut device = world.enrol().await;
    let server = Server::start(&world);
    let stranger = Device::new(&world).key.sign_payload(Report::PAYLOAD_TYPE, b"");
    // One more than the places for bodies.
    let silent: Vec<_> = (0..65)
        .map(|_| {
            let mut tls = server.tls();
            tls.write_all(head(1000, &stranger).as_bytes()).unwrap();
            tls.flush().unwrap();
            tls
        })
        .collect();
    let answer = server.post(&device.seal(&device.report(&world, sections([os()])))).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(silent);
}

/// Preface and empty settings (RFC 9113 §3.4, §6.5).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// The same with SETTINGS_INITIAL_WINDOW_SIZE 0: no answer's body is ever taken.
const NO_WINDOW: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0";
/// `GET https://localhost/healthz` (RFC 7541 §6) with END_STREAM and END_HEADERS.
const ASK: &[u8] = b"\0\0\x17\x01\x05\0\0\0\x01\x82\x87\x04\x08/healthz\x41\x09localhost";
/// The same without END_HEADERS: a header that never ends.
const ENDLESS: &[u8] = b"\0\0\x17\x01\x01\0\0\0\x01\x82\x87\x04\x08/healthz\x41\x09localhost";

/// Ways to hold a connection that cost a stranger nothing, with the protocol each is in.
const WAYS: [(&str, &[&[u8]]); 5] = [
    ("http/1.1", &[]),
    ("http/1.1", &[b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: "]),
    ("h2", &[HTTP2]),
    ("h2", &[NO_WINDOW, ASK]),
    ("h2", &[HTTP2, ENDLESS]),
];

/// Answers a server's ping (RFC 9113 §6.7), which is all that it takes to count as alive.
fn pong(tls: &mut Tls) {
    const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0";
    let mut read = [0; 4096];
    tls.sock.set_nonblocking(true).unwrap();
    let length = tls.read(&mut read).unwrap_or(0);
    if let Some(at) = read[..length].windows(PING.len()).position(|frame| frame == PING) {
        let opaque = &read[at + PING.len()..][..8];
        let _ = tls.write_all(&[b"\0\0\x08\x06\x01\0\0\0\0", opaque].concat());
    }
}

#[test]
fn attack_h7_connections_without_a_request_keep_nobody_out() {
    let world = World::new();
    let server = Server::start(&world);
    let silent: Vec<_> = (0..20).map(|_| server.tcp()).collect();
    // Those that live on by answering pings are more than there are places.
    let ways = WAYS.into_iter().chain(WAYS[2..4].iter().copied().cycle().take(520));
    let (holding, held) = std::sync::mpsc::channel();
    let attack = std::thread::spawn(move || {
        let mut all: Vec<Tls> = Vec::new();
        loop {
            match held.recv_timeout(Duration::from_millis(1)) {
                Ok(tls) => all.push(tls),
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => all.iter_mut().for_each(pong),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    });
    ways.for_each(|way| holding.send(server.hold(way)).unwrap());
    for _ in 0..3 {
        let answer = server.exchange(HEALTH).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    drop((silent, holding));
    attack.join().unwrap();
}

#[test]
fn attack_h7_a_connection_without_a_request_ends_by_itself() {
    let world = World::new();
    let server = Server::start(&world);
    let mut held: Vec<_> = WAYS.map(|way| server.hold(way)).into();
    for (tls, (_, said)) in held.iter_mut().zip(WAYS) {
        // Within this test's patience, which is a third of what a connection may live.
        let ended = tls.read_to_end(&mut Vec::new());
        let waits = |error: &std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock;
        assert!(!ended.as_ref().is_err_and(waits), "{said:?}: {ended:?}");
    }
}

#[tokio::test]
async fn attack_m3_who_knows_a_key_holds_a_few_places_for_bodies_and_a_revoked_one_none() {
    let world = World::new();
    let (known, revoked, mut other) = (world.enrol().await, world.enrol().await, world.enrol().await);
    world.store().revoke_device(revoked.id, world.now()).await.unwrap();
    let server = Server::start(&world);
    let of = |device: &Device| device.key.sign_payload(Report::PAYLOAD_TYPE, b"");
    // Enough of a body that it may take longer than anybody waits for a turn.
    let begun = vec![0; 400_000];
    let held: Vec<_> = (0..64)
        .map(|_| server.hold(("http/1.1", &[head(1_000_000, &of(&known)).as_bytes(), &begun])))
        .collect();
    let answer = server.post(&other.seal(&other.report(&world, sections([os()])))).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Answered before anything of the body is there.
    let mut tls = server.hold(("http/1.1", &[head(1_000_000, &of(&revoked)).as_bytes(), b"\r\n"]));
    let mut answer = String::new();
    let _ = tls.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    drop(held);
}

/// Two bodies of a few kilobytes that hold as much as a body may: rows, and what only a later program knows.
fn costly(world: &World, device: &Device) -> [(DetachedSignature, Vec<u8>); 2] {
    let one = support::full(vec![support::package("curl", "1")]);
    let draft = device.report(world, sections([(Section::Package, one)]));
    let (name, bytes) = draft.bytes().into_iter().next().unwrap();
    let written = String::from_utf8(bytes).unwrap();
    let (before, rest) = written.split_once("\"rows\":[").unwrap();
    let (row, after) = rest.split_once(']').unwrap();
    let fill = |item: &str| vec![item; 8_000_000 / (item.len() + 1)].join(",");
    let rows = format!("{before}\"rows\":[{}]{after}", fill(row));
    let later = format!("{{\"later\":[{}],{}", fill("[]"), &written[1..]);
    [rows, later].map(|text| {
        let mut head = draft.finished();
        head.parts.insert(name, Digest::of(text.as_bytes()));
        let head = serde_json::to_vec(&head).unwrap();
        let body = sequence::write(&head, [text.as_bytes()]);
        let body = zstd::stream::encode_all(body.as_slice(), 1).unwrap();
        assert!(body.len() < 10_000);
        (device.key.sign_payload(Report::PAYLOAD_TYPE, &head), body)
    })
}

#[tokio::test]
async fn low_small_bodies_that_are_large_to_check_stay_below_the_bound_of_memory() {
    let world = World::new();
    let mut bodies = Vec::new();
    for _ in 0..8 {
        bodies.extend(costly(&world, &world.enrol().await));
    }
    let server = Server::start(&world);
    std::thread::scope(|scope| {
        for (signature, body) in &bodies {
            scope
                .spawn(|| server.exchange(&[head(body.len(), signature).as_bytes(), body].concat()).unwrap());
        }
    });
    // Linux alone says it.
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", server.id())) else { return };
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = most.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 256 * 1024, "{kib} KiB");
}
