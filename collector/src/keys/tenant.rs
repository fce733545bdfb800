//! The organisation's key of keyed hashes in a file, kept off line: the tenant key.
//!
//! ```text
//! {"v":1,"type":"tenant-key","id":"…","version":1,"key":"…"}
//! {"v":1,"type":"tenant-key","id":"…","version":1,"argon2id":{…},"sealed":"…"}     under a passphrase
//! ```
//! Whoever has it can find a value from its hash wherever few values are possible. So nothing that serves devices reads it: the verbs of the
//! command line that name it do, and `init`, which makes it.

use super::KeyError;
use super::passphrase::Sealed;
use crate::clock::random_bytes;
use crate::data_dir::DataDir;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::{self, Version1};
use collector_proto::keyed_hash::{HashKey, KEY_BYTES};
use collector_proto::messages::TenantKey;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// How far into a file its type stands.
const HEAD_BYTES: u64 = 256;

/// What a tenant key says of itself without its passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TenantKeyName {
    /// Its name inside keyed hashes.
    pub(crate) id: String,
    /// Rises with every rotation.
    pub(crate) version: u64,
}

#[derive(Serialize, Deserialize)]
struct TenantKeyFile {
    v: Version1,
    #[serde(rename = "type")]
    kind: Kind,
    id: String,
    version: u64,
    #[serde(flatten)]
    secret: Secret,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "tenant-key")]
    TenantKey,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Secret {
    Clear { key: String },
    Sealed(Sealed),
}

/// A new key as the bytes of its file, under a passphrase where there is one.
pub(crate) fn make(
    version: u64,
    passphrase: Option<&str>,
    random: &dyn SecureRandom,
) -> Result<(TenantKeyName, Vec<u8>), KeyError> {
    let bytes = random_bytes::<KEY_BYTES>(random)?;
    let (id, key) = (HashKey::of(&bytes).id().to_owned(), URL_SAFE_NO_PAD.encode(bytes));
    let name = TenantKeyName { id: id.clone(), version };
    let secret = match passphrase {
        None => Secret::Clear { key },
        Some(passphrase) => {
            Secret::Sealed(Sealed::seal(key.into_bytes(), passphrase, &name.about(), random)?)
        }
    };
    let file = TenantKeyFile { v: Version1, kind: Kind::TenantKey, id, version, secret };
    Ok((name, serde_json::to_vec_pretty(&file).map_err(KeyError::Write)?))
}

/// What the file says without its passphrase.
pub(crate) fn name(path: &Path) -> Result<TenantKeyName, KeyError> {
    let TenantKeyFile { id, version, .. } = file(path)?;
    Ok(TenantKeyName { id, version })
}

/// Reads a key. `passphrase` is asked for only where the file is under one.
pub(crate) fn read(
    path: &Path,
    passphrase: impl FnOnce() -> Result<String, KeyError>,
) -> Result<TenantKey, KeyError> {
    let TenantKeyFile { id, version, secret, .. } = file(path)?;
    let key = match secret {
        Secret::Clear { key } => key,
        Secret::Sealed(sealed) => {
            let about = TenantKeyName { id: id.clone(), version }.about();
            let key = sealed.open(path, &passphrase()?, &about)?;
            String::from_utf8(key).ok().ok_or_else(|| KeyError::Damaged(path.to_owned()))?
        }
    };
    HashKey::parse(&id, &key).ok().ok_or_else(|| KeyError::Damaged(path.to_owned()))?;
    Ok(TenantKey { id, version, key })
}

fn file(path: &Path) -> Result<TenantKeyFile, KeyError> {
    contract::read(&super::read_file(path)?).ok().ok_or_else(|| KeyError::NotATenantKey(path.to_owned()))
}

impl TenantKeyName {
    fn about(&self) -> String {
        format!("tenant-key {} {}", self.id, self.version)
    }
}

/// Whether a file is a tenant key, by its beginning, which holds no secret.
pub(crate) fn is_one(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = candor_durable::open_given(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let head: Vec<u8> = head.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    read.is_ok() && head.starts_with(b"{\"v\":1,\"type\":\"tenant-key\"")
}

/// Tenant keys in a collector's directory outside `offline/`. The database's files are left alone: a process that closes one of them loses
/// the locks that it holds there (fcntl(2)), and a server that has it open would work on without.
pub(crate) fn beside_online_keys(dir: &DataDir) -> Vec<PathBuf> {
    let below =
        |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = [dir.path().to_owned(), dir.path().join("keys"), dir.path().join("tls")];
    let mut found: Vec<PathBuf> = folders
        .into_iter()
        .flat_map(below)
        .filter(|path| path.is_file() && !dir.is_of_database(path) && is_one(path))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;

    const PASSPHRASE: &str = "correct horse battery";

    fn made(version: u64, passphrase: Option<&str>) -> (tempfile::TempDir, PathBuf, TenantKeyName) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tenant.key");
        let (name, bytes) = make(version, passphrase, &SystemRandom::new()).unwrap();
        candor_durable::replace(&path, &bytes).unwrap();
        (directory, path, name)
    }

    #[test]
    fn a_key_comes_out_as_it_went_in_and_its_name_without_a_passphrase() {
        let (_directory, path, name) = made(1, None);
        let key = read(&path, || panic!("nobody is asked")).unwrap();
        assert_eq!((key.id, key.version, super::name(&path).unwrap()), (name.id.clone(), 1, name));
        let (_directory, path, name) = made(7, Some(PASSPHRASE));
        assert_eq!(super::name(&path).unwrap(), name);
        let open = |passphrase: &str| read(&path, || Ok(passphrase.to_owned()));
        assert_eq!(open(PASSPHRASE).unwrap().version, 7);
        assert!(matches!(open("correct horse batterx"), Err(KeyError::Passphrase(_))));
        // What stands in clear cannot be changed: a version raised would be taken for a later key.
        let raised = std::fs::read_to_string(&path).unwrap().replace("\"version\": 7", "\"version\": 8");
        candor_durable::replace(&path, raised.as_bytes()).unwrap();
        assert!(matches!(open(PASSPHRASE), Err(KeyError::Passphrase(_))));
    }

    #[test]
    fn a_key_is_found_wherever_it_lies_beside_the_online_ones() {
        let (directory, path, _) = made(1, Some(PASSPHRASE));
        let dir = DataDir::at(directory.path());
        std::fs::create_dir_all(directory.path().join("keys")).unwrap();
        std::fs::write(directory.path().join("keys/other.json"), "{\"v\":1,\"type\":\"key\"}").unwrap();
        let moved = directory.path().join("keys/harmless.txt");
        std::fs::copy(&path, &moved).unwrap();
        assert_eq!(beside_online_keys(&dir), [moved, path]);
    }
}
