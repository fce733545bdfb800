//! Verification. [`Verified`] is built here and nowhere else.

use super::{DetachedSignature, Document, Envelope, EnvelopeSignature, KeyId, PublicKey, decode_base64, pae};
use crate::contract::{NotUnderstood, ReadError};
use crate::digest::Digest;
use std::collections::BTreeSet;
use std::fmt;

/// A document whose bytes carried enough good signatures, parsed after that and from those bytes.
pub struct Verified<T> {
    document: T,
    payload: Vec<u8>,
    digest: Digest,
    signers: BTreeSet<KeyId>,
}

/// Why signed bytes are refused.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The envelope is of another type than the one expected here.
    #[error("the document is of another type than {expected}")]
    Type {
        /// The payload type that belongs here.
        expected: &'static str,
    },
    /// Fewer distinct known keys signed than are needed.
    #[error("{good} of the {needed} needed signatures are good")]
    Signatures {
        /// Distinct known keys with a good signature.
        good: usize,
        /// The threshold.
        needed: usize,
    },
    /// The payload is not base64.
    #[error("the envelope's payload is not base64")]
    Base64,
    /// The bytes are signed, but are not a document of this type.
    #[error("the signed document cannot be read (line {}, column {})", .0.line(), .0.column())]
    Content(#[source] serde_json::Error),
    /// The bytes are signed, and hold something newer than this program.
    #[error(transparent)]
    NotUnderstood(NotUnderstood),
}

impl Envelope {
    /// Verifies against a threshold of distinct keys, then parses the verified bytes as `T`.
    ///
    /// Key ids decide nothing: each signature is tried under each key, first the one that names it, because a wrong one takes as long as
    /// a right one. Each key counts once however often its signature is repeated. A threshold of 0 is treated as 1.
    pub fn verify<T: Document>(
        &self,
        keys: &[PublicKey],
        threshold: usize,
    ) -> Result<Verified<T>, VerifyError> {
        if self.payload_type != T::PAYLOAD_TYPE {
            return Err(VerifyError::Type { expected: T::PAYLOAD_TYPE });
        }
        let payload = decode_base64(&self.payload).ok_or(VerifyError::Base64)?;
        let message = pae(T::PAYLOAD_TYPE, &payload);
        let decoded =
            |signature: &EnvelopeSignature| Some((signature.keyid.clone(), decode_base64(&signature.sig)?));
        let signatures: Vec<_> = self.signatures.iter().filter_map(decoded).collect();
        let is_signed_with = |key: &PublicKey| {
            let (named, others): (Vec<_>, Vec<_>) =
                signatures.iter().partition(|(id, _)| id == key.id().as_str());
            named.into_iter().chain(others).any(|(_, signature)| key.verifies(&message, signature))
        };
        let signers: BTreeSet<_> =
            keys.iter().filter(|key| is_signed_with(key)).map(|key| key.id().clone()).collect();
        let needed = threshold.max(1);
        if signers.len() < needed {
            return Err(VerifyError::Signatures { good: signers.len(), needed });
        }
        Verified::parse(payload, &message, signers)
    }
}

impl DetachedSignature {
    /// Verifies bytes that travelled beside their signature, then parses them as `T`.
    pub fn verify<T: Document>(&self, payload: Vec<u8>, key: &PublicKey) -> Result<Verified<T>, VerifyError> {
        let message = pae(T::PAYLOAD_TYPE, &payload);
        if !key.verifies(&message, self.bytes()) {
            return Err(VerifyError::Signatures { good: 0, needed: 1 });
        }
        Verified::parse(payload, &message, BTreeSet::from([key.id().clone()]))
    }
}

impl<T: Document> Verified<T> {
    fn parse(payload: Vec<u8>, message: &[u8], signers: BTreeSet<KeyId>) -> Result<Self, VerifyError> {
        let document = T::read(&payload).map_err(|error| match error {
            ReadError::Form(error) => VerifyError::Content(error),
            ReadError::NotUnderstood(what) => VerifyError::NotUnderstood(what),
        })?;
        Ok(Self { document, digest: Digest::of(message), payload, signers })
    }
}

impl<T> Verified<T> {
    /// The document.
    pub fn document(&self) -> &T {
        &self.document
    }

    /// The document alone.
    pub fn into_document(self) -> T {
        self.document
    }

    /// The bytes that were signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The digest of the PAE, which names the document.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The keys whose signatures were good.
    pub fn signers(&self) -> &BTreeSet<KeyId> {
        &self.signers
    }
}

impl<T> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.digest)
    }
}
