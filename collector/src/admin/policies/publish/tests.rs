use super::*;
use crate::store::conformance::Place;
use crate::store::conformance::fixture::{Fixture, start};
use crate::store::{Store, StoreOptions, create, open, wait};
use collector_proto::envelope::Document as _;
use collector_proto::policy::PolicyDocument;
use serde_json::json;
use std::sync::Arc;

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
        ("", 1, json!({}), "5 devices are enrolled in the group; 0 of them would refuse the policy"),
        (
            r#""hold""#,
            2,
            json!({ "1": 3 }),
            "5 devices are enrolled in the group; 3 of them would refuse the policy; 3 run agents of contract 1, and it needs 2",
        ),
        (
            r#""hold","fold""#,
            3,
            json!({ "1": 3, "2": 1 }),
            "5 devices are enrolled in the group; 4 of them would refuse the policy; 3 run agents of contract 1, and it \
             needs 3; 1 run agents of contract 2, and it needs 3",
        ),
    ] {
        let refusing = counted(names).unwrap();
        assert_eq!(refusing.to_string(), says);
        let written = json!({ "needs_contract": needs, "devices": 5, "would_refuse": would_refuse });
        assert_eq!(serde_json::to_value(&refusing).unwrap(), written);
    }
    assert!(matches!(counted(r#""later""#), Err(PolicyError::NotUnderstood(_))));
}
