//! The documents that the reader keeps, and who is told by which.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::caller::Caller;
use collector_proto::catalog::fields;
use collector_proto::disclosure::request::{Disclose, KeepDocuments, Preview, ShowDevice, ShowStatus};
use collector_proto::disclosure::{Answer, DeviceAnswer, ReaderStatus};
use collector_proto::policy::trust::Documents;
use collector_proto::policy::{PolicyDocument, Treatment};
use support::{Bench, Signer, now, policy, refusal, rule};

fn device(bench: &Bench) -> DeviceAnswer {
    match bench.ask(ShowDevice {}) {
        Answer::Device(device) => device,
        other => panic!("{other:?}"),
    }
}

fn status(bench: &Bench, documents: Option<Documents>) -> ReaderStatus {
    match bench.ask(ShowStatus { documents }) {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn kept(bench: &Bench) -> Option<serde_json::Value> {
    device(bench).documents.map(|documents| serde_json::to_value(documents).unwrap())
}

fn json(documents: &Documents) -> serde_json::Value {
    serde_json::to_value(documents).unwrap()
}

fn enrolled() -> (Bench, Signer, PolicyDocument) {
    let (bench, signer) = (Bench::on("debian-12"), Signer::new(1));
    bench.trust(signer.bundle(1, "staff"));
    (bench, signer, policy(vec![rule(fields::OS_NAME, Treatment::Keep)]))
}

#[test]
fn what_was_handed_over_is_kept_also_where_it_permits_nothing() {
    let (mut bench, signer, first) = enrolled();
    assert!(device(&bench).documents.is_none());
    assert_eq!(status(&bench, None).refused.unwrap().code, "no_policy");

    let strict = PolicyDocument { require_acknowledgement: true, ..first.clone() };
    let documents = signer.documents(&strict, vec![], now());
    assert_eq!(
        refusal(&bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true })),
        "not_acknowledged"
    );
    assert_eq!(kept(&bench), Some(json(&documents)));
    assert_eq!(status(&bench, None).refused.unwrap().code, "not_acknowledged");

    bench.now = first.expires;
    let expired = signer.documents(&strict, vec![], bench.now);
    assert!(
        matches!(bench.ask(KeepDocuments { documents: expired.clone() }), Answer::Documents(answer) if answer.kept)
    );
    assert_eq!(kept(&bench), Some(json(&expired)));
    assert_eq!(status(&bench, None).refused.unwrap().code, "policy_expired");
}

#[test]
fn whoever_took_over_what_talks_cannot_blank_what_people_see() {
    let (mut bench, signer, first) = enrolled();
    let whole = signer.documents(&first, vec![], now());
    assert!(matches!(
        bench.ask(Disclose { documents: whole.clone(), given: false, at_once: true }),
        Answer::Disclosure(_)
    ));
    bench.caller = Caller::Agent;
    bench.now = now().plus_seconds(60);
    let newer = signer.documents(&first, vec![], bench.now);
    for documents in [
        Documents::default(),
        Documents { policies: Vec::new(), ..newer.clone() },
        Documents { timestamp: None, ..newer.clone() },
        Signer::new(2).documents(&first, vec![], bench.now),
    ] {
        let _ = bench.ask(Disclose { documents: documents.clone(), given: false, at_once: false });
        assert!(matches!(bench.ask(KeepDocuments { documents }), Answer::Documents(answer) if !answer.kept));
        assert_eq!(kept(&bench), Some(json(&whole)));
    }
    bench.caller = Caller::Other;
    assert_eq!(
        status(&bench, Some(Documents::default())).policy.unwrap().version,
        1,
        "an account brings nothing"
    );
    assert!(matches!(bench.ask(Preview { documents: Some(Documents::default()) }), Answer::Disclosure(_)));
    assert_eq!(refusal(&bench.ask(KeepDocuments { documents: newer.clone() })), "no_rights");
    assert_eq!(refusal(&bench.ask(Disclose { documents: newer, given: false, at_once: false })), "no_rights");
}

#[test]
fn a_file_that_cannot_be_read_is_no_word_that_nothing_is_collected() {
    let (bench, signer, first) = enrolled();
    let documents = signer.documents(&first, vec![], now());
    bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true });
    std::fs::write(bench.state().join("documents.json"), "{\"v\":9}").unwrap();
    for answer in [bench.ask(ShowStatus { documents: None }), bench.ask(ShowDevice {})] {
        assert_eq!(refusal(&answer), "documents_unreadable");
    }
    // What the agent brings replaces it.
    assert!(matches!(
        bench.ask(Disclose { documents: documents.clone(), given: false, at_once: true }),
        Answer::Disclosure(_)
    ));
    assert_eq!(kept(&bench), Some(json(&documents)));
}
