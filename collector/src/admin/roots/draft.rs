//! Writes the next root to be edited: what is in force, a version higher, with another year to live.

use super::{RootError, author};
use crate::admin::{Actor, Admin, AdminError, Operation, certificates};
use crate::data_dir::write_new_secret;
use crate::keys::OnlineKeys;
use crate::pki;
use collector_proto::envelope::SigningKey;
use collector_proto::policy::trust::Role;
use collector_proto::time::Span;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What the next root changes beyond its version and its date.
#[derive(Debug, Clone)]
pub(crate) struct RootChanges {
    /// How long it lives from now on.
    pub(crate) life: Span,
    /// Online roles that get a new key; the old one is left out.
    pub(crate) rotate: BTreeSet<Role>,
    /// Whether a new certificate authority is made beside the ones that are there.
    pub(crate) authority: bool,
    /// Whether authorities other than the newest are left out.
    pub(crate) only_newest_authority: bool,
    /// Addresses of the collector in place of those that are there.
    pub(crate) urls: Vec<String>,
}

/// The next root as an author's file, and the keys and certificates that were made for it. Nothing changes until it is published.
pub(crate) async fn draft(
    admin: &Admin,
    actor: &Actor,
    changes: &RootChanges,
) -> Result<(String, Vec<PathBuf>), RootError> {
    let store = admin.enter(actor, Operation::DraftRoot)?;
    let current = store.current_root().await?;
    let mut next = current.document().clone();
    next.version += 1;
    next.expires = admin.now().plus_seconds(changes.life.seconds()).to_minute();
    let mut made = Vec::new();
    for role in OnlineKeys::ROLES.iter().filter(|role| changes.rotate.contains(role)) {
        let (path, key) = new_online_key(admin, *role)?;
        made.push(path);
        let Some(named) = next.roles.get_mut(role) else { continue };
        for old in std::mem::replace(&mut named.keyids, BTreeSet::from([key.public().id().clone()])) {
            next.keys.remove(&old);
        }
        next.keys.insert(key.public().id().clone(), key.public().clone());
    }
    let mut endpoints = certificates::endpoints(admin, next.endpoints.take())?;
    if changes.authority {
        let (paths, certificate) = new_authority(admin)?;
        made.extend(paths);
        endpoints.authorities.push(certificate);
    }
    if changes.only_newest_authority {
        endpoints.authorities = endpoints.authorities.pop().into_iter().collect();
    }
    if !changes.urls.is_empty() {
        endpoints.urls.clone_from(&changes.urls);
    }
    next.endpoints = Some(endpoints);
    Ok((author::write(&next)?, made))
}

/// A new key in the directory. The running server signs with it once a root names it.
fn new_online_key(admin: &Admin, role: Role) -> Result<(PathBuf, SigningKey), RootError> {
    let (key, document) = SigningKey::generate(admin.random.as_ref()).map_err(AdminError::NewKey)?;
    let path = admin.dir.next_online_key(role.name()).map_err(|(path, error)| RootError::Key(path, error))?;
    write_new_secret(&path, &document).map_err(|error| RootError::Key(path.clone(), error))?;
    Ok((path, key))
}

/// A new certificate authority beside the one in use. `certificate renew` signs with it once a root names it.
fn new_authority(admin: &Admin) -> Result<(Vec<PathBuf>, String), RootError> {
    let made = pki::make_authority(&admin.config.id, admin.now())?;
    let (certificate, key) = (admin.dir.next_ca(), admin.dir.next_ca_key());
    for (path, pem) in [(&key, &made.key), (&certificate, &made.certificate)] {
        write_new_secret(path, pem.as_bytes()).map_err(|error| RootError::Key(path.clone(), error))?;
    }
    Ok((vec![certificate, key], made.certificate))
}
