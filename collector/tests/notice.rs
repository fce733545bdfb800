//! What people are told is what happens: for each value the date in the notice is the one in the receipt, in `device show` and of
//! the deletion, over random policies and times.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::body::Body;
use axum::http::Request;
use candor_collector::cli::Cli;
use candor_collector::store::wait;
use candor_notice::locale::Words;
use candor_notice::{Audience, Confirmed, Facts, Notice, Record, Rendering, Setting};
use clap::Parser as _;
use collector_proto::catalog::{FieldId, Platform, Section, Shape};
use collector_proto::disclosure::sent::LastReceipt;
use collector_proto::disclosure::{DisclosureMessage, PartRows, Sandbox, Split};
use collector_proto::messages::{DailyReading, Documents, PartName, ProblemKind, Receipt, path};
use collector_proto::policy::trust::{AcceptedPolicy, Floor, Trust};
use collector_proto::policy::{Announcements, Ceiling, Consent, Permit, Signed};
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use support::{Device, HOST, POLICY, World, field, full, part, sections};

const DAY: i64 = 86_400;

/// What is collected, some of it: sections of one row and tables, keys and what hangs on them, and a place.
const FIELDS: &[&str] = &[
    "host.name",
    "x.host.timezone",
    "os.name",
    "os.version",
    "device.model.identifier",
    "package.type",
    "package.name",
    "package.version",
    "package.architecture",
    "x.package.vendor",
    "x.storage.name",
    "x.storage.model",
];

/// A random policy, and what its device does.
#[derive(Debug, Clone)]
struct Case {
    /// How many days each purpose keeps its values.
    purposes: [u64; 4],
    /// For what each field is collected: one bit a purpose; not at all where none is set.
    fields: Vec<u8>,
    /// How many days heads, receipts and devices are kept.
    records: u64,
    /// Whether the rows of a table cannot be told by their keys.
    twins: bool,
    /// How many seconds pass before each report, and whether anything changed by then.
    reports: Vec<(i64, bool)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let purposes = prop::array::uniform4(1..9_u64);
    let fields = prop::collection::vec(0..16_u8, FIELDS.len());
    let reports = prop::collection::vec((0..4 * DAY, any::<bool>()), 1..4);
    (purposes, fields, 10..30_u64, any::<bool>(), reports).prop_map(
        |(purposes, mut fields, records, twins, reports)| {
            // Something is always collected.
            fields[0] |= 1;
            Case { purposes, fields, records, twins, reports }
        },
    )
}

impl Case {
    fn policy(&self) -> String {
        let head = POLICY.split("[purposes.").next().unwrap();
        let head = head
            .replace("version = 1\nexpires", "version = 2\nexpires")
            .replace("max_stale =", &format!("records = \"{}d\"\nmax_stale =", self.records));
        let used = self.purposes.iter().enumerate().filter(|(number, _)| self.is_used(*number));
        let purposes = used.map(|(number, days)| {
            format!(
                "[purposes.p{number}]\ndpv = \"InternalResourceOptimisation\"\nlegal_basis = \"legitimate_interest\"\n\
                 interests_weighed = true\nretention = \"{days}d\"\nrecipients = [\"it\"]\n\
                 text = {{ en = \"Know which devices there are.\" }}\n"
            )
        });
        let rules = FIELDS.iter().zip(&self.fields).filter(|(_, bits)| **bits > 0).map(|(name, bits)| {
            let purposes = (0..4).filter(|number| bits >> number & 1 == 1);
            let purposes: Vec<String> = purposes.map(|number| format!("\"p{number}\"")).collect();
            let purposes = purposes.join(", ");
            format!("[[collect]]\nfields = [\"{name}\"]\npurposes = [{purposes}]\ntreat = \"keep\"\n")
        });
        std::iter::once(head).chain(purposes).chain(rules).collect()
    }

    fn is_used(&self, purpose: usize) -> bool {
        self.fields.iter().any(|bits| bits >> purpose & 1 == 1)
    }

    /// The rows that a device has of what is permitted, in the parts in which a reader puts them. `state` is in every value that
    /// can change.
    fn parts(&self, permit: &Permit<Signed>, state: usize) -> PartRows {
        let mut parts = PartRows::new();
        for section in Section::ALL.iter().copied() {
            let rows: Vec<Row> = (0..if section.shape() == Shape::Table { 2 } else { 1 })
                .map(|number| self.row(section, permit, state, number))
                .filter(|row| !row.is_empty())
                .collect();
            for row in &rows {
                let alike = rows.iter().filter(|other| other.key(section) == row.key(section)).count();
                let is_told = section.shape() == Shape::Single || (row.key(section).is_some() && alike == 1);
                for (part, row) in if is_told { split(section, row, permit) } else { whole(row, permit) } {
                    let rows = parts.entry(part).or_default().entry(section).or_default();
                    rows.push(row);
                    rows.sort_unstable();
                    rows.dedup();
                }
            }
        }
        parts
    }

    fn row(&self, section: Section, permit: &Permit<Signed>, state: usize, number: usize) -> Row {
        let mut row = Row::new();
        for field in FIELDS.iter().map(|name| field(name)).filter(|field| field.section() == section) {
            let is_alike = self.twins && section.shape() == Shape::Table && section.key().contains(&field);
            let text = match field.name() {
                "package.type" => "deb".to_owned(),
                "package.architecture" => "amd64".to_owned(),
                _ if is_alike => "1".to_owned(),
                _ => format!("{number}-{state}"),
            };
            if permit.allows(field) {
                row.insert(field, Value::Text(text));
            }
        }
        row
    }
}

fn part_of(permit: &Permit<Signed>, field: FieldId) -> PartName {
    let retention = permit.retention(field).unwrap();
    PartName { retention, series: permit.series(field), ..part(1) }
}

/// Each value with those that live as long, and with the keys of the row.
fn split(section: Section, row: &Row, permit: &Permit<Signed>) -> Vec<(PartName, Row)> {
    let mut rows: BTreeMap<PartName, Row> = BTreeMap::new();
    for (field, value) in row.iter() {
        rows.entry(part_of(permit, field)).or_default().insert(field, value.clone());
    }
    for (key, value) in section.key().iter().filter_map(|key| Some((*key, row.value(*key)?))) {
        for row in rows.values_mut() {
            row.insert(key, value.clone());
        }
    }
    rows.into_iter().collect()
}

/// A row that cannot be told from another one lives as long as the shortest of its values.
fn whole(row: &Row, permit: &Permit<Signed>) -> Vec<(PartName, Row)> {
    let shortest = row.iter().map(|(field, _)| part_of(permit, field)).min_by_key(|part| part.retention);
    shortest.map(|part| (part, row.clone())).into_iter().collect()
}

/// A collector under the policy, and a device that is told by a notice.
struct Told {
    world: World,
    device: Device,
    accepted: AcceptedPolicy,
    permit: Permit<Signed>,
    words: Words,
}

impl Told {
    async fn under(toml: &str) -> Self {
        let mut world = World::new();
        world.policy = world.publish(toml);
        world.pass(8 * DAY);
        let device = world.enrol().await;
        let mut request = Request::get(path::POLICY).header("host", HOST).header("candor-contract", "1");
        for (name, value) in device.signed(&world, HOST).iter() {
            request = request.header(name, value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        let documents: Documents = serde_json::from_slice(&answer.body).unwrap();
        let root = wait(world.store().current_root()).unwrap();
        let mut trust = Trust::pin(root.envelope(), "default".to_owned(), Floor::default()).unwrap();
        let accepted = trust.accept(&documents, &mut Announcements::default(), world.now()).unwrap();
        let permit =
            Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
        Self { world, device, accepted, permit, words: Words::load("en").unwrap() }
    }

    /// The notice as data, where this would be sent and that was confirmed.
    fn notice(&self, parts: &PartRows, confirmed: Option<Confirmed>) -> serde_json::Value {
        let written = serde_json::json!({ "parts": parts, "absent": {} });
        let message: DisclosureMessage = serde_json::from_value(written).unwrap();
        let (disclosure, left_out) = (message.under(&self.permit).unwrap(), BTreeSet::new());
        let facts = Facts {
            policy: self.accepted.terms(),
            permit: &self.permit,
            disclosure: &disclosure,
            left_out: &left_out,
            ceiling: &Ceiling::Unset,
            sandbox: Sandbox {
                files: true,
                calls: true,
                capabilities: true,
                landlock_abi: 7,
                split: Split::Enforced,
            },
            tenant_key: None,
            fresh_until: None,
            coming: &[],
        };
        let setting = Setting {
            words: &self.words,
            now: self.world.now(),
            audience: Audience::Unknown,
            record: Record::Kept(Vec::new()),
            confirmed,
            page_at: None,
        };
        let notice = Notice::in_force(&facts, &setting).unwrap();
        serde_json::from_str(&notice.render(Rendering::Json, &self.words).unwrap()).unwrap()
    }

    /// Reports these parts, or that nothing changed where that is so and the collector still has them.
    async fn report(&mut self, parts: &PartRows, is_changed: bool) -> Receipt {
        let Self { world, device, .. } = self;
        if !is_changed && device.seq > 0 {
            let head = device.unchanged(world);
            let answer = world.post_payload(&serde_json::to_vec(&head).unwrap(), &device.key).await;
            if answer.status == 200 {
                device.take(&head);
                return answer.receipt(world);
            }
            assert_eq!(answer.kind(), ProblemKind::Resync, "{}", answer.text());
        }
        let mut draft = device.report(world, sections([]));
        draft.daily = Some(DailyReading::Read(draft.created));
        for (part, sections) in parts {
            for (section, rows) in sections {
                draft.insert_into(*part, *section, full(rows.clone()));
            }
        }
        world.post(&device.seal(&draft)).await.receipt(world)
    }

    /// The longest date that `device show` has for a value of each field.
    fn shown(&self) -> BTreeMap<FieldId, UtcTime> {
        let (place, id) = (self.world.dir().path().display().to_string(), self.device.id.to_string());
        let show = ["candor-collector", "device", "show", &id, "--data", &place];
        let cli = Cli::try_parse_from([&show[..], &["--purpose", "audit", "--format", "json"]].concat());
        let mut out = Vec::new();
        cli.unwrap().run(&mut out).unwrap();
        let shown: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let mut dates = BTreeMap::new();
        for part in shown["parts"].as_object().unwrap().values() {
            let until = instant(&part["stored_until"]);
            let rows =
                part["sections"].as_object().unwrap().values().flat_map(|s| s["rows"].as_array().unwrap());
            for field in
                rows.flat_map(|row| row.as_object().unwrap().keys()).filter_map(|n| FieldId::parse(n))
            {
                let date = dates.entry(field).or_insert(until);
                *date = until.max(*date);
            }
        }
        dates
    }
}

fn instant(value: &serde_json::Value) -> UtcTime {
    serde_json::from_value(value.clone()).unwrap()
}

/// A date that the notice has for each field; fields without it are left out.
fn said(notice: &serde_json::Value, date: &str) -> BTreeMap<FieldId, UtcTime> {
    let sections = notice["sections"].as_array().unwrap().iter();
    let fields = sections.flat_map(|section| section["fields"].as_array().unwrap());
    fields
        .filter(|field| !field["kept"][date].is_null())
        .map(|told| (field(told["id"].as_str().unwrap()), instant(&told["kept"][date])))
        .collect()
}

/// The date that the receipt has for the part in which each field lives longest.
fn receipted(receipt: &Receipt, parts: &PartRows) -> BTreeMap<FieldId, UtcTime> {
    let mut dates = BTreeMap::new();
    for (part, sections) in parts {
        let until = receipt.values_until[&part.retention];
        for (field, _) in sections.values().flatten().flat_map(Row::iter) {
            let date = dates.entry(field).or_insert(until);
            *date = until.max(*date);
        }
    }
    dates
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn notice_receipt_device_show_and_deletion_say_the_same(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(all_say_the_same(&case));
    }
}

async fn all_say_the_same(case: &Case) {
    let mut told = Told::under(&case.policy()).await;
    let mut state = 0;
    let mut last = None;
    for (seconds, is_changed) in &case.reports {
        told.world.pass(*seconds);
        told.world.collector.sweep().await.unwrap();
        state += usize::from(*is_changed);
        let parts = case.parts(&told.permit, state);
        let notice = told.notice(&parts, None);
        let receipt = told.report(&parts, *is_changed).await;
        let dates = said(&notice, "if_sent_now");
        assert_eq!(dates, receipted(&receipt, &parts), "notice and receipt");
        assert_eq!(dates, told.shown(), "notice and `device show`");
        assert_eq!(instant(&notice["retention"]["records"]["if_sent_now"]), receipt.records_until);
        last = Some((receipt, parts));
    }
    let (receipt, parts) = last.unwrap();
    gone_on_their_dates(&told, &receipt, &parts).await;
}

/// Waits for each date in turn, without a further report.
async fn gone_on_their_dates(told: &Told, receipt: &Receipt, parts: &PartRows) {
    let last_value_until = receipt.last_value_until();
    let last = LastReceipt {
        entry: 1,
        received_at: receipt.received_at,
        values_until: receipt.values_until.clone(),
        records_until: receipt.records_until,
    };
    told.world.pass(61);
    let notice = told.notice(parts, Some(Confirmed { last, last_value_until }));
    let dates = said(&notice, "already_sent");
    assert_eq!(dates, receipted(receipt, parts), "notice and receipt, afterwards");
    for date in dates.values().copied().collect::<BTreeSet<_>>() {
        let alive =
            |at: UtcTime| dates.iter().filter(move |(_, until)| at < **until).map(|(field, _)| *field);
        for at in [date.unix() - 1, date.unix()] {
            told.world.pass(at - told.world.now().unix());
            told.world.collector.sweep().await.unwrap();
            let shown: Vec<FieldId> = told.shown().into_keys().collect();
            assert_eq!(shown, alive(told.world.now()).collect::<Vec<_>>(), "at {}", told.world.now());
        }
    }
    assert_eq!(instant(&notice["retention"]["already_sent"]["values_until"]), told.world.now());
    assert_eq!(told.world.value_keys().len(), 0, "something of a value is left");
    let records = instant(&notice["retention"]["already_sent"]["records_until"]);
    for (at, left) in [(records.unix() - 1, true), (records.unix(), false)] {
        told.world.pass(at - told.world.now().unix());
        told.world.collector.sweep().await.unwrap();
        let device = told.world.store().device(told.device.id).await.unwrap();
        assert_eq!(
            (told.world.stored() > 0, device.is_some()),
            (left, left),
            "records at {}",
            told.world.now()
        );
    }
}
