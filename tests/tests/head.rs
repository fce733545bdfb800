//! The ledger and the collector's word on what it has.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, copy};
use std::fs;
use std::path::Path;

fn put_back(copied: &Path, place: &Path) {
    fs::remove_dir_all(place).unwrap();
    copy(copied, place);
}

#[test]
fn a_ledger_is_compared_with_what_the_collector_has() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let none = agent.run(&["sent", "verify", "--online"]).exits(0);
    assert!(none.out.contains("it has all that it receipted, and nothing that is not here"), "{}", none.out);
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    let offline = agent.run(&["sent", "verify", "--format", "json"]).exits(0).json();
    assert_eq!(offline["compared_with_the_collector"], false);
    assert_eq!(offline["collector"], serde_json::Value::Null);
    let online = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(0).json();
    assert_eq!(online["compared_with_the_collector"], true, "{online}");
    assert_eq!(online["collector"]["result"], "same", "{online}");
    assert_eq!(online["reports"], 2);

    // What waits to be sent is not missed, and a collector that is away is not a fault of the ledger.
    collector.kill();
    let _ = agent.cycle().exits(5);
    let away = agent.run(&["sent", "verify", "--online"]).exits(5);
    assert!(away.out.contains("Every entry verifies: 3 reports"), "{}", away.out);
    assert!(away.out.contains("What the collector has was not compared"), "{}", away.out);
    assert!(away.err.contains("the collector could not be asked what it has"), "{}", away.err);
    let away = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(5).json();
    assert_eq!(
        (&away["compared_with_the_collector"], &away["collector"]["result"]),
        (&false.into(), &"unanswered".into())
    );
    collector.serve();
    let _ = agent.run(&["sent", "verify", "--online"]).exits(0);
}

#[test]
fn attack_m12_an_older_copy_of_ledger_and_reader_is_found_out_by_the_collector() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let kept = tempfile::tempdir().unwrap();
    let _ = agent.cycle().exits(0);
    copy(&agent.state(), kept.path());
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    put_back(kept.path(), &agent.state());
    // By itself nothing is wrong with it.
    let offline = agent.run(&["sent", "verify"]).exits(0);
    assert!(offline.out.contains("the 1 that the reader was told of"), "{}", offline.out);
    let online = agent.run(&["sent", "verify", "--online"]).exits(4);
    assert!(
        online.err.contains("the collector has 2 more: it has reports up to number 3"),
        "{}",
        online.all()
    );
    assert!(online.err.contains("and this ledger holds up to 1"), "{}", online.all());
    // It goes on with other reports than before, in a stream of their own, which hides nothing.
    let inventory = candor_tests::repository().join("packaging/policies/inventory.toml");
    collector.publish(&fs::read_to_string(inventory).unwrap().replace("version = 1", "version = 2"));
    for _ in 0..3 {
        let _ = agent.cycle();
    }
    let _ = agent.run(&["sent", "verify"]).exits(0);
    let online = agent.run(&["sent", "verify", "--online"]).exits(4);
    assert!(online.err.contains("up to number 3 in stream"), "{}", online.all());
}

#[test]
fn a_collector_that_was_restored_from_an_older_copy_is_not_blamed_on_the_device() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let kept = tempfile::tempdir().unwrap();
    let _ = agent.cycle().exits(0);
    collector.kill();
    copy(&collector.data(), kept.path());
    collector.serve();
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    collector.kill();
    put_back(kept.path(), &collector.data());
    collector.serve();
    let said = agent.run(&["sent", "verify", "--online"]).exits(0);
    assert!(said.out.contains("It receipted 2 reports that it no longer has"), "{}", said.out);
    assert!(said.out.contains("Nothing is wrong with this device"), "{}", said.out);
    let said = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(0).json();
    assert_eq!(
        (&said["collector"]["result"], &said["collector"]["lost"]),
        (&"fewer".into(), &2.into()),
        "{said}"
    );
}
