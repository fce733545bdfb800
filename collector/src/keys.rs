//! Signing keys in files: PKCS#8, readable by their owner only.

use collector_proto::envelope::{BadSigningKey, SigningKey};
use std::path::{Path, PathBuf};

/// A signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the key {0} cannot be read; an offline key has to be brought back, or named with --key")]
    Read(PathBuf, #[source] std::io::Error),
    /// The file is not an Ed25519 key.
    #[error("{0} is not an Ed25519 key in PKCS#8 form")]
    Form(PathBuf, #[source] BadSigningKey),
}

/// The keys that the running collector signs with.
#[derive(Debug)]
pub(crate) struct OnlineKeys {
    /// Signs timestamps.
    pub(crate) timestamp: SigningKey,
    /// Signs receipts and device records.
    pub(crate) receipt: SigningKey,
}

impl OnlineKeys {
    /// Reads both from the collector's directory.
    pub(crate) fn read(dir: &crate::data_dir::DataDir) -> Result<Self, KeyError> {
        Ok(Self {
            timestamp: read(&dir.online_key("timestamp"))?,
            receipt: read(&dir.online_key("receipt"))?,
        })
    }
}

/// Reads one key.
pub fn read(path: &Path) -> Result<SigningKey, KeyError> {
    let document = std::fs::read(path).map_err(|e| KeyError::Read(path.into(), e))?;
    SigningKey::from_pkcs8(&document).map_err(|error| KeyError::Form(path.into(), error))
}
