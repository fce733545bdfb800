//! A backup and what comes back from it: with the journal nothing that happened since is undone, without it nothing is trusted.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::http::StatusCode;
use candor_collector::backup::{MadeBackup, RestoreError, RestoreOptions, Restored, make, restore};
use candor_collector::store::{Progress, StoreOptions, TokenState, all, wait};
use candor_collector::{http, keys};
use collector_proto::digest::Digest;
use collector_proto::envelope::{DSSE_SIGNATURE, SigningKey};
use collector_proto::messages::{ProblemKind, Receipt, header, media};
use collector_proto::time::UtcTime;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{Answer, Device, POLICY, World, os, package, sections};

const DAY: i64 = 86_400;

/// A collector with a journal beside it.
fn with_journal() -> (World, PathBuf) {
    let mut world = World::new();
    let journal = world.folder.path().join("elsewhere.journal");
    let config = world.dir().config();
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[journal]\npath = \"{}\"\n", journal.display())).unwrap();
    world.restart();
    (world, journal)
}

fn backup_of(world: &World, name: &str) -> (PathBuf, MadeBackup) {
    let file = world.folder.path().join(name);
    let made = wait(make(&world.dir(), world.store(), &file, |_| Ok(Box::new(|_| Ok(()))), world.now()));
    (file, made.unwrap())
}

fn options(world: &World, from: &Path, name: &str) -> RestoreOptions {
    RestoreOptions {
        from: from.to_owned(),
        data: world.folder.path().join(name),
        journal: None,
        without_journal: false,
        accept_loss: false,
    }
}

/// The world with the restored collector in the place of the one before.
fn go_on(mut world: World, restored: &Restored) -> World {
    world.directory.clone_from(&restored.directory);
    world.collector = support::open(&world.dir(), &world.clock, &world.random, StoreOptions::default());
    world.app = http::router(Arc::clone(&world.collector));
    world
}

async fn enrolment(world: &World, device: &Device, token: &str) -> Answer {
    let request = device.enrolment(world, token, &world.challenge().await.nonce);
    world.post_enrolment(&device.key.seal(&request).unwrap().to_envelope().to_json(), token).await
}

fn state_of(world: &World, token: &str) -> TokenState {
    let digest = Digest::of(token.as_bytes()).to_string();
    let tokens = wait(all(|page| world.store().tokens(page, world.now()))).unwrap();
    tokens.into_iter().find(|known| known.sha256 == digest).unwrap().state
}

#[tokio::test]
async fn nothing_that_the_journal_says_is_undone() {
    let (world, _) = with_journal();
    let (mut reporting, mut revoked) = (world.enrol().await, world.enrol().await);
    reporting.deliver(&world, sections([os()])).await;
    revoked.deliver(&world, sections([os()])).await;
    let (used, withdrawn, open) = (world.token(), world.token(), world.token());
    let (file, made) = backup_of(&world, "first");
    assert!(made.is_continued);
    assert_eq!(made.delete_by, world.now().plus_seconds(14 * 86_400));

    world.pass(60);
    world.store().revoke_device(revoked.id, world.now()).await.unwrap();
    let mut newcomer = Device::new(&world);
    assert_eq!(enrolment(&world, &newcomer, &used).await.status, StatusCode::OK);
    let late = world.enrol().await;
    let digits = Digest::of(withdrawn.as_bytes()).hex();
    assert_eq!(world.store().revoke_token(&digits, world.now()).await.unwrap(), 1);
    // The policy comes after the root, and is verified by it.
    world.publish_root(|root| root.expires = root.expires.plus_seconds(86_400));
    world.pass(60);
    let second = world.publish(&POLICY.replace("version = 1\nexpires", "version = 2\nexpires"));

    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    assert_eq!((restored.without_journal, restored.held, restored.generation), (None, false, 1));
    let done = &restored.recovered;
    assert_eq!((done.devices_enrolled, done.devices_revoked), (2, 1));
    assert_eq!((done.tokens_revoked, done.policies_published, done.tokens_distrusted), (1, 1, 0));
    assert_eq!((done.roots_published, &restored.missing_key), (1, &None));

    // The collector that it is a backup of confirms nothing any more that would have to be known.
    let refused = enrolment(&world, &Device::new(&world), &open).await;
    assert_eq!(refused.kind(), ProblemKind::Unavailable);

    let world = go_on(world, &restored);
    assert_eq!(wait(world.store().current_policy("default")).unwrap().unwrap().reference, second);
    let roots = wait(world.store().published_roots()).unwrap();
    let published = roots.last().map(|last| (last.root.reference().version, last.published_at.unix()));
    assert_eq!(published, Some((2, world.now().unix() - 60)), "when it was published");
    let report = revoked.report(&world, sections([os()]));
    let report = revoked.seal(&report);
    assert_eq!(world.post(&report).await.kind(), ProblemKind::Revoked);
    assert_eq!(state_of(&world, &used), TokenState::Used);
    assert_eq!(state_of(&world, &withdrawn), TokenState::Revoked);
    assert_eq!(state_of(&world, &open), TokenState::Open);
    let stranger = enrolment(&world, &Device::new(&world), &used).await;
    assert_eq!(stranger.kind(), ProblemKind::EnrolmentRefused);
    // Whoever used it gets the same record again.
    assert_eq!(enrolment(&world, &newcomer, &used).await.status, StatusCode::OK);
    assert!(wait(world.store().device(late.id)).unwrap().is_some());
    let _ = &mut newcomer;
    assert_eq!(world.events()[0], "restored");
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn without_the_journal_tokens_are_not_trusted_and_nothing_is_served() {
    let world = World::new();
    let mut device = world.enrol().await;
    let open = world.token();
    let (file, made) = backup_of(&world, "first");
    assert!(!made.is_continued);
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    assert!(restored.held && restored.without_journal.is_some());
    assert_eq!(restored.recovered.tokens_distrusted, 1);
    let world = go_on(world, &restored);
    assert_eq!(state_of(&world, &open), TokenState::Revoked);
    let report = device.report(&world, sections([os()]));
    let report = device.seal(&report);
    for _ in 0..2 {
        let refused = world.post(&report).await;
        assert_eq!(refused.kind(), ProblemKind::Unavailable);
        assert!(refused.text().contains("has not accepted yet"), "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
    }
    assert!(wait(world.store().accept_loss(world.now())).unwrap());
    assert!(!wait(world.store().accept_loss(world.now())).unwrap());
    assert_ne!(world.post(&report).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.events(), ["restored", "loss_accepted"]);
}

#[tokio::test]
async fn a_journal_that_was_not_always_set_does_not_count() {
    let (mut world, _) = with_journal();
    let (file, _) = backup_of(&world, "first");
    let config = world.dir().config();
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.split("[journal]").next().unwrap()).unwrap();
    world.restart();
    world.enrol().await;
    std::fs::write(&config, &text).unwrap();
    world.restart();
    world.enrol().await;
    // A backup from after that is continued.
    let (continued, _) = backup_of(&world, "second-file");
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    assert!(restored.held, "{restored:?}");
    assert!(!restore(&options(&world, &continued, "third"), world.now()).unwrap().held);
}

#[tokio::test]
async fn a_value_is_gone_from_every_backup_on_its_day() {
    let (world, _) = with_journal();
    let mut device = world.enrol().await;
    let marker = (collector_proto::catalog::Section::Package, support::full(vec![package("marker", "1")]));
    device.deliver(&world, sections([os(), marker])).await;
    let keys = world.value_keys();
    assert!(!keys.is_empty());
    let holds =
        |file: &Path, key: &[u8]| std::fs::read(file).unwrap().windows(key.len()).any(|found| found == key);
    let until: i64 = world
        .database()
        .query_row("SELECT max(stored_until) FROM report_part", [], |row| row.get(0))
        .unwrap();
    // Long before its day a value is in a backup; what stands never is.
    let (early, _) = backup_of(&world, "early");
    let kept = isize::try_from(keys.iter().filter(|key| holds(&early, key)).count()).unwrap();
    let parts: isize = world
        .database()
        .query_row("SELECT count(*) FROM report_part WHERE payload IS NOT NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, parts);
    // Within the span for which a backup is kept it is not.
    world.clock.store(until - 14 * DAY, std::sync::atomic::Ordering::SeqCst);
    let (last, made) = backup_of(&world, "last");
    assert_eq!(made.delete_by.unix(), until);
    assert_eq!(keys.iter().filter(|key| holds(&last, key)).count(), 0);
    // And where it is, the file may be used no more by then.
    let refused = restore(&options(&world, &early, "other"), world.now());
    assert!(matches!(refused, Err(RestoreError::TooOld(_))), "{refused:?}");
    // The copy says so, and the collector itself has lost nothing.
    assert_eq!(world.value_keys(), keys);
    let restored = restore(&options(&world, &last, "second"), world.now()).unwrap();
    let world = go_on(world, &restored);
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn a_copy_with_more_than_one_step_deletes_is_swept_to_its_end() {
    let (world, _) = with_journal();
    world.enrol().await.deliver(&world, sections([os()])).await;
    // More parts than any step deletes, whose day comes while the backup may be kept.
    world
        .database()
        .execute_batch(
            "WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 3000)
             INSERT INTO report_part (report_id, part, device_id, latest_of, sha256, stored_until, came, payload, key_id)
             SELECT report_id, part || n, device_id, NULL, sha256, stored_until, came, payload, key_id
             FROM copy, (SELECT * FROM report_part WHERE payload IS NOT NULL AND latest_of IS NULL LIMIT 1);",
        )
        .unwrap();
    let count = |world: &World, what: &str| -> i64 {
        let query = format!("SELECT count(*) FROM report_part WHERE {what}");
        world.database().query_row(&query, [], |row| row.get(0)).unwrap()
    };
    let until: i64 = world
        .database()
        .query_row("SELECT max(stored_until) FROM report_part", [], |row| row.get(0))
        .unwrap();
    world.clock.store(until - 14 * DAY, std::sync::atomic::Ordering::SeqCst);
    let (file, _) = backup_of(&world, "file");
    assert!(count(&world, "payload IS NOT NULL") > 3000);
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    assert_eq!(restored.parts_deleted, 0, "it was left to the restore");
    let world = go_on(world, &restored);
    assert_eq!(count(&world, "payload IS NOT NULL"), 0);
    assert_eq!(count(&world, "deleted_at IS NOT NULL OR came = 1"), 0, "nobody deleted them where they are");
}

#[tokio::test]
async fn what_is_damaged_is_not_restored() {
    let (world, _) = with_journal();
    world.enrol().await.deliver(&world, sections([os()])).await;
    let (file, _) = backup_of(&world, "first");
    let bytes = std::fs::read(&file).unwrap();
    let damaged = world.folder.path().join("damaged");
    let length = bytes.len();
    for at in [100, length / 2, length - 2000, length - 600, length - 20, length - 5] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&damaged, &changed).unwrap();
        let target = format!("from-{at}");
        assert!(restore(&options(&world, &damaged, &target), world.now()).is_err(), "at {at} of {length}");
        // No collector is there that somebody could start.
        assert!(!world.folder.path().join(target).join("collector.toml").exists());
    }
    std::fs::write(&damaged, &bytes[..length - 100]).unwrap();
    assert!(restore(&options(&world, &damaged, "cut"), world.now()).is_err());
    let restored = restore(&options(&world, &file, "whole"), world.now()).unwrap();
    let again = restore(&options(&world, &file, "whole"), world.now());
    assert!(matches!(again, Err(RestoreError::NotEmpty(_))), "{again:?}");
    assert!(!restored.held);
}

#[tokio::test]
async fn what_is_interrupted_leaves_nothing() {
    let world = World::new();
    world.enrol().await.deliver(&world, sections([os()])).await;
    let file = world.folder.path().join("first");
    let before = std::fs::read_dir(world.folder.path()).unwrap().count();
    // A small database is one piece, after which nobody is asked; so let it grow.
    let database = world.database();
    database
        .execute_batch("CREATE TABLE filler (x BLOB); INSERT INTO filler VALUES (zeroblob(4000000));")
        .unwrap();
    let stopping = |progress: Progress| if progress.done > 0 { Err("stopped".into()) } else { Ok(()) };
    let dir = world.dir();
    let made = make(&dir, world.store(), &file, |_| Ok(Box::new(stopping)), world.now());
    assert!(wait(made).is_err());
    assert_eq!(std::fs::read_dir(world.folder.path()).unwrap().count(), before);
}

/// Posts a report with headers beside those of every report.
async fn post_with(world: &World, report: &support::Signed, header: &str, value: &str) -> Answer {
    let signature = report.signature().to_string();
    let headers = [
        ("content-type", media::REPORT),
        ("content-encoding", "zstd"),
        (DSSE_SIGNATURE, signature.as_str()),
        (header, value),
    ];
    world.post_raw(&headers, zstd::stream::encode_all(report.body().as_slice(), 3).unwrap()).await
}

#[tokio::test]
async fn a_report_that_was_lost_comes_back_with_the_receipt_and_the_dates_that_it_had() {
    let (world, _) = with_journal();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let (file, _) = backup_of(&world, "first");
    world.pass(3600);
    let draft = device.report(&world, sections([os()]));
    let lost = device.seal(&draft);
    let answer = world.post(&lost).await;
    let (receipt, promised) = (answer.text(), answer.receipt(&world));
    let mut other = world.enrol().await;
    let draft = other.report(&world, sections([os()]));
    let foreign = world.post(&other.seal(&draft)).await.text();

    world.pass(3 * DAY);
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    let world = go_on(world, &restored);
    let draft = device.report(&world, sections([os()]));
    let next = device.seal(&draft);
    let asked = world.post(&next).await;
    assert_eq!(asked.kind(), ProblemKind::SendAgain);
    assert_eq!(asked.problem().generation, Some(1));
    // Neither another's receipt nor none will do, nor does a generation that was not asked for.
    let refused = post_with(&world, &lost, header::RECEIPT, &foreign).await;
    assert_eq!(refused.kind(), ProblemKind::Malformed);
    assert_eq!(world.post(&lost).await.kind(), ProblemKind::SendAgain);
    assert_eq!(post_with(&world, &next, header::GENERATION, "2").await.kind(), ProblemKind::SendAgain);
    for _ in 0..2 {
        let again = post_with(&world, &lost, header::RECEIPT, &receipt).await;
        assert_eq!(again.text(), receipt, "another receipt");
    }
    let dates: Vec<i64> = {
        let database = world.database();
        let mut query = database
            .prepare(
                "SELECT stored_until FROM report_part JOIN report ON report.id = report_id WHERE seq = 2",
            )
            .unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let promised: Vec<i64> = promised.values_until.values().map(|until| until.unix()).collect();
    assert!(!dates.is_empty() && dates.iter().all(|date| promised.contains(date)), "{dates:?} {promised:?}");
    // It does not stand: that is for the next report to say, which is asked for in full where it is not.
    assert_eq!(wait(world.store().sections(device.id)).unwrap(), []);
    let taken = post_with(&world, &next, header::GENERATION, "1").await;
    assert_eq!(taken.receipt(&world).gap_from, None);
    device.deliver(&world, sections([os()])).await;
    assert_eq!(world.faults(), []);
    // The other device is asked for its own.
    let draft = other.report(&world, sections([os()]));
    assert_eq!(world.post(&other.seal(&draft)).await.kind(), ProblemKind::SendAgain);
}

/// A receipt of this report as it was changed, signed with a key of the collector's.
fn forged(receipt: &Receipt, key: &SigningKey, change: impl FnOnce(&mut Receipt)) -> String {
    let mut receipt = receipt.clone();
    change(&mut receipt);
    String::from_utf8(key.seal(&receipt).unwrap().to_envelope().to_json()).unwrap()
}

#[tokio::test]
async fn a_stolen_receipt_key_dates_no_report_as_it_likes() {
    let (world, _) = with_journal();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let (early, stolen) = (world.now(), keys::read(&world.dir().online_key("receipt")).unwrap());
    // Sealed now and delivered later: what the device did not send in time.
    let draft = device.report(&world, sections([os()]));
    let kept_back = device.sign(&draft);
    world.pass(DAY);
    let (file, _) = backup_of(&world, "first");
    world.pass(3600);
    let draft = device.report(&world, sections([os()]));
    let lost = device.seal(&draft);
    let answer = world.post(&lost).await;
    let (receipt, genuine) = (answer.receipt(&world), answer.text());
    world.pass(3600);
    // A root that follows another's publication is restored with its instant.
    let _ = world.replace_receipt_key();
    let revoked_at = world.now();
    world.pass(DAY);
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    assert_eq!(restored.recovered.roots_published, 1);
    assert!(restored.missing_key.as_ref().unwrap().contains("--rotate receipt"), "{restored:?}");
    let new_key = std::fs::read(world.dir().online_key("receipt-2")).unwrap();
    let world = go_on(world, &restored);
    candor_durable::replace(&world.dir().online_key("receipt-2"), &new_key).unwrap();
    assert_eq!(world.root().version, 2);

    let about = |report: &support::Signed, received: UtcTime| {
        let kept = receipt.records_until.seconds_since(receipt.received_at).unsigned_abs();
        let mut about = receipt.clone();
        (about.report_sha256, about.received_at) = (report.digest(), received);
        about.records_until = received.plus_seconds(kept);
        about.values_until.clear();
        about
    };
    // Before the backup, after the key was revoked, and until a date that nobody promised.
    for (report, received, why) in [
        (&kept_back, early, "before the backup"),
        (&lost, revoked_at.plus_seconds(301), "after the key was revoked"),
    ] {
        let answer =
            post_with(&world, report, header::RECEIPT, &forged(&about(report, received), &stolen, |_| {}))
                .await;
        assert_eq!(answer.kind(), ProblemKind::Malformed, "{why}: {}", answer.text());
    }
    let for_ever = forged(&receipt, &stolen, |receipt| {
        receipt.records_until = receipt.records_until.plus_seconds(1);
    });
    let answer = post_with(&world, &lost, header::RECEIPT, &for_ever).await;
    assert_eq!(answer.kind(), ProblemKind::Malformed, "{}", answer.text());
    let drafted_then = |device: &Device| {
        let now = world.clock.swap(receipt.received_at.unix(), std::sync::atomic::Ordering::SeqCst);
        let draft = device.report(&world, sections([os()]));
        world.clock.store(now, std::sync::atomic::Ordering::SeqCst);
        draft
    };
    // A device that joined later cannot have reported by then.
    let mut late = world.enrol().await;
    let draft = drafted_then(&late);
    let other = late.seal(&draft);
    let by_another = forged(&about(&other, receipt.received_at), &stolen, |receipt| {
        (receipt.device_id, receipt.stream, receipt.seq) = (late.id, late.stream.clone(), late.seq);
    });
    assert_eq!(post_with(&world, &other, header::RECEIPT, &by_another).await.kind(), ProblemKind::Malformed);

    // What the stolen key signed while it was in force is good for ever, and comes back once.
    assert_eq!(post_with(&world, &lost, header::RECEIPT, &genuine).await.text(), genuine);
    let draft = device.report(&world, sections([os()]));
    let next = device.seal(&draft);
    assert_eq!(post_with(&world, &next, header::GENERATION, "1").await.status, StatusCode::OK);
    let draft = drafted_then(&device);
    let after = device.seal(&draft);
    let same_time = forged(&about(&after, receipt.received_at), &stolen, |receipt| receipt.seq = device.seq);
    let answer = post_with(&world, &after, header::RECEIPT, &same_time).await;
    assert_eq!(answer.kind(), ProblemKind::Malformed, "{}", answer.text());
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn a_report_that_comes_back_after_its_date_brings_no_value() {
    let (world, _) = with_journal();
    let mut device = world.enrol().await;
    let (file, _) = backup_of(&world, "first");
    let draft = device.report(&world, sections([os()]));
    let lost = device.seal(&draft);
    let answer = world.post(&lost).await;
    let restored = restore(&options(&world, &file, "second"), world.now()).unwrap();
    let world = go_on(world, &restored);
    let until = answer.receipt(&world).last_value_until().unwrap();
    world.clock.store(until.unix(), std::sync::atomic::Ordering::SeqCst);
    let again = post_with(&world, &lost, header::RECEIPT, &answer.text()).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text());
    assert_eq!(world.value_keys(), [] as [Vec<u8>; 0]);
    assert_eq!(world.faults(), []);
}
