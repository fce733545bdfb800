use super::*;
use crate::fixture::{Fixture, start};
use collector_proto::contract::Version1;
use collector_proto::messages::BundleEnrolment;
use ring::rand::SystemRandom;

fn invitation(fixture: &Fixture, token: &str) -> Invitation {
    let enrolment = BundleEnrolment {
        group: fixture.enrolment.group.clone(),
        token: token.to_owned(),
        token_expires: start(),
    };
    let (collector, root) = (fixture.enrolment.collector.clone(), fixture.enrolment.root.clone());
    Invitation { v: Version1, collector, root, enrolment }
}

fn try_begin(paths: &Paths, invitation: &Invitation) -> Result<(Uuid, Vec<u8>), EnrolError> {
    let (enrolling, key) = begin(paths, invitation, &SystemRandom::new())?;
    assert_eq!(identity::find_key(paths).unwrap().unwrap().public(), key.public());
    Ok((enrolling.device_id, std::fs::read(paths.device_key()).unwrap()))
}

#[test]
fn a_key_that_was_in_use_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    let invitation = invitation(&fixture, "another token");
    let key = std::fs::read(fixture.paths.device_key()).unwrap();
    std::fs::remove_file(fixture.paths.enrolment()).unwrap();
    // With a ledger, with and without the key; then with the key alone.
    let error = try_begin(&fixture.paths, &invitation).unwrap_err();
    assert!(error.to_string().contains("0000000001.re"), "{error}");
    assert_eq!(std::fs::read(fixture.paths.device_key()).unwrap(), key);
    std::fs::remove_file(fixture.paths.device_key()).unwrap();
    assert!(matches!(try_begin(&fixture.paths, &invitation), Err(EnrolError::Leftover(_))));
    assert!(!fixture.paths.device_key().exists());
    candor_durable::replace(&fixture.paths.device_key(), &key).unwrap();
    std::fs::remove_dir_all(fixture.paths.ledger()).unwrap();
    match try_begin(&fixture.paths, &invitation).unwrap_err() {
        EnrolError::Leftover(path) => assert_eq!(path, fixture.paths.device_key()),
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(fixture.paths.device_key()).unwrap(), key);
    assert!(!fixture.paths.enrolling().exists());
}

#[test]
fn an_enrolment_that_was_interrupted_goes_on_or_gives_way_to_another() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    for file in [fixture.paths.enrolment(), fixture.paths.device_key()] {
        std::fs::remove_file(file).unwrap();
    }
    let (first, second) = (invitation(&fixture, "first"), invitation(&fixture, "second"));
    let begun = try_begin(&fixture.paths, &first).unwrap();
    assert_eq!(try_begin(&fixture.paths, &first).unwrap(), begun);
    let other = try_begin(&fixture.paths, &second).unwrap();
    assert!(other.0 != begun.0 && other.1 != begun.1);
    // Stopped between the record and its key.
    std::fs::remove_file(fixture.paths.device_key()).unwrap();
    let again = try_begin(&fixture.paths, &second).unwrap();
    assert_ne!(again.0, other.0);
}
