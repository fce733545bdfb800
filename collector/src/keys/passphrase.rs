//! A secret under a passphrase, in the form that a key file has.
//!
//! ```text
//! "argon2id":{"memory_kib":65536,"passes":3,"lanes":1,"salt":"…"},"sealed":"…"
//! ```
//! `sealed` is the nonce and the secret under ChaCha20-Poly1305 (RFC 8439) with the key that Argon2id (RFC 9106) makes of the passphrase. What the file
//! says in clear beside it is the associated data, so that it cannot be changed. The costs are the second recommendation of RFC 9106 §4, of one lane.

use super::KeyError;
use crate::clock::random_bytes;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Costs of a new file.
const COSTS: Costs = Costs { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

/// Most that a file may ask for: it comes from where offline keys are, and a damaged one must not take the machine's memory.
const MOST: Costs = Costs { memory_kib: 1024 * 1024, passes: 64, lanes: 16 };

/// Shortest passphrase in characters.
pub(crate) const MIN_PASSPHRASE: usize = 12;

#[derive(Clone, Copy)]
struct Costs {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A secret under a passphrase.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    argon2id: Argon2id,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argon2id {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

impl Sealed {
    /// Puts a secret under a passphrase. `about` is what the file says in clear.
    pub(super) fn seal(
        mut secret: Vec<u8>,
        passphrase: &str,
        about: &str,
        random: &dyn SecureRandom,
    ) -> Result<Self, KeyError> {
        if passphrase.chars().count() < MIN_PASSPHRASE {
            return Err(KeyError::ShortPassphrase);
        }
        let salt = random_bytes::<16>(random)?;
        let nonce = random_bytes::<NONCE_LEN>(random)?;
        let argon2id = Argon2id {
            memory_kib: COSTS.memory_kib,
            passes: COSTS.passes,
            lanes: COSTS.lanes,
            salt: URL_SAFE_NO_PAD.encode(salt),
        };
        let cipher = argon2id.cipher(passphrase).ok_or(KeyError::Cipher)?;
        cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about.as_bytes()),
                &mut secret,
            )
            .ok()
            .ok_or(KeyError::Cipher)?;
        Ok(Self { argon2id, sealed: URL_SAFE_NO_PAD.encode([&nonce[..], &secret].concat()) })
    }

    /// The secret of the file at `path`.
    pub(super) fn open(&self, path: &Path, passphrase: &str, about: &str) -> Result<Vec<u8>, KeyError> {
        let damaged = || KeyError::Damaged(path.to_owned());
        let bytes = URL_SAFE_NO_PAD.decode(&self.sealed).ok().ok_or_else(damaged)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok().ok_or_else(damaged)?;
        let cipher = self.argon2id.cipher(passphrase).ok_or_else(damaged)?;
        let mut sealed = sealed.to_vec();
        // Nobody can tell a wrong passphrase from a damaged file.
        let secret = cipher
            .open_in_place(nonce, Aad::from(about.as_bytes()), &mut sealed)
            .ok()
            .ok_or_else(|| KeyError::Passphrase(path.to_owned()))?;
        Ok(secret.to_vec())
    }
}

impl Argon2id {
    /// The cipher of a passphrase; `None` where the costs are out of bounds.
    fn cipher(&self, passphrase: &str) -> Option<LessSafeKey> {
        let is_bounded =
            self.memory_kib <= MOST.memory_kib && self.passes <= MOST.passes && self.lanes <= MOST.lanes;
        if !is_bounded {
            return None;
        }
        let salt = URL_SAFE_NO_PAD.decode(&self.salt).ok()?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, &mut key)
            .ok()?;
        Some(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).ok()?))
    }
}
