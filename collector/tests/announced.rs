//! What is announced is what happens: every value goes at the date that its policy, its receipt and `device show` say.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::http::StatusCode;
use candor_collector::cli::Cli;
use clap::Parser as _;
use collector_proto::catalog::{Section, Series};
use collector_proto::messages::{DailyReading, PartName, ProblemKind, Receipt, SectionBody};
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::{Device, POLICY, World, field, full, part, row, sections};

const DAY: i64 = 86_400;

fn run(arguments: &[&str]) -> String {
    let mut out = Vec::new();
    let cli = Cli::try_parse_from([&["candor-collector"], arguments].concat()).unwrap();
    cli.run(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A policy in which a device's name is kept for so many days, and its operating system for so many.
fn policy(name: u64, system: u64) -> String {
    let purpose = |id: &str, days: u64| {
        format!(
            "[purposes.{id}]\ndpv = \"InternalResourceOptimisation\"\nlegal_basis = \"legitimate_interest\"\ninterests_weighed = true\n\
             retention = \"{days}d\"\nrecipients = [\"it\"]\ntext = {{ en = \"Know which devices there are.\" }}\n"
        )
    };
    let rule = |field: &str, purpose: &str| {
        format!("[[collect]]\nfields = [\"{field}\"]\npurposes = [\"{purpose}\"]\ntreat = \"keep\"\n")
    };
    let head = POLICY.split("[[collect]]").next().unwrap();
    let purposes = purpose("called", name) + &purpose("runs", system);
    format!("{head}{purposes}{}{}", rule("host.name", "called"), rule("os.name", "runs"))
        .replace("version = 1\nexpires", "version = 2\nexpires")
}

fn host(name: &str) -> (Section, SectionBody) {
    (field("host.name").section(), full(vec![row(&[("host.name", name)])]))
}

fn system(name: &str) -> (Section, SectionBody) {
    (Section::Os, full(vec![row(&[("os.name", name)])]))
}

/// A world in which this policy is in force.
fn world_under(toml: &str) -> World {
    let mut world = World::new();
    world.policy = world.publish(toml);
    world.pass(8 * DAY);
    world
}

/// The date that `device show` says of each part.
fn shown(world: &World, device: &Device) -> BTreeMap<String, UtcTime> {
    let data = world.dir().path().display().to_string();
    let id = device.id.to_string();
    let out = run(&["device", "show", &id, "--data", &data, "--purpose", "audit", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&out).unwrap();
    let parts = shown["parts"].as_object().unwrap().iter();
    parts
        .map(|(name, part)| (name.clone(), serde_json::from_value(part["stored_until"].clone()).unwrap()))
        .collect()
}

/// What shows presence or place is sent once a day at most, and a place is never a history: its part says so.
#[tokio::test]
async fn what_shows_presence_or_place_is_admitted_in_parts_that_say_so() {
    let toml = policy(30, 365).replace(
        "fields = [\"host.name\"]",
        "fields = [\"host.name\", \"host.uptime\", \"x.host.timezone\"]",
    );
    let world = world_under(&toml);
    let device = world.enrol().await;
    let read = Some(DailyReading::Read(world.now().to_minute()));
    let post = async |series, daily, name: &str, value: Value| {
        let mut values = Row::new();
        values.insert(field(name), value);
        let mut report = device.report(&world, sections([]));
        report.daily = daily;
        report.insert_into(PartName { series, ..part(30) }, Section::Host, full(vec![values]));
        world.post(&device.sign(&report)).await
    };
    let (uptime, zone) = (("host.uptime", Value::Integer(5)), "x.host.timezone");
    let here = || Value::Text("Europe/Berlin".to_owned());
    for (series, name, value) in [
        (Series::Every, uptime.0, uptime.1.clone()),
        (Series::Every, zone, here()),
        (Series::Daily, zone, here()),
    ] {
        let answer = post(series, read, name, value).await;
        assert_eq!(answer.kind(), ProblemKind::OverCollection, "{name} in {series}");
    }
    let to_the_second = DailyReading::Read(world.now().to_minute().plus_seconds(1));
    for daily in [None, read.map(|read| DailyReading::Kept(read.at())), Some(to_the_second)] {
        let answer = post(Series::Daily, daily, uptime.0, uptime.1.clone()).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{daily:?}");
    }
    assert_eq!(world.stored(), 0);
    assert_eq!(post(Series::Daily, read, uptime.0, uptime.1).await.status, StatusCode::OK);
}

/// The notice said one day for the name. Receipt, report and rows said a year, because the rest was kept for one.
#[tokio::test]
async fn attack_h2_a_value_for_a_day_is_not_kept_beside_one_for_a_year() {
    let world = world_under(&policy(1, 365));
    let mut device = world.enrol().await;
    let mut beside = device.report(&world, sections([]));
    for (section, body) in [host("anna-laptop"), system("Debian GNU/Linux")] {
        beside.insert_into(part(365), section, body);
    }
    assert_eq!(world.post(&device.sign(&beside)).await.kind(), ProblemKind::OverCollection);

    let mut report = device.report(&world, sections([]));
    for (days, (section, body)) in [(1, host("anna-laptop")), (365, system("Debian GNU/Linux"))] {
        report.insert_into(part(days), section, body);
    }
    let receipt = world.post(&device.seal(&report)).await.receipt(&world);
    let date = |days| receipt.received_at.plus_seconds(days * DAY.unsigned_abs());
    let dates = [1, 365].map(|days| (part(days).retention, date(days)));
    assert_eq!(receipt.values_until, BTreeMap::from(dates));
    let by_name = [1, 365].map(|days| (part(days).to_string(), date(days)));
    assert_eq!(shown(&world, &device), BTreeMap::from(by_name));

    let keys = world.value_keys();
    assert_eq!(keys.len(), 4, "of two parts, as they came and as they stand");
    world.pass(DAY);
    let swept = world.collector.sweep().await.unwrap();
    assert_eq!((swept.parts.len(), swept.sections.len()), (1, 1));
    let left = world.value_keys();
    assert_eq!(left.len(), 2);
    for key in &keys {
        assert_eq!(
            world.is_on_disk(key),
            left.contains(key),
            "what a deleted value was sealed under is on the disk"
        );
    }
    let held = world.store().sections(device.id).await.unwrap();
    assert_eq!(held.iter().map(|held| held.section).collect::<Vec<_>>(), [Section::Os]);
    assert_eq!(world.faults(), []);
    // The head still names what is gone, and the next report is asked for it before it prolongs anything.
    let unchanged = device.unchanged(&world);
    let answer = world.post_payload(&serde_json::to_vec(&unchanged).unwrap(), &device.key).await;
    assert_eq!(answer.kind(), ProblemKind::Resync);
    assert_eq!(answer.problem().parts.into_iter().collect::<Vec<_>>(), [part(1).to_string()]);
}

/// What a device does next, and how many hours pass before it.
#[derive(Debug, Clone)]
struct Step {
    hours: i64,
    /// How many hours before the report arrives it was made: dates run from when it was received.
    waited: i64,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// Reports everything, under new names.
    Full,
    /// Reports that nothing changed.
    Unchanged,
    /// Reports everything, but sends the name's part without its bytes.
    Withheld,
    /// Only time passes.
    Nothing,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let what = prop::sample::select(vec![What::Full, What::Unchanged, What::Withheld, What::Nothing]);
    let step = (0..60_i64, 0..40_i64, what);
    prop::collection::vec(step.prop_map(|(hours, waited, what)| Step { hours, waited, what }), 4..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn each_value_goes_at_the_date_that_was_said_of_it(
        name in 1..5_u64, system_days in 1..9_u64, steps in steps()
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(dates_are_kept(name, system_days, &steps));
    }
}

async fn dates_are_kept(name: u64, system_days: u64, steps: &[Step]) {
    let world = world_under(&policy(name, system_days));
    let mut device = world.enrol().await;
    // What every receipt said of the bytes of its report's parts, and what the last one said of the rows.
    let mut said: Vec<Receipt> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        world.pass(step.hours * 3600);
        let receipt = report(&world, &mut device, (name, system_days), number, step).await;
        let now = world.now();
        for (retention, until) in receipt.iter().flat_map(|receipt| &receipt.values_until) {
            assert_eq!(*until, now.to_minute().plus_seconds(retention.seconds()));
        }
        said.extend(receipt);
        world.collector.sweep().await.unwrap();
        let mut kept = 0;
        for receipt in &said {
            let id = world.database().query_row(
                "SELECT id FROM report WHERE sha256 = ?1",
                [receipt.report_sha256.to_string()],
                |row| row.get(0),
            );
            let stored = world.store().report(id.unwrap()).await.unwrap().unwrap();
            for part in stored.parts.iter().filter(|part| part.came) {
                let until = receipt.values_until[&part.name.retention];
                assert_eq!(part.stored_until, until);
                assert_eq!(part.payload.is_some(), now < until, "{now}: {part:?}");
                kept += usize::from(part.payload.is_some());
            }
        }
        let held = world.store().sections(device.id).await.unwrap();
        for held in &held {
            let until = said.last().unwrap().values_until[&held.part.retention];
            assert_eq!(held.stored_until, until);
            assert!(now < until, "{now}: rows of {} stand beyond {until}", held.part);
            assert_eq!(shown(&world, &device)[&held.part.to_string()], until);
        }
        assert_eq!(
            world.value_keys().len(),
            kept + held.len(),
            "each value has its key, and no other value has one"
        );
        assert_eq!(world.faults(), []);
    }
}

/// Has the device report, and once more in full where the collector asks for it.
async fn report(
    world: &World,
    device: &mut Device,
    (name, system_days): (u64, u64),
    number: usize,
    step: &Step,
) -> Option<Receipt> {
    let made = UtcTime::from_unix(world.now().unix() - step.waited * 3600).to_minute();
    let mut draft = device.report(world, sections([]));
    draft.head.created = made;
    draft.insert_into(part(name), host("").0, host(&format!("laptop-{number}")).1);
    let (section, body) = system(&format!("system-{number}"));
    draft.insert_into(part(system_days), section, body);
    match step.what {
        What::Nothing => return None,
        What::Unchanged if device.seq > 0 => {
            let mut head = device.unchanged(world);
            head.created = made;
            let answer = world.post_payload(&serde_json::to_vec(&head).unwrap(), &device.key).await;
            if answer.status == 200 {
                device.take(&head);
                return Some(answer.receipt(world));
            }
            assert_eq!(answer.kind(), ProblemKind::Resync, "{}", answer.text());
        }
        What::Withheld if name != system_days => draft.withheld.push(part(name)),
        What::Unchanged | What::Withheld | What::Full => {}
    }
    Some(world.post(&device.seal(&draft)).await.receipt(world))
}
