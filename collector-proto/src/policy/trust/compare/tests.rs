use super::*;
use crate::contract::Version1;
use crate::envelope::SigningKey;
use crate::policy::PolicyRef;
use crate::policy::fixture::{document, now};
use crate::policy::trust::tests::{KEYS, root, sign};
use crate::policy::trust::{Floor, TimestampKind};
use std::collections::BTreeMap;

/// A device of the group, which was given these versions; of each the newest timestamp names the last one.
fn given(versions: &[(u64, &str)], issued: UtcTime, signers: &[u8]) -> GivenDocuments {
    let envelopes: Vec<Envelope> =
        versions.iter().map(|(version, name)| policy(*version, name, signers)).collect();
    let had = versions.iter().zip(&envelopes).map(|((version, _), envelope)| HadVersion {
        version: *version,
        sha256: envelope.unverified_digest().unwrap(),
        came: Some(issued),
    });
    let had: Vec<HadVersion> = had.collect();
    let newest = had.last().map(|had| PolicyRef::new(had.version, had.sha256).into());
    let timestamp = TimestampDocument {
        v: Version1,
        kind: TimestampKind::Timestamp,
        issued,
        expires: issued.plus_seconds(86_400),
        root: trust().root_reference(),
        policies: newest.map(|newest| ("default".to_owned(), newest)).into_iter().collect::<BTreeMap<_, _>>(),
    };
    GivenDocuments {
        v: Version1,
        kind: GivenKind::GivenDocuments,
        written: issued,
        collector: Some("collector.example".to_owned()),
        group: "default".to_owned(),
        roots: vec![sign(&root(1, &KEYS), &[1])],
        policies: envelopes.last().cloned().into_iter().collect(),
        timestamp: Some(sign(&timestamp, &[3])),
        had,
    }
}

fn policy(version: u64, name: &str, signers: &[u8]) -> Envelope {
    let mut policy = document(&[crate::catalog::fields::OS_NAME]);
    policy.version = version;
    policy.group = "default".to_owned();
    policy.controller.name = name.to_owned();
    sign(&policy, signers)
}

fn trust() -> Trust {
    Trust::pin(&sign(&root(1, &KEYS), &[1]), "default".to_owned(), Floor::default()).unwrap()
}

fn compare(here: &GivenDocuments, there: &GivenDocuments) -> Comparison {
    // What is handed on is written and read.
    let handed = serde_json::from_slice(&serde_json::to_vec(there).unwrap()).unwrap();
    trust().compare(here, &handed).unwrap()
}

#[test]
fn devices_that_were_given_the_same_differ_by_their_newest_version_at_most() {
    let (early, late) = (given(&[(1, "a")], now(), &[2]), given(&[(1, "a"), (3, "c")], now(), &[2]));
    for (here, there, newest) in
        [(&early, &early, Newest::Same), (&early, &late, Newest::Behind), (&late, &early, Newest::Ahead)]
    {
        let compared = compare(here, there);
        assert_eq!((compared.newest, compared.in_common, compared.conflicts), (newest, 1, vec![]));
    }
}

#[test]
fn two_policies_under_one_number_are_proved_by_the_signature_on_the_other() {
    let here = given(&[(1, "a"), (2, "b")], now(), &[2]);
    for (signers, expected) in [(&[2], true), (&[9], false)] {
        let there = given(&[(1, "a"), (2, "somebody else")], now(), signers);
        let compared = compare(&here, &there);
        let [Conflict::OtherContent { document: DocumentKind::Policy, version: 2, here, there, proved }] =
            compared.conflicts[..]
        else {
            panic!("{compared:?}")
        };
        assert_ne!(here, there);
        assert_eq!(proved, expected);
    }
}

#[test]
fn a_version_of_long_ago_is_found_in_what_each_had_although_both_went_on() {
    let here = given(&[(1, "a"), (2, "b"), (3, "c")], now(), &[2]);
    let there = given(&[(1, "a"), (2, "another"), (3, "c")], now(), &[2]);
    let compared = compare(&here, &there);
    assert_eq!((compared.newest, compared.in_common), (Newest::Same, 2));
    assert!(
        matches!(compared.conflicts[..], [Conflict::OtherContent { version: 2, proved: false, .. }]),
        "only the digest is left of it: {compared:?}"
    );
}

#[test]
fn who_is_told_later_of_an_older_version_has_the_newer_one_kept_from_it() {
    let told = given(&[(1, "a"), (2, "b")], now(), &[2]);
    for (seconds, is_withheld) in [(300, false), (301, true)] {
        let kept_from = given(&[(1, "a")], now().plus_seconds(seconds), &[2]);
        let compared = compare(&kept_from, &told);
        assert_eq!(compared.newest, Newest::Behind);
        let withheld = matches!(
            compared.conflicts[..],
            [Conflict::Withheld { from_here: true, version: 2, then: 1, proved: true, .. }]
        );
        assert_eq!((withheld, compared.conflicts.len()), (is_withheld, usize::from(is_withheld)));
        let other_way = compare(&told, &kept_from);
        assert_eq!(
            matches!(other_way.conflicts[..], [Conflict::Withheld { from_here: false, .. }]),
            is_withheld
        );
    }
}

#[test]
fn another_root_under_the_same_number_is_found() {
    let here = given(&[(1, "a")], now(), &[2]);
    let mut there = here.clone();
    let mut other = root(1, &KEYS);
    other.expires = other.expires.plus_seconds(1);
    for (signer, expected) in [(1, true), (9, false)] {
        there.roots = vec![sign(&other, &[signer])];
        let compared = compare(&here, &there);
        assert!(
            matches!(
                compared.conflicts[..],
                [Conflict::OtherContent { document: DocumentKind::Root, version: 1, proved, .. }] if proved == expected
            ),
            "{compared:?}"
        );
    }
}

#[test]
fn a_policy_by_itself_is_compared_by_its_number() {
    let here = given(&[(1, "a"), (2, "b")], now(), &[2]);
    let of = |name| GivenDocuments::of_policy(policy(2, name, &[2]), now()).unwrap();
    assert!(compare(&here, &of("b")).conflicts.is_empty());
    assert_eq!(compare(&here, &of("other")).conflicts.len(), 1);
    let key = SigningKey::from_seed(&[1; 32]).unwrap();
    let root = key.seal(&root(1, &KEYS)).unwrap().to_envelope();
    assert!(GivenDocuments::of_policy(root, now()).is_none(), "a root is not a policy");
}

#[test]
fn what_is_for_another_group_or_of_another_collector_is_not_compared() {
    let here = given(&[(1, "a")], now(), &[2]);
    let other = |change: fn(&mut GivenDocuments)| {
        let mut there = here.clone();
        change(&mut there);
        trust().compare(&here, &there).unwrap_err()
    };
    assert!(matches!(other(|there| there.group = "lab".to_owned()), Incomparable::Group(..)));
    assert!(matches!(other(|there| there.collector = Some("c".to_owned())), Incomparable::Collector(..)));
    let nothing = other(|there| {
        there.had.clear();
        there.policies.clear();
    });
    assert_eq!(nothing, Incomparable::Nothing("the other device"));
}
