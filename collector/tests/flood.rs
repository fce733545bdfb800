//! Floods against the real server, and what a device sees meanwhile.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use collector_proto::catalog::Section;
use collector_proto::envelope::Document as _;
use collector_proto::messages::{Report, SectionBody, media};
use collector_proto::value::Row;
use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use support::serving::{Server, Tls, head, request};
use support::{Device, SALT, World, digest_of, os, package, sections};

/// A field of an HPACK header, written out (RFC 7541 §6.2.2).
fn field(block: &mut Vec<u8>, name: &str, value: &str) {
    block.push(0);
    for text in [name, value] {
        // Lengths have a prefix of seven bits (RFC 7541 §5.1); none here has more than 254.
        match text.len() {
            short @ ..127 => block.push(u8::try_from(short).unwrap()),
            long => block.extend([127, u8::try_from(long - 127).unwrap()]),
        }
        block.extend_from_slice(text.as_bytes());
    }
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A request of HTTP/2 without a body, on this stream.
fn ask(stream: u32, method: &str, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in
        [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path)]
    {
        field(&mut block, name, value);
    }
    field(&mut block, "candor-contract", "1");
    for (name, value) in fields {
        field(&mut block, name, value);
    }
    // END_HEADERS and END_STREAM.
    frame(1, 0x5, stream, &block)
}

/// What a stranger asks who has nothing: about health, with an invented token, under an invented key.
fn questions(streams: u32) -> Vec<u8> {
    let mut all = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let signature = format!("keyid=\"{}\", sig=:{}==:", "A".repeat(43), "A".repeat(86));
    for n in 0..streams {
        let stream = 2 * n + 1;
        all.extend(match n % 3 {
            0 => ask(stream, "GET", "/healthz", &[]),
            1 => {
                let fields = [("content-type", media::ENVELOPE), ("authorization", "Bearer invented")];
                ask(stream, "POST", "/v1/enroll", &fields)
            }
            _ => {
                let fields = [
                    ("content-type", media::REPORT),
                    ("content-encoding", "zstd"),
                    ("dsse-signature", signature.as_str()),
                ];
                ask(stream, "POST", "/v1/reports", &fields)
            }
        });
    }
    all
}

/// Reports of which each has to be receipted.
fn deliver(world: &World, server: &Server, device: &mut Device, count: usize) {
    for _ in 0..count {
        let report = device.seal(&device.report(world, sections([os()])));
        let answer = server.post(&report).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn attack_a_flood_of_questions_fills_no_queue() {
    const CONNECTIONS: usize = 300;
    let world = World::new();
    let mut devices = Vec::new();
    for _ in 0..10 {
        devices.push(world.enrol().await);
    }
    let server = Server::start(&world);
    let questions = questions(8);
    let mut held: Vec<Tls> = (0..CONNECTIONS).map(|_| server.tls_for("h2")).collect();
    for tls in &mut held {
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock).unwrap();
        }
    }
    // An administrator writes meanwhile, so that everything waits for the writer.
    let administrator = world.database();
    administrator.execute_batch("BEGIN IMMEDIATE").unwrap();
    for tls in &mut held {
        let _ = tls.write_all(&questions);
    }
    until_read(server.port);
    let mut reporting: Vec<Tls> = Vec::new();
    for device in &mut devices {
        let report = device.seal(&device.report(&world, sections([os()])));
        reporting.push(server.hold(("http/1.1", &[&request(&report)])));
    }
    until_read(server.port);
    administrator.execute_batch("COMMIT").unwrap();
    for tls in &mut reporting {
        let mut answer = String::new();
        let _ = tls.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(refused(&server, "unavailable"), 0, "a queue was full, and somebody was sent away");
}

/// Waits until the server has read everything that was sent to it. Columns of the table: proc_pid_net(5).
fn until_read(port: u16) {
    let since = std::time::Instant::now();
    let local = format!(":{port:04X}");
    loop {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let unread = table.lines().skip(1).any(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            columns[1].ends_with(&local) && columns[3] == "01" && !columns[4].ends_with(":00000000")
        });
        if !unread {
            return;
        }
        assert!(since.elapsed() < support::serving::PATIENCE, "the server reads nothing");
        std::thread::yield_now();
    }
}

/// How many a limit refused, as the server tells.
fn refused(server: &Server, limit: &str) -> u64 {
    let answer = server.exchange(support::serving::HEALTH).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let health: serde_json::Value = serde_json::from_str(body).unwrap();
    health["refused"][limit].as_u64().unwrap()
}

#[tokio::test]
async fn attack_refused_bodies_hold_no_places() {
    let world = World::new();
    let mut device = world.enrol().await;
    let stranger = Device::new(&world).key.sign_payload(Report::PAYLOAD_TYPE, b"");
    let server = Server::start(&world);
    let said = head(1_000_000, &stranger);
    let (is_over, opened) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // More together than there are places. Whichever ends is opened again.
                let mut held: Vec<Tls> = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    held.retain_mut(is_open);
                    if held.len() < 80 {
                        held.push(server.hold(("http/1.1", &[said.as_bytes()])));
                        opened.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        while opened.load(Ordering::SeqCst) < 600 {
            std::thread::yield_now();
        }
        let _over = Over(&is_over);
        deliver(&world, &server, &mut device, 20);
    });
}

/// Says that an attack is over, also where the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Whether the server has not ended the connection.
fn is_open(tls: &mut Tls) -> bool {
    tls.sock.set_nonblocking(true).unwrap();
    match tls.read(&mut [0; 1024]) {
        Ok(length) => length > 0,
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

/// As many rows as a section may have, of which each takes little.
fn rows(count: usize) -> Vec<Row> {
    (0..count).map(|n| package(&format!("n{n}"), "1")).collect()
}

/// A difference of one row from so many.
fn difference(from: usize) -> SectionBody {
    SectionBody::Difference {
        salt: SALT,
        digest: digest_of(&mut rows(from + 1)),
        base: digest_of(&mut rows(from)),
        upsert: rows(from + 1).split_off(from),
        remove: Vec::new(),
    }
}

#[tokio::test]
async fn attack_small_differences_from_large_rows_stay_below_the_bound_of_memory() {
    const ROWS: usize = 70_000;
    let world = World::new();
    let mut devices = Vec::new();
    for _ in 0..6 {
        devices.push(world.enrol().await);
    }
    let server = Server::start(&world);
    let (all, one) = (support::full(rows(ROWS)), difference(ROWS));
    let mut small = Vec::new();
    for device in &mut devices {
        let first = device.seal(&device.report(&world, sections([(Section::Package, all.clone())])));
        assert!(server.post(&first).unwrap().starts_with("HTTP/1.1 200"));
        let second = device.seal(&device.report(&world, sections([(Section::Package, one.clone())])));
        assert!(request(&second).len() < 2000);
        small.push(second);
    }
    std::thread::scope(|scope| {
        for report in &small {
            scope.spawn(|| assert!(server.post(report).unwrap().starts_with("HTTP/1.1 200")));
        }
    });
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = most.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 256 * 1024, "{kib} KiB");
}
