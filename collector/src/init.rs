//! Makes a collector: directory, keys, root of trust, certificates, database.

use crate::clock::{NoRandomness, random_bytes};
use crate::data_dir::{
    BackupKeeping, Config, DataDir, DeviceQuota, create_private_dir, write_atomically, write_new_secret,
};
use crate::keys::{KeyError, tenant};
use crate::pki::{self, PkiError};
use crate::store::{self, StoreError};
use crate::verify::{BadRoot, TrustRoot};
use collector_proto::contract::Version1;
use collector_proto::digest::{Digest, hex};
use collector_proto::envelope::{BadSigningKey, PublicKey, SigningKey};
use collector_proto::policy::trust::{Approval, Endpoints, Role, RoleKeys, RootDocument, RootKind};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Hosts in the certificate when none is named: a collector on the same machine.
const DEFAULT_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Port that `serve` listens on unless told otherwise.
const DEFAULT_PORT: u16 = 8443;

/// Life of the first root in days. Beyond a year, so that a yearly rotation has slack.
const ROOT_DAYS: u64 = 400;

/// What `init` is asked for.
#[derive(Debug, Clone, Default)]
pub struct InitOptions {
    /// Host names and addresses for the certificate; none means this machine.
    pub hosts: Vec<String>,
    /// Where `serve` listens; none means 127.0.0.1:8443.
    pub listen: Option<SocketAddr>,
    /// Addresses that devices use, where they are not `https://<host>:<port>`.
    pub urls: Vec<String>,
}

/// What `init` made.
#[derive(serde::Serialize)]
pub struct Initialised {
    /// The collector's directory.
    pub directory: PathBuf,
    /// Id of the collector.
    pub collector: String,
    /// Hosts in the server's certificate.
    pub hosts: Vec<String>,
    /// SHA-256 of the certificate authority's PEM file.
    pub ca_sha256: Digest,
    /// Digest of root version 1.
    pub root_sha256: Digest,
    /// Files to move to another machine.
    pub offline_keys: Vec<PathBuf>,
}

/// Why a collector cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The directory has something in it. Nothing is overwritten.
    #[error("{0} is not empty; name a new directory")]
    NotEmpty(PathBuf),
    /// A file cannot be written.
    #[error("{0} cannot be written")]
    Write(PathBuf, #[source] std::io::Error),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A key cannot be made.
    #[error("a signing key cannot be made")]
    Key(#[from] BadSigningKey),
    /// The tenant key cannot be made.
    #[error(transparent)]
    TenantKey(#[from] KeyError),
    /// A certificate cannot be made.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// The database cannot be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document cannot be written as JSON.
    #[error("a document cannot be written")]
    Document(#[from] serde_json::Error),
    /// The configuration cannot be written as TOML.
    #[error("the configuration cannot be written")]
    Config(#[from] toml::ser::Error),
    /// The root that was written is not one.
    #[error("the root of trust cannot be read")]
    Root(#[from] BadRoot),
}

/// Makes a collector in an absent or empty directory.
pub fn init(
    path: PathBuf,
    options: InitOptions,
    now: UtcTime,
    random: &dyn SecureRandom,
) -> Result<Initialised, InitError> {
    let dir = DataDir::at(path);
    make_directories(&dir)?;
    let id = hex(&random_bytes::<16>(random)?);
    let hosts =
        if options.hosts.is_empty() { DEFAULT_HOSTS.map(str::to_owned).to_vec() } else { options.hosts };
    let authority = write_certificates(&dir, &id, &hosts, now)?;
    let mut keys = BTreeMap::new();
    let root_key = make_key(dir.offline_key("root"), random)?;
    keys.insert(Role::Root, root_key.public().clone());
    keys.insert(Role::Policy, make_key(dir.offline_key("policy"), random)?.public().clone());
    keys.insert(Role::Timestamp, make_key(dir.online_key("timestamp"), random)?.public().clone());
    keys.insert(Role::Receipt, make_key(dir.online_key("receipt"), random)?.public().clone());
    write_tenant_key(&dir, random)?;
    let root = root_key.seal(&first_root(&id, &keys, &options.urls, &authority, now))?;
    let first = TrustRoot::from_envelope(root.to_envelope())?;
    let database = store::create(&dir.database())?;
    store::wait(database.first_contents(&first, now))?;
    let listen = options.listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)));
    let config = Config {
        format: 1,
        id: id.clone(),
        hosts: hosts.clone(),
        listen,
        urls: options.urls,
        device_quota: DeviceQuota::default(),
        journal: None,
        backup: BackupKeeping::default(),
    };
    let text = toml::to_string(&config)?;
    write_atomically(&dir.config(), text.as_bytes()).map_err(|e| InitError::Write(dir.config(), e))?;
    Ok(Initialised {
        directory: dir.path().to_owned(),
        collector: id,
        hosts,
        ca_sha256: Digest::of(authority.as_bytes()),
        root_sha256: root.digest(),
        offline_keys: vec![dir.offline_key("root"), dir.offline_key("policy"), dir.tenant_key()],
    })
}

fn make_directories(dir: &DataDir) -> Result<(), InitError> {
    let root = dir.path();
    if std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(InitError::NotEmpty(root.to_owned()));
    }
    for path in [root.to_owned(), root.join("tls"), root.join("keys"), root.join("offline")] {
        create_private_dir(&path).map_err(|e| InitError::Write(path, e))?;
    }
    Ok(())
}

fn write_certificates(dir: &DataDir, id: &str, hosts: &[String], now: UtcTime) -> Result<String, InitError> {
    let authority = pki::make_authority(id, now)?;
    let server = pki::issue_server(&authority, id, hosts, now)?;
    for (path, pem) in [
        (dir.ca(), &authority.certificate),
        (dir.ca_key(), &authority.key),
        (dir.server_certificate(), &server.certificate),
        (dir.server_key(), &server.key),
    ] {
        write_secret(path, pem.as_bytes())?;
    }
    Ok(authority.certificate)
}

fn make_key(path: PathBuf, random: &dyn SecureRandom) -> Result<SigningKey, InitError> {
    let (key, document) = SigningKey::generate(random)?;
    write_secret(path, &document)?;
    Ok(key)
}

fn write_tenant_key(dir: &DataDir, random: &dyn SecureRandom) -> Result<(), InitError> {
    let (_, file) = tenant::make(1, None, random)?;
    write_secret(dir.tenant_key(), &file)
}

fn first_root(
    id: &str,
    keys: &BTreeMap<Role, PublicKey>,
    urls: &[String],
    authority: &str,
    now: UtcTime,
) -> RootDocument {
    let role = |key: &PublicKey| RoleKeys { keyids: BTreeSet::from([key.id().clone()]), threshold: 1 };
    RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version: 1,
        expires: now.plus_seconds(ROOT_DAYS * 86_400).to_minute(),
        collector: id.to_owned(),
        endpoints: Some(Endpoints { urls: urls.to_vec(), authorities: vec![authority.to_owned()] }),
        holders: BTreeMap::new(),
        approval: Approval::default(),
        keys: keys.values().map(|key| (key.id().clone(), key.clone())).collect(),
        roles: keys.iter().map(|(name, key)| (*name, role(key))).collect(),
    }
}

fn write_secret(path: PathBuf, bytes: &[u8]) -> Result<(), InitError> {
    write_new_secret(&path, bytes).map_err(|e| InitError::Write(path, e))
}
