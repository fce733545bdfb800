//! What whoever holds a key can make of a signed document.

use collector_proto::envelope::{Document, Envelope, SigningKey};
use serde_json::Value;

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
