//! Holders and whose approval a policy needs.

use super::*;
use crate::catalog::fields;
use crate::envelope::SigningKey;
use crate::policy::fixture::{document, now};
use crate::policy::trust::{Floor, Trust};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn ids(seeds: &[u8]) -> BTreeSet<KeyId> {
    seeds.iter().map(|seed| key(*seed).public().id().clone()).collect()
}

fn holder(name: &str, seeds: &[u8]) -> KeyHolder {
    KeyHolder { name: name.to_owned(), keyids: ids(seeds) }
}

/// IT holds the keys 1, 2 and 3, the works council 4; two of them sign roots and policies.
fn root() -> RootDocument {
    let role = |seeds: &[u8], threshold| RoleKeys { keyids: ids(seeds), threshold };
    RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version: 1,
        expires: now().plus_seconds(86_400),
        collector: "collector.example".to_owned(),
        endpoints: None,
        keys: (1..=6).map(|seed| (key(seed).public().id().clone(), key(seed).public().clone())).collect(),
        roles: BTreeMap::from([
            (Role::Root, role(&[1, 2, 4], 2)),
            (Role::Policy, role(&[2, 3, 4], 2)),
            (Role::Timestamp, role(&[5], 1)),
            (Role::Receipt, role(&[6], 1)),
        ]),
        holders: BTreeMap::from([
            ("it".to_owned(), holder("IT", &[1, 2, 3])),
            ("works-council".to_owned(), holder("Works council", &[4])),
        ]),
        approval: Approval::default(),
    }
}

fn sign<T: Document>(document: &T, seeds: &[u8]) -> Envelope {
    let body = serde_json::to_vec(document).unwrap();
    let signatures: Vec<_> =
        seeds.iter().map(|seed| key(*seed).sign_payload(T::PAYLOAD_TYPE, &body)).collect();
    Envelope::assemble(T::PAYLOAD_TYPE, &body, &signatures)
}

#[test]
fn a_holder_counts_once_however_many_keys_it_holds() {
    let (root, policy) = (root(), document(&[fields::OS_NAME]));
    for (seeds, is_good) in [(&[2, 3][..], false), (&[2, 2], false), (&[2, 4], true), (&[2, 3, 4], true)] {
        assert_eq!(root.verify_policy(&sign(&policy, seeds)).is_ok(), is_good, "{seeds:?}");
    }
    let pin = |seeds: &[u8]| Trust::pin(&sign(&root, seeds), "default".to_owned(), Floor::default());
    assert!(pin(&[1, 2]).is_err() && pin(&[1, 4]).is_ok());
    let mut next = root.clone();
    next.version = 2;
    assert!(pin(&[1, 4]).unwrap().rotate(&sign(&next, &[1, 2])).is_err());
    assert!(pin(&[1, 4]).unwrap().rotate(&sign(&next, &[2, 4])).is_ok());
}

#[test]
fn keys_without_a_holder_count_one_by_one() {
    let mut root = root();
    root.holders.clear();
    assert!(root.verify_policy(&sign(&document(&[fields::OS_NAME]), &[2, 3])).is_ok());
}

#[test]
fn a_policy_that_collects_what_is_sensitive_needs_approval() {
    let mut root = root();
    root.roles.get_mut(&Role::Policy).unwrap().threshold = 1;
    root.approval.high = BTreeSet::from(["works-council".to_owned()]);
    let (plain, personal) = (document(&[fields::OS_NAME]), document(&[fields::OS_NAME, fields::USER_NAME]));
    assert!(root.verify_policy(&sign(&plain, &[2])).is_ok());
    let refused = root.verify_policy(&sign(&personal, &[2, 3])).unwrap_err();
    assert!(refused.to_string().ends_with("was not approved by Works council"), "{refused}");
    // Its approval alone is a signature as well.
    assert!(root.verify_policy(&sign(&personal, &[4])).is_ok());
    assert!(root.verify_policy(&sign(&personal, &[2, 4])).is_ok());
    // A signature over other bytes approves nothing.
    let mut lent = sign(&personal, &[2]);
    lent.add_signatures(&sign(&plain, &[4]));
    assert!(matches!(root.verify_policy(&lent), Err(Unsigned::NotApproved(_))));
}

#[test]
fn holders_and_approvals_that_do_not_fit_are_refused() {
    type Edit = fn(&mut RootDocument);
    let edits: [(Edit, Unsound); 8] = [
        (|root| root.holders.get_mut("it").unwrap().keyids = ids(&[9]), Unsound::HolderKeys("it".to_owned())),
        (
            |root| _ = root.holders.insert("other".to_owned(), holder("Other", &[3])),
            Unsound::HolderKeys("other".to_owned()),
        ),
        (
            |root| root.holders.get_mut("it").unwrap().name = "IT\u{202e}".to_owned(),
            Unsound::HolderName("it".to_owned()),
        ),
        (
            |root| _ = root.holders.insert("I T".to_owned(), holder("I T", &[])),
            Unsound::HolderName("I T".to_owned()),
        ),
        (|root| root.approval.high = ["nobody".to_owned()].into(), Unsound::Approval("nobody".to_owned())),
        (
            |root| {
                root.holders.insert("reader".to_owned(), holder("Reader", &[6]));
                root.approval.high = ["reader".to_owned()].into();
            },
            Unsound::Approval("reader".to_owned()),
        ),
        // Three keys and two holders.
        (|root| root.roles.get_mut(&Role::Policy).unwrap().threshold = 3, Unsound::Threshold(Role::Policy)),
        (
            |root| root.endpoints = Some(Endpoints { urls: Vec::new(), authorities: Vec::new() }),
            Unsound::NoAuthority,
        ),
    ];
    assert_eq!(root().unsound(), None);
    for (edit, expected) in edits {
        let mut root = root();
        edit(&mut root);
        assert_eq!(root.unsound(), Some(expected));
    }
}

#[test]
fn a_root_has_few_keys() {
    let with = |count: usize| {
        let mut root = root();
        let more = (1..=u8::MAX).map(key).map(|key| (key.public().id().clone(), key.public().clone()));
        root.keys.extend(more.take(count));
        root.keys = root.keys.into_iter().take(count).collect();
        RootDocument::read(&serde_json::to_vec(&root).unwrap())
    };
    assert_eq!(with(MAX_ROOT_KEYS).unwrap().keys.len(), MAX_ROOT_KEYS);
    assert!(with(MAX_ROOT_KEYS + 1).is_err());
}
