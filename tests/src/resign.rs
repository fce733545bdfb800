//! What whoever holds a key can make of a signed document.

use collector_proto::envelope::{Document, Envelope, SigningKey};
use collector_proto::policy::trust::TimestampDocument;
use serde_json::{Value, json};

/// Changes a signed document and signs it again.
///
/// # Panics
/// When it is not the envelope of a document.
pub fn resign<T: Document>(envelope: &mut Value, key: &SigningKey, change: impl FnOnce(&mut Value)) {
    let signed: Envelope = serde_json::from_value(envelope.clone()).expect("an envelope");
    let payload = signed.unverified_payload().expect("a payload");
    let mut document = serde_json::from_slice(&payload).expect("a document");
    change(&mut document);
    let body = serde_json::to_vec(&document).expect("a document is written");
    let signature = key.sign_payload(T::PAYLOAD_TYPE, &body);
    *envelope = serde_json::to_value(Envelope::assemble(T::PAYLOAD_TYPE, &body, &[signature]))
        .expect("an envelope is written");
}

/// Has the timestamp name the newest policy that is given, and nothing else.
///
/// # Panics
/// When there is none, or it is not the envelope of a document.
pub fn name_newest(documents: &mut Value, key: &SigningKey) {
    let newest = documents["policies"].as_array().and_then(|policies| policies.last()).expect("a policy");
    let newest: Envelope = serde_json::from_value(newest.clone()).expect("an envelope");
    let payload = newest.unverified_payload().expect("a payload");
    let policy: Value = serde_json::from_slice(&payload).expect("a document");
    let digest = newest.unverified_digest().expect("a payload");
    let reference = json!({ "version": policy["version"], "sha256": digest });
    resign::<TimestampDocument>(&mut documents["timestamp"], key, |timestamp| {
        timestamp["policies"]["default"] = json!({ "current": reference, "coming": [] });
    });
}
