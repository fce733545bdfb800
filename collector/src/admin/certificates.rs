//! The server's certificate and who vouches for it.

use super::roots::RootError;
use super::{Actor, Admin, Operation, read_pem};
use crate::data_dir::write_atomically;
use crate::pki::{self, Issued};
use crate::store::{WithoutValues, all};
use crate::verify::TrustRoot;
use collector_proto::policy::trust::Endpoints;
use collector_proto::time::UtcTime;
use std::path::PathBuf;
use uuid::Uuid;

/// The server's certificate as it is shown.
#[derive(serde::Serialize)]
pub(crate) struct Certificate {
    /// Hosts that it is for.
    pub(crate) hosts: Vec<String>,
    /// Until when it is good.
    pub(crate) until: UtcTime,
    /// Why devices would not believe it now, where they would not.
    pub(crate) not_believed: Option<String>,
    /// Until when the authorities are good that the root names.
    pub(crate) authorities_until: Vec<UtcTime>,
}

/// The certificate that the server shows.
pub(crate) async fn shown(admin: &Admin, actor: &Actor) -> Result<Certificate, RootError> {
    let root = admin.enter(actor, Operation::ShowRoots)?.current_root().await?;
    let until = pki::shown_until(&admin.dir).map_err(RootError::NotVouchedFor)?;
    let endpoints = endpoints(admin, root.document().endpoints.clone())?;
    let not_believed = pki::vouched_for(&admin.dir, &endpoints, admin.now()).err();
    let authorities = endpoints.authorities.iter().map(|pem| pki::authority_until(pem));
    Ok(Certificate {
        hosts: admin.config.hosts.clone(),
        until,
        not_believed: not_believed.map(|error| collector_proto::text::chain(&error)),
        authorities_until: authorities.collect::<Result<_, _>>().map_err(RootError::NotVouchedFor)?,
    })
}

/// Which authority issues a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// The one in use.
    InUse,
    /// The one that `root new-version --authority` made, which then takes the place of the one in use: refused while the root in force does not
    /// name it, because no device would believe it, and while a device does not say that it follows such a root, because that one would not.
    Next,
    /// The same, and devices that have not heard of it are left behind.
    NextByForce,
}

/// Issues another certificate.
pub(crate) async fn renew(admin: &Admin, actor: &Actor, issuer: Issuer) -> Result<Certificate, RootError> {
    let store = admin.enter(actor, Operation::RenewCertificate)?;
    let root = store.current_root().await?;
    let authority = issuer != Issuer::InUse;
    let dir = &admin.dir;
    let (certificate, key) =
        if authority { (dir.next_ca(), dir.next_ca_key()) } else { (dir.ca(), dir.ca_key()) };
    if authority && !certificate.exists() {
        return Err(RootError::NoNextAuthority(certificate));
    }
    let issued_by = Issued { certificate: read_pem(certificate.clone())?, key: read_pem(key.clone())? };
    let named = endpoints(admin, root.document().endpoints.clone())?;
    if !named.authorities.contains(&issued_by.certificate) {
        return Err(RootError::UnknownAuthority(certificate));
    }
    if issuer == Issuer::Next {
        let devices = not_following(store, &issued_by.certificate).await?;
        if !devices.is_empty() {
            return Err(RootError::AuthorityNotFollowed { devices });
        }
    }
    let server = pki::issue_server(&issued_by, &admin.config.id, &admin.config.hosts, admin.now())?;
    // Key and certificate are one file's content each; a server that starts between the two says that they do not go together, and this command
    // mends it.
    write(dir.server_key(), &server.key)?;
    write(dir.server_certificate(), &server.certificate)?;
    if authority {
        write(dir.ca_key(), &issued_by.key)?;
        write(dir.ca(), &issued_by.certificate)?;
        for path in [certificate, key] {
            std::fs::remove_file(&path).map_err(|error| RootError::Key(path, error))?;
        }
    }
    shown(admin, actor).await
}

/// The devices that would not believe what the authority signs, as far as they say: those that follow no root that names it, or have said
/// nothing yet. With each question for documents a device says which root it follows; one that comes with the answer it names the next time.
async fn not_following(store: &dyn WithoutValues, authority: &str) -> Result<Vec<Uuid>, RootError> {
    let names = |root: &&TrustRoot| {
        let endpoints = root.document().endpoints.as_ref();
        endpoints.is_some_and(|endpoints| endpoints.authorities.iter().any(|named| named == authority))
    };
    let roots = store.roots().await?;
    // Since when without a break: a device that follows an earlier one may have been told to forget it in between.
    let first = roots.iter().rev().take_while(names).last().map(|root| root.reference().version);
    let devices = all(|page| store.devices(page)).await?;
    let left = devices
        .into_iter()
        .filter(|device| device.revoked.is_none() && first.is_none_or(|first| device.root < first));
    Ok(left.map(|device| device.device_id).collect())
}

/// What the root says of the server, or else what `init` made.
pub(super) fn endpoints(admin: &Admin, named: Option<Endpoints>) -> Result<Endpoints, RootError> {
    match named {
        Some(endpoints) => Ok(endpoints),
        None => Ok(Endpoints { urls: Vec::new(), authorities: vec![read_pem(admin.dir.ca())?] }),
    }
}

fn write(path: PathBuf, pem: &str) -> Result<(), RootError> {
    write_atomically(&path, pem.as_bytes()).map_err(|error| RootError::Key(path, error))
}
