//! Keyed hashes: they answer "is it the same?" and nothing else to whoever has no key.
//!
//! ```text
//! HMAC-SHA-256(key, field name ‖ 0x00 ‖ canonical value), first 128 bits
//! hmac-sha256:<key id>:<22 characters of base64url>
//! key id = HMAC-SHA-256(key, "id" ‖ 0x00), first 48 bits, 8 characters of base64url
//! ```
//! The field's name is inside, so equal values of two fields do not match. The reader hashes what it read, and whoever holds the
//! organisation's key hashes what a person wrote down; both by this module, so that the two can be compared.

mod canonical;

pub use canonical::{HardwareAddress, NotAValue, canonical};

use crate::catalog::FieldId;
use crate::messages::Holder;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// Bytes of a key: as many as the hash has (RFC 2104 §3).
pub const KEY_BYTES: usize = 32;

/// Bytes kept of the hash: 128 bits, so that equal hashes mean equal values.
const HASH_BYTES: usize = 16;

/// Bytes of a key's id, which says of two hashes whether they are of one key.
const ID_BYTES: usize = 6;

/// Characters of a key's id.
pub(crate) const ID_CHARS: usize = ID_BYTES / 3 * 4;

/// A named key. `Debug` hides the key.
#[derive(Clone)]
pub struct HashKey {
    id: String,
    key: ring::hmac::Key,
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHashKey {
    /// The id is that of another key. It stands in every hash, so nobody may choose it.
    #[error("the key's id is not the one that is computed from the key")]
    Id,
    /// The key is not 256 bits of base64url.
    #[error("the key is not 256 bits in base64url")]
    Key,
}

impl HashKey {
    /// A key from 256 bits.
    pub fn of(key: &[u8; KEY_BYTES]) -> Self {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
        // No field has this name.
        let tag = ring::hmac::sign(&key, b"id\0");
        Self { id: URL_SAFE_NO_PAD.encode(&tag.as_ref()[..ID_BYTES]), key }
    }

    /// A key from 256 bits written in base64url, whose id has to be this one.
    pub fn parse(id: &str, key: &str) -> Result<Self, BadHashKey> {
        let bytes = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| bytes.try_into().ok());
        let key = Self::of(&bytes.ok_or(BadHashKey::Key)?);
        if key.id == id { Ok(key) } else { Err(BadHashKey::Id) }
    }

    /// Its name inside keyed hashes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The hash of a field's value in its canonical form.
    pub fn hash(&self, field: FieldId, canonical: &str) -> String {
        let mut context = ring::hmac::Context::with_key(&self.key);
        context.update(field.name().as_bytes());
        context.update(&[0]);
        context.update(canonical.as_bytes());
        let tag = context.sign();
        format!("hmac-sha256:{}:{}", self.id, URL_SAFE_NO_PAD.encode(&tag.as_ref()[..HASH_BYTES]))
    }

    /// Derived as a keyed hash is, with a word in the place of the field's name that no field has.
    pub fn holder(&self, of: &str) -> Holder {
        let tag = ring::hmac::sign(&self.key, format!("holder\0{of}").as_bytes());
        let mut name = [0; Holder::BYTES];
        name.copy_from_slice(&tag.as_ref()[..Holder::BYTES]);
        Holder::of(name)
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashKey({}, <hidden>)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fields;

    #[test]
    fn the_hash_is_the_documented_one() {
        // printf 'host.mac\0AC-DE-48-23-45-67' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…01; `id\0` the same way
        let key = HashKey::of(&[1; KEY_BYTES]);
        assert_eq!(
            key.hash(fields::HOST_MAC, "AC-DE-48-23-45-67"),
            "hmac-sha256:JAyBi_L9:DMe4lTG0ZI5JFvwtSHvttQ"
        );
        assert_ne!(
            key.hash(fields::HOST_MAC, "AC-DE-48-23-45-67"),
            key.hash(fields::HOST_NAME, "AC-DE-48-23-45-67")
        );
    }

    #[test]
    fn debug_hides_the_key_and_nobody_chooses_its_id() {
        let key = HashKey::of(&[7; KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "HashKey(tgIGYm7R, <hidden>)");
        let written = URL_SAFE_NO_PAD.encode([7; KEY_BYTES]);
        assert!(HashKey::parse(key.id(), &written).is_ok());
        for id in ["", "annasmit", "5CG1234X", HashKey::of(&[8; KEY_BYTES]).id()] {
            assert_eq!(HashKey::parse(id, &written).err(), Some(BadHashKey::Id), "{id}");
        }
        assert!(HashKey::parse(key.id(), "AAAA").is_err());
    }
}
