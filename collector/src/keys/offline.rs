//! Offline keys in files: PKCS#8 as `init` writes them, or the same under a passphrase.
//!
//! ```text
//! {"v":1,"type":"key","public":{"kty":"OKP","crv":"Ed25519","x":"…"},"argon2id":{…},"sealed":"…"}
//! ```
//! The thumbprint of the public key is the associated data.

use super::KeyError;
use super::passphrase::Sealed;
use collector_proto::contract::{self, Version1};
use collector_proto::envelope::{Jwk, PublicKey, SigningKey};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Serialize, Deserialize)]
struct SealedKey {
    v: Version1,
    #[serde(rename = "type")]
    kind: KeyKind,
    public: Jwk,
    #[serde(flatten)]
    secret: Sealed,
}

#[derive(Serialize, Deserialize)]
enum KeyKind {
    #[serde(rename = "key")]
    Key,
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
    let secret = Sealed::seal(document, passphrase, public.id().as_str(), random)?;
    let file = SealedKey { v: Version1, kind: KeyKind::Key, public: public.to_jwk(), secret };
    Ok((public, serde_json::to_vec_pretty(&file).map_err(KeyError::Write)?))
}

impl SealedKey {
    fn open(&self, path: &Path, passphrase: &str) -> Result<SigningKey, KeyError> {
        let public =
            PublicKey::from_jwk(&self.public).ok().ok_or_else(|| KeyError::Damaged(path.to_owned()))?;
        super::parse(path, &self.secret.open(path, passphrase, public.id().as_str())?)
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
        candor_durable::replace(&path, bytes).unwrap();
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
