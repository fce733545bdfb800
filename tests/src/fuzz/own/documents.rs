//! What a collector gives a device: roots, policies, a timestamp and a placement, as they come and as their holders sign them.

use super::vectors::{self, Acceptance, Holder, acceptance, key, now};
use super::{Run, Seed, assert_same, assert_stable};
use candor_collector::verify::{TrustRoot, VerifiedPlacement, VerifiedPolicy};
use collector_proto::contract::{self, Version1};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document, Envelope};
use collector_proto::policy::trust::{
    Conflict, Documents, Floor, GivenDocuments, GivenKind, HadVersion, PlacementDocument, RootDocument,
    TimestampDocument, Trust,
};
use collector_proto::policy::{Announcements, Policy, PolicyDocument, PolicyRef};
use serde_json::Value;
use std::collections::BTreeSet;

/// Documents as they come over the network.
pub(super) fn prepare() -> Run {
    let (device, signed) = (acceptance("good"), vectors::signed());
    Box::new(move |input| {
        let Ok(documents) = contract::read::<Documents>(input) else { return false };
        let written = assert_stable(&documents, "documents");
        assert!(contract::read::<Documents>(&written).is_ok(), "documents are not read as they are written");
        is_accepted(&device, &documents, Some(&signed))
    })
}

/// Lets a device judge, recognise and accept the documents. Where it accepts them, somebody signed each of them.
fn is_accepted(device: &Acceptance, documents: &Documents, signed: Option<&BTreeSet<Digest>>) -> bool {
    let trust = device.trust();
    let mut announced = Announcements::default();
    let judged = trust.judge(documents, &announced, now());
    let mut recognising = trust.clone();
    let recognised = recognising.recognise(documents, now());
    never_falls(trust.floor(), recognising.floor());
    let mut accepting = trust.clone();
    let accepted = accepting.accept(documents, &mut announced, now());
    never_falls(trust.floor(), accepting.floor());
    if judged.is_ok() {
        assert!(accepted.is_ok(), "documents are judged good and refused");
    }
    let accepted = match accepted {
        Ok(accepted) => accepted,
        Err(refused) => {
            assert!(!refused.code().is_empty() && !refused.to_string().is_empty());
            return false;
        }
    };
    assert!(recognised, "documents are accepted and not recognised");
    let newest = accepted.newest();
    assert_eq!(
        accepting.floor().policies.get(accepting.group()).map(|floor| floor.sha256),
        Some(newest.sha256)
    );
    if let Some(signed) = signed {
        assert!(signed.contains(&newest.sha256), "a policy that nobody signed is accepted");
        assert!(signed.contains(&accepting.root_reference().sha256), "a root that nobody signed is followed");
    }
    assert!(accepted.fresh_until() > now(), "a policy is accepted that is not fresh");
    assert!(accepted.terms().document().expires > now(), "a policy is accepted that has expired");
    // Once it was accepted, what came before is a rollback, and the same is accepted again.
    let again = accepting.accept(documents, &mut announced, now());
    assert_eq!(
        again.ok().map(|again| again.newest()),
        Some(newest),
        "the same documents are not accepted twice"
    );
    assert_same(&accepted.versions(), "versions");
    true
}

/// A floor only rises, but where new keys have it forget what the old ones pushed up.
fn never_falls(before: &Floor, after: &Floor) {
    assert!(after.max_time_seen >= before.max_time_seen, "the proven time fell");
    assert_same(after, "a floor");
}

/// What another device was given, as somebody handed it on.
pub(super) fn prepare_given() -> Run {
    let (device, signed) = (acceptance("good"), vectors::signed());
    let here = given(device.group.clone(), &device.documents);
    let trust = device.trust();
    Box::new(move |input| {
        let Ok(there) = serde_json::from_slice::<GivenDocuments>(input) else { return false };
        assert_stable(&there, "given documents");
        if let Ok(itself) = trust.compare(&there, &there) {
            assert!(itself.conflicts.is_empty(), "a device contradicts itself");
        }
        let Ok(compared) = trust.compare(&here, &there) else { return false };
        for conflict in &compared.conflicts {
            if let Conflict::OtherContent { there, proved: true, .. } = conflict {
                assert!(signed.contains(there), "what nobody signed is a proof");
            }
        }
        if let Ok(other_way) = trust.compare(&there, &here) {
            assert_eq!(compared.in_common, other_way.in_common, "two sides have different things in common");
            assert_eq!((compared.here, compared.there), (other_way.there, other_way.here));
        }
        true
    })
}

fn given(group: String, documents: &Documents) -> GivenDocuments {
    let had = documents.policies.iter().filter_map(|policy| {
        let read = PolicyDocument::read(&policy.unverified_payload().ok()?).ok()?;
        Some(HadVersion {
            version: read.version,
            sha256: policy.unverified_digest().ok()?,
            came: Some(now()),
        })
    });
    GivenDocuments {
        v: Version1,
        kind: GivenKind::GivenDocuments,
        written: now(),
        collector: Some("collector.example".to_owned()),
        group,
        roots: documents.roots.clone(),
        policies: documents.policies.clone(),
        timestamp: documents.timestamp.clone(),
        had: had.collect(),
    }
}

pub(super) fn given_seeds() -> Vec<Seed> {
    let all = vectors::all::<Acceptance>("acceptance").into_iter();
    let chosen =
        all.filter(|(name, _)| ["good", "root_rotated", "equivocation", "tampered"].contains(&name.as_str()));
    let written =
        |one: Acceptance| serde_json::to_vec(&given(one.group, &one.documents)).expect("given documents");
    chosen.map(|(name, one)| (name, written(one))).collect()
}

/// One document a line, as its holder writes it; the target signs it. Where a digest is not known before, the line says `null`.
pub(super) fn prepare_signed() -> Run {
    let device = acceptance("good");
    let pinned = TrustRoot::from_envelope(device.root.clone()).expect("the root of the fixtures");
    Box::new(move |input| {
        let documents = sign(input, &device);
        for root in &documents.roots {
            agrees_about_a_root(root, &pinned);
        }
        for policy in &documents.policies {
            is_one_policy(policy, &pinned);
        }
        if let Some(placement) = &documents.placement {
            let collectors = VerifiedPlacement::verify(placement.clone(), &pinned);
            if let Ok(placement) = &collectors {
                assert_same(placement.document(), "a placement");
                assert!(placement.document().is_sound(), "a placement is taken that is not sound");
            }
        }
        if let Some(timestamp) = &documents.timestamp
            && let Ok(payload) = timestamp.unverified_payload()
            && let Ok(read) = TimestampDocument::read(&payload)
        {
            assert_same(&read, "a timestamp");
        }
        is_accepted(&device, &documents, None)
    })
}

/// Agent, reader and collector make the same of a root.
fn agrees_about_a_root(root: &Envelope, pinned: &TrustRoot) {
    let of_collector = TrustRoot::from_envelope(root.clone());
    let of_device = Trust::pin(root, "staff".to_owned(), Floor::default());
    assert_eq!(of_collector.is_ok(), of_device.is_ok(), "two programs disagree about a root");
    if let (Ok(ours), Ok(theirs)) = (&of_collector, &of_device) {
        assert_eq!(ours.reference(), theirs.root_reference());
        assert!(ours.document().unsound().is_none(), "a root is taken that is not sound");
        assert_same(ours.document(), "a root");
    }
    if let Ok(next) = pinned.followed_by(root.clone()) {
        assert_eq!(next.document().version, pinned.document().version + 1);
        assert_eq!(next.document().collector, pinned.document().collector);
    }
}

fn is_one_policy(policy: &Envelope, root: &TrustRoot) {
    let Ok(payload) = policy.unverified_payload() else { return };
    let Ok(read) = PolicyDocument::read(&payload) else {
        assert!(VerifiedPolicy::verify(policy.clone(), root, now()).is_err());
        return;
    };
    assert_same(&read, "a policy");
    let checked = Policy::check(read);
    match VerifiedPolicy::verify(policy.clone(), root, now()) {
        Ok(verified) => {
            let device = checked.expect("a collector publishes what devices refuse");
            assert_eq!(device.fields(), verified.policy().fields(), "two programs permit two things");
            assert_eq!(
                PolicyRef::new(device.document().version, verified.reference().sha256),
                verified.reference()
            );
        }
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}

/// Signs each line as the document that it says it is.
fn sign(input: &[u8], device: &Acceptance) -> Documents {
    let mut documents = Documents::default();
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').take(16).collect();
    let is_of = |kind: &str, line: &[u8]| {
        let member = format!("\"type\":\"{kind}\"");
        line.windows(member.len()).any(|window| window == member.as_bytes())
    };
    let (mut timestamp, mut policies) = (None, Vec::new());
    for line in lines {
        if is_of("timestamp", line) {
            timestamp = Some(line);
        } else if is_of("root", line) {
            documents.roots.push(sealed::<RootDocument>(line, Holder::Root));
        } else if is_of("placement", line) {
            documents.placement = Some(sealed::<PlacementDocument>(line, Holder::Policy));
        } else if !line.is_empty() {
            policies.push(sealed::<PolicyDocument>(line, Holder::Policy));
        }
    }
    documents.policies = policies;
    documents.timestamp = timestamp
        .map(|line| sealed::<TimestampDocument>(&named(line, &documents, device), Holder::Timestamp));
    documents
}

fn sealed<T: Document>(body: &[u8], holder: Holder) -> Envelope {
    Envelope::assemble(T::PAYLOAD_TYPE, body, &[key(holder).sign_payload(T::PAYLOAD_TYPE, body)])
}

/// A timestamp with the digests for which it says `null`: those of the newest root and of the policies, in their order.
fn named(line: &[u8], documents: &Documents, device: &Acceptance) -> Vec<u8> {
    let Ok(mut timestamp) = serde_json::from_slice::<Value>(line) else { return line.to_vec() };
    let digest = |envelope: &Envelope| {
        envelope.unverified_digest().map_or(Value::Null, |digest| digest.to_string().into())
    };
    let root = documents.roots.last().unwrap_or(&device.root);
    let mut changed = false;
    let mut fill = |place: Option<&mut Value>, with: Value| {
        if let Some(place) = place.filter(|place| place.is_null()) {
            *place = with;
            changed = true;
        }
    };
    fill(timestamp.pointer_mut("/root/sha256"), digest(root));
    let mut policies = documents.policies.iter().map(digest);
    for (_, named) in timestamp.pointer_mut("/policies").and_then(Value::as_object_mut).into_iter().flatten()
    {
        let coming = named.get("coming").and_then(Value::as_array).map_or(0, Vec::len).min(16);
        let places = std::iter::once("/current/sha256".to_owned())
            .chain((0..coming).map(|at| format!("/coming/{at}/sha256")));
        for place in places {
            if named.pointer(&place).is_some_and(Value::is_null) {
                fill(named.pointer_mut(&place), policies.next().unwrap_or_default());
            }
        }
    }
    if changed { serde_json::to_vec(&timestamp).unwrap_or_default() } else { line.to_vec() }
}

pub(super) fn seeds() -> Vec<Seed> {
    let given = vectors::all::<Acceptance>("acceptance").into_iter();
    given.map(|(name, given)| (name, serde_json::to_vec(&given.documents).expect("documents"))).collect()
}

pub(super) fn signed_seeds() -> Vec<Seed> {
    vectors::all::<Acceptance>("acceptance")
        .into_iter()
        .map(|(name, given)| {
            let Documents { roots, policies, timestamp, placement } = given.documents;
            let all = roots.iter().chain(&policies).chain(&timestamp).chain(&placement);
            let lines = all.filter_map(|envelope| envelope.unverified_payload().ok()).map(unnamed);
            (name, lines.collect::<Vec<_>>().join(&b'\n'))
        })
        .collect()
}

/// A timestamp without the digests that follow from the other lines.
fn unnamed(payload: Vec<u8>) -> Vec<u8> {
    let Ok(mut document) = serde_json::from_slice::<Value>(&payload) else { return payload };
    if document["type"] != "timestamp" {
        return payload;
    }
    document["root"]["sha256"] = Value::Null;
    for (_, named) in document["policies"].as_object_mut().into_iter().flatten() {
        if let Some(place) = named.pointer_mut("/current/sha256") {
            *place = Value::Null;
        }
        for coming in named["coming"].as_array_mut().into_iter().flatten() {
            coming["sha256"] = Value::Null;
        }
    }
    serde_json::to_vec(&document).expect("a timestamp")
}
