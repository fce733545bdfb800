//! A device that is moved to another group: what the reader keeps of it, whatever it is given afterwards.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use collector_proto::catalog::fields;
use collector_proto::contract::Version1;
use collector_proto::disclosure::request::{KeepDocuments, ShowDevice, ShowHistory, ShowStatus};
use collector_proto::disclosure::{Answer, DeviceAnswer, PolicyChange, ReaderStatus};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::policy::trust::{Documents, PlacementDocument, PlacementKind};
use collector_proto::policy::{PolicyDocument, Treatment};
use support::{Bench, Signer, now, pin, policy, rule};

/// A device of the group `staff` that is under a policy of two fields.
struct Moved {
    bench: Bench,
    signer: Signer,
}

impl Moved {
    fn new() -> Self {
        let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
        bench.trust(signer.bundle(1, "staff"));
        let moved = Self { bench, signer };
        let documents = moved.documents("staff", 5, &["name", "version"], None);
        moved.bench.show(&documents);
        assert_eq!(moved.status(documents).policy.unwrap().version, 5);
        moved
    }

    fn placement(&self, key: &SigningKey, number: u64, from: &str, group: &str) -> Envelope {
        let placement = PlacementDocument {
            v: Version1,
            kind: PlacementKind::Placement,
            collector: "collector-1".to_owned(),
            device_id: pin(self.signer.bundle(1, "staff")).device_id,
            number,
            group: group.to_owned(),
            from: from.to_owned(),
        };
        key.seal(&placement).unwrap().to_envelope()
    }

    fn documents(&self, group: &str, version: u64, over: &[&str], placement: Option<Envelope>) -> Documents {
        let field = |name: &&str| match *name {
            "name" => fields::OS_NAME,
            _ => fields::OS_VERSION,
        };
        let rules = over.iter().map(|name| rule(field(name), Treatment::Keep)).collect();
        let document = PolicyDocument { group: group.to_owned(), version, ..policy(rules) };
        let signer = Signer { group: group.to_owned(), ..Signer::new(1) };
        Documents { placement, ..signer.documents(&document, vec![], self.bench.now) }
    }

    /// Hands the documents over, as a cycle does.
    fn status(&self, documents: Documents) -> ReaderStatus {
        self.bench.ask(KeepDocuments { documents: documents.clone() });
        match self.bench.ask(ShowStatus { documents: Some(documents) }) {
            Answer::Status(status) => status,
            other => panic!("{other:?}"),
        }
    }

    fn device(&self) -> DeviceAnswer {
        match self.bench.ask(ShowDevice {}) {
            Answer::Device(device) => device,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_move_is_kept_and_stays_when_the_placement_is_left_out() {
    let moved = Moved::new();
    let placement = moved.placement(&moved.signer.key, 1, "staff", "kiosk");
    let versions =
        moved.status(moved.documents("kiosk", 2, &["name"], Some(placement.clone()))).policy.unwrap();
    assert_eq!((versions.placement, versions.version), (1, 2));
    let device = moved.device();
    assert_eq!((device.group.as_str(), device.placed.unwrap().document), ("kiosk", placement));

    let without = moved.status(moved.documents("kiosk", 2, &["name"], None));
    assert!(without.refused.is_none(), "{:?}", without.refused);
    let back = moved.status(moved.documents("staff", 5, &["name", "version"], None));
    assert_eq!(back.refused.unwrap().code, "policy_for_other_group");
    assert_eq!(moved.device().group, "kiosk");

    let Answer::History(history) = moved.bench.ask(ShowHistory {}) else { panic!("no history") };
    let last = history.events.last().unwrap();
    let PolicyChange::Came { changes, .. } = &last.event else { panic!("{last:?}") };
    assert_eq!(last.policy.unwrap().order(), (1, 2));
    assert!(changes.iter().any(|change| change.words.contains("the group `kiosk` instead of `staff`")));
}

#[test]
fn whoever_holds_the_online_keys_moves_nobody() {
    let moved = Moved::new();
    let stolen = SigningKey::from_seed(&[9; 32]).unwrap();
    let forged = moved.placement(&stolen, 1, "staff", "kiosk");
    let refused = moved.status(moved.documents("kiosk", 2, &["name"], Some(forged))).refused.unwrap();
    assert_eq!(refused.code, "placement_invalid");
    assert_eq!((moved.device().group.as_str(), moved.device().placed), ("staff", None));
}

#[test]
fn the_same_enrolment_again_does_not_undo_a_move_and_another_one_begins_anew() {
    let moved = Moved::new();
    let placement = moved.placement(&moved.signer.key, 1, "staff", "kiosk");
    let documents = moved.documents("kiosk", 2, &["name"], Some(placement));
    moved.status(documents.clone());
    moved.bench.trust(moved.signer.bundle(1, "staff"));
    assert_eq!(moved.device().group, "kiosk");

    let again = pin(moved.signer.bundle(1, "staff"));
    let other =
        collector_proto::disclosure::request::PinRoot { device_id: uuid::Uuid::from_u128(8), ..again };
    moved.bench.ask(other);
    assert_eq!((moved.device().group.as_str(), moved.device().placed), ("staff", None));
    let refused = moved.status(documents).refused.unwrap();
    assert_eq!(refused.code, "placement_invalid", "it is another device's");
    assert_eq!(now(), moved.bench.now);
}
