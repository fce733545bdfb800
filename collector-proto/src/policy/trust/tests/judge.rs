//! Which attack each refusal is told as, and on which document.

use super::*;
use crate::catalog::{Attack, DocumentKind};
use crate::limits::MAX_ROOT_STEPS;

/// What is told of documents that a device is given, which accepted version 7 under root 1; `None` where they are accepted or no attack.
fn told(edit: impl FnOnce(&mut Device), at: UtcTime) -> Option<(Attack, DocumentKind)> {
    let mut device = accepted();
    edit(&mut device);
    let Device { trust, documents, announced } = &device;
    let judged = trust.judge(documents, announced, at);
    // The record is of what is refused, and of nothing else.
    let mut again = trust.clone();
    let accepts =
        again.accept(documents, &mut announced.clone(), at).is_ok() && trust.receives(documents, at).is_ok();
    assert_eq!(judged.is_ok(), accepts, "{judged:?}");
    judged.err().and_then(|refused| refused.1).map(|attempt| (attempt.attack, attempt.document))
}

fn later(seconds: u64) -> UtcTime {
    now().plus_seconds(seconds)
}

/// Has the timestamp name this root.
fn resting_on(version: u64, digest: Digest) -> impl Fn(&mut Device) {
    move |device| {
        device.timestamp(later(10), |timestamp| timestamp.root = RootRef { version, sha256: digest });
    }
}

#[test]
fn roots_that_are_refused_have_a_name() {
    use {Attack as A, DocumentKind as D};
    let at = later(20);
    let own = |device: &Device| device.trust.root_reference().sha256;
    let followed = |device: &mut Device| device.trust.rotate(&sign(&root(2, &KEYS), &[1])).unwrap();
    let with = |roots: Vec<Envelope>| told(|device| device.documents.roots = roots, at);
    assert_eq!(with(vec![sign(&root(2, &KEYS), &[9])]), Some((A::Forged, D::Root)));
    assert_eq!(with(vec![sign_bytes("text/plain", b"{}", &[1])]), Some((A::Forged, D::Root)));
    assert_eq!(with(vec![sign(&root(3, &KEYS), &[1])]), Some((A::FastForward, D::Root)));
    let mut foreign = root(2, &KEYS);
    foreign.collector = "another.example".to_owned();
    assert_eq!(with(vec![sign(&foreign, &[1])]), Some((A::MixAndMatch, D::Root)));
    let rolled_back = told(
        |device| {
            let old = own(device);
            followed(device);
            resting_on(1, old)(device);
        },
        at,
    );
    assert_eq!(rolled_back, Some((A::Rollback, D::Root)));
    assert_eq!(told(resting_on(1, Digest::of(b"x")), at), Some((A::OtherContent, D::Root)));
    assert_eq!(
        told(resting_on(2, Digest::of(b"x")), at),
        Some((A::MixAndMatch, D::Root)),
        "one was left out"
    );
    let endless = told(
        |device| {
            device.documents.roots = vec![sign(&root(1, &KEYS), &[1]); MAX_ROOT_STEPS + 1];
            resting_on(2000, Digest::of(b"x"))(device);
        },
        at,
    );
    assert_eq!(endless, Some((A::EndlessData, D::All)));
    assert_eq!(told(|_| {}, later(365 * DAY)), Some((A::Freeze, D::Timestamp)));
    let frozen = told(|device| device.timestamp(later(365 * DAY), |_| {}), later(365 * DAY));
    assert_eq!(frozen, Some((A::Freeze, D::Root)));
    // What the holders themselves signed is a mistake of theirs.
    let mut unsound = root(2, &KEYS);
    unsound.roles.remove(&Role::Receipt);
    assert_eq!(with(vec![sign(&unsound, &[1])]), None);
}

#[test]
fn policies_that_are_refused_have_a_name() {
    use {Attack as A, DocumentKind as D};
    let at = later(20);
    let given = |policy: PolicyDocument, seeds: &'static [u8]| {
        move |device: &mut Device| {
            let envelope = sign(&policy, seeds);
            let named = reference(&envelope, policy.version);
            device.documents.policies = vec![envelope];
            device.timestamp(later(10), |timestamp| {
                timestamp.policies.insert("default".to_owned(), named.into());
            });
        }
    };
    assert_eq!(told(given(policy(8), &[2]), at), None, "accepted");
    assert_eq!(told(given(policy(8), &[3]), at), Some((A::Forged, D::Policy)));
    assert_eq!(told(given(policy(6), &[2]), at), Some((A::Rollback, D::Policy)));
    let other = PolicyDocument { issued: later(1), ..policy(7) };
    assert_eq!(told(given(other.clone(), &[2]), at), Some((A::OtherContent, D::Policy)));
    let expired = PolicyDocument { expires: later(15), ..policy(8) };
    assert_eq!(told(given(expired, &[2]), at), Some((A::Freeze, D::Policy)));
    let foreign = PolicyDocument { group: "servers".to_owned(), ..policy(8) };
    assert_eq!(told(given(foreign, &[2]), at), Some((A::MixAndMatch, D::Policy)));
    let naming = |named: Named| {
        told(
            move |device| {
                device.timestamp(later(10), |timestamp| {
                    timestamp.policies.insert("default".to_owned(), named);
                });
            },
            at,
        )
    };
    let eight = PolicyRef::new(8, Digest::of(b"eight"));
    assert_eq!(
        naming(eight.into()),
        Some((A::MixAndMatch, D::Policy)),
        "an old one beside the newest timestamp"
    );
    let seven = PolicyRef::new(7, Digest::of(b"seven"));
    assert_eq!(naming(seven.into()), Some((A::OtherContent, D::Policy)));
    let newest = reference(&sign(&policy(9), &[2]), 9);
    let left_out = told(
        |device| {
            given(policy(9), &[2])(device);
            device.timestamp(later(10), |timestamp| {
                let named = Named { current: Some(eight), coming: vec![newest] };
                timestamp.policies.insert("default".to_owned(), named);
            });
        },
        at,
    );
    assert_eq!(left_out, Some((A::MixAndMatch, D::Policy)));
    assert_eq!(told(|device| device.documents.policies.clear(), at), Some((A::MixAndMatch, D::Policy)));
    // A group whose policy was withdrawn, and one that an author got wrong, are nobody's attack.
    let withdrawn = told(
        |device| {
            device.documents.policies.clear();
            device.timestamp(later(10), |timestamp| timestamp.policies.clear());
        },
        at,
    );
    assert_eq!(withdrawn, None);
    let mut faulty = policy(8);
    faulty.purposes.clear();
    assert_eq!(told(given(faulty, &[2]), at), None);
}

#[test]
fn timestamps_that_are_refused_have_a_name() {
    use {Attack as A, DocumentKind as D};
    let stamped = |at: UtcTime, edit: fn(&mut TimestampDocument), seen: UtcTime| {
        told(move |device| device.timestamp(at, edit), seen)
    };
    assert_eq!(
        told(|device| device.documents.timestamp = None, later(1)),
        Some((A::MixAndMatch, D::Timestamp))
    );
    let forged = |device: &mut Device| {
        let timestamp = device.documents.timestamp.as_ref().unwrap().unverified_payload().unwrap();
        device.documents.timestamp = Some(sign_bytes(TimestampDocument::PAYLOAD_TYPE, &timestamp, &[2]));
    };
    assert_eq!(told(forged, later(1)), Some((A::Forged, D::Timestamp)));
    let older = UtcTime::from_unix(now().unix() - 10);
    assert_eq!(stamped(older, |_| {}, later(1)), Some((A::Rollback, D::Timestamp)));
    // Older and past its date is told as what it says more by.
    assert_eq!(stamped(older, |_| {}, later(2 * DAY)), Some((A::Rollback, D::Timestamp)));
    assert_eq!(stamped(now(), |_| {}, later(2 * DAY)), Some((A::Freeze, D::Timestamp)));
    let lives_on =
        |timestamp: &mut TimestampDocument| timestamp.expires = timestamp.issued.plus_seconds(2 * DAY);
    assert_eq!(stamped(now(), lives_on, later(1)), Some((A::Freeze, D::Timestamp)));
    assert_eq!(stamped(later(DAY), |_| {}, later(1)), Some((A::FastForward, D::Timestamp)));
    // The clock alone is behind what was proved before.
    assert_eq!(told(|_| {}, UtcTime::from_unix(now().unix() - 3600)), None);
}
