//! Public keys as JWK (RFC 7517, RFC 8037) and their ids, the JWK thumbprint (RFC 7638).

use super::weak;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Signature algorithms. Hardware keys (TPM, Secure Enclave) are P-256 only, so a key record names its algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA over P-256 with SHA-256, signature as r‖s in 64 bytes.
    EcdsaP256Sha256,
}

/// A public key as it travels. Made into a [`PublicKey`] before use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// `OKP` or `EC`.
    pub kty: String,
    /// `Ed25519` or `P-256`.
    pub crv: String,
    /// Public key or x coordinate, base64url without padding.
    pub x: String,
    /// y coordinate of an EC key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

/// RFC 7638 thumbprint, base64url without padding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// Takes a key id as written; it is a hint and a map key, never a proof.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A public key that is well-formed and not one of the weak ones.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// Ed25519: 32 bytes. P-256: 0x04 ‖ x ‖ y.
    bytes: Vec<u8>,
    id: KeyId,
}

/// Why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Neither an Ed25519 nor a P-256 JWK.
    #[error("the key is neither an Ed25519 nor a P-256 JWK")]
    Kind,
    /// A coordinate is not 32 bytes of base64url.
    #[error("a coordinate of the key is not 32 bytes of base64url")]
    Encoding,
    /// One of the 14 encodings of points of small order, under which some signatures verify for any message.
    #[error("the key is a point of small order, under which forged signatures verify")]
    Weak,
}

impl PublicKey {
    /// Takes the 32 bytes of an Ed25519 key; refuses the 14 weak encodings.
    pub fn ed25519(bytes: &[u8; 32]) -> Result<Self, BadKey> {
        if weak::is_small_order(bytes) {
            return Err(BadKey::Weak);
        }
        let x = URL_SAFE_NO_PAD.encode(bytes);
        // Members in lexicographic order and no white space (RFC 7638 §3.2, RFC 8037 §2).
        let thumbprint = thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        Ok(Self { algorithm: Algorithm::Ed25519, bytes: bytes.to_vec(), id: thumbprint })
    }

    /// Takes the coordinates of a P-256 key. ring checks that the point is on the curve when it verifies.
    pub fn p256(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let (x_text, y_text) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let id = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x_text}","y":"{y_text}"}}"#));
        let bytes = [&[4_u8][..], x, y].concat();
        Self { algorithm: Algorithm::EcdsaP256Sha256, bytes, id }
    }

    /// Checks a key that came from outside.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, BadKey> {
        match (jwk.kty.as_str(), jwk.crv.as_str(), &jwk.y) {
            ("OKP", "Ed25519", None) => Self::ed25519(&coordinate(&jwk.x)?),
            ("EC", "P-256", Some(y)) => Ok(Self::p256(&coordinate(&jwk.x)?, &coordinate(y)?)),
            _ => Err(BadKey::Kind),
        }
    }

    /// The key as it travels.
    pub fn to_jwk(&self) -> Jwk {
        match self.algorithm {
            Algorithm::Ed25519 => Jwk {
                kty: "OKP".to_owned(),
                crv: "Ed25519".to_owned(),
                x: URL_SAFE_NO_PAD.encode(&self.bytes),
                y: None,
            },
            Algorithm::EcdsaP256Sha256 => Jwk {
                kty: "EC".to_owned(),
                crv: "P-256".to_owned(),
                x: URL_SAFE_NO_PAD.encode(&self.bytes[1..33]),
                y: Some(URL_SAFE_NO_PAD.encode(&self.bytes[33..])),
            },
        }
    }

    /// The key's thumbprint.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The key's algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the signature over the message is this key's.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn ring::signature::VerificationAlgorithm = match self.algorithm {
            Algorithm::Ed25519 => &ring::signature::ED25519,
            Algorithm::EcdsaP256Sha256 => &ring::signature::ECDSA_P256_SHA256_FIXED,
        };
        ring::signature::UnparsedPublicKey::new(algorithm, &self.bytes).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_jwk().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let jwk = Jwk::deserialize(deserializer)?;
        Self::from_jwk(&jwk).map_err(serde::de::Error::custom)
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], BadKey> {
    URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok()).ok_or(BadKey::Encoding)
}

fn thumbprint(canonical: &str) -> KeyId {
    KeyId(URL_SAFE_NO_PAD.encode(crate::digest::Digest::of(canonical.as_bytes()).bytes()))
}
