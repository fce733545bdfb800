//! What the reader keeps decides, whatever whoever asks it says and whatever lies in the agent's own state.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector};
use collector_proto::digest::Digest;
use collector_proto::disclosure::Answer;
use collector_proto::disclosure::request::{Disclose, Preview, ShowStatus};
use std::fs;

/// A policy as it lies in this repository, edited.
fn inventory(edit: impl FnOnce(String) -> String) -> String {
    let path = candor_tests::repository().join("packaging/policies/inventory.toml");
    edit(fs::read_to_string(path).unwrap())
}

fn refusal(answer: &Answer) -> &str {
    match answer {
        Answer::Refused(refusal) => &refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn attack_m6_nothing_is_disclosed_before_the_reader_knows_of_an_acknowledgement() {
    let collector = Collector::with_policy(&inventory(|policy| {
        policy.replace("require_acknowledgement = false", "require_acknowledgement = true")
    }));
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(3);
    let documents = agent.documents();
    let disclose = || agent.ask_reader(Disclose { documents: documents.clone(), at_once: false });
    assert_eq!(refusal(&disclose()), "not_acknowledged");

    // What the agent could write into its own state, as it kept it before.
    let status = agent.ask_reader(ShowStatus { documents: documents.clone() });
    let Answer::Status(status) = status else { panic!("{status:?}") };
    let forged = serde_json::json!({
        "v": 1, "type": "notice_acknowledgement", "policy": status.policy, "language": "en",
        "at": "2026-11-22T08:00:00Z", "notice": Digest::of(b"notice"), "consent": false,
    });
    fs::write(agent.state().join("acknowledgements.jsonl"), format!("{forged}\n")).unwrap();
    assert_eq!(refusal(&disclose()), "not_acknowledged");
    let _ = agent.cycle().exits(3);
    assert!(agent.ledger_files().is_empty());

    // People look before they acknowledge.
    let looked = agent.ask_reader(Preview { documents: documents.clone() });
    assert!(matches!(looked, Answer::Disclosure(_)), "{looked:?}");
    let _ = agent.run(&["notice", "--acknowledge"]).exits(0);
    let disclosed = disclose();
    assert!(matches!(disclosed, Answer::Disclosure(_)), "{disclosed:?}");
    let _ = agent.cycle().exits(0);
}
