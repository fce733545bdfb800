//! `collector.toml`:
//!
//! ```toml
//! format = 1
//! id = "5c0f…"                       # audience of reports
//! hosts = ["localhost", "127.0.0.1"] # names in the server's certificate
//! listen = "127.0.0.1:8443"
//! urls = ["https://collector.example:443"]   # how devices reach it, where that is not https://<host>:<port>
//!
//! [device_quota]          # what one device may have stored on one day; these are the defaults
//! reports_per_day = 10000
//! mib_per_day = 256
//!
//! [journal]               # where what a restore must not undo is written; on another host
//! path = "/mnt/elsewhere/candor.journal"
//!
//! [backup]                # how long a backup may be kept; this is the default
//! keep = "14d"
//! ```

use crate::store::Quota;
use candor_durable::{Directory, Distrust, Role, directory_of, open_on_way};
use collector_proto::time::Span;
use serde::{Deserialize, Serialize};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The collector's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Format version, 1.
    pub(crate) format: u32,
    /// Id of the collector, the audience of reports.
    pub(crate) id: String,
    /// Host names and addresses in the server's certificate.
    pub(crate) hosts: Vec<String>,
    /// Where `serve` listens.
    pub(crate) listen: SocketAddr,
    /// Addresses that devices use, where they are not `https://<host>:<port>`.
    #[serde(default)]
    pub(crate) urls: Vec<String>,
    /// What one device may have stored on one day.
    #[serde(default, skip_serializing_if = "DeviceQuota::is_default")]
    pub(crate) device_quota: DeviceQuota,
    /// Where what a restore must not undo is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<JournalPlace>,
    /// How backups are kept.
    #[serde(default, skip_serializing_if = "BackupKeeping::is_default")]
    pub(crate) backup: BackupKeeping,
}

/// Where the journal is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JournalPlace {
    /// Its file, on a file system that is not lost with this host.
    pub(crate) path: PathBuf,
}

/// How backups are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BackupKeeping {
    /// How long at most. A backup holds no value that has to be deleted before that is over.
    pub(crate) keep: Span,
}

impl Default for BackupKeeping {
    fn default() -> Self {
        Self { keep: Span::from_seconds(14 * 86_400) }
    }
}

impl BackupKeeping {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What one device may have stored on one day, which begins at 00:00 UTC. The defaults are far above what an honest
/// device sends, also when it delivers what it collected in weeks without a network: they keep one that was taken over
/// from filling the disk of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeviceQuota {
    /// Reports.
    pub(crate) reports_per_day: u64,
    /// Mebibytes that are charged: what was signed, and what keeping it takes besides.
    pub(crate) mib_per_day: u64,
}

impl Default for DeviceQuota {
    fn default() -> Self {
        Self { reports_per_day: 10_000, mib_per_day: 256 }
    }
}

impl DeviceQuota {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl From<DeviceQuota> for Quota {
    fn from(quota: DeviceQuota) -> Self {
        Self { reports: quota.reports_per_day, bytes: quota.mib_per_day.saturating_mul(1024 * 1024) }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Somebody else could have changed the directory or the file.
    #[error(transparent)]
    Distrusted(Distrust),
    /// The file cannot be read. `init` writes it last, so a directory without it was not finished.
    #[error("{0} cannot be read; `candor-collector init` makes a collector's directory")]
    Read(PathBuf, #[source] std::io::Error),
    /// The file is not what `init` writes.
    #[error("{0} is not a collector's configuration")]
    Parse(PathBuf, #[source] toml::de::Error),
    /// A later format.
    #[error("{0} has format {1}; this program reads format 1")]
    Format(PathBuf, u32),
    /// An address that is not `https://host[:port]`.
    #[error("{0} names an address that is not of the form https://host:port")]
    Url(PathBuf),
    /// A journal whose place depends on where the program was started.
    #[error("{0} names the journal by a relative path; under [journal], `path` has to begin with /")]
    Journal(PathBuf),
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = read_own(path).map_err(|error| match error.downcast() {
            Ok(distrust) => ConfigError::Distrusted(distrust),
            Err(error) => ConfigError::Read(path.into(), error),
        })?;
        let config: Self = toml::from_str(&text).map_err(|e| ConfigError::Parse(path.into(), e))?;
        if config.format != 1 {
            return Err(ConfigError::Format(path.into(), config.format));
        }
        if config.urls.iter().any(|url| authority_of(url).is_none()) {
            return Err(ConfigError::Url(path.into()));
        }
        if config.journal().is_some_and(|journal| !journal.is_absolute()) {
            return Err(ConfigError::Journal(path.into()));
        }
        Ok(config)
    }

    /// The journal's file.
    pub(crate) fn journal(&self) -> Option<PathBuf> {
        self.journal.as_ref().map(|journal| journal.path.clone())
    }

    /// Addresses for devices when the server listens on `port`.
    pub(crate) fn device_urls(&self, port: u16) -> Vec<String> {
        if self.urls.is_empty() {
            self.hosts.iter().map(|host| format!("https://{}:{port}", bracketed(host))).collect()
        } else {
            self.urls.clone()
        }
    }

    /// Every authority (host, and port where it is not 443) under which requests may be signed. It comes from here
    /// and never from a forwarding header.
    pub(crate) fn authorities(&self, port: u16) -> Vec<String> {
        let own = self.hosts.iter().map(|host| format!("https://{}:{port}", bracketed(host)));
        own.chain(self.urls.iter().cloned()).filter_map(|url| authority_of(&url)).collect()
    }
}

/// Reads the file. With it begins every use of the directory, so the directory is held to the rule of [`candor_durable`] here.
fn read_own(path: &Path) -> io::Result<String> {
    Directory::open(directory_of(path), Role::CollectorData)?;
    io::read_to_string(open_on_way(path, Role::Configuration)?)
}

/// The authority of `https://host[:port]`, in lower case and without the default port; `None` for anything else.
pub(crate) fn authority_of(url: &str) -> Option<String> {
    let authority = url.strip_prefix("https://")?.trim_end_matches('/').to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']' | b'_');
    if authority.is_empty() || !authority.bytes().all(plain) {
        return None;
    }
    Some(authority.strip_suffix(":443").map_or(authority.clone(), str::to_owned))
}

/// IPv6 addresses stand in brackets in an authority (RFC 3986 §3.2.2).
fn bracketed(host: &str) -> String {
    match host.parse() {
        Ok(IpAddr::V6(ip)) => format!("[{ip}]"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_have_brackets_and_no_default_port() {
        let config = Config {
            format: 1,
            id: "c".to_owned(),
            hosts: vec!["localhost".to_owned(), "::1".to_owned()],
            listen: "127.0.0.1:8443".parse().unwrap(),
            urls: vec!["https://Collector.example:443/".to_owned()],
            device_quota: DeviceQuota::default(),
            journal: None,
            backup: BackupKeeping::default(),
        };
        assert_eq!(config.authorities(8443), ["localhost:8443", "[::1]:8443", "collector.example"]);
        for wrong in ["http://a", "https://", "https://a/b", "https://a@b"] {
            assert_eq!(authority_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_quota_that_is_not_given_is_the_default_one() {
        let of = |quota: &str| {
            let text = format!("format = 1\nid = \"c\"\nhosts = []\nlisten = \"127.0.0.1:8443\"\n{quota}");
            toml::from_str::<Config>(&text).map(|config| Quota::from(config.device_quota))
        };
        assert_eq!(of("").unwrap(), Quota { reports: 10_000, bytes: 256 << 20 });
        assert_eq!(
            of("[device_quota]\nreports_per_day = 7").unwrap(),
            Quota { reports: 7, bytes: 256 << 20 }
        );
        assert!(of("[device_quota]\nreports = 7").is_err());
    }
}
