//! Policies: from an author's file to what devices accept.

mod following;
mod publish;
mod published;
mod sign;
mod source;
mod verify;

pub(crate) use following::Following;
pub(crate) use publish::{TakesEffect, TooSoon, publish};
pub(crate) use published::{Shown, published};
pub(crate) use sign::sign;
pub(crate) use source::{GivenPolicy, open};
pub(crate) use verify::{Signers, Verification, root, verify, verify_under};

use super::AdminError;
use super::access::Denied;
use crate::refusal::Reason;
use crate::store::StoreError;
use crate::verify::{BadRoot, PolicyRefused};
use collector_proto::contract::{NotUnderstood, ReadError};
use collector_proto::envelope::{EnvelopeError, KeyId};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::author::Diagnostics;
use collector_proto::policy::{MAX_COMING, Policy, PolicyDocument};
use uuid::Uuid;

/// Why a policy is not signed, published or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyError {
    /// The collector does not carry out the operation.
    #[error(transparent)]
    Admin(Box<AdminError>),
    /// An author's file with errors.
    #[error(transparent)]
    Author(#[from] Diagnostics),
    /// The envelope cannot be opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The signed document is of another type.
    #[error("the file is a signed document, but not a policy")]
    Type,
    /// The file holds no root of trust.
    #[error(transparent)]
    Root(BadRoot),
    /// The signed document requires something that this program does not know.
    #[error("the policy needs a newer collector")]
    NotUnderstood(#[source] NotUnderstood),
    /// The signed document is of the right type and cannot be read.
    #[error("the signed document is not a policy")]
    Content(#[source] serde_json::Error),
    /// Not signed as the root demands, expired, or it breaks rules that devices check.
    #[error(transparent)]
    Refused(#[from] PolicyRefused),
    /// Not a key that devices accept policies from.
    #[error("the key {0} is not one of the root's policy keys, so no device would accept its signature")]
    ForeignKey(KeyId),
    /// A document cannot be written as JSON.
    #[error("the policy cannot be written")]
    Write(#[source] serde_json::Error),
    /// More than devices accept.
    #[error("the signed policy has {0} bytes; devices accept at most {MAX_DOCUMENT_BYTES}")]
    TooLarge(usize),
    /// Versions only rise.
    #[error(
        "version {offered} is not above version {published}, which is published for the group `{group}`; to go back, \
         publish the old content under a higher version"
    )]
    NotAbove {
        /// The group.
        group: String,
        /// Version of the policy.
        offered: u64,
        /// Highest version that is published.
        published: u64,
    },
    /// It widens before people were told for the notice period.
    #[error("{0}")]
    TooSoon(Box<Following>),
    /// Devices would forget what is in force.
    #[error(
        "{MAX_COMING} versions for the group `{group}` wait to take effect already, and devices keep no more; publish one that \
         widens nothing, or wait until one of them has taken effect"
    )]
    TooMany {
        /// The group.
        group: String,
    },
    /// Devices that were moved to the group would refuse it.
    #[error(
        "{} that {} moved to the group `{group}` would refuse this policy, because {} did not sign the placement: have it signed (`placement new \
         --standing`, `placement sign`, `placement publish`), or move them back",
        match .devices.as_slice() { [one] => format!("the device {one}"), more => format!("{} devices, {} among them,", more.len(), more[0]) },
        if .devices.len() == 1 { "was" } else { "were" }, .names.join(" and ")
    )]
    MovedWithoutApproval {
        /// The group.
        group: String,
        /// The devices.
        devices: Vec<Uuid>,
        /// Who has to sign.
        names: Vec<String>,
    },
    /// The root of trust is not the one that the policy was verified under.
    #[error("the root of trust changed while the policy was verified; publish it again")]
    OtherRoot,
}

impl PolicyError {
    /// The line of the one table that says what follows: the status that is answered and the exit code.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Admin(error) => error.reason(),
            Self::Envelope(_) | Self::Type => Reason::Malformed,
            Self::Author(_)
            | Self::Content(_)
            | Self::Refused(_)
            | Self::Root(_)
            | Self::ForeignKey(_)
            | Self::TooLarge(_)
            | Self::NotAbove { .. }
            | Self::TooSoon(_)
            | Self::TooMany { .. }
            | Self::MovedWithoutApproval { .. }
            | Self::OtherRoot => Reason::Invalid,
            Self::NotUnderstood(_) => Reason::NotUnderstood,
            Self::Write(_) => Reason::Internal,
        }
    }
}

impl From<AdminError> for PolicyError {
    fn from(error: AdminError) -> Self {
        Self::Admin(Box::new(error))
    }
}

impl From<ReadError> for PolicyError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotUnderstood(what) => Self::NotUnderstood(what),
            ReadError::Form(error) => Self::Content(error),
        }
    }
}

impl From<StoreError> for PolicyError {
    fn from(error: StoreError) -> Self {
        AdminError::from(error).into()
    }
}

impl From<Denied> for PolicyError {
    fn from(error: Denied) -> Self {
        AdminError::from(error).into()
    }
}

/// Checks a document as devices do, and that this collector understands all of it.
fn checked(document: PolicyDocument) -> Result<Policy, PolicyRefused> {
    Policy::check(document).and_then(Policy::whole).map_err(PolicyRefused::Content)
}
