//! Promise 1: what the permit lacks is not read, and shows up nowhere.
//!
//! Many random policies over a tree in which every field holds a unique marker.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::AccountId;
use candor_reader::treat::Viewer;
use collector_proto::catalog::{FieldId, FieldSet, Platform, Privilege, Sensitivity, SourcePlace, fields};
use collector_proto::disclosure::request::ReadDraft;
use collector_proto::disclosure::{Answer, DisclosureAnswer};
use collector_proto::policy::{Filter, Rule, Treatment};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Arc, Mutex};
use support::Bench;

type Markers = BTreeMap<FieldId, Vec<String>>;

fn markers() -> Markers {
    let text = std::fs::read(support::roots().join("canary.markers.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The tree, and in the reader's state what a person typed in.
fn handed_over() -> Bench {
    let bench = Bench::on("canary");
    let record =
        r#"{"v":1,"direction":"out","condition":"CANARY-x-custody-condition","at":"2019-04-07T05:13:41Z"}"#;
    std::fs::create_dir_all(bench.state()).unwrap();
    std::fs::write(bench.state().join("custody.json"), record).unwrap();
    bench
}

/// What is asked of one field: nothing, or one of its treatments.
fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let fields: Vec<FieldId> = FieldId::all().collect();
    // Sparse, half and nearly full policies: each finds another kind of mistake.
    let of_density = |density| {
        let choice = proptest::option::weighted(density, any::<prop::sample::Index>());
        proptest::collection::vec(choice, FieldId::all().count())
    };
    let choices = prop_oneof![of_density(0.05), of_density(0.5), of_density(0.95)];
    (choices, any::<prop::sample::Index>(), any::<bool>()).prop_map(move |(choices, filtered, excludes)| {
        let mut rules: Vec<Rule> = fields
            .iter()
            .zip(choices)
            .filter_map(|(field, choice)| {
                let treatments = support::treatments(field.field());
                let choice = choice.filter(|_| !treatments.is_empty())?;
                Some(support::rule(*field, treatments[choice.index(treatments.len())]))
            })
            .collect();
        // One rule has a filter over a field of its section that is collected too.
        if !rules.is_empty() {
            let index = filtered.index(rules.len());
            let by = rules.iter().rev().find(|rule| rule.field.section() == rules[index].field.section());
            let by = by.map(|rule| rule.field).into_iter().collect::<Vec<_>>();
            let patterns = vec!["*CANARY*".to_owned()];
            let filter = if excludes {
                Filter { include: vec![], exclude: patterns }
            } else {
                Filter { include: patterns, exclude: vec![] }
            };
            rules[index].filters.extend(by.into_iter().map(|field| (field, filter.clone())));
        }
        rules
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_marker_of_a_denied_field_appears(rules in rules()) {
        let log = Log::default();
        let (answer, touched) = log.record(|| {
            let bench = handed_over();
            let answer = bench.ask(ReadDraft { policy: support::policy(rules.clone()) });
            (answer, bench.host.touched())
        });
        let Answer::Disclosure(DisclosureAnswer { disclosure, .. }) = &answer else { panic!("refused: {answer:?}") };
        let wire = serde_json::to_string(&answer).unwrap();
        let debug = format!("{answer:?}");
        let logged = log.text();
        prop_assert!(!logged.contains("CANARY"), "the log holds a value");
        prop_assert!(!debug.contains("CANARY"), "Debug shows a value");

        let granted: FieldSet = rules.iter().map(|rule| rule.field).collect();
        let kept: FieldSet = rules.iter().filter(|r| shows(r.treat)).map(|r| r.field).collect();
        for (field, texts) in markers() {
            for text in texts {
                prop_assert!(!logged.contains(&text), "the log holds {text}");
                prop_assert!(!debug.contains(&text), "Debug shows {text}");
                prop_assert!(kept.contains(field) || !wire.contains(&text), "{text} of {field} left");
            }
        }
        prop_assert!(!wire.contains("CANARY-never"));
        for (_, row) in disclosure.sections().iter().flat_map(|(s, rows)| rows.iter().map(move |row| (s, row))) {
            for (field, _) in row.iter() {
                prop_assert!(granted.contains(field), "{field} was not asked for");
            }
        }
        assert_touches_only(&granted, &touched)?;
    }
}

/// Whether the treatment may show the whole value.
fn shows(treatment: Treatment) -> bool {
    match treatment {
        Treatment::Keep | Treatment::TruncateText { chars: u16::MAX } => true,
        Treatment::TruncateIp { v6, .. } => v6 == 128,
        Treatment::TruncateText { .. } | Treatment::Hmac(_) | Treatment::Generalise(_) => false,
    }
}

/// Every source that was touched is one of a granted field, or the directory in which one of these stands.
fn assert_touches_only(granted: &FieldSet, touched: &BTreeSet<SourcePlace>) -> Result<(), TestCaseError> {
    let allowed: Vec<SourcePlace> =
        granted.iter().flat_map(|field| field.field().source(Platform::Linux).touches).copied().collect();
    for source in touched {
        let is_directory = |other: &SourcePlace| match (source, other.path()) {
            (SourcePlace::Directory(path), Some(pattern)) => {
                pattern.strip_prefix(path).is_some_and(|rest| rest.starts_with("/*"))
            }
            _ => false,
        };
        prop_assert!(
            allowed.iter().any(|pattern| pattern == source || is_directory(pattern)),
            "{source} was touched"
        );
    }
    Ok(())
}

#[test]
fn every_field_that_a_tree_can_carry_is_read_and_has_a_marker() {
    let bench = handed_over();
    let log = Log::default();
    let answer = log.record(|| bench.ask(ReadDraft { policy: support::full_policy() }));
    assert!(
        log.text().contains("reading") && log.text().contains("x.sim.imsi"),
        "nothing is traced: {}",
        log.text()
    );
    let wire = serde_json::to_string(&answer).unwrap();
    let markers = markers();
    // Only hashed; or without a probe so far, in which case the marker waits for it.
    let silent = |field: FieldId| {
        !field.field().allows(collector_proto::catalog::TreatmentKind::Keep)
            || !candor_reader::probe::supported().contains(field)
    };
    for (field, texts) in markers.iter().filter(|(field, _)| !silent(**field)) {
        assert!(texts.iter().any(|text| wire.contains(text)), "{field} is not read");
    }
    // A tree has no system bus; what is asked there is tested on a bus (bus.rs).
    let is_of_the_bus = |field: &FieldId| {
        let touches = field.field().source(Platform::Linux).touches;
        !touches.is_empty() && touches.iter().all(|source| matches!(source, SourcePlace::Bus { .. }))
    };
    let unmarked: FieldSet = candor_reader::probe::supported()
        .iter()
        .filter(|field| !markers.contains_key(field) && !is_of_the_bus(field))
        .collect();
    let expected: FieldSet = [
        fields::AGENT_VERSION,
        fields::DEVICE_ID,
        fields::OS_TYPE,
        fields::PACKAGE_TYPE,
        fields::PACKAGE_INSTALL_SCOPE,
        fields::PACKAGE_INSTALLED,
        fields::X_NETWORK_INTERFACE_KIND,
        fields::X_BROWSER_VERSION,
        fields::X_CUSTODY_DIRECTION,
        fields::X_STORAGE_KIND,
        fields::X_FIRMWARE_KIND,
        fields::X_DISPLAY_MANUFACTURER,
        fields::X_DISPLAY_YEAR,
        fields::USER_HASH,
        fields::X_SECURITY_DISK_ENCRYPTED,
        fields::X_SECURITY_SECURE_BOOT,
        fields::X_SECURITY_FIREWALL,
        fields::X_SECURITY_TPM,
    ]
    .into_iter()
    .collect();
    assert_eq!(unmarked, expected, "give the field a marker in tests/fixtures/roots/canary");
}

#[test]
fn markers_are_unique() {
    let all: Vec<(FieldId, String)> =
        markers().into_iter().flat_map(|(f, texts)| texts.into_iter().map(move |text| (f, text))).collect();
    for (field, text) in &all {
        for (other, longer) in all.iter().filter(|(other, _)| other != field) {
            // The one overlap that is meant: an address of host.ip contains the hardware address.
            let is_meant = (*other, *field) == (fields::HOST_IP, fields::HOST_MAC);
            assert!(
                is_meant || !longer.contains(text.as_str()),
                "{text} of {field} is in {longer} of {other}"
            );
        }
    }
}

#[test]
fn nothing_is_touched_for_fields_without_a_source_of_the_machine() {
    let bench = Bench::on("canary");
    let rules = [fields::AGENT_VERSION, fields::DEVICE_ID, fields::OS_TYPE];
    let policy = support::policy(rules.map(|field| support::rule(field, Treatment::Keep)).to_vec());
    let answer = bench.ask(ReadDraft { policy });
    assert!(matches!(answer, Answer::Disclosure(_)));
    assert!(bench.host.touched().is_empty(), "{:?}", bench.host.touched());
}

/// Captures everything that is traced on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn record<T>(&self, work: impl FnOnce() -> T) -> T {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, work)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Promise 1 for whoever looks: what is about other accounts is left out, and shows up nowhere.
#[test]
fn no_marker_of_another_account_appears_and_none_of_a_person_where_everybody_may_look() {
    let of_accounts = [
        fields::USER_NAME,
        fields::USER_FULL_NAME,
        fields::X_USER_LAST_LOGIN,
        fields::X_PACKAGE_USER,
        fields::X_BROWSER_EXTENSION,
    ];
    let is_for_root = |field: FieldId| {
        let source = field.field().source(Platform::Linux);
        field.field().sensitivity == Sensitivity::High || source.privilege != Privilege::None
    };
    let stranger = Viewer::Account(AccountId::Uid(4_242_424));
    for viewer in [Viewer::Everyone, stranger.clone(), Viewer::Nobody] {
        let log = Log::default();
        let mut bench = handed_over();
        bench.viewer = viewer.clone();
        let answer = log.record(|| bench.ask(ReadDraft { policy: support::full_policy() }));
        let Answer::Disclosure(DisclosureAnswer { left_out, .. }) = &answer else {
            panic!("refused: {answer:?}")
        };
        assert_eq!(left_out.is_empty(), viewer == Viewer::Everyone, "{viewer:?}");
        let wire = serde_json::to_string(&answer).unwrap();
        assert!(!log.text().contains("CANARY") && !format!("{answer:?}").contains("CANARY"));
        let (mut hidden, mut shown) = (0, 0);
        for (field, texts) in markers() {
            let is_hidden = match &viewer {
                Viewer::Everyone => false,
                Viewer::Account(_) => of_accounts.contains(&field),
                Viewer::Nobody => of_accounts.contains(&field) || is_for_root(field),
            };
            for text in texts.iter().filter(|text| wire.contains(*text)) {
                assert!(!is_hidden, "{text} of {field} is shown to {viewer:?}");
                shown += 1;
            }
            hidden += usize::from(is_hidden);
        }
        assert!(shown > 20 && (hidden > 0) == (viewer != Viewer::Everyone), "{viewer:?}: {shown}, {hidden}");
    }
}
