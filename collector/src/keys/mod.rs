//! Signing keys in files, readable by their owner only.

mod offline;
mod passphrase;
pub(crate) mod tenant;

pub(crate) use offline::{make as make_offline, public as public_of, read as read_offline};
pub(crate) use passphrase::MIN_PASSPHRASE;

use crate::clock::NoRandomness;
use crate::data_dir::DataDir;
use crate::refusal::{Reason, RequestRefusal};
use collector_proto::envelope::{BadSigningKey, SigningKey};
use collector_proto::policy::trust::{Role, RootDocument};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the key {0} cannot be read; an offline key has to be brought back, or named with --key")]
    Read(PathBuf, #[source] std::io::Error),
    /// The file is not an Ed25519 key.
    #[error("{0} is not an Ed25519 key in PKCS#8 form")]
    Form(PathBuf, #[source] BadSigningKey),
    /// The file says that it is a key under a passphrase and is damaged.
    #[error("{0} is a damaged key file")]
    Damaged(PathBuf),
    /// The file is something else.
    #[error("{0} is not a tenant key; `candor-collector tenant-key new` makes one")]
    NotATenantKey(PathBuf),
    /// The passphrase is another one.
    #[error("{0} does not open with this passphrase")]
    Passphrase(PathBuf),
    /// The passphrase cannot be had.
    #[error("the passphrase cannot be read from {0}")]
    NoPassphrase(String, #[source] std::io::Error),
    /// Too easily guessed.
    #[error("the passphrase has fewer than {MIN_PASSPHRASE} characters")]
    ShortPassphrase,
    /// No key can be made.
    #[error("a signing key cannot be made")]
    New(#[source] BadSigningKey),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The cryptography failed.
    #[error("the key cannot be put under the passphrase")]
    Cipher,
    /// The file cannot be written.
    #[error("the key file cannot be written")]
    Write(#[source] serde_json::Error),
}

/// The keys that the running collector can sign with. While one takes the place of another the directory holds both, and the root in force says
/// which of them counts.
#[derive(Debug, Clone)]
pub(crate) struct OnlineKeys {
    keys: Vec<Arc<SigningKey>>,
}

/// The root in force names none of the keys that the collector has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "none of the keys in `keys/` may sign as `{role}` under root version {version}; `candor-collector doctor` says what to do"
)]
pub struct NoOnlineKey {
    role: Role,
    version: u64,
}

impl NoOnlineKey {
    /// What is the matter for an administrator, and what to do about it.
    pub(crate) fn advice(&self) -> String {
        let role = self.role;
        format!(
            "the root names a key for `{role}` that is not in keys/, so no device believes what is signed as that. Put your copy of it there, or publish a root \
             with another one: candor-collector root new-version --rotate {role}"
        )
    }
}

impl From<NoOnlineKey> for RequestRefusal {
    fn from(error: NoOnlineKey) -> Self {
        tracing::error!(%error, "nothing can be signed");
        Self::new(Reason::Unavailable, "the collector cannot sign now; try again later")
    }
}

impl OnlineKeys {
    /// Reads every key of the directory's online roles.
    pub(crate) fn read(dir: &DataDir) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for role in Self::ROLES {
            for path in dir.online_keys(role.name()).map_err(|(path, error)| KeyError::Read(path, error))? {
                keys.push(Arc::new(read(&path)?));
            }
        }
        Ok(Self { keys })
    }

    /// The roles whose keys are on line.
    pub(crate) const ROLES: [Role; 2] = [Role::Timestamp, Role::Receipt];

    /// The role of which the root names no key that is here, if there is one.
    pub(crate) fn missing(&self, root: &RootDocument) -> Option<NoOnlineKey> {
        Self::ROLES.into_iter().find_map(|role| self.of(role, root).err())
    }

    /// The key to sign with as this role under the root in force.
    pub(crate) fn of(&self, role: Role, root: &RootDocument) -> Result<Arc<SigningKey>, NoOnlineKey> {
        let named = root.roles.get(&role);
        let is_named = |key: &&Arc<SigningKey>| {
            named.is_some_and(|named| named.threshold <= 1 && named.keyids.contains(key.public().id()))
        };
        // The newest that counts: files are read in the order of their names.
        let key = self.keys.iter().rev().find(is_named).cloned();
        key.ok_or(NoOnlineKey { role, version: root.version })
    }
}

/// Reads one key.
pub fn read(path: &Path) -> Result<SigningKey, KeyError> {
    parse(path, &read_file(path)?)
}

fn read_file(path: &Path) -> Result<Vec<u8>, KeyError> {
    crate::data_dir::read_key(path).map_err(|error| KeyError::Read(path.into(), error))
}

fn parse(path: &Path, document: &[u8]) -> Result<SigningKey, KeyError> {
    SigningKey::from_pkcs8(document).map_err(|error| KeyError::Form(path.into(), error))
}
