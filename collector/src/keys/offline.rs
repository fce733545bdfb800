//! Offline keys in files: PKCS#8 as `init` writes them, or the same under a passphrase.
//!
//! ```text
//! {"v":1,"type":"key","public":{"kty":"OKP","crv":"Ed25519","x":"…"},
//!  "argon2id":{"memory_kib":65536,"passes":3,"lanes":1,"salt":"…"},"sealed":"…"}
//! ```
//! `sealed` is the nonce and the PKCS#8 document under ChaCha20-Poly1305 (RFC 8439) with the key that Argon2id (RFC 9106) makes of the passphrase, with the
//! thumbprint of the public key as associated data. The costs are the second recommendation of RFC 9106 §4, of one lane.

use super::KeyError;
use crate::clock::random_bytes;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::{self, Version1};
use collector_proto::envelope::{Jwk, KeyId, PublicKey, SigningKey};
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

#[derive(Serialize, Deserialize)]
struct SealedKey {
    v: Version1,
    #[serde(rename = "type")]
    kind: KeyKind,
    public: Jwk,
    argon2id: Argon2id,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
enum KeyKind {
    #[serde(rename = "key")]
    Key,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argon2id {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Reads a key that is kept off line. `passphrase` is asked for only where the file is under one.
pub(crate) fn read(
    path: &Path,
    passphrase: impl FnOnce() -> Result<String, KeyError>,
) -> Result<SigningKey, KeyError> {
    let bytes = super::read_file(path)?;
    match contract::read::<SealedKey>(&bytes) {
        Ok(sealed) => sealed.open(path, &passphrase()?),
        Err(_) => super::parse(path, &bytes),
    }
}

/// The public key of a file, without its passphrase.
pub(crate) fn public(path: &Path) -> Result<PublicKey, KeyError> {
    let bytes = super::read_file(path)?;
    match contract::read::<SealedKey>(&bytes) {
        Ok(sealed) => {
            PublicKey::from_jwk(&sealed.public).ok().ok_or_else(|| KeyError::Damaged(path.to_owned()))
        }
        Err(_) => Ok(super::parse(path, &bytes)?.public().clone()),
    }
}

/// A new key as the bytes of its file, under a passphrase where there is one.
pub(crate) fn make(
    passphrase: Option<&str>,
    random: &dyn SecureRandom,
) -> Result<(PublicKey, Vec<u8>), KeyError> {
    let (key, document) = SigningKey::generate(random).map_err(KeyError::New)?;
    let public = key.public().clone();
    let Some(passphrase) = passphrase else { return Ok((public, document)) };
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
    let mut sealed = document;
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about(public.id()), &mut sealed)
        .ok()
        .ok_or(KeyError::Cipher)?;
    let sealed = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
    let file = SealedKey { v: Version1, kind: KeyKind::Key, public: public.to_jwk(), argon2id, sealed };
    Ok((public, serde_json::to_vec_pretty(&file).map_err(KeyError::Write)?))
}

impl SealedKey {
    fn open(&self, path: &Path, passphrase: &str) -> Result<SigningKey, KeyError> {
        let damaged = || KeyError::Damaged(path.to_owned());
        let public = PublicKey::from_jwk(&self.public).ok().ok_or_else(damaged)?;
        let bytes = URL_SAFE_NO_PAD.decode(&self.sealed).ok().ok_or_else(damaged)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok().ok_or_else(damaged)?;
        let cipher = self.argon2id.cipher(passphrase).ok_or_else(damaged)?;
        let mut sealed = sealed.to_vec();
        // Nobody can tell a wrong passphrase from a damaged file.
        let document = cipher
            .open_in_place(nonce, about(public.id()), &mut sealed)
            .ok()
            .ok_or_else(|| KeyError::Passphrase(path.to_owned()))?;
        super::parse(path, document)
    }
}

fn about(id: &KeyId) -> Aad<&[u8]> {
    Aad::from(id.as_str().as_bytes())
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

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;

    const PASSPHRASE: &str = "correct horse battery";

    fn written(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("it.key");
        std::fs::write(&path, bytes).unwrap();
        (directory, path)
    }

    #[test]
    fn a_key_comes_out_with_its_passphrase_alone() {
        let (public, file) = make(Some(PASSPHRASE), &SystemRandom::new()).unwrap();
        let (_directory, path) = written(&file);
        assert_eq!(read(&path, || Ok(PASSPHRASE.to_owned())).unwrap().public(), &public);
        assert_eq!(super::public(&path).unwrap(), public);
        let wrong = read(&path, || Ok("correct horse batterx".to_owned())).unwrap_err();
        assert!(matches!(wrong, KeyError::Passphrase(_)), "{wrong:?}");
        // The public key of another file does not go with it.
        let (other, _) = make(None, &SystemRandom::new()).unwrap();
        let swapped = String::from_utf8(file).unwrap().replace(&public.to_jwk().x, &other.to_jwk().x);
        let (_directory, path) = written(swapped.as_bytes());
        assert!(matches!(read(&path, || Ok(PASSPHRASE.to_owned())), Err(KeyError::Passphrase(_))));
    }

    #[test]
    fn a_key_without_a_passphrase_asks_for_none() {
        let (public, file) = make(None, &SystemRandom::new()).unwrap();
        let (_directory, path) = written(&file);
        assert_eq!(read(&path, || panic!("nobody is asked")).unwrap().public(), &public);
    }

    #[test]
    fn what_is_too_short_or_costs_too_much_is_refused() {
        assert!(matches!(make(Some("short"), &SystemRandom::new()), Err(KeyError::ShortPassphrase)));
        let (_, file) = make(Some(PASSPHRASE), &SystemRandom::new()).unwrap();
        let costly =
            String::from_utf8(file).unwrap().replace("\"memory_kib\": 65536", "\"memory_kib\": 99999999");
        let (_directory, path) = written(costly.as_bytes());
        assert!(matches!(read(&path, || Ok(PASSPHRASE.to_owned())), Err(KeyError::Damaged(_))));
    }
}
