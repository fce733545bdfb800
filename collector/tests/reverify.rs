//! What a later look at the store finds that someone has changed.

mod support;

use collector_proto::catalog::Section;
use collector_proto::difference::SaltedRows;
use rusqlite::{Connection, params};
use support::{SALT, World, digest_of, full, hashed, os, package, part, sealed, sections};

/// What verification says after a change.
fn after(world: &World, change: impl FnOnce(&Connection)) -> Vec<(String, &'static str)> {
    let faults = world.faults_after(change);
    faults.into_iter().map(|fault| (fault.place, fault.problem)).collect()
}

#[tokio::test]
async fn a_deleted_report_is_missed_by_the_one_after_it() {
    let world = World::new();
    let mut device = world.enrol().await;
    for _ in 0..3 {
        device.deliver(&world, sections([os()])).await;
    }
    // Numbers 4 and 5 never arrive; the receipt of 6 names them.
    for _ in 0..2 {
        let _ = device.seal(&device.report(&world, sections([os()])));
    }
    device.deliver(&world, sections([os()])).await;
    assert_eq!(world.faults(), []);
    for (deleted, follower) in [(1, 2), (2, 3), (3, 4)] {
        let faults = after(&world, |database| {
            database.execute("DELETE FROM report WHERE id = ?1", [deleted]).unwrap();
        });
        assert_eq!(faults, [(format!("report {follower}"), "follows a report that is gone")]);
    }
}

#[tokio::test]
async fn rows_that_were_rewritten_with_their_digest_are_found() {
    let world = World::new();
    let mut device = world.enrol().await;
    let packages = (Section::Package, full(vec![package("curl", "1")]));
    device.deliver(&world, sections([os(), packages])).await;
    let faults = after(&world, |database| {
        let mut rows = vec![package("curl", "2")];
        let digest = digest_of(&mut rows).to_string();
        let of_package = "SELECT key_id FROM section WHERE name = 'package'";
        let key: i64 = database.query_row(of_package, [], |row| row.get(0)).unwrap();
        let rows = serde_json::to_vec(&SaltedRows { salt: SALT, rows }).unwrap();
        let rows = sealed(database, key, &rows);
        let change = "UPDATE section SET digest = ?1, rows = ?2 WHERE name = 'package'";
        database.execute(change, params![digest, rows]).unwrap();
    });
    let place = format!("device {}, part {}, section package", device.id, part(90));
    assert_eq!(faults, [(place, "has rows that are not those of the report that they came from")]);
}

#[tokio::test]
async fn what_cannot_be_opened_is_found() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let report = ("report 1".to_owned(), "has content that cannot be read");
    let rows = (format!("device {}", device.id), "has rows that cannot be read");
    for (change, found) in [
        ("UPDATE report_part SET payload = zeroblob(length(payload))", vec![report.clone()]),
        ("UPDATE section SET rows = zeroblob(length(rows))", vec![rows.clone()]),
        ("UPDATE value_key SET key = zeroblob(32)", vec![report, rows]),
    ] {
        assert_eq!(after(&world, |database| database.execute_batch(change).unwrap()), found, "{change}");
    }
}

#[tokio::test]
async fn a_replaced_policy_is_found() {
    let world = World::new();
    world.publish(&hashed(2));
    let faults = after(&world, |database| {
        let change = "UPDATE policy SET envelope = (SELECT envelope FROM policy WHERE version = 2)";
        database.execute(change, []).unwrap();
    });
    let place = "policy of `default`, version 1".to_owned();
    assert_eq!(faults, [(place, "is not what was signed and published")]);
}
