//! Placements: moving devices to another group, prepared here, signed off line, published here.

mod draft;
mod file;
mod publish;
mod sign;

pub(in crate::admin) use draft::newest;
pub(crate) use draft::{Chosen, Move, draft, standing};
pub(crate) use file::PlacementFile;
pub(crate) use publish::publish;
pub(crate) use sign::{SignedPlacements, sign};

use super::AdminError;
use super::access::Denied;
use crate::refusal::Reason;
use crate::store::StoreError;
use crate::verify::PlacementRefused;
use collector_proto::contract::{NotUnderstood, ReadError};
use collector_proto::envelope::{EnvelopeError, KeyId};
use uuid::Uuid;

/// Why no device is moved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlacementError {
    /// The collector does not carry out the operation.
    #[error(transparent)]
    Admin(Box<AdminError>),
    /// The group has no policy: devices that were moved there would collect nothing.
    #[error("the group `{0}` has no published policy; publish one before devices are moved there")]
    NoPolicy(String),
    /// Nothing to move.
    #[error("no device is to be moved: none is in the group `{0}`")]
    Nobody(String),
    /// No device was ever moved.
    #[error("no device was moved, so that there is no placement to sign again")]
    NoneStanding,
    /// The device is there.
    #[error("device {device} is in the group `{group}` already")]
    There {
        /// The device.
        device: Uuid,
        /// The group.
        group: String,
    },
    /// The device was revoked.
    #[error("device {0} is revoked")]
    Revoked(Uuid),
    /// The file holds something else.
    #[error("the file holds no placements; `placement new` writes them")]
    Form(#[source] serde_json::Error),
    /// It needs a newer program.
    #[error("the placements need a newer collector")]
    NotUnderstood(#[source] NotUnderstood),
    /// An envelope cannot be opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A device would not take it.
    #[error(transparent)]
    Refused(#[from] PlacementRefused),
    /// A policy in the file is not what was signed.
    #[error(
        "the policies in the file are not signed as the root demands, so that nobody could say what the move changes: {0}"
    )]
    Policies(String),
    /// Not a key that devices accept placements from.
    #[error("the key {0} is not one of the root's policy keys, so no device would accept its signature")]
    ForeignKey(KeyId),
    /// Whoever has to approve what the group's policy collects did not sign.
    #[error(
        "the policy of the group `{group}` collects fields of high sensitivity: that device {device} is moved there has to be signed by {} as well",
        .names.join(" and by ")
    )]
    NotApproved {
        /// The device.
        device: Uuid,
        /// The group.
        group: String,
        /// Whose signature is missing.
        names: Vec<String>,
    },
    /// Another placement was published.
    #[error(
        "placement {offered} of device {device} is not above placement {published}, which is published; write it again with `placement new`"
    )]
    NotAbove {
        /// The device.
        device: Uuid,
        /// Number of the placement.
        offered: u64,
        /// Highest number that is published.
        published: u64,
    },
    /// It was written for a device that is elsewhere.
    #[error(
        "device {device} is in the group `{group}` by placement {number}, and the placement does not follow that; write it again with `placement new`"
    )]
    NotNext {
        /// The device.
        device: Uuid,
        /// Its group.
        group: String,
        /// Number of its newest placement.
        number: u64,
    },
    /// The root of trust is not the one that the placement was verified under.
    #[error("the root of trust changed while the placements were verified; publish them again")]
    OtherRoot,
    /// A document cannot be written as JSON.
    #[error("the placements cannot be written")]
    Write(#[source] serde_json::Error),
}

impl PlacementError {
    /// The line of the one table that says what follows: the status that is answered and the exit code.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Admin(error) => error.reason(),
            Self::Envelope(_) | Self::Form(_) => Reason::Malformed,
            Self::NotUnderstood(_) => Reason::NotUnderstood,
            Self::Write(_) => Reason::Internal,
            Self::NoPolicy(_)
            | Self::Nobody(_)
            | Self::NoneStanding
            | Self::There { .. }
            | Self::Revoked(_)
            | Self::Refused(_)
            | Self::Policies(_)
            | Self::ForeignKey(_)
            | Self::NotApproved { .. }
            | Self::NotAbove { .. }
            | Self::NotNext { .. }
            | Self::OtherRoot => Reason::Invalid,
        }
    }
}

impl From<AdminError> for PlacementError {
    fn from(error: AdminError) -> Self {
        Self::Admin(Box::new(error))
    }
}

impl From<StoreError> for PlacementError {
    fn from(error: StoreError) -> Self {
        AdminError::from(error).into()
    }
}

impl From<Denied> for PlacementError {
    fn from(error: Denied) -> Self {
        AdminError::from(error).into()
    }
}

impl From<ReadError> for PlacementError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotUnderstood(what) => Self::NotUnderstood(what),
            ReadError::Form(error) => Self::Form(error),
        }
    }
}
