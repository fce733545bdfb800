//! What happens when storing fails: nothing is receipted that is not stored, and nothing stored is lost.

mod support;

use candor_collector::reverify::reverify;
use candor_collector::store::StoreOptions;
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::messages::ProblemKind;
use support::{World, full, os, package, sections};

/// Rows of about 100 KiB, which compressing makes half as long.
fn many(version: usize) -> (Section, collector_proto::messages::SectionBody) {
    // Words, and no digits that could be an address.
    let word = |digit: char| {
        char::from(if digit.is_ascii_digit() { digit as u8 + b'g' - b'0' } else { digit as u8 + b'q' - b'a' })
    };
    let name = |i: usize| {
        Digest::of(format!("{version} {i}").as_bytes()).hex().chars().map(word).collect::<String>()
    };
    (Section::Package, full((0..600).map(|i| package(&name(i), "1")).collect()))
}

#[tokio::test]
async fn a_full_disk_gives_no_receipt_and_room_gives_one() {
    // 160 pages of 4 KiB: the schema and a report or two.
    let mut world = World::with(StoreOptions { max_pages: Some(180), ..StoreOptions::default() });
    let mut device = world.enrol().await;
    let mut delivered = 0;
    let refused = loop {
        let report = device.report(&world, sections([many(delivered)]));
        let sealed = device.sign(&report);
        let answer = world.post(&sealed).await;
        if answer.status != 200 {
            assert_eq!(answer.kind(), ProblemKind::Unavailable);
            assert!(answer.headers.contains_key("retry-after"));
            break (report, sealed);
        }
        let _ = device.seal(&report);
        delivered += 1;
        assert!(delivered < 100, "the disk never fills");
    };
    assert_eq!(world.stored(), i64::try_from(delivered).unwrap());
    assert!(world.collector.is_healthy().await);
    assert_eq!(world.faults(), []);
    world.restart();
    let receipt = world.post(&refused.1).await.receipt(&world);
    assert_eq!(receipt.seq, refused.0.seq);
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn reports_that_arrive_together_are_each_receipted() {
    let world = World::new();
    let mut devices = Vec::new();
    for _ in 0..20 {
        devices.push(world.enrol().await);
    }
    // While another process holds the database, reports queue; then one commit takes them.
    let administrator = world.database();
    administrator.execute_batch("BEGIN IMMEDIATE").unwrap();
    let sealed: Vec<_> =
        devices.iter_mut().map(|device| device.seal(&device.report(&world, sections([os()])))).collect();
    let posts: Vec<_> = sealed.iter().map(|report| world.post(report)).collect();
    let release = async {
        tokio::task::yield_now().await;
        administrator.execute_batch("COMMIT").unwrap();
    };
    let (answers, ()) = tokio::join!(join_all(posts), release);
    for (answer, report) in answers.iter().zip(&sealed) {
        assert_eq!(answer.receipt(&world).report_sha256, report.digest());
    }
    assert_eq!(world.stored(), 20);
    assert_eq!(world.faults(), []);
}

/// Polls all at once on this task.
async fn join_all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, done) in pending.iter_mut().filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(cx) {
                *done = Some(value);
            }
        }
        if pending.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let mut world = World::new();
    let mut device = world.enrol().await;
    let first = device.seal(&device.report(&world, sections([os()])));
    let receipt = world.post(&first).await;
    world.restart();
    assert_eq!(world.post(&first).await.body, receipt.body);
    device.deliver(&world, sections([os()])).await;
    assert_eq!(reverify(world.store()).await.unwrap().reports, 2);
}

#[tokio::test]
async fn tampering_is_found() {
    let world = World::new();
    let mut device = world.enrol().await;
    for version in ["1", "2", "3"] {
        device.deliver(&world, sections([(Section::Package, full(vec![package("curl", version)]))])).await;
    }
    assert_eq!(world.faults(), []);
    let statements = [
        "UPDATE report_part SET (payload, key_id) = (SELECT payload, key_id FROM report_part WHERE report_id = 1)
         WHERE report_id = 2",
        "UPDATE report SET seq = 9 WHERE id = 3",
        "UPDATE report_part SET stored_until = stored_until + 86400 WHERE report_id = 1",
        "UPDATE report SET prev = sha256 WHERE id = 2",
        "UPDATE report SET receipt = (SELECT receipt FROM report WHERE id = 1) WHERE id = 2",
        "UPDATE section SET rows = substr(rows, 2)",
        "UPDATE device_key SET key_id = 'gone'",
        "DELETE FROM report_part WHERE report_id = 1",
        "INSERT INTO report_part SELECT report_id, '0101010101010101/1d', device_id, latest_of, sha256, stored_until, came, payload, key_id, deleted_at FROM report_part WHERE report_id = 1",
    ];
    for statement in statements {
        let faults = world.faults_after(|database| database.execute_batch(statement).unwrap());
        assert!(!faults.is_empty(), "{statement}");
    }
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn a_collector_that_cannot_write_is_not_healthy() {
    let world = World::new();
    assert!(world.collector.is_healthy().await);
    let other = world.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(!world.collector.is_healthy().await, "somebody else writes for longer than a transaction takes");
    other.execute_batch("COMMIT").unwrap();
    assert!(world.collector.is_healthy().await);
}
