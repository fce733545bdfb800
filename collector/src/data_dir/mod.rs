//! The collector's directory.
//!
//! ```text
//! collector.toml        id, host names, listening address           written last by `init`
//! collector.db          SQLite: roots, policies, devices, reports
//! tls/ca.pem ca.key     own certificate authority; the key signs server certificates only
//! tls/ca-next.pem ca-next.key      the authority that takes its place, once a root names it
//! tls/server.pem server.key
//! keys/timestamp.pk8 receipt.pk8   online signing keys; while one takes the place of another also timestamp-2.pk8 …
//! offline/root.pk8 policy.pk8 tenant.key      to be moved to another machine; nothing that serves devices reads it
//! ```
//! Directories are 0700, everything secret is 0600. A directory that others than its owner can change is not used, nor one of
//! another user ([`candor_durable`]).

mod config;
mod input;
mod secret_file;

pub use config::ConfigError;
pub(crate) use config::{BackupKeeping, Config, DeviceQuota, authority_of};
pub(crate) use input::{read_file, read_key, read_text};
pub(crate) use secret_file::{create_private_dir, write_atomically, write_given, write_new_secret};

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

    /// Whether a file is the database or one of those that SQLite keeps beside it, as for the write-ahead log.
    pub fn is_of_database(&self, path: &Path) -> bool {
        path.as_os_str().as_encoded_bytes().starts_with(self.database().as_os_str().as_encoded_bytes())
    }

    /// PEM of the certificate authority.
    pub fn ca(&self) -> PathBuf {
        self.0.join("tls/ca.pem")
    }

    /// Key of the certificate authority, PEM of PKCS#8.
    pub fn ca_key(&self) -> PathBuf {
        self.0.join("tls/ca.key")
    }

    /// PEM of the certificate authority that takes the place of the one in use.
    pub fn next_ca(&self) -> PathBuf {
        self.0.join("tls/ca-next.pem")
    }

    /// Its key.
    pub fn next_ca_key(&self) -> PathBuf {
        self.0.join("tls/ca-next.key")
    }

    /// PEM of the server's certificate.
    pub fn server_certificate(&self) -> PathBuf {
        self.0.join("tls/server.pem")
    }

    /// Key of the server's certificate, PEM of PKCS#8.
    pub fn server_key(&self) -> PathBuf {
        self.0.join("tls/server.key")
    }

    /// Every online signing key of a role, PKCS#8, in the order of their names: `timestamp.pk8`, and `timestamp-2.pk8` that takes its
    /// place.
    pub fn online_keys(&self, role: &str) -> Result<Vec<PathBuf>, (PathBuf, std::io::Error)> {
        let folder = self.0.join("keys");
        let is_of_role = |name: &str| {
            let rest = name.strip_suffix(".pk8").and_then(|stem| stem.strip_prefix(role));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let entries = std::fs::read_dir(&folder).map_err(|error| (folder.clone(), error))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| (folder.clone(), error))?.path();
            if path.file_name().and_then(|name| name.to_str()).is_some_and(is_of_role) {
                paths.push(path);
            }
        }
        // By length first, so that a tenth key follows the ninth.
        paths.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        Ok(paths)
    }

    /// Where the next online signing key of a role goes.
    pub fn next_online_key(&self, role: &str) -> Result<PathBuf, (PathBuf, std::io::Error)> {
        let taken = self.online_keys(role)?;
        let mut names = (2..).map(|number| self.0.join("keys").join(format!("{role}-{number}.pk8")));
        Ok(names.find(|path| !taken.contains(path)).unwrap_or_else(|| self.online_key(role)))
    }

    /// An online signing key, PKCS#8.
    pub fn online_key(&self, role: &str) -> PathBuf {
        self.0.join("keys").join(format!("{role}.pk8"))
    }

    /// An offline signing key, PKCS#8, until it is moved away.
    pub fn offline_key(&self, role: &str) -> PathBuf {
        self.0.join("offline").join(format!("{role}.pk8"))
    }

    /// The key of tenant-scoped keyed hashes, until it is moved away.
    pub fn tenant_key(&self) -> PathBuf {
        self.0.join("offline/tenant.key")
    }

    /// Whether a file lies among the offline keys, which belong elsewhere.
    pub fn has_offline_keys(&self) -> bool {
        std::fs::read_dir(self.0.join("offline")).is_ok_and(|mut entries| entries.next().is_some())
    }
}
