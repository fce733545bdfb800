//! Consent: who refused is for nobody to see who holds a report, and what was consented to no longer leaves once it is withdrawn.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, repository};
use collector_proto::disclosure::Answer;
use collector_proto::disclosure::request::{Disclose, Preview, ShowStatus};
use serde_json::Value;

/// `os.name` for the inventory, and the name of the device for whoever consents.
fn policy() -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    format!(
        "{head}[purposes.support]\ndpv = \"TechnicalServiceProvision\"\nlegal_basis = \"consent\"\nfree_to_refuse = true\nretention = \"30d\"\n\
         recipients = [\"it\"]\ntext = {{ en = \"Find your device when you ask for help.\" }}\n\
         [[collect]]\nfields = [\"os.name\"]\npurposes = [\"inventory\"]\n\
         [[collect]]\nfields = [\"host.name\"]\npurposes = [\"support\"]\n"
    )
}

fn consent(agent: &Agent, purposes: &str) {
    let file = agent.state().join("reader/consent.json");
    std::fs::write(file, format!(r#"{{"v":1,"purposes":[{purposes}]}}"#)).unwrap();
}

fn stored(collector: &Collector) -> Vec<Value> {
    collector.reports()
}

#[test]
fn a_report_does_not_tell_who_refused() {
    let collector = Collector::with_policy(&policy());
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    consent(&agent, "\"support\"");
    let _ = agent.cycle().exits(0);
    let reports = stored(&collector);
    assert_eq!(reports[0]["absent"]["host.name"], "unavailable");
    assert!(reports[1]["sections"]["host"]["rows"][0]["host.name"].is_string(), "{}", reports[1]);
    // The person is told, here as in the notice; what goes into a report says nothing of consents.
    consent(&agent, "");
    let documents = agent.documents();
    let Answer::Disclosure(answer) =
        agent.ask_reader(Disclose { documents: documents.clone(), given: false, at_once: true })
    else {
        panic!("nothing was disclosed")
    };
    assert!(!serde_json::to_string(&answer).unwrap().contains("consent"), "{answer:?}");
    let Answer::Disclosure(answer) = agent.ask_reader(Preview { documents: Some(documents.clone()) }) else {
        panic!("nothing was disclosed")
    };
    assert!(answer.consent.is_some());
    let Answer::Status(status) = agent.ask_reader(ShowStatus { documents: Some(documents) }) else {
        panic!("no status")
    };
    assert!(status.consent.is_some());
    let notice = agent.run(&["notice"]).exits(0).out;
    assert!(notice.contains("you have not given it"), "{notice}");
}

#[test]
fn what_waits_does_not_leave_once_consent_to_it_is_withdrawn() {
    let mut collector = Collector::with_policy(&policy());
    let agent = Agent::enrolled(&collector);
    consent(&agent, "\"support\"");
    collector.kill();
    let _ = agent.cycle().exits(5);
    assert!(agent.reports()[0]["sections"]["host"].is_object(), "it waits");
    consent(&agent, "");
    collector.serve();
    let _ = agent.cycle().exits(0);
    // The one that waited leaves without the part that holds the name; the next one has none.
    let reports = stored(&collector);
    assert_eq!((reports.len(), agent.unreceipted()), (2, 0), "{reports:?}");
    assert_eq!(reports[0]["parts"].as_object().unwrap().len(), 2, "{}", reports[0]);
    assert!(
        reports[0]["sections"]["os"].is_object() && reports[0]["sections"]["host"].is_null(),
        "{}",
        reports[0]
    );
    assert_eq!(reports[1]["absent"]["host.name"], "unavailable");
}
