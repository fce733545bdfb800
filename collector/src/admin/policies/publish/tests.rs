use super::*;
use crate::store::conformance::Place;
use crate::store::conformance::fixture::{Fixture, start};
use crate::store::{Store, StoreOptions, create, open, wait};
use collector_proto::policy::author::compile;
use collector_proto::time::Span;
use serde_json::json;
use std::sync::Arc;

const MINIMAL: &str = include_str!("../../../../../packaging/policies/minimal.toml");

fn policy(more_fields: &str, dates: &str) -> Policy {
    let now = UtcTime::parse("2026-11-22T08:00:00Z").unwrap();
    let text = MINIMAL
        .replace("\"os.name\"", &format!("\"os.name\"{more_fields}"))
        .replace("[policy]\n", &format!("[policy]\n{dates}\n"));
    compile(&text, "policy.toml", now).unwrap_or_else(|found| panic!("{found}")).policy
}

#[test]
fn what_is_wider_and_too_soon_is_named() {
    let current = policy("", "");
    let period = current.document().notice_period.seconds();
    assert!(period > 0);
    let wider = ", \"host.name\"";
    let text = Warning::too_soon(&current, &policy(wider, "")).unwrap().to_string();
    assert!(text.starts_with("WARNING: ") && text.contains("wider: rules[host.name]: added keep"), "{text}");

    let notice_from = current.document().notice_from;
    let late = |seconds| format!("effective_from = \"{}\"", notice_from.plus_seconds(seconds));
    assert!(Warning::too_soon(&current, &policy(wider, &late(period - 1))).is_some());
    assert_eq!(Warning::too_soon(&current, &policy(wider, &late(period))), None);
    assert_eq!(Warning::too_soon(&policy(wider, ""), &current), None, "narrower");
    assert_eq!(Warning::too_soon(&current, &current), None, "the same");
}

#[test]
fn a_version_cannot_shorten_the_period_that_was_promised() {
    let current = policy("", "");
    let mut document = policy(", \"host.name\"", "").document().clone();
    document.notice_period = Span::parse("1s").unwrap();
    document.effective_from = document.notice_from.plus_seconds(2);
    let text = Warning::too_soon(&current, &Policy::check(document).unwrap()).unwrap().to_string();
    assert!(text.contains("notice_period"), "{text}");
}

/// A database in a folder of its own.
struct Folder(tempfile::TempDir);

impl Place for Folder {
    fn open(&self) -> Arc<dyn Store> {
        let path = self.0.path().join("test.db");
        if path.exists() { open(&path, StoreOptions::default()) } else { create(&path) }.unwrap()
    }
}

/// A policy that requires these names, as JSON.
fn requiring(names: &str) -> Envelope {
    let payload = format!(r#"{{"v":1,"requires":[{names}]}}"#);
    Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, payload.as_bytes(), &[])
}

/// This program knows no name yet that an older one does not, so the names are the test's.
#[test]
fn devices_that_would_refuse_a_policy_are_counted_by_contract() {
    const NAMES: Names = Names(&[("hold", 2), ("fold", 3)]);
    let folder = Folder(tempfile::tempdir().unwrap());
    let enrolled = wait(async {
        let fixture = Fixture::new(&folder).await;
        for contract in [1, 1, 2, 3, 1] {
            let device = fixture.enrol().await;
            let contract = Contract::new(contract).unwrap();
            fixture.store.note_contract(device.id, contract).await.unwrap();
        }
        let revoked = fixture.enrol().await;
        fixture.store.revoke_device(revoked.id, start()).await.unwrap();
        fixture.store.contracts("default").await.unwrap()
    });
    let counted = |names: &str| Refusing::count(NAMES, &requiring(names), &enrolled);
    for (names, needs, would_refuse, says) in [
        ("", 1, json!({}), "0 of 5 enrolled devices run agents that would refuse it"),
        (
            r#""hold""#,
            2,
            json!({ "1": 3 }),
            "3 of 5 enrolled devices run agents that would refuse it; 3 of contract 1, and it needs 2",
        ),
        (
            r#""hold","fold""#,
            3,
            json!({ "1": 3, "2": 1 }),
            "4 of 5 enrolled devices run agents that would refuse it; 3 of contract 1, and it needs 3; \
             1 of contract 2, and it needs 3",
        ),
    ] {
        let refusing = counted(names).unwrap();
        assert_eq!(refusing.to_string(), says);
        let written = json!({ "needs_contract": needs, "devices": 5, "would_refuse": would_refuse });
        assert_eq!(serde_json::to_value(&refusing).unwrap(), written);
    }
    assert!(matches!(counted(r#""later""#), Err(PolicyError::NotUnderstood(_))));
}
