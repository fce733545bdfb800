//! What is past its retention goes, and nothing else does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::cli::Cli;
use candor_collector::retention::sweep;
use candor_collector::reverify::reverify;
use candor_collector::store::StoreOptions;
use clap::Parser as _;
use collector_proto::catalog::Section;
use collector_proto::messages::{ProblemKind, SectionBody};
use support::{POLICY, SALT, World, full, os, package, part, sections};

const DAY: i64 = 86_400;
const MARKER: &str = "canary-7f3a91";

fn run(arguments: &[&str]) -> String {
    let mut out = Vec::new();
    let cli = Cli::try_parse_from([&["candor-collector"], arguments].concat()).unwrap();
    cli.run(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn content_goes_at_its_instant_and_the_receipt_stays() {
    let world = World::new();
    let mut device = world.enrol().await;
    let report = device.report(&world, sections([(Section::Package, full(vec![package(MARKER, "1")]))]));
    let sealed = device.seal(&report);
    let first = world.post(&sealed).await;
    let receipt = first.receipt(&world);
    let keys = world.value_keys();
    assert_eq!(keys.len(), 2, "of the report's bytes and of the rows that it left");
    let on_disk = || keys.iter().filter(|key| world.is_on_disk(key)).count();
    assert_eq!(on_disk(), 2);
    assert!(!world.is_on_disk(MARKER.as_bytes()), "a value lies on the disk as it is");

    let until = receipt.last_value_until().unwrap();
    world.pass(until.unix() - world.now().unix() - 1);
    let early = world.collector.sweep().await.unwrap();
    assert!(early.parts.is_empty() && early.sections.is_empty());
    assert_eq!(on_disk(), 2);

    world.pass(1);
    let swept = world.collector.sweep().await.unwrap();
    assert_eq!(swept.parts.iter().map(|part| part.report).collect::<Vec<_>>(), [1]);
    assert_eq!(swept.sections.iter().map(|s| s.section.as_str()).collect::<Vec<_>>(), ["package"]);
    assert_eq!(on_disk(), 0, "what deleted content was sealed under is still on the disk");
    let stored = world.store().report(1).await.unwrap().unwrap();
    assert_eq!((&stored.parts[0].payload, stored.summary.deleted_at), (&None, Some(world.now())));
    assert!(world.store().sections(device.id).await.unwrap().is_empty());

    assert_eq!(world.post(&sealed).await.body, first.body);
    assert_eq!(world.stored(), 1);
    let again = world.collector.sweep().await.unwrap();
    assert!(again.parts.is_empty() && again.sections.is_empty());
    let outcome = reverify(world.store()).await.unwrap();
    assert_eq!((outcome.reports, outcome.deleted, outcome.faults), (1, 1, vec![]));
}

#[tokio::test]
async fn what_is_reported_again_is_kept_on_and_a_swept_base_is_asked_for_again() {
    let world = World::new();
    let mut device = world.enrol().await;
    let curl = |version| (Section::Package, full(vec![package("curl", version)]));
    let unchanged = SectionBody::Unchanged { digest: curl("1").1.digest() };
    device.deliver(&world, sections([curl("1")])).await;
    world.pass(80 * DAY);
    device.deliver(&world, sections([(Section::Package, unchanged.clone())])).await;
    // The first report's 90 days are over; the rows were reported again since.
    world.pass(11 * DAY);
    let swept = world.collector.sweep().await.unwrap();
    assert_eq!((swept.parts.len(), swept.sections.len()), (1, 0));
    device.deliver(&world, sections([(Section::Package, unchanged.clone())])).await;

    world.pass(91 * DAY);
    assert_eq!(world.collector.sweep().await.unwrap().sections.len(), 1);
    let difference = SectionBody::Difference {
        salt: SALT,
        digest: curl("2").1.digest(),
        base: curl("1").1.digest(),
        upsert: vec![package("curl", "2")],
        remove: Vec::new(),
    };
    for body in [unchanged, difference] {
        let report = device.report(&world, sections([(Section::Package, body)]));
        let answer = world.post(&device.sign(&report)).await;
        assert_eq!((answer.status.as_u16(), answer.kind()), (409, ProblemKind::Resync));
    }
    device.deliver(&world, sections([curl("2")])).await;
    assert_eq!(world.faults(), []);
}

/// How often the tables name a device.
fn places_naming(world: &World, device: &str) -> usize {
    let database = world.database();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table'");
    assert!(tables.contains(&"device".to_owned()));
    let columns = |table: &String| {
        let names = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        names.into_iter().map(|column| (table.clone(), column)).collect::<Vec<_>>()
    };
    let naming = |(table, column): &(String, String)| -> bool {
        let sql =
            format!("SELECT count(*) FROM {table} WHERE instr(CAST({column} AS BLOB), CAST(?1 AS BLOB)) > 0");
        database.query_row(&sql, [device], |row| row.get::<_, i64>(0)).unwrap() > 0
    };
    tables.iter().flat_map(columns).filter(naming).count()
}

#[tokio::test]
async fn attack_m13_report_heads_and_device_records_end() {
    let mut world = World::new();
    // One that is still in force when the records of the first reports end.
    let lasting = POLICY.replace("version = 1\nexpires = \"2027", "version = 2\nexpires = \"2029");
    world.policy = world.publish(&lasting);
    let mut device = world.enrol().await;
    let silent = world.enrol().await;
    let first = device.report(&world, sections([os()]));
    let first = device.seal(&first);
    let receipt = world.post(&first).await.receipt(&world);
    world.pass(10 * DAY);
    device.deliver(&world, sections([os()])).await;

    // The policy keeps records for 400 days.
    world.pass(390 * DAY - 61);
    let early = world.collector.sweep().await.unwrap();
    assert!(early.heads.is_empty() && early.devices.is_empty(), "{early:?}");
    world.pass(61);
    let swept = world.collector.sweep().await.unwrap();
    assert_eq!(swept.heads.iter().map(|head| head.id).collect::<Vec<_>>(), [1]);
    assert_eq!(swept.heads[0].stored_until, receipt.received_at.plus_seconds(400 * DAY.unsigned_abs()));
    let forgotten: Vec<_> = swept.devices.iter().map(|device| device.device_id.clone()).collect();
    assert_eq!(forgotten, [silent.id.to_string()], "a device that never reported");
    assert!(world.store().report(1).await.unwrap().is_none());

    // What is forgotten is not taken a second time, because no device keeps a report for so long, and is no gap.
    let again = world.post(&first).await;
    assert_eq!((again.status.as_u16(), again.kind()), (422, ProblemKind::Invalid));
    assert_eq!(device.deliver(&world, sections([os()])).await.gap_from, None);
    assert_eq!(world.faults(), []);

    let id = device.id.to_string();
    assert!(places_naming(&world, &id) > 3);
    world.pass(400 * DAY);
    let swept = world.collector.sweep().await.unwrap();
    assert_eq!((swept.heads.len(), swept.devices.len()), (2, 1));
    assert_eq!(places_naming(&world, &id), 0);
    assert_eq!(places_naming(&world, &silent.id.to_string()), 0);
    let report = device.report(&world, sections([os()]));
    assert_eq!(world.post(&device.seal(&report)).await.kind(), ProblemKind::BadSignature);
    assert_eq!(world.faults(), []);

    let history = run(&["retention", "history", "--data", &world.dir().path().display().to_string()]);
    for line in ["device", "part", "report", "section"] {
        assert!(history.contains(line), "{history}");
    }
    assert!(!history.contains(&id), "{history}");
}

#[tokio::test]
async fn the_command_line_says_what_was_deleted() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let data = world.dir().path().display().to_string();
    assert_eq!(
        run(&["retention", "sweep", "--data", &data]),
        "Deleted: 0 part(s), 0 section(s), what remained of 0 report(s), 0 device(s)\n"
    );
    // The command reads the system's clock.
    world
        .database()
        .execute_batch(
            "UPDATE report_part SET stored_until = 60; UPDATE standing_until SET stored_until = 60",
        )
        .unwrap();
    let swept: serde_json::Value =
        serde_json::from_str(&run(&["retention", "sweep", "--data", &data, "--format", "json"])).unwrap();
    assert_eq!(swept["parts"][0]["report"], 1);
    assert_eq!(swept["sections"][0]["section"], "os");
    let shown = run(&["report", "show", "1", "--data", &data, "--purpose", "audit"]);
    assert!(shown.contains(&format!("Part {} was deleted on 20", part(30))));
    assert!(run(&["report", "list", "--data", &data]).contains("deleted on 20"));
    assert!(run(&["report", "verify", "--data", &data]).contains("All parts of 1 report(s) were deleted"));
}

#[tokio::test]
async fn content_that_vanished_before_its_time_is_tampering() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    for statement in
        ["payload = NULL", "payload = NULL, deleted_at = stored_until - 1", "deleted_at = stored_until"]
    {
        let faults = world.faults_after(|database| {
            database.execute_batch(&format!("UPDATE report_part SET {statement}")).unwrap();
        });
        assert_eq!(faults.len(), 1, "{statement}");
    }
}

#[tokio::test]
async fn one_process_at_a_time_sweeps_in_turn() {
    let mut world = World::new();
    assert!(world.collector.sweep_in_turn().await.unwrap().is_some());
    let first = world.collector.clone();
    world.restart();
    assert!(world.collector.sweep_in_turn().await.unwrap().is_none(), "the first one did");
    world.pass(3300);
    assert!(world.collector.sweep_in_turn().await.unwrap().is_some(), "anybody's turn");
    assert!(first.sweep_in_turn().await.unwrap().is_none());
}

/// The files of a store as a crash leaves them, in a folder of their own.
fn image(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(world.dir().path()).unwrap().map(Result::unwrap) {
        // What the processes shared in memory is gone.
        if entry.path().is_file() && !entry.path().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_sweep_brings_nothing_back() {
    const REPORTS: usize = 150;
    let world = World::new();
    let mut device = world.enrol().await;
    for _ in 0..REPORTS {
        device.deliver(&world, sections([os()])).await;
    }
    let keys = world.value_keys();
    world.pass(1000 * DAY);
    let swept = world.store().sweep(world.now()).await.unwrap();
    assert!(swept.more && !swept.parts.is_empty(), "the sweep has no middle");
    let left = world.value_keys();
    let overwritten: Vec<_> = keys.iter().filter(|key| !left.contains(key)).collect();
    let folder = image(&world);
    let is_on_disk = |key: &[u8]| {
        let mut files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.any(|file| std::fs::read(file).unwrap().windows(key.len()).any(|found| found == key))
    };
    assert!(overwritten.iter().any(|key| is_on_disk(key)), "the log was empty before the sweep ended");

    let database = folder.path().join(world.dir().database().file_name().unwrap());
    let store = candor_collector::store::open(&database, StoreOptions::default()).unwrap();
    for part in &swept.parts {
        assert!(store.report(part.report).await.unwrap().unwrap().parts[0].payload.is_none());
    }
    let rest = sweep(store.as_ref(), world.now()).await.unwrap();
    assert_eq!(swept.parts.len() + rest.parts.len(), REPORTS);
    assert_eq!(
        keys.iter().filter(|key| is_on_disk(key)).count(),
        0,
        "keys of deleted values are on the disk"
    );
}
