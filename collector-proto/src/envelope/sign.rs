//! Signing keys, and bytes sealed with them.

use super::{DetachedSignature, Document, Envelope, PublicKey, pae};
use crate::digest::Digest;
use ring::signature::KeyPair as _;
use std::fmt;

/// An Ed25519 key pair that can sign. Its `Debug` prints the public id only.
pub struct SigningKey {
    pair: ring::signature::Ed25519KeyPair,
    public: PublicKey,
}

/// Why bytes are not a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not an Ed25519 key in PKCS#8 form")]
pub struct BadSigningKey;

impl SigningKey {
    /// Makes a key and returns it with its PKCS#8 document, which is secret.
    pub fn generate(random: &dyn ring::rand::SecureRandom) -> Result<(Self, Vec<u8>), BadSigningKey> {
        let document = ring::signature::Ed25519KeyPair::generate_pkcs8(random).map_err(|_| BadSigningKey)?;
        Ok((Self::from_pkcs8(document.as_ref())?, document.as_ref().to_vec()))
    }

    /// Reads a PKCS#8 document (v1 or v2).
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, BadSigningKey> {
        let pair = ring::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(document)
            .map_err(|_| BadSigningKey)?;
        Self::from_pair(pair)
    }

    /// Makes the key of a 32-byte seed (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, BadSigningKey> {
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| BadSigningKey)?;
        Self::from_pair(pair)
    }

    fn from_pair(pair: ring::signature::Ed25519KeyPair) -> Result<Self, BadSigningKey> {
        let bytes: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| BadSigningKey)?;
        let public = PublicKey::ed25519(&bytes).map_err(|_| BadSigningKey)?;
        Ok(Self { pair, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs bytes as they are. Documents go through [`Self::seal`], which separates their types.
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    /// Signs bytes of one payload type.
    pub fn sign_payload(&self, payload_type: &str, body: &[u8]) -> DetachedSignature {
        DetachedSignature::new(self.public.id().clone(), self.sign_raw(&pae(payload_type, body)))
    }

    /// Writes a document as JSON and signs these bytes.
    pub fn seal<T: Document>(&self, document: &T) -> Result<Sealed<T>, serde_json::Error> {
        let payload = serde_json::to_vec(document)?;
        let signature = self.sign_payload(T::PAYLOAD_TYPE, &payload);
        Ok(Sealed { payload, signature, kind: std::marker::PhantomData })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, <hidden>)", self.public.id())
    }
}

/// A document's signed bytes and the signature over them. Only [`SigningKey::seal`] makes one.
#[derive(Clone)]
pub struct Sealed<T> {
    payload: Vec<u8>,
    signature: DetachedSignature,
    kind: std::marker::PhantomData<T>,
}

impl<T: Document> Sealed<T> {
    /// The signed bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature.
    pub fn signature(&self) -> &DetachedSignature {
        &self.signature
    }

    /// The digest of the PAE, which names the document.
    pub fn digest(&self) -> Digest {
        super::pae_digest(T::PAYLOAD_TYPE, &self.payload)
    }

    /// The document as a standard envelope.
    pub fn to_envelope(&self) -> Envelope {
        Envelope::assemble(T::PAYLOAD_TYPE, &self.payload, std::slice::from_ref(&self.signature))
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes, {})", self.payload.len(), self.signature.key_id())
    }
}
