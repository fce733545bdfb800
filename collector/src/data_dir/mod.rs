//! The collector's directory.
//!
//! ```text
//! collector.toml        id, host names, listening address           written last by `init`
//! collector.db          SQLite: roots, policies, devices, reports
//! tls/ca.pem ca.key     own certificate authority; the key signs server certificates only
//! tls/server.pem server.key
//! keys/timestamp.pk8 receipt.pk8   online signing keys
//! keys/tenant.json      key of tenant-scoped keyed hashes, handed out in bundles
//! offline/root.pk8 policy.pk8      to be moved to another machine
//! ```
//! Directories are 0700, everything secret is 0600. A directory that others than its owner can change is not used, nor one of
//! another user ([`candor_durable`]).

mod config;
mod secret_file;

pub use config::ConfigError;
pub(crate) use config::{Config, DeviceQuota, authority_of};
pub(crate) use secret_file::{create_private_dir, write_atomically, write_new_secret};

use std::path::{Path, PathBuf};

/// Paths inside one collector's directory.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// The directory at this path. Nothing is read or made.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.0.join("collector.toml")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("collector.db")
    }

    /// PEM of the certificate authority.
    pub fn ca(&self) -> PathBuf {
        self.0.join("tls/ca.pem")
    }

    /// Key of the certificate authority, PEM of PKCS#8.
    pub fn ca_key(&self) -> PathBuf {
        self.0.join("tls/ca.key")
    }

    /// PEM of the server's certificate.
    pub fn server_certificate(&self) -> PathBuf {
        self.0.join("tls/server.pem")
    }

    /// Key of the server's certificate, PEM of PKCS#8.
    pub fn server_key(&self) -> PathBuf {
        self.0.join("tls/server.key")
    }

    /// An online signing key, PKCS#8.
    pub fn online_key(&self, role: &str) -> PathBuf {
        self.0.join("keys").join(format!("{role}.pk8"))
    }

    /// An offline signing key, PKCS#8, until it is moved away.
    pub fn offline_key(&self, role: &str) -> PathBuf {
        self.0.join("offline").join(format!("{role}.pk8"))
    }

    /// Key of tenant-scoped keyed hashes.
    pub fn tenant_key(&self) -> PathBuf {
        self.0.join("keys/tenant.json")
    }
}
