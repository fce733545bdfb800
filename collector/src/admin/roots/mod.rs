//! Roots of trust: from an author's file to what devices follow.
//!
//! A root is signed by the keys of the one before it and by its own, so that nobody can be left out who has not agreed. Signing takes a key and the
//! root in force, nothing else of a collector: it is done where the offline keys are.

mod author;
mod draft;
mod publish;
mod sign;

pub(crate) use draft::{RootChanges, draft};
pub(crate) use publish::{RootPublication, publish};
pub(crate) use sign::{SignedRoot, sign};

use super::{Actor, Admin, AdminError, Operation};
use crate::keys::NoOnlineKey;
use crate::pki::{NotVouchedFor, PkiError};
use crate::refusal::Reason;
use crate::store::StoreError;
use crate::verify::{BadRoot, TrustRoot};
use collector_proto::envelope::{EnvelopeError, KeyId};
use collector_proto::policy::trust::{Refusal, Role, RootRef, Unsound};
use collector_proto::time::UtcTime;
use std::path::PathBuf;
use uuid::Uuid;

/// Why a root is not written, signed or published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RootError {
    /// The collector does not carry out the operation.
    #[error(transparent)]
    Admin(Box<AdminError>),
    /// The author's file cannot be read.
    #[error("{0} is not a root")]
    Author(String, #[source] toml::de::Error),
    /// A later format.
    #[error("the root has format {0}; this program reads format 1")]
    Format(u32),
    /// The author's file cannot be written.
    #[error("the root cannot be written")]
    Write(#[source] toml::ser::Error),
    /// A document cannot be written as JSON.
    #[error("the root cannot be written")]
    Document(#[source] serde_json::Error),
    /// Not a public key.
    #[error("keys.{0} is not the `x` of an Ed25519 public key, as `key new` prints it")]
    NotAKey(String),
    /// A key is named that is not among the keys.
    #[error("{place} names the key `{name}`, which is not under [keys]")]
    NoSuchKey {
        /// Where it is named.
        place: String,
        /// Its name.
        name: String,
    },
    /// It does not fit together.
    #[error("the root does not fit together: {0}")]
    Unsound(Unsound),
    /// The signed file is no envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// It holds no root.
    #[error(transparent)]
    Root(#[from] BadRoot),
    /// The signed file is another document.
    #[error("the file is a signed document, but not a root")]
    Type,
    /// A key that may not sign it.
    #[error(
        "the key {0} is a root key neither of the root in force nor of this one, so its signature would count for nothing"
    )]
    ForeignKey(KeyId),
    /// Devices would not follow.
    #[error("devices would not follow: {0}")]
    NotFollowed(Refusal),
    /// Another root was published meanwhile.
    #[error("root version {} is in force since a moment ago; start again from it", .0.version)]
    Overtaken(RootRef),
    /// It has expired.
    #[error("the root expires on {0}, which has passed")]
    Expired(UtcTime),
    /// The collector cannot sign under it.
    #[error("the collector could not work under this root")]
    NoOnlineKey(#[source] NoOnlineKey),
    /// An online key cannot be read or written.
    #[error("cannot write {0}")]
    Key(PathBuf, #[source] std::io::Error),
    /// Devices would not believe the server.
    #[error("devices that follow this root would not believe the server's certificate: {0}")]
    NotVouchedFor(#[source] NotVouchedFor),
    /// There is no authority to take the place of the one in use.
    #[error("there is no {0}: `root new-version --authority` makes one")]
    NoNextAuthority(PathBuf),
    /// No device would believe what the authority signs.
    #[error(
        "the root in force does not name the authority {0}, so devices would not believe what it signs; publish a root with it first: \
         `root new-version --authority`, `root sign`, `root publish`"
    )]
    UnknownAuthority(PathBuf),
    /// Some devices have not heard of the authority.
    #[error(
        "{} not said yet to follow a root that names the new authority, and would never reach this collector again; wait until every device has reported \
         twice since the root was published (`device list`), or revoke those that are gone; with --force they have to be enrolled again",
        match .devices.as_slice() { [one] => format!("the device {one} has"), more => format!("{} devices, {} among them, have", more.len(), more[0]) }
    )]
    AuthorityNotFollowed {
        /// The devices.
        devices: Vec<Uuid>,
    },
    /// A certificate cannot be made.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// Published policies are not signed by the new keys.
    #[error(
        "under this root no device would accept the policy of {}: {}; sign it with a policy key of the new root as well (`policy sign` adds a \
         signature, `policy publish` takes it), or keep the old policy key for now; with --force devices collect nothing until then",
        .groups.join(", "), .why
    )]
    PolicyLeftBehind {
        /// The groups.
        groups: Vec<String>,
        /// What is missing for the first.
        why: String,
    },
    /// Published placements are not signed by the new keys.
    #[error(
        "under this root {} would not accept the placement by which {}: {}; have a policy key of the new root sign it as well (`placement new --standing`, \
         `placement sign`, `placement publish`), or keep the old policy key for now; with --force nothing is collected there until then",
        match .devices.as_slice() { [one] => format!("the device {one}"), more => format!("{} devices, {} among them,", more.len(), more[0]) },
        if .devices.len() == 1 { "it was moved" } else { "they were moved" }, .why
    )]
    PlacementsLeftBehind {
        /// The devices.
        devices: Vec<Uuid>,
        /// What is missing for the first.
        why: String,
    },
}

impl RootError {
    /// The line of the one table that says what follows: the status that is answered and the exit code.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Admin(error) => error.reason(),
            Self::Envelope(_) | Self::Type | Self::Author(..) | Self::Format(_) => Reason::Malformed,
            Self::NotAKey(_)
            | Self::NoSuchKey { .. }
            | Self::Unsound(_)
            | Self::Root(_)
            | Self::ForeignKey(_)
            | Self::NotFollowed(_)
            | Self::Overtaken(_)
            | Self::Expired(_)
            | Self::NoOnlineKey(_)
            | Self::NotVouchedFor(_)
            | Self::UnknownAuthority(_)
            | Self::NoNextAuthority(_)
            | Self::AuthorityNotFollowed { .. }
            | Self::PolicyLeftBehind { .. }
            | Self::PlacementsLeftBehind { .. } => Reason::Invalid,
            Self::Write(_) | Self::Document(_) | Self::Key(..) | Self::Pki(_) => Reason::Internal,
        }
    }
}

impl From<AdminError> for RootError {
    fn from(error: AdminError) -> Self {
        Self::Admin(Box::new(error))
    }
}

impl From<StoreError> for RootError {
    fn from(error: StoreError) -> Self {
        AdminError::Store(error).into()
    }
}

/// Every root that was ever in force, oldest first.
pub(crate) async fn all(admin: &Admin, actor: &Actor) -> Result<Vec<TrustRoot>, RootError> {
    Ok(admin.enter(actor, Operation::ShowRoots)?.roots().await?)
}

/// What ends soon of a collector, each with the command that renews it.
pub(crate) async fn endings(admin: &Admin, actor: &Actor) -> Result<Vec<String>, RootError> {
    let root = admin.enter(actor, Operation::ShowRoots)?.current_root().await?;
    Ok(crate::health::endings(&root, &admin.dir, admin.now()))
}

/// What a holder can do alone that others are asked to agree to: whoever meets the threshold of roots by itself can write a root without them.
pub(crate) fn weak_approval(root: &TrustRoot) -> Option<String> {
    let document = root.document();
    let (keys, threshold) = document.role(Role::Root);
    let asked = document.approval.high.iter().find(|id| {
        let holder = document.holders.get(*id);
        let others = keys.iter().filter(|key| holder.is_some_and(|holder| !holder.keyids.contains(key.id())));
        others.count() >= threshold
    })?;
    let name = document.holders.get(asked).map_or(asked.as_str(), |holder| holder.name.as_str());
    Some(format!(
        "{name} has to approve policies, and a root without that could be signed without {name}; give it a root key and raise the threshold of roots"
    ))
}
