//! Every way in which documents can be wrong, and that each of them leaves the device collecting nothing.

use super::*;
use crate::catalog::{Platform, fields};
use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::{Document, Envelope, SigningKey, VerifyError};
use crate::policy::fixture::{document, now};
use crate::policy::{
    Announcements, Ceiling, Consent, Named, Permit, PolicyDocument, PolicyRef, Signed, Unsupported, Verdict,
    Withheld,
};
use crate::time::{Span, UtcTime};
use std::collections::{BTreeMap, BTreeSet};

const DAY: u64 = 86_400;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

/// Who may sign what in one version of the root, by the seeds of the keys.
pub(super) struct Keys {
    root: (&'static [u8], usize),
    policy: (&'static [u8], usize),
    timestamp: &'static [u8],
}

pub(super) const KEYS: Keys = Keys { root: (&[1], 1), policy: (&[2], 1), timestamp: &[3] };

pub(super) fn root(version: u64, keys: &Keys) -> RootDocument {
    let all = [keys.root.0, keys.policy.0, keys.timestamp, &[4]].concat();
    let role = |seeds: &[u8], threshold| RoleKeys {
        keyids: seeds.iter().map(|seed| key(*seed).public().id().clone()).collect(),
        threshold,
    };
    RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version,
        expires: now().plus_seconds(365 * DAY),
        collector: "collector.example".to_owned(),
        endpoints: None,
        holders: BTreeMap::new(),
        approval: Approval::default(),
        keys: all
            .iter()
            .map(|seed| (key(*seed).public().id().clone(), key(*seed).public().clone()))
            .collect(),
        roles: [
            (Role::Root, role(keys.root.0, keys.root.1)),
            (Role::Policy, role(keys.policy.0, keys.policy.1)),
            (Role::Timestamp, role(keys.timestamp, 1)),
            (Role::Receipt, role(&[4], 1)),
        ]
        .into(),
    }
}

pub(super) fn sign<T: Document>(document: &T, seeds: &[u8]) -> Envelope {
    sign_bytes(T::PAYLOAD_TYPE, &serde_json::to_vec(document).unwrap(), seeds)
}

fn sign_bytes(payload_type: &str, body: &[u8], seeds: &[u8]) -> Envelope {
    let signatures: Vec<_> = seeds.iter().map(|seed| key(*seed).sign_payload(payload_type, body)).collect();
    Envelope::assemble(payload_type, body, &signatures)
}

fn policy(version: u64) -> PolicyDocument {
    let mut policy = document(&[fields::OS_NAME, fields::OS_VERSION]);
    policy.version = version;
    // In force since the day before, so that the tests of clocks meet the clock's own check.
    policy.effective_from = UtcTime::from_unix(now().unix() - 86_400);
    policy.notice_from = policy.effective_from;
    policy
}

fn reference(envelope: &Envelope, version: u64) -> PolicyRef {
    PolicyRef::new(version, envelope.unverified_digest().unwrap())
}

/// A device under test: its trust and what the collector gave it.
struct Device {
    trust: Trust,
    documents: Documents,
    announced: Announcements,
}

impl Device {
    fn new() -> Self {
        Self::with_root(&root(1, &KEYS), KEYS.root.0)
    }

    fn with_root(first: &RootDocument, seeds: &[u8]) -> Self {
        let trust = Trust::pin(&sign(first, seeds), "default".to_owned(), Floor::default()).unwrap();
        Self { trust, documents: Documents::default(), announced: Announcements::default() }
    }

    /// The collector publishes a policy and, at that instant, a timestamp that names it.
    fn publish(&mut self, policy: &PolicyDocument, at: UtcTime) {
        let envelope = sign(policy, &[2]);
        let named = reference(&envelope, policy.version);
        self.documents.policies = vec![envelope];
        self.timestamp(at, |timestamp| {
            timestamp.policies.insert("default".to_owned(), named.into());
        });
    }

    fn timestamp(&mut self, at: UtcTime, edit: impl FnOnce(&mut TimestampDocument)) {
        let mut timestamp = TimestampDocument {
            v: Version1,
            kind: TimestampKind::Timestamp,
            issued: at,
            expires: at.plus_seconds(DAY),
            root: self.trust.root_reference(),
            policies: BTreeMap::new(),
        };
        if let Some(policy) = self.documents.policies.last() {
            timestamp.policies.insert("default".to_owned(), reference(policy, 7).into());
        }
        edit(&mut timestamp);
        self.documents.timestamp = Some(sign(&timestamp, &[3]));
    }

    fn accept(&mut self, at: UtcTime) -> Result<AcceptedPolicy, Refusal> {
        self.trust.accept(&self.documents, &mut self.announced, at)
    }

    /// Accepts what was given, as a device on which its notice is shown at once.
    fn verdict(&mut self, at: UtcTime) -> Verdict {
        if let Ok(accepted) = self.accept(at) {
            self.announced.show(accepted.newest(), at);
        }
        Verdict::of(self.accept(at))
    }
}

/// What is remembered of the policy of the group that the tests go by.
fn on_floor(device: &Device) -> Option<PolicyRef> {
    device.trust.floor().policies.get("default").copied()
}

/// Refusals hold their causes and do not compare; what they are and say does.
fn assert_same(refused: &Refusal, expected: &Refusal) {
    assert_eq!((refused.code(), refused.to_string()), (expected.code(), expected.to_string()));
}

/// A device that accepted version 7.
fn accepted() -> Device {
    let mut device = Device::new();
    device.publish(&policy(7), now());
    device.accept(now()).unwrap();
    device
}

#[test]
fn a_good_policy_is_accepted_and_remembered() {
    let mut device = Device::new();
    device.publish(&policy(7), now());
    let policy = device.accept(now().plus_seconds(60)).unwrap();
    assert_eq!(policy.newest().version, 7);
    assert_eq!(policy.fresh_until(), now().plus_seconds(7 * DAY));
    assert_eq!(on_floor(&device), Some(policy.newest()));
    assert_eq!(device.trust.floor().max_time_seen, now());
    device.accept(now().plus_seconds(120)).unwrap();
}

#[test]
fn a_newer_policy_is_accepted_and_the_older_one_then_refused() {
    let mut device = accepted();
    device.publish(&policy(8), now().plus_seconds(10));
    assert_eq!(device.accept(now().plus_seconds(10)).unwrap().newest().version, 8);
    device.publish(&policy(7), now().plus_seconds(20));
    let refused = device.accept(now().plus_seconds(20)).unwrap_err();
    assert_same(&refused, &Refusal::Rollback { offered: 7, accepted: 8 });
    assert_eq!(on_floor(&device).unwrap().version, 8, "a refusal changes nothing");
}

#[test]
fn another_policy_of_the_same_version_is_refused() {
    let mut device = accepted();
    let mut other = policy(7);
    other.report_every = Span::parse("1h").unwrap();
    device.publish(&other, now().plus_seconds(10));
    assert_same(&device.accept(now().plus_seconds(10)).unwrap_err(), &Refusal::Equivocation(7));
}

#[test]
fn no_policy_or_no_timestamp_is_refused() {
    let mut device = Device::new();
    assert!(matches!(device.accept(now()), Err(Refusal::Timestamp(_))));
    device.timestamp(now(), |_| {});
    assert_same(&device.accept(now()).unwrap_err(), &Refusal::NoPolicy);
}

#[test]
fn an_expired_policy_is_refused_at_the_very_second() {
    let mut device = Device::new();
    let mut short = policy(7);
    short.expires = now().plus_seconds(100);
    device.publish(&short, now());
    device.accept(now().plus_seconds(99)).unwrap();
    let refused = device.accept(now().plus_seconds(100)).unwrap_err();
    assert_same(&refused, &Refusal::PolicyExpired(now().plus_seconds(100)));
}

#[test]
fn a_policy_is_not_in_force_before_its_time() {
    let mut device = Device::new();
    let mut later = policy(7);
    later.effective_from = now().plus_seconds(1000);
    device.publish(&later, now());
    let refused = device.verdict(now()).in_force().unwrap_err();
    assert_eq!(refused.code(), "policy_not_yet_effective");
    assert!(refused.to_string().ends_with(&now().plus_seconds(1000).to_string()), "{refused}");
    // A clock that stands five minutes behind the author's is not a reason to refuse.
    device.verdict(now().plus_seconds(700)).in_force().unwrap();
}

#[test]
fn a_policy_is_not_in_force_before_it_was_shown() {
    let mut device = Device::new();
    device.publish(&policy(7), now());
    let accepted = device.accept(now());
    assert_eq!(Verdict::of(accepted).in_force().unwrap_err().code(), "policy_not_shown");
    device.verdict(now()).in_force().unwrap();
}

#[test]
fn every_version_that_is_named_is_taken_up_and_none_may_be_left_out() {
    let mut device = Device::new();
    let versions: Vec<_> = [7, 8, 9].map(|version| sign(&policy(version), &[2])).into();
    let named: Vec<_> = versions.iter().zip(7..).map(|(one, version)| reference(one, version)).collect();
    device.documents.policies = versions;
    device.timestamp(now(), |timestamp| {
        let named = Named { current: Some(named[0]), coming: named[1..].to_vec() };
        timestamp.policies.insert("default".to_owned(), named);
    });
    let all = std::mem::take(&mut device.documents.policies);
    device.documents.policies = vec![all[0].clone(), all[2].clone()];
    assert_same(&device.accept(now()).unwrap_err(), &Refusal::LeftOut(8));
    assert!(!device.trust.recognise(&device.documents, now()));
    device.documents.policies = all;
    assert!(device.trust.recognise(&device.documents, now()));
    assert_eq!(device.accept(now()).unwrap().versions().all().collect::<Vec<_>>(), named);
}

#[test]
fn what_a_rotated_key_signs_anew_is_no_first_policy() {
    let mut device = accepted();
    device.verdict(now()).in_force().unwrap();
    device.trust.rotate(&sign(&root(2, &ROTATED_POLICY), &[1])).unwrap();
    // The very same document holds on: what is signed again is what was announced.
    device.documents.policies = vec![sign(&policy(7), &[5])];
    device.timestamp(now(), |_| {});
    device.verdict(now()).in_force().unwrap();
    let other = sign(&PolicyDocument { issued: now().plus_seconds(1), ..policy(7) }, &[5]);
    let named = reference(&other, 7);
    device.documents.policies = vec![other];
    device.trust.rotate(&sign(&root(3, &Keys { policy: (&[5, 6], 1), ..KEYS }), &[1])).unwrap();
    device.timestamp(now(), |timestamp| _ = timestamp.policies.insert("default".to_owned(), named.into()));
    assert_eq!(device.verdict(now()).in_force().unwrap_err().code(), "policy_not_yet_effective");
    device.timestamp(now().plus_seconds(7 * DAY), |_| {});
    device.verdict(now().plus_seconds(7 * DAY)).in_force().unwrap();
}

#[test]
fn a_stale_timestamp_is_refused_at_the_very_second() {
    let mut device = accepted();
    device.accept(now().plus_seconds(7 * DAY - 1)).unwrap();
    let refused = device.accept(now().plus_seconds(7 * DAY)).unwrap_err();
    assert_same(&refused, &Refusal::Stale { issued: now(), max_stale: Span::parse("7d").unwrap() });
}

#[test]
fn a_timestamp_lives_at_most_a_day_and_at_least_a_second() {
    for (life, good) in [(0, false), (1, true), (DAY, true), (DAY + 1, false)] {
        let mut device = accepted();
        device.timestamp(now(), |timestamp| timestamp.expires = now().plus_seconds(life));
        assert_eq!(device.accept(now()).is_ok(), good, "{life} s");
    }
}

#[test]
fn an_older_timestamp_is_refused_and_the_same_one_is_not() {
    let mut device = accepted();
    device.timestamp(now().plus_seconds(50), |_| {});
    device.accept(now().plus_seconds(50)).unwrap();
    device.timestamp(now().plus_seconds(49), |_| {});
    let refused = device.accept(now().plus_seconds(60)).unwrap_err();
    assert_same(&refused, &Refusal::TimestampRollback(now().plus_seconds(49)));
    device.timestamp(now().plus_seconds(50), |_| {});
    device.accept(now().plus_seconds(60)).unwrap();
}

#[test]
fn a_timestamp_that_names_another_policy_or_none_is_refused() {
    let mut device = accepted();
    device.timestamp(now(), |timestamp| {
        timestamp.policies.insert("default".to_owned(), PolicyRef::new(8, Digest::of(b"x")).into());
    });
    assert_same(&device.accept(now()).unwrap_err(), &Refusal::NotCurrent { named: 8, held: 7 });
    device.timestamp(now(), |timestamp| timestamp.policies.clear());
    assert_same(&device.accept(now()).unwrap_err(), &Refusal::NotCurrent { named: 0, held: 7 });
}

#[test]
fn documents_are_recognised_whatever_their_dates_say() {
    let mut device = accepted();
    for at in [now(), now().plus_seconds(400 * DAY)] {
        assert!(device.trust.recognise(&device.documents, at), "{at}");
    }
    device.timestamp(now(), |timestamp| timestamp.policies.clear());
    assert!(device.trust.recognise(&device.documents, now()), "withdrawn");
    device.documents.policies.clear();
    assert!(device.trust.recognise(&device.documents, now()), "withdrawn, and gone");
    let unknown = policy(8);
    let unknown = serde_json::to_string(&unknown).unwrap().replacen("\"v\":1", "\"v\":2", 1);
    device.documents.policies = vec![sign_bytes(PolicyDocument::PAYLOAD_TYPE, unknown.as_bytes(), &[2])];
    device.timestamp(now(), |_| {});
    assert!(device.trust.recognise(&device.documents, now()), "of a form that is not known");
}

#[test]
fn what_is_left_out_old_or_forged_is_not_recognised() {
    let mut device = accepted();
    let whole = device.documents.clone();
    let mut refused = |edit: &dyn Fn(&mut Device)| {
        device.documents = whole.clone();
        edit(&mut device);
        let floor = device.trust.floor().clone();
        assert!(!device.trust.recognise(&device.documents, now()));
        assert_eq!(*device.trust.floor(), floor);
    };
    refused(&|device| device.documents = Documents::default());
    refused(&|device| device.documents.policies.clear());
    refused(&|device| device.documents.timestamp = None);
    refused(&|device| device.documents.policies = vec![sign(&policy(6), &[2])]);
    refused(&|device| device.documents.policies = vec![sign(&policy(7), &[3])]);
    refused(&|device| {
        let named = |timestamp: &mut TimestampDocument| {
            timestamp.policies.insert("default".to_owned(), PolicyRef::new(8, Digest::of(b"x")).into());
        };
        device.timestamp(now(), named);
    });
    refused(&|device| device.timestamp(UtcTime::from_unix(now().unix() - 1), |_| {}));
}

#[test]
fn what_genuine_documents_took_back_does_not_come_again() {
    let mut device = accepted();
    let before = device.documents.clone();
    device.timestamp(now().plus_seconds(10), |timestamp| timestamp.policies.clear());
    assert!(device.accept(now().plus_seconds(10)).is_err());
    assert!(device.trust.recognise(&device.documents, now().plus_seconds(10)));
    device.documents = before;
    assert_same(&device.accept(now().plus_seconds(10)).unwrap_err(), &Refusal::TimestampRollback(now()));
}

#[test]
fn a_timestamp_of_another_root_is_refused() {
    let mut device = accepted();
    device.timestamp(now(), |timestamp| timestamp.root.version = 2);
    assert!(matches!(device.accept(now()), Err(Refusal::Root { version: 2, .. })));
}

#[test]
fn a_policy_for_another_group_is_refused() {
    let mut device = Device::new();
    let mut other = policy(7);
    other.group = "laptops".to_owned();
    device.publish(&other, now());
    assert_same(&device.accept(now()).unwrap_err(), &Refusal::OtherGroup("laptops".to_owned()));
}

#[test]
fn a_clock_that_stands_behind_proven_time_is_refused() {
    let mut device = accepted();
    // Ordinary drift is forgiven.
    device.accept(UtcTime::from_unix(now().unix() - 300)).unwrap();
    let behind = UtcTime::from_unix(now().unix() - 301);
    assert_same(&device.accept(behind).unwrap_err(), &Refusal::ClockBehind { now: behind, seen: now() });
    // A receipt proves time too.
    let later = now().plus_seconds(1000);
    device.trust.saw(later, later);
    assert!(matches!(device.accept(now()), Err(Refusal::ClockBehind { .. })));
    device.trust.saw(now(), now());
    assert_eq!(device.trust.floor().max_time_seen, later, "proven time does not go back");
}

#[test]
fn attack_h1_no_key_on_line_moves_the_clock_floor_into_the_future() {
    let mut device = accepted();
    let century = now().plus_seconds(100 * 365 * 86_400);
    device.trust.saw(century, now());
    assert_eq!(device.trust.floor().max_time_seen, now().plus_seconds(300));
    device.accept(now()).unwrap();
    // Nor does a timestamp, which is not accepted either.
    device.timestamp(century, |_| {});
    device.accept(now()).unwrap_err();
    assert!(!device.trust.recognise(&device.documents, now()));
    device.timestamp(now(), |_| {});
    device.accept(now()).unwrap();
}

#[test]
fn low_a_timestamp_is_received_while_it_is_of_now() {
    let device = |at| {
        let mut device = accepted();
        device.timestamp(at, |_| {});
        device.trust.receives(&device.documents, now())
    };
    device(now()).unwrap();
    device(now().plus_seconds(300)).unwrap();
    assert!(matches!(device(now().plus_seconds(301)), Err(Refusal::ClockBehind { .. })));
    let yesterday = UtcTime::from_unix(now().unix() - 86_400);
    assert!(matches!(device(yesterday), Err(Refusal::Timestamp(BadTimestamp::Expired(_)))));
}

#[test]
fn low_a_timestamp_of_the_near_future_blocks_no_honest_one() {
    let mut device = accepted();
    device.timestamp(now().plus_seconds(290), |_| {});
    device.accept(now()).unwrap();
    assert!(device.trust.recognise(&device.documents, now()));
    device.timestamp(now().plus_seconds(1), |_| {});
    device.accept(now().plus_seconds(1)).unwrap();
    assert!(device.trust.recognise(&device.documents, now().plus_seconds(1)));
}

#[test]
fn a_timestamp_from_the_future_shows_that_the_clock_is_behind() {
    let mut device = accepted();
    device.timestamp(now().plus_seconds(301), |_| {});
    let refused = device.accept(now()).unwrap_err();
    assert_same(&refused, &Refusal::ClockBehind { now: now(), seen: now().plus_seconds(301) });
}

/// The policy's JSON with one edit, signed by the right key.
fn edited(edit: impl FnOnce(&mut serde_json::Value)) -> Result<AcceptedPolicy, Refusal> {
    let mut json = serde_json::to_value(policy(7)).unwrap();
    edit(&mut json);
    accept_bytes(&serde_json::to_vec(&json).unwrap())
}

fn accept_bytes(body: &[u8]) -> Result<AcceptedPolicy, Refusal> {
    let mut device = Device::new();
    let envelope = sign_bytes(PolicyDocument::PAYLOAD_TYPE, body, &[2]);
    device.documents.policies = vec![envelope];
    device.timestamp(now(), |_| {});
    device.accept(now())
}

type Edit = fn(&mut serde_json::Value);

#[test]
fn signed_json_that_breaks_a_rule_of_the_format_is_refused() {
    edited(|_| {}).unwrap();
    let edits: [(&str, Edit); 8] = [
        ("never collected", |json| json["rules"][0]["field"] = "screen.capture".into()),
        ("computed by the collector", |json| json["rules"][0]["field"] = "x.package.purl".into()),
        ("no name", |json| json["rules"][0]["field"] = "os name".into()),
        ("unknown basis", |json| json["purposes"]["security"]["legal_basis"] = "whim".into()),
        ("unknown DPV term", |json| json["purposes"]["security"]["dpv"] = "Curiosity".into()),
        ("refused DPV term", |json| json["purposes"]["security"]["dpv"] = "Marketing".into()),
        ("unknown purpose", |json| json["rules"][0]["purposes"][0] = "other".into()),
        ("another kind", |json| json["type"] = "root".into()),
    ];
    for (what, edit) in edits {
        assert!(matches!(edited(edit), Err(Refusal::PolicyContent(_))), "{what}");
    }
}

#[test]
fn members_that_this_program_does_not_know_are_ignored() {
    let plain = edited(|_| {}).unwrap();
    let edits: [(&str, Edit); 6] = [
        ("in the policy", |json| json["colour"] = serde_json::json!({"deep": ["er"]})),
        ("in the controller", |json| json["controller"]["colour"] = "red".into()),
        ("in the authority", |json| json["controller"]["supervisory_authority"]["colour"] = 1.into()),
        ("in a recipient", |json| json["recipients"][0]["colour"] = true.into()),
        ("in a purpose", |json| json["purposes"]["security"]["colour"] = "red".into()),
        ("in a rule", |json| json["rules"][0]["colour"] = "red".into()),
    ];
    for (what, edit) in edits {
        let accepted = edited(edit).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
        assert_eq!(accepted.terms().document(), plain.terms().document(), "{what}");
        assert_ne!(accepted.newest(), plain.newest(), "{what} is signed like the rest");
    }
}

#[test]
fn a_rule_that_this_program_does_not_understand_withholds_its_field_alone() {
    let edits: [(&str, Unsupported, Edit); 8] = [
        ("os.colour", Unsupported::Field, |json| json["rules"][0]["field"] = "os.colour".into()),
        ("os.name", Unsupported::Meaning, |json| {
            json["rules"][0]["meaning"] = Digest::of(b"another").to_string().into();
        }),
        ("os.name", Unsupported::Treatment, |json| json["rules"][0]["treat"] = "blur".into()),
        ("os.name", Unsupported::Treatment, |json| json["rules"][0]["treat"] = "drop".into()),
        ("os.name", Unsupported::Treatment, |json| {
            json["rules"][0]["treat"] = serde_json::json!({"truncate": {"chars": 4, "from": "end"}});
        }),
        ("os.name", Unsupported::Necessity, |json| json["rules"][0]["necessity"] = "perhaps".into()),
        ("os.name", Unsupported::Requires, |json| json["rules"][0]["requires"] = serde_json::json!(["hold"])),
        ("os.name", Unsupported::Filter, |json| {
            json["rules"][0]["where"] = serde_json::json!({"os.colour": {"exclude": ["red"]}});
        }),
    ];
    for (name, why, edit) in edits {
        let accepted = edited(edit).unwrap_or_else(|refusal| panic!("{why:?}: {refusal}"));
        let policy = accepted.terms();
        let unsupported: Vec<_> = policy.unsupported().map(|(name, why)| (name.as_str(), why)).collect();
        assert_eq!(unsupported, [(name, why)]);
        assert_eq!(policy.fields(), [fields::OS_VERSION].into_iter().collect(), "{why:?}");
        let faults = policy.clone().whole().unwrap_err();
        assert!(faults[0].place.starts_with(&format!("rules[{name}]")), "{faults:?}");
        let permit =
            Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
        let known = permit.withheld().map(|(field, why)| (field.name(), why));
        let unknown = permit.unknown().map(|name| (name.as_str(), Withheld::Unsupported));
        assert_eq!(known.chain(unknown).collect::<Vec<_>>(), [(name, Withheld::Unsupported)]);
        assert_eq!(permit.fields(), policy.fields());
    }
}

#[test]
fn what_is_newer_and_required_is_refused_as_that() {
    let not_understood = |outcome: Result<AcceptedPolicy, Refusal>| {
        let refusal = outcome.unwrap_err();
        assert_eq!(refusal.code(), "not_understood", "{refusal}");
        refusal.to_string()
    };
    let said = not_understood(edited(|json| json["requires"] = serde_json::json!(["hold"])));
    assert_eq!(
        said,
        "the policy needs a newer Candor: it requires `hold`, which this program does not understand"
    );
    not_understood(edited(|json| json["v"] = 2.into()));

    let mut device = accepted();
    let timestamp = device.documents.timestamp.clone().unwrap().unverified_payload().unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&timestamp).unwrap();
    json["later"] = "x".into();
    let signed = |json: &serde_json::Value| {
        sign_bytes(TimestampDocument::PAYLOAD_TYPE, &serde_json::to_vec(json).unwrap(), &[3])
    };
    device.documents.timestamp = Some(signed(&json));
    device.accept(now()).unwrap();
    json["requires"] = serde_json::json!(["later"]);
    device.documents.timestamp = Some(signed(&json));
    not_understood(device.accept(now()));

    let mut device = accepted();
    let mut json = serde_json::to_value(root(2, &ROTATED_ROOT)).unwrap();
    json["requires"] = serde_json::json!(["later"]);
    device.documents.roots =
        vec![sign_bytes(RootDocument::PAYLOAD_TYPE, &serde_json::to_vec(&json).unwrap(), &[1, 6])];
    not_understood(device.accept(now()));
}

#[test]
fn names_that_appear_twice_are_refused() {
    let json = serde_json::to_string(&policy(7)).unwrap();
    accept_bytes(json.as_bytes()).unwrap();
    for (once, twice) in [
        (r#""version":7,"#, r#""version":7,"version":7,"#),
        (r#""en":"#, r#""en":"another","en":"#),
        (r#""treat":"keep","#, r#""treat":"keep","treat":"keep","#),
    ] {
        assert!(json.contains(once), "{once}");
        let doubled = json.replacen(once, twice, 1);
        assert!(matches!(accept_bytes(doubled.as_bytes()), Err(Refusal::PolicyContent(_))), "{twice}");
    }
    let purposes = serde_json::to_string(&policy(7).purposes).unwrap();
    let inner = &purposes[1..purposes.len() - 1];
    let doubled = json.replacen(inner, &format!("{inner},{inner}"), 1);
    assert!(matches!(accept_bytes(doubled.as_bytes()), Err(Refusal::PolicyContent(_))));
}

#[test]
fn a_policy_signed_by_another_role_or_under_another_type_is_refused() {
    for seeds in [&[][..], &[1], &[3], &[4], &[9]] {
        let mut device = Device::new();
        device.documents.policies = vec![sign(&policy(7), seeds)];
        device.timestamp(now(), |_| {});
        assert!(matches!(device.accept(now()), Err(Refusal::PolicySignature(_))), "{seeds:?}");
    }
    let body = serde_json::to_vec(&policy(7)).unwrap();
    let mut device = Device::new();
    device.documents.policies = vec![sign_bytes(RootDocument::PAYLOAD_TYPE, &body, &[2])];
    device.timestamp(now(), |_| {});
    assert!(matches!(device.accept(now()), Err(Refusal::PolicySignature(_))));
}

#[test]
fn a_timestamp_signed_by_another_role_is_refused() {
    let mut device = accepted();
    let timestamp = device.documents.timestamp.clone().unwrap();
    let body = timestamp.unverified_payload().unwrap();
    device.documents.timestamp = Some(sign_bytes(TimestampDocument::PAYLOAD_TYPE, &body, &[2]));
    assert!(matches!(device.accept(now()), Err(Refusal::Timestamp(_))));
}

const TWO_OFFICES: Keys = Keys { root: (&[1], 1), policy: (&[2, 5], 2), timestamp: &[3] };

#[test]
fn one_key_that_signs_twice_counts_once() {
    let first = root(1, &TWO_OFFICES);
    for (seeds, good) in [(&[2_u8, 2][..], false), (&[2], false), (&[2, 5], true), (&[5, 2, 9], true)] {
        let mut device = Device::with_root(&first, &[1]);
        device.documents.policies = vec![sign(&policy(7), seeds)];
        device.timestamp(now(), |_| {});
        assert_eq!(device.accept(now()).is_ok(), good, "{seeds:?}");
    }
}

#[test]
fn a_foreign_key_id_on_a_second_signature_does_not_count_twice() {
    let first = root(1, &TWO_OFFICES);
    let mut device = Device::with_root(&first, &[1]);
    let body = serde_json::to_vec(&policy(7)).unwrap();
    let real = key(2).sign_payload(PolicyDocument::PAYLOAD_TYPE, &body);
    let renamed =
        crate::envelope::DetachedSignature::new(key(5).public().id().clone(), real.bytes().to_vec());
    device.documents.policies =
        vec![Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &body, &[real, renamed])];
    device.timestamp(now(), |_| {});
    assert!(matches!(device.accept(now()), Err(Refusal::PolicySignature(_))));
}

const ROTATED_ROOT: Keys = Keys { root: (&[6], 1), policy: (&[2], 1), timestamp: &[3] };

#[test]
fn a_root_needs_the_old_and_the_new_keys() {
    let next = root(2, &ROTATED_ROOT);
    for (seeds, good) in [(&[1_u8][..], false), (&[6], false), (&[1, 6], true), (&[9], false)] {
        let mut device = accepted();
        let before = device.trust.root_reference();
        assert_eq!(device.trust.rotate(&sign(&next, seeds)).is_ok(), good, "{seeds:?}");
        assert_eq!(device.trust.root_reference() != before, good, "{seeds:?}");
    }
}

#[test]
fn roots_rise_one_at_a_time() {
    for (version, good) in [(1, false), (2, true), (3, false)] {
        let mut device = accepted();
        assert_eq!(
            device.trust.rotate(&sign(&root(version, &KEYS), &[1])).is_ok(),
            good,
            "version {version}"
        );
    }
    // Through the documents: a chain is walked, a gap is not.
    let chain = |versions: &[u64]| versions.iter().map(|v| sign(&root(*v, &KEYS), &[1])).collect::<Vec<_>>();
    let mut device = accepted();
    device.documents.roots = chain(&[1, 2, 3]);
    assert!(
        matches!(device.accept(now()), Err(Refusal::Root { version: 1, .. })),
        "the timestamp names root 1"
    );
    device.timestamp(now(), |timestamp| timestamp.root.version = 3);
    assert_eq!(device.trust.root().version, 3);
    device.timestamp(now(), |_| {});
    device.accept(now()).unwrap();
    let mut device = accepted();
    device.documents.roots = chain(&[3]);
    assert!(matches!(device.accept(now()), Err(Refusal::Root { version: 3, .. })));
    assert_eq!(device.trust.root().version, 1);
}

#[test]
fn an_unsound_root_is_refused() {
    type Edit = fn(&mut RootDocument);
    let edits: [(&str, Edit); 6] = [
        ("another collector", |root| root.collector = "other.example".to_owned()),
        ("a role without keys", |root| _ = root.roles.remove(&Role::Policy)),
        ("a threshold of zero", |root| root.roles.get_mut(&Role::Policy).unwrap().threshold = 0),
        ("a threshold beyond the keys", |root| root.roles.get_mut(&Role::Policy).unwrap().threshold = 2),
        ("a key that is not listed", |root| _ = root.keys.remove(key(2).public().id())),
        ("a key under a foreign id", |root| {
            let foreign = key(9).public().clone();
            root.keys.insert(key(2).public().id().clone(), foreign);
        }),
    ];
    for (what, edit) in edits {
        let mut next = root(2, &KEYS);
        edit(&mut next);
        assert!(accepted().trust.rotate(&sign(&next, &[1])).is_err(), "{what}");
        if what != "another collector" {
            let pinned = Trust::pin(&sign(&next, &[1]), "default".to_owned(), Floor::default());
            assert!(pinned.is_err(), "pinned in spite of {what}");
        }
    }
}

#[test]
fn a_first_root_carries_its_own_signatures() {
    let pin =
        |seeds: &[u8]| Trust::pin(&sign(&root(1, &KEYS), seeds), "default".to_owned(), Floor::default());
    assert!(pin(&[1]).is_ok());
    assert!(pin(&[2]).is_err() && pin(&[]).is_err());
    let not_a_root = sign(&policy(7), &[1]);
    assert!(Trust::pin(&not_a_root, "default".to_owned(), Floor::default()).is_err());
}

#[test]
fn an_expired_root_is_refused() {
    let mut device = accepted();
    let expires = device.trust.root().expires;
    device.publish(&policy(8), expires);
    assert_same(&device.accept(expires).unwrap_err(), &Refusal::RootExpired(expires));
}

const ROTATED_POLICY: Keys = Keys { root: (&[1], 1), policy: (&[5], 1), timestamp: &[3] };

#[test]
fn a_rotated_policy_key_forgets_the_floor_and_any_other_rotation_does_not() {
    // A thief of the policy key signed version 1,000,000; after rotation version 8 must be acceptable again.
    let mut device = Device::new();
    device.publish(&policy(1_000_000), now());
    device.accept(now()).unwrap();
    device.trust.rotate(&sign(&root(2, &ROTATED_ROOT), &[1, 6])).unwrap();
    assert_eq!(on_floor(&device).unwrap().version, 1_000_000, "the policy keys are the same");

    let rotated = Keys { root: (&[6], 1), ..ROTATED_POLICY };
    device.trust.rotate(&sign(&root(3, &rotated), &[6])).unwrap();
    assert_eq!(on_floor(&device), None);
    assert_eq!(device.trust.floor().max_time_seen, now(), "proven time is not forgotten");
    // What the stolen key signed is now worthless.
    device.timestamp(now(), |_| {});
    assert!(matches!(device.accept(now()), Err(Refusal::PolicySignature(_))));
    let good = sign(&policy(8), &[5]);
    let named = reference(&good, 8);
    device.documents.policies = vec![good];
    device.timestamp(now(), |timestamp| _ = timestamp.policies.insert("default".to_owned(), named.into()));
    assert_eq!(device.accept(now()).unwrap().newest().version, 8);
}

#[test]
fn each_floor_is_forgotten_with_its_own_role_alone() {
    let forgotten = |next: &Keys, seeds: &[u8]| {
        let mut device = accepted();
        device.trust.rotate(&sign(&root(2, next), seeds)).unwrap();
        let floor = device.trust.floor();
        (floor.policies.is_empty(), floor.timestamp_issued.is_none())
    };
    assert_eq!(forgotten(&Keys { timestamp: &[5], ..KEYS }, &[1]), (false, true));
    assert_eq!(forgotten(&ROTATED_POLICY, &[1]), (true, false));
    assert_eq!(forgotten(&ROTATED_ROOT, &[1, 6]), (false, false));
    assert_eq!(forgotten(&Keys { timestamp: &[7], ..ROTATED_POLICY }, &[1]), (true, true));
}

#[test]
fn the_floor_survives_a_restart() {
    let mut device = accepted();
    let stored = serde_json::to_vec(device.trust.floor()).unwrap();
    let floor: Floor = serde_json::from_slice(&stored).unwrap();
    let mut restarted = Device {
        trust: Trust::pin(&sign(&root(1, &KEYS), &[1]), "default".to_owned(), floor).unwrap(),
        announced: Announcements::default(),
        documents: Documents::default(),
    };
    restarted.publish(&policy(6), now());
    assert_same(&restarted.accept(now()).unwrap_err(), &Refusal::Rollback { offered: 6, accepted: 7 });
    restarted.documents = std::mem::take(&mut device.documents);
    restarted.accept(now()).unwrap();
}

#[test]
fn every_refusal_has_its_own_code() {
    let all = [
        Refusal::Root { version: 1, reason: BadRoot::Unsound(Unsound::ForeignId) },
        Refusal::RootExpired(now()),
        Refusal::NoPolicy,
        Refusal::PolicySignature(VerifyError::Base64.into()),
        Refusal::PolicyContent(BadPolicy::Faulty(Vec::new())),
        Refusal::OtherGroup(String::new()),
        Refusal::PolicyExpired(now()),
        Refusal::Rollback { offered: 1, accepted: 2 },
        Refusal::Equivocation(1),
        Refusal::Timestamp(BadTimestamp::Missing),
        Refusal::TimestampRollback(now()),
        Refusal::NotCurrent { named: 1, held: 2 },
        Refusal::LeftOut(1),
        Refusal::Stale { issued: now(), max_stale: Span::from_seconds(1) },
        Refusal::ClockBehind { now: now(), seen: now() },
    ];
    let codes: BTreeSet<_> = all.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), all.len());
}

#[test]
fn a_changed_byte_anywhere_is_refused() {
    let json = serde_json::to_vec(&policy(7)).unwrap();
    let good = sign(&policy(7), &[2]);
    for at in (0..json.len()).step_by(37) {
        let mut changed = json.clone();
        changed[at] ^= 1;
        let mut envelope = serde_json::to_value(&good).unwrap();
        let swapped = Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &changed, &[]);
        envelope["payload"] = serde_json::to_value(&swapped).unwrap()["payload"].clone();
        let mut device = Device::new();
        device.documents.policies = vec![serde_json::from_value(envelope).unwrap()];
        device.timestamp(now(), |_| {});
        assert!(matches!(device.accept(now()), Err(Refusal::PolicySignature(_))), "byte {at}");
    }
}

mod judge;
mod placement;
