//! One device, one key or one stranger does not starve the others: of the disk, of the memory, of the writer, of places.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::store::{Disk, Space, StoreOptions};
use collector_proto::catalog::{Section, Series};
use collector_proto::envelope::{DSSE_SIGNATURE, Document as _};
use collector_proto::messages::{Holder, PartName, ProblemKind, Report, SectionBody, StandingParts, media};
use collector_proto::value::Row;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use support::serving::{HEALTH, PATIENCE, Server, request};
use support::{Device, SALT, Signed, World, digest_of, full, os, package, part_of, sections};

/// So many rows of 150 bytes that say next to nothing.
fn hollow(from: usize, count: usize) -> Vec<Row> {
    (from..from + count).map(|n| package(&format!("{}{n:06}", "lorem-".repeat(10)), "1")).collect()
}

fn packages(rows: Vec<Row>) -> (Section, SectionBody) {
    (Section::Package, full(rows))
}

/// Bytes that a database keeps of values.
fn kept(world: &World) -> usize {
    let sum =
        "SELECT (SELECT sum(length(payload)) FROM report_part) + (SELECT sum(length(rows)) FROM section)";
    let kept: i64 = world.database().query_row(sum, [], |row| row.get(0)).unwrap();
    usize::try_from(kept).unwrap()
}

#[tokio::test]
async fn attack_h3_what_is_long_and_says_little_takes_little_on_the_disk() {
    let world = World::new();
    let mut device = world.enrol().await;
    let first = device.seal(&device.report(&world, sections([packages(hollow(0, 20_000))])));
    let _ = world.post(&first).await.receipt(&world);
    let sent = first.parts[0].len();
    assert!(sent > 2_500_000 && kept(&world) < sent / 20, "{} of {sent}", kept(&world));
    // The device is charged for what it had checked, not for what is left of it.
    let usage = world.store().usage(device.id, world.now()).await.unwrap();
    assert!(usage.bytes > sent as u64, "{usage:?}");
    let stored = world.store().report(1).await.unwrap().unwrap();
    assert!(stored.parts[0].payload.as_ref() == Some(&first.parts[0]), "other bytes come back");
    // A difference builds on what is kept.
    let mut after = hollow(0, 20_001);
    let body = SectionBody::Difference {
        salt: SALT,
        digest: digest_of(&mut after),
        base: digest_of(&mut hollow(0, 20_000)),
        upsert: hollow(20_000, 1),
        remove: Vec::new(),
    };
    device.deliver(&world, sections([(Section::Package, body)])).await;
    let held = world.store().sections(device.id).await.unwrap();
    assert_eq!(held[0].rows.rows.len(), 20_001);
    assert_eq!(world.faults(), []);
}

/// The next report, after which what stands goes on standing beside these parts.
fn beside(world: &World, device: &mut Device, parts: impl Iterator<Item = (u64, SectionBody)>) -> Signed {
    let mut draft = device.report(world, sections([]));
    draft.head.gone.clear();
    for (holder, body) in parts {
        let PartName { retention, .. } = part_of(Section::Package);
        let name = PartName { holder: Holder::of(holder.to_be_bytes()), retention, series: Series::Every };
        draft.insert_into(name, Section::Package, body);
    }
    let mut head = draft.finished();
    let mut standing = device.standing.clone();
    standing.0.extend(&head.parts);
    head.standing = standing.digest();
    let sealed = device.key.seal(&head).unwrap();
    let signed = Signed { head, sealed, parts: draft.bytes().into_values().collect() };
    if StandingParts(standing.0).0.len() <= 4096 {
        device.take(&signed.head);
    }
    signed
}

#[tokio::test]
async fn attack_h3_what_stands_for_a_device_does_not_grow_without_end() {
    let world = World::new();
    let (mut many, mut long) = (world.enrol().await, world.enrol().await);
    let small = |from: u64| (from..from + 2100).map(|holder| (holder, full(vec![package("a", "1")])));
    let first = beside(&world, &mut many, small(0));
    let _ = world.post(&first).await.receipt(&world);
    let answer = world.post(&beside(&world, &mut many, small(2100))).await;
    assert_eq!(answer.kind(), ProblemKind::Invalid, "more parts than a report may name");

    let first = beside(&world, &mut long, [(1, full(hollow(0, 30_000)))].into_iter());
    let _ = world.post(&first).await.receipt(&world);
    let second = beside(&world, &mut long, [(2, full(hollow(0, 30_000)))].into_iter());
    assert_eq!(world.post(&second).await.kind(), ProblemKind::Invalid, "more bytes than a report may have");
    assert_eq!(world.events(), ["invalid_report"; 2]);
    assert_eq!(world.stored(), 2);
}

#[tokio::test]
async fn attack_one_device_repeats_what_is_refused_and_leaves_one_event() {
    let world = World::new();
    let (device, mut other) = (world.enrol().await, world.enrol().await);
    let mut stopped = 0;
    for _ in 0..1000 {
        let answer = world.post_payload(b"{\"no\":\"report\"}", &device.key).await;
        if answer.kind() == ProblemKind::Busy {
            assert_eq!(answer.headers["retry-after"], "3600");
            stopped += 1;
        }
    }
    assert_eq!(stopped, 880, "it is refused by the header for the rest of the hour");
    let events = world.security_events();
    assert_eq!((events.len(), events[0].kind.as_str(), events[0].count), (1, "invalid_report", 120));
    other.deliver(&world, sections([os()])).await;
    world.pass(3600);
    assert_eq!(world.post_payload(b"{}", &device.key).await.kind(), ProblemKind::Invalid);
}

#[tokio::test]
async fn attack_what_is_nested_deep_is_refused() {
    let world = World::new();
    let mut device = world.enrol().await;
    let head = serde_json::to_string(&device.report(&world, sections([os()])).finished()).unwrap();
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(1_000_000), close.repeat(1_000_000));
    for payload in [
        "[".repeat(8_000_000),
        "{\"a\":".repeat(1_000_000),
        deep("[", "]"),
        head.replacen('{', &format!("{{\"a\":{},", deep("[", "]")), 1),
    ] {
        let answer = world.post_payload(payload.as_bytes(), &device.key).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid);
    }
    device.deliver(&world, sections([os()])).await;
}

#[tokio::test]
async fn attack_one_device_asks_for_one_receipt_again_and_again() {
    let world = World::new();
    let mut device = world.enrol().await;
    let report = device.seal(&device.report(&world, sections([os()])));
    for _ in 0..121 {
        let _ = world.post(&report).await.receipt(&world);
    }
    assert_eq!(world.post(&report).await.kind(), ProblemKind::Busy);
    assert_eq!(world.stored(), 1);
}

#[tokio::test]
async fn who_only_knows_a_key_silences_no_device() {
    let world = World::new();
    let (mut device, stranger) = (world.enrol().await, Device::new(&world));
    let signature = stranger.key.sign_payload(Report::PAYLOAD_TYPE, b"x").to_string();
    let (id, of_stranger) = (device.key.public().id().as_str(), stranger.key.public().id().as_str());
    let forged = signature.replace(of_stranger, id);
    let body = zstd::stream::encode_all(&b"\x1ex\n"[..], 3).unwrap();
    for _ in 0..200 {
        let headers = [
            ("content-type", media::REPORT),
            ("content-encoding", "zstd"),
            (DSSE_SIGNATURE, forged.as_str()),
        ];
        assert_eq!(world.post_raw(&headers, body.clone()).await.kind(), ProblemKind::BadSignature);
    }
    device.deliver(&world, sections([os()])).await;
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn attack_one_token_is_tried_again_and_again() {
    let world = World::new();
    let token = world.token();
    for _ in 0..120 {
        assert_eq!(world.post_enrolment(b"{}", &token).await.kind(), ProblemKind::Malformed);
    }
    assert_eq!(world.post_enrolment(b"{}", &token).await.kind(), ProblemKind::Busy);
    let _ = world.enrol().await;
}

/// A world on a disk of 16 GiB with a hand on how much of it is left, in MiB.
fn on_a_disk(left: u64) -> (World, Arc<AtomicU64>) {
    let hand = Arc::new(AtomicU64::new(left));
    let reading = Arc::clone(&hand);
    let disk =
        Disk::read_by(move || Some(Space { left: reading.load(Ordering::SeqCst) << 20, all: 16 << 30 }));
    (World::with(StoreOptions { disk: Some(disk), ..StoreOptions::default() }), hand)
}

#[tokio::test]
async fn attack_h3_the_last_of_the_disk_is_kept_for_administrators_and_before_that_for_all_devices() {
    let (world, left) = on_a_disk(10_000);
    let (mut hog, mut modest) = (world.enrol().await, world.enrol().await);
    // What it had before counts: 5 MiB, more than the 4 MiB that a device may have of a disk that gets full.
    for n in 0..2 {
        hog.deliver(&world, sections([packages(hollow(n, 20_000))])).await;
    }
    left.store(2_000, Ordering::SeqCst);
    let answer = world.post(&hog.sign(&hog.report(&world, sections([os()])))).await;
    assert_eq!(
        (answer.kind(), &answer.headers["retry-after"]),
        (ProblemKind::Busy, &"3600".parse().unwrap())
    );
    modest.deliver(&world, sections([os()])).await;

    left.store(500, Ordering::SeqCst);
    let report = modest.sign(&modest.report(&world, sections([os()])));
    for _ in 0..3 {
        let answer = world.post(&report).await;
        assert_eq!(answer.kind(), ProblemKind::Unavailable);
        assert_eq!(answer.headers["retry-after"], "600");
    }
    let health = world.health().await;
    assert_eq!((health.status.as_u16(), &health.json()["status"]), (503, &"no-room".into()));
    let room = &health.json()["room"];
    // The write-ahead log still needs its length of it.
    assert!(room["level"] == "none" && room["left_mib"].as_u64().unwrap() <= 500, "{room}");
    // Somebody can still do something about it.
    world.store().revoke_device(hog.id, world.now()).await.unwrap();
    let _ = world.enrol().await;
    world.collector.sweep().await.unwrap();
    left.store(10_000, Ordering::SeqCst);
    world.pass(10);
    let _ = world.post(&report).await.receipt(&world);
    let mut events: Vec<_> =
        world.security_events().into_iter().map(|event| (event.kind, event.count)).collect();
    events.sort();
    let expected = [("no_room", 1), ("over_quota", 1), ("room_tight", 2)];
    assert_eq!(events, expected.map(|(kind, count)| (kind.to_owned(), count)));
    assert_eq!(world.health().await.status.as_u16(), 200);
}

#[tokio::test]
async fn health_tells_counts_and_nothing_of_a_device() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let (small, large) = (vec![0; 10], vec![0; 17_000]);
    let token = world.token();
    assert_eq!(world.post_enrolment(&small, &token).await.kind(), ProblemKind::Malformed);
    assert_eq!(world.post_enrolment(&large, &token).await.kind(), ProblemKind::TooLarge);
    let health = world.health().await.json();
    assert_eq!(health["refused"]["too_large"], 1);
    assert_eq!(health["load"]["bodies"], serde_json::json!({ "taken": 0, "of": 64 }));
    let members: Vec<_> = health.as_object().unwrap().keys().map(String::as_str).collect();
    let known = ["contract", "devices_over_quota", "journal", "load", "refused", "room", "status"];
    assert_eq!(members, known, "what is new is looked at: everybody may ask");
    let text = health.to_string();
    for secret in [device.id.to_string(), device.key.public().id().to_string(), "default".to_owned()] {
        assert!(!text.contains(&secret), "{text}");
    }
}

/// A shell in which a small disk is mounted, which nobody else sees.
struct OnASmallDisk {
    shell: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl OnASmallDisk {
    fn new(world: &World) -> Self {
        let small = world.folder.path().join("small");
        std::fs::create_dir(&small).unwrap();
        let mut shell = Command::new("unshare")
            .args(["-rm", "sh"])
            .env("SMALL", &small)
            .env("DATA", world.dir().path())
            .env("READY", world.folder.path().join("ready"))
            .env("COLLECTOR", env!("CARGO_BIN_EXE_candor-collector"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (commands, answers) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()));
        Self { shell, commands, answers }
    }

    /// Exit code of a command.
    fn run(&mut self, command: &str) -> String {
        writeln!(self.commands.as_mut().unwrap(), "{command} >&2; echo $?").unwrap();
        let mut code = String::new();
        self.answers.read_line(&mut code).unwrap();
        code.trim().to_owned()
    }
}

impl Drop for OnASmallDisk {
    fn drop(&mut self) {
        // At the end of its commands it ends what it started.
        self.commands = None;
        let _ = self.shell.wait();
    }
}

#[tokio::test]
async fn attack_h3_on_a_full_disk_administrators_go_on() {
    let world = World::new();
    let (mut device, other) = (world.enrol().await, world.enrol().await);
    let mut disk = OnASmallDisk::new(&world);
    assert_eq!(
        disk.run("mount -t tmpfs -o size=160m,mode=700 tmpfs \"$SMALL\" && cp -a \"$DATA/.\" \"$SMALL/\""),
        "0"
    );
    assert_eq!(disk.run("\"$COLLECTOR\" serve --data \"$SMALL\" --listen 127.0.0.1:0 --ready-file \"$READY\" >&2 & trap \"kill $!\" EXIT"), "0");
    let port = support::serving::port_of(&world.folder.path().join("ready"));
    let client = Server::at(port, world.dir());
    let report = device.seal(&device.report(&world, sections([os()])));
    // Less is left than is kept of any disk.
    assert_eq!(disk.run("dd if=/dev/zero of=\"$SMALL/filler\" bs=1M count=120"), "0");
    let answer = client.post(&report).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 600"), "{answer}");
    let health = client.exchange(HEALTH).unwrap();
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("\"status\":\"no-room\""), "{health}");
    for (command, code) in [
        (format!("device revoke {}", other.id), "0"),
        ("bundle --output \"$SMALL/bundle.json\" --without-token".to_owned(), "0"),
        ("token list".to_owned(), "0"),
        ("retention sweep".to_owned(), "0"),
        ("event list".to_owned(), "0"),
        ("backup --output \"$SMALL/backup\"".to_owned(), "0"),
        ("doctor".to_owned(), "1"),
    ] {
        assert_eq!(disk.run(&format!("\"$COLLECTOR\" {command} --data \"$SMALL\"")), code, "{command}");
    }
    assert_eq!(disk.run("rm \"$SMALL/filler\""), "0");
    let since = std::time::Instant::now();
    while !client.exchange(&request(&report)).unwrap().starts_with("HTTP/1.1 200") {
        assert!(since.elapsed() < PATIENCE, "there is room, and no report is taken");
    }
    assert_eq!(disk.run("\"$COLLECTOR\" report list --data \"$SMALL\" | grep -q ' 1 '"), "0");
}
