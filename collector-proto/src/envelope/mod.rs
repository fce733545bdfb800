//! Signed bytes: DSSE v1.0.2 envelopes and detached DSSE signatures.
//!
//! ```text
//! PAE = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body      (SP = 0x20, LEN = ASCII decimal)
//! {"payload": base64(body), "payloadType": type, "signatures": [{"keyid": …, "sig": base64(Sign(PAE))}]}
//! ```
//!
//! What is signed is opaque bytes, so nothing is canonicalised and stored bytes verify years later. Digests are
//! taken over the PAE, never over the envelope: its white space, base64 alphabet and key ids are malleable.

mod header;
mod key;
mod sign;
mod verify;
mod weak;

pub use header::{BadHeader, DSSE_SIGNATURE, DetachedSignature};
pub use key::{Algorithm, BadKey, Jwk, KeyId, PublicKey};
pub use sign::{BadSigningKey, Sealed, SigningKey};
pub use verify::{Verified, VerifyError};

use crate::contract::{self, ReadError};
use crate::digest::Digest;
use crate::json::bounded_list;
use crate::limits::MAX_SIGNATURES;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize};

/// A type of signed document. Its payload type is the domain separator: a verifier names the type it expects.
pub trait Document: Serialize + serde::de::DeserializeOwned {
    /// Media type inside the signature, such as `application/vnd.candor.report.v1+json`.
    const PAYLOAD_TYPE: &'static str;

    /// Reads the signed bytes. A document is open unless it says otherwise ([`contract::read`]).
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        contract::read(bytes)
    }
}

/// The pre-authentication encoding of DSSE (protocol.md v1.0.2).
pub fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len());
    let mut out = Vec::with_capacity(head.len() + body.len());
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body);
    out
}

/// The digest by which documents and reports name each other: SHA-256 of the PAE.
pub fn pae_digest(payload_type: &str, body: &[u8]) -> Digest {
    Digest::of(&pae(payload_type, body))
}

/// A DSSE envelope as it is written in JSON. Nothing in it is trusted; [`Envelope::verify`] gives what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Base64 of the signed bytes, standard or URL-safe.
    payload: String,
    /// Claimed type of the signed bytes.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// Signatures over the PAE, at most [`MAX_SIGNATURES`].
    #[serde(deserialize_with = "few_signatures")]
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// Hint only: it is not authenticated. Unset and empty mean the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    keyid: String,
    /// Base64 of the signature.
    sig: String,
}

/// Why bytes are not an envelope.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// More bytes than the caller allows.
    #[error("the document has {0} bytes, more than the {1} allowed")]
    TooLarge(usize, usize),
    /// Not the JSON of an envelope.
    #[error("the document is not a DSSE envelope")]
    Json(#[source] serde_json::Error),
    /// The payload is not base64.
    #[error("the envelope's payload is not base64")]
    Base64,
}

impl Envelope {
    /// Reads an envelope of at most `max` bytes.
    pub fn parse(bytes: &[u8], max: usize) -> Result<Self, EnvelopeError> {
        if bytes.len() > max {
            return Err(EnvelopeError::TooLarge(bytes.len(), max));
        }
        serde_json::from_slice(bytes).map_err(EnvelopeError::Json)
    }

    /// Puts detached signatures and the bytes they sign into an envelope.
    pub fn assemble(payload_type: &str, body: &[u8], signatures: &[DetachedSignature]) -> Self {
        Self {
            payload: STANDARD.encode(body),
            payload_type: payload_type.to_owned(),
            signatures: signatures
                .iter()
                .map(|s| EnvelopeSignature { keyid: s.key_id().to_string(), sig: STANDARD.encode(s.bytes()) })
                .collect(),
        }
    }

    /// Adds the signatures of another envelope over the same bytes, as when a second office signs.
    pub fn add_signatures(&mut self, other: &Self) {
        for signature in &other.signatures {
            if !self.signatures.contains(signature) {
                self.signatures.push(signature.clone());
            }
        }
    }

    /// The envelope as one line of JSON.
    pub fn to_json(&self) -> Vec<u8> {
        // Two strings and a list of strings: serialising cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether there are signatures, good or not.
    pub fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// The claimed payload type.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signed bytes, not verified.
    pub fn unverified_payload(&self) -> Result<Vec<u8>, EnvelopeError> {
        decode_base64(&self.payload).ok_or(EnvelopeError::Base64)
    }

    /// The digest that names the document, not verified.
    pub fn unverified_digest(&self) -> Result<Digest, EnvelopeError> {
        Ok(pae_digest(&self.payload_type, &self.unverified_payload()?))
    }
}

/// Counted while they are read. Each may have to be tried under each key: as many as fit into a document would keep a device busy for
/// minutes.
fn few_signatures<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<EnvelopeSignature>, D::Error> {
    bounded_list(d, MAX_SIGNATURES)
}

/// Base64 in either alphabet, padded or not: a DSSE verifier must accept both alphabets.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD]
        .iter()
        .find_map(|engine| engine.decode(text).ok())
}

#[cfg(test)]
mod tests;
