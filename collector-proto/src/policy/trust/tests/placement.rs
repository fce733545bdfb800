//! Moves to another group: what a collector can do with signed placements, and what it cannot.

use super::*;
use crate::catalog::{FieldId, Sensitivity};
use crate::envelope::KeyId;
use crate::limits::MAX_INTEGER;
use crate::policy::Policy;
use uuid::Uuid;

const NAME: FieldId = fields::OS_NAME;
const VERSION: FieldId = fields::OS_VERSION;

fn id() -> Uuid {
    Uuid::from_u128(7)
}

fn day(days: u64) -> UtcTime {
    now().plus_seconds(days * DAY)
}

fn placement(number: u64, from: &str, group: &str) -> PlacementDocument {
    PlacementDocument {
        v: Version1,
        kind: PlacementKind::Placement,
        collector: "collector.example".to_owned(),
        device_id: id(),
        number,
        group: group.to_owned(),
        from: from.to_owned(),
    }
}

/// A version of a group's policy over these fields.
fn of_group(group: &str, version: u64, over: &[FieldId]) -> PolicyDocument {
    PolicyDocument {
        group: group.to_owned(),
        version,
        effective_from: policy(version).effective_from,
        notice_from: policy(version).notice_from,
        ..document(over)
    }
}

/// A device of the group `default`, under its version 7 over name and version of the system.
fn device_under(root: &RootDocument) -> Device {
    let place = Place::of_enrolment(id(), "default".to_owned());
    let trust = Trust::pin(&sign(root, KEYS.root.0), place, Floor::default()).unwrap();
    let mut device = Device { trust, documents: Documents::default(), announced: Announcements::default() };
    give(&mut device, &of_group("default", 7, &[NAME, VERSION]), None, now());
    device.verdict(now()).in_force().unwrap();
    device
}

fn device() -> Device {
    device_under(&root(1, &KEYS))
}

/// The collector gives a group's policy, and a placement with it.
fn give(device: &mut Device, policy: &PolicyDocument, placement: Option<Envelope>, at: UtcTime) {
    let envelope = sign(policy, &[2]);
    let named = reference(&envelope, policy.version);
    device.documents.policies = vec![envelope];
    device.documents.placement = placement;
    device.timestamp(at, |timestamp| {
        timestamp.policies = [(policy.group.clone(), named.into())].into();
    });
}

fn moved(number: u64, from: &str, group: &str) -> Envelope {
    sign(&placement(number, from, group), &[2])
}

/// What may be collected.
fn fields_at(device: &mut Device, at: UtcTime) -> Vec<FieldId> {
    device.accept(at).unwrap();
    device.announced.in_force(at).terms().map(|terms| terms.fields().iter().collect()).unwrap_or_default()
}

fn refused(device: &mut Device, at: UtcTime) -> &'static str {
    let before = device.trust.place().clone();
    let code = device.accept(at).unwrap_err().code();
    assert_eq!(*device.trust.place(), before, "a refusal moves nobody");
    code
}

#[test]
fn a_narrower_group_holds_at_once() {
    let mut device = device();
    give(&mut device, &of_group("kiosk", 2, &[NAME]), Some(moved(1, "default", "kiosk")), day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
    assert_eq!(device.trust.group(), "kiosk");
    let versions = device.announced.in_force(day(1)).versions().unwrap();
    assert_eq!((versions.placement, versions.version, versions.coming.len()), (1, 2, 0));
}

#[test]
fn a_wider_group_waits_for_the_notice_and_both_hold_until_then() {
    let mut device = device();
    let wider = of_group("lab", 1, &[NAME, fields::HOST_NAME]);
    give(&mut device, &wider, Some(moved(1, "default", "lab")), day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
    let newest = device.announced.newest().unwrap().reference();
    assert_eq!(newest.order(), (1, 1), "a lower version of another group comes after");
    device.announced.show(newest, day(1));
    let just_before = UtcTime::from_unix(day(8).unix() - 1);
    for at in [day(2), just_before] {
        give(&mut device, &wider, Some(moved(1, "default", "lab")), at);
        assert_eq!(fields_at(&mut device, at), [NAME]);
    }
    give(&mut device, &wider, Some(moved(1, "default", "lab")), day(8));
    assert_eq!(fields_at(&mut device, day(8)), [fields::HOST_NAME, NAME]);
}

#[test]
fn a_move_back_before_it_took_effect_is_announced_like_any_other() {
    let mut device = device();
    give(&mut device, &of_group("kiosk", 2, &[]), Some(moved(1, "default", "kiosk")), day(1));
    assert_eq!(fields_at(&mut device, day(1)), []);
    let own = of_group("default", 7, &[NAME, VERSION]);
    give(&mut device, &own, Some(moved(2, "kiosk", "default")), day(2));
    assert_eq!(fields_at(&mut device, day(2)), []);
    let newest = device.announced.newest().unwrap().reference();
    assert_eq!(newest.order(), (2, 7));
    device.announced.show(newest, day(2));
    give(&mut device, &own, Some(moved(2, "kiosk", "default")), day(9));
    assert_eq!(fields_at(&mut device, day(9)), [NAME, VERSION]);
}

#[test]
fn nobody_but_who_signs_policies_moves_a_device() {
    let kiosk = of_group("kiosk", 2, &[NAME]);
    let good = placement(1, "default", "kiosk");
    let other = PlacementDocument { device_id: Uuid::from_u128(8), ..good.clone() };
    let foreign = PlacementDocument { collector: "other.example".to_owned(), ..good.clone() };
    let nowhere = PlacementDocument { group: String::new(), ..good.clone() };
    let enrolment = PlacementDocument { number: 0, ..good.clone() };
    let huge = PlacementDocument { number: MAX_INTEGER.unsigned_abs() + 1, ..good.clone() };
    let elsewhere = PlacementDocument { from: "lab".to_owned(), ..good.clone() };
    for (document, seeds) in [
        (&good, &[] as &[u8]),
        (&good, &[1]),
        (&good, &[3]),
        (&good, &[4]),
        (&other, &[2]),
        (&foreign, &[2]),
        (&nowhere, &[2]),
        (&enrolment, &[2]),
        (&huge, &[2]),
        (&elsewhere, &[2]),
    ] {
        let mut device = device();
        give(&mut device, &kiosk, Some(sign(document, seeds)), day(1));
        assert_eq!(refused(&mut device, day(1)), "placement_invalid", "{document:?} {seeds:?}");
    }
    let mut device = device();
    give(&mut device, &kiosk, None, day(1));
    assert_eq!(refused(&mut device, day(1)), "policy_for_other_group", "a timestamp alone moves nobody");
    give(&mut device, &kiosk, Some(sign(&good, &[2])), day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
}

#[test]
fn a_placement_does_not_come_again_and_no_number_has_two() {
    let mut device = device();
    give(&mut device, &of_group("kiosk", 2, &[NAME]), Some(moved(1, "default", "kiosk")), day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
    let own = of_group("default", 7, &[NAME, VERSION]);
    give(&mut device, &own, Some(moved(1, "kiosk", "default")), day(1));
    assert_eq!(refused(&mut device, day(1)), "placement_equivocation");
    give(&mut device, &own, Some(moved(2, "kiosk", "default")), day(2));
    device.accept(day(2)).unwrap();
    give(&mut device, &of_group("kiosk", 2, &[NAME]), Some(moved(1, "default", "kiosk")), day(3));
    assert_eq!(refused(&mut device, day(3)), "placement_rolled_back");
    // Left out, it takes nothing back.
    give(&mut device, &of_group("kiosk", 2, &[NAME]), None, day(3));
    assert_eq!(refused(&mut device, day(3)), "policy_for_other_group");
    give(&mut device, &own, None, day(3));
    device.accept(day(3)).unwrap();
    assert_eq!(device.trust.place().number(), 2);
}

#[test]
fn each_group_has_a_floor_of_its_own_that_lasts() {
    let mut device = device();
    give(&mut device, &of_group("kiosk", 2, &[NAME]), Some(moved(1, "default", "kiosk")), day(1));
    device.accept(day(1)).unwrap();
    give(&mut device, &of_group("default", 6, &[NAME]), Some(moved(2, "kiosk", "default")), day(2));
    assert_eq!(refused(&mut device, day(2)), "policy_rolled_back");
    give(&mut device, &of_group("default", 7, &[NAME]), Some(moved(2, "kiosk", "default")), day(2));
    assert_eq!(refused(&mut device, day(2)), "policy_equivocation");
}

#[test]
fn a_device_that_missed_a_placement_takes_the_newest() {
    let mut device = device();
    give(&mut device, &of_group("lab", 1, &[NAME]), Some(moved(2, "kiosk", "lab")), day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
    assert_eq!(device.trust.group(), "lab");
}

#[test]
fn a_device_stays_where_it_is_until_the_other_groups_policy_is_there() {
    let mut device = device();
    give(&mut device, &of_group("default", 7, &[NAME, VERSION]), Some(moved(1, "default", "kiosk")), day(1));
    assert_eq!(refused(&mut device, day(1)), "policy_for_other_group");
    give(&mut device, &of_group("default", 7, &[NAME, VERSION]), None, day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME, VERSION]);
}

#[test]
fn the_floor_of_placements_is_forgotten_with_the_policy_keys_alone() {
    for (keys, recovers) in [
        (Keys { timestamp: &[13], ..KEYS }, false),
        (Keys { root: (&[11], 1), ..KEYS }, false),
        (Keys { policy: (&[12], 1), ..KEYS }, true),
    ] {
        let mut device = device();
        let (highest, signer) = (MAX_INTEGER.unsigned_abs(), keys.policy.0);
        give(
            &mut device,
            &of_group("lab", 9, &[NAME, VERSION]),
            Some(moved(highest, "default", "lab")),
            day(1),
        );
        device.accept(day(1)).unwrap();
        let next = root(2, &keys);
        device.documents.roots = vec![sign(&next, &[KEYS.root.0, keys.root.0].concat())];
        device.trust.walk_roots(&device.documents.roots.clone()).unwrap();
        let policy = sign(&of_group("kiosk", 1, &[NAME]), signer);
        let named = reference(&policy, 1);
        device.documents.policies = vec![policy];
        device.documents.placement = Some(sign(&placement(1, "default", "kiosk"), signer));
        let mut stamp = None;
        device.timestamp(day(2), |timestamp| {
            timestamp.policies = [("kiosk".to_owned(), named.into())].into();
            stamp = Some(timestamp.clone());
        });
        device.documents.timestamp = Some(sign(&stamp.unwrap(), keys.timestamp));
        if recovers {
            device.accept(day(2)).unwrap();
            assert_eq!((device.trust.group(), device.trust.place().number()), ("kiosk", 1));
            assert_eq!(device.announced.newest().unwrap().reference().order(), (1, 1));
        } else {
            assert_eq!(refused(&mut device, day(2)), "placement_rolled_back");
        }
    }
}

#[test]
fn who_approves_the_policy_of_the_group_approves_the_move_as_well() {
    let mut shared = root(1, &Keys { policy: (&[2, 5], 1), ..KEYS });
    let holder = |seed: u8| KeyHolder {
        name: "Works council".to_owned(),
        keyids: BTreeSet::from([key(seed).public().id().clone()]) as BTreeSet<KeyId>,
    };
    shared.holders.insert("works-council".to_owned(), holder(5));
    shared.approval.high.insert("works-council".to_owned());
    let is_high = |field: &FieldId| field.field().sensitivity == Sensitivity::High;
    let stands_alone = |field: &FieldId| Policy::check(of_group("lab", 1, &[*field])).is_ok();
    let high = FieldId::all().find(|field| is_high(field) && stands_alone(field)).unwrap();
    let wide = of_group("lab", 1, &[NAME, high]);
    let plain = of_group("lab", 1, &[NAME]);
    let place = placement(1, "default", "lab");
    let given = |device: &mut Device, policy: &PolicyDocument, signers: &[u8], at| {
        give(device, policy, Some(sign(&place, signers)), at);
        let approved = sign(policy, &[2, 5]);
        device.documents.policies = vec![approved];
    };
    let mut device = device_under(&shared);
    given(&mut device, &wide, &[2], day(1));
    assert_eq!(refused(&mut device, day(1)), "placement_invalid");
    // Nor by moving it first and publishing what needs the approval afterwards.
    given(&mut device, &plain, &[2], day(1));
    assert_eq!(fields_at(&mut device, day(1)), [NAME]);
    given(&mut device, &PolicyDocument { version: 2, ..wide.clone() }, &[2], day(2));
    assert_eq!(refused(&mut device, day(2)), "placement_invalid");
    given(&mut device, &PolicyDocument { version: 2, ..wide }, &[2, 5], day(2));
    device.accept(day(2)).unwrap();
}

#[test]
fn documents_are_recognised_by_the_group_that_they_move_the_device_to() {
    let mut device = device();
    give(&mut device, &of_group("kiosk", 2, &[NAME]), Some(moved(1, "default", "kiosk")), day(1));
    assert!(device.trust.recognise(&device.documents, day(1)));
    assert_eq!(device.trust.group(), "default", "to recognise is not to move");
    device.documents.placement = Some(sign(&placement(1, "default", "kiosk"), &[3]));
    assert!(!device.trust.recognise(&device.documents, day(1)));
}
