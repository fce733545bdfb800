//! DSSE envelopes, as they come over the network and lie in files.

use super::vectors::{self, Holder, key};
use super::{Run, Seed, assert_same};
use collector_proto::digest::Digest;
use collector_proto::envelope::{DetachedSignature, Document, Envelope, PublicKey, VerifyError, pae_digest};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{DeviceRecord, EnrolmentRequest, Head, Receipt, Report};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::{PlacementDocument, RootDocument, TimestampDocument};
use std::collections::BTreeSet;

pub(super) fn prepare() -> Run {
    let signed = vectors::signed();
    let keys: Vec<PublicKey> =
        [Holder::Root, Holder::Policy, Holder::Timestamp, Holder::Receipt, Holder::Device]
            .map(|holder| key(holder).public().clone())
            .into();
    let own = key(Holder::Receipt);
    Box::new(move |input| {
        // What is signed here is good whatever it is, and one changed bit of it is not.
        if Envelope::parse(input, MAX_DOCUMENT_BYTES).is_err() {
            let signature = own.sign_payload(Receipt::PAYLOAD_TYPE, input);
            is_bound_to_its_bytes(input, &signature, own.public());
            return false;
        }
        let envelope = Envelope::parse(input, MAX_DOCUMENT_BYTES).expect("it was read before");
        assert_same(&envelope, "an envelope");
        assert_eq!(Envelope::parse(&envelope.to_json(), usize::MAX).ok().as_ref(), Some(&envelope));
        let mut twice = envelope.clone();
        twice.add_signatures(&envelope);
        assert_eq!(twice.to_json().len(), envelope.to_json().len(), "signatures were added twice");
        if let Ok(payload) = envelope.unverified_payload() {
            assert_eq!(
                envelope.unverified_digest().ok(),
                Some(pae_digest(envelope.payload_type(), &payload))
            );
        }
        let taken = [
            taken::<Receipt>(&envelope, &keys, &signed),
            taken::<Report>(&envelope, &keys, &signed),
            taken::<RootDocument>(&envelope, &keys, &signed),
            taken::<PolicyDocument>(&envelope, &keys, &signed),
            taken::<TimestampDocument>(&envelope, &keys, &signed),
            taken::<PlacementDocument>(&envelope, &keys, &signed),
            taken::<DeviceRecord>(&envelope, &keys, &signed),
            taken::<Head>(&envelope, &keys, &signed),
            taken::<EnrolmentRequest>(&envelope, &keys, &signed),
        ];
        let types = taken.iter().filter(|taken| **taken).count();
        assert!(types <= 1, "one envelope is taken for documents of two types");
        types == 1
    })
}

/// Whether the envelope verifies as a document of this type. If so, one of the keys signed these bytes before.
fn taken<T: Document>(envelope: &Envelope, keys: &[PublicKey], signed: &BTreeSet<Digest>) -> bool {
    match envelope.verify::<T>(keys, 1) {
        Ok(verified) => {
            assert!(signed.contains(&verified.digest()), "what nobody signed counts as signed");
            assert_eq!(Some(verified.payload()), envelope.unverified_payload().ok().as_deref());
            assert!(!verified.signers().is_empty() && envelope.is_signed());
            let more = verified.signers().len() + 1;
            assert!(envelope.verify::<T>(keys, more).is_err(), "one signer counts twice");
            assert!(envelope.verify::<T>(&[], 0).is_err(), "a threshold of nothing is met");
            super::assert_stable(verified.document(), T::PAYLOAD_TYPE);
            true
        }
        Err(VerifyError::Type { .. }) => {
            assert_ne!(envelope.payload_type(), T::PAYLOAD_TYPE);
            false
        }
        Err(_) => false,
    }
}

fn is_bound_to_its_bytes(body: &[u8], signature: &DetachedSignature, key: &PublicKey) {
    let is_unsigned = |refused: &VerifyError| matches!(refused, VerifyError::Signatures { .. });
    let good = signature.verify::<Receipt>(body.to_vec(), key);
    assert!(good.is_ok() || good.is_err_and(|refused| !is_unsigned(&refused)), "a signature is not taken");
    let mut changed = body.to_vec();
    match changed.last_mut() {
        Some(byte) => *byte ^= 1,
        None => changed.push(0),
    }
    let refused = signature.verify::<Receipt>(changed, key).expect_err("a changed body is not refused");
    assert!(is_unsigned(&refused), "a changed body is read before it is refused");
    let other = signature.verify::<Report>(body.to_vec(), key).expect_err("another type is not refused");
    assert!(is_unsigned(&other), "a signature counts for another type");
}

pub(super) fn seeds() -> Vec<Seed> {
    let messages = vectors::all::<vectors::Message>("messages").into_iter();
    messages.map(|(name, message)| (name, message.envelope.to_string().into_bytes())).collect()
}
