//! Why nothing may be collected, with its cause.

use super::root::{Unsigned, Unsound};
use crate::contract::NotUnderstood;
use crate::envelope::VerifyError;
use crate::policy::PolicyFault;
use crate::time::{Span, UtcTime};

/// Why nothing may be collected.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A root does not verify, skips a version or is unsound.
    #[error("root version {version} is not accepted: {reason}")]
    Root {
        /// Version that was tried.
        version: u64,
        /// What is wrong with it.
        reason: BadRoot,
    },
    /// The current root is past its date.
    #[error("the root of trust expired on {0}")]
    RootExpired(UtcTime),
    /// There is no policy on this device.
    #[error("there is no policy on this device")]
    NoPolicy,
    /// The policy's signatures or bytes are not good.
    #[error("the policy is not validly signed: {0}")]
    PolicySignature(Unsigned),
    /// The policy breaks a rule of the catalogue.
    #[error("the policy cannot be accepted: {0}")]
    PolicyContent(BadPolicy),
    /// A document requires something that this program does not understand.
    #[error("the {document} needs a newer Candor: {what}")]
    NotUnderstood {
        /// Which document.
        document: &'static str,
        /// What it requires.
        what: NotUnderstood,
    },
    /// The policy is for another group of devices.
    #[error("the policy is for the group `{0}`, not for this device's")]
    OtherGroup(String),
    /// The policy is past its date.
    #[error("the policy expired on {0}")]
    PolicyExpired(UtcTime),
    /// The policy is older than one that was accepted.
    #[error("policy version {offered} is older than version {accepted}, which this device accepted before")]
    Rollback {
        /// Version that was offered.
        offered: u64,
        /// Version on the floor.
        accepted: u64,
    },
    /// Two different policies carry the version.
    #[error("policy version {0} differs from the one of the same version that this device accepted before")]
    Equivocation(u64),
    /// The placement is not for this device, or not validly signed.
    #[error("the placement of this device is not accepted: {0}")]
    Placement(BadPlacement),
    /// The placement is older than one that was accepted.
    #[error("placement {offered} is older than placement {accepted}, which this device accepted before")]
    PlacementRollback {
        /// Number that was offered.
        offered: u64,
        /// Number on the floor.
        accepted: u64,
    },
    /// Two different placements carry the number.
    #[error("placement {0} differs from the one of the same number that this device accepted before")]
    PlacementEquivocation(u64),
    /// There is no timestamp, or it does not verify.
    #[error("the timestamp is not validly signed: {0}")]
    Timestamp(BadTimestamp),
    /// The timestamp is older than one accepted before.
    #[error("the timestamp of {0} is older than one that this device accepted before")]
    TimestampRollback(UtcTime),
    /// The timestamp names another policy than the one on this device.
    #[error(
        "the collector's current policy is version {named}; the version {held} on this device is another document"
    )]
    NotCurrent {
        /// Version that the timestamp names.
        named: u64,
        /// Version on the device.
        held: u64,
    },
    /// A version that the timestamp names is not among what was given.
    #[error("version {0} of the policy, which the collector names, was left out")]
    LeftOut(u64),
    /// No fresh timestamp for longer than the policy allows.
    #[error("the collector has not confirmed the policy since {issued}; it allows {max_stale}")]
    Stale {
        /// When the last timestamp was issued.
        issued: UtcTime,
        /// What the policy allows.
        max_stale: Span,
    },
    /// The clock stands before a time that signed documents proved to have passed.
    #[error("this device's clock shows {now}, but it was already {seen}")]
    ClockBehind {
        /// The clock.
        now: UtcTime,
        /// The proof.
        seen: UtcTime,
    },
}

impl Refusal {
    /// Stable name for messages and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Root { .. } => "root_invalid",
            Self::RootExpired(_) => "root_expired",
            Self::NoPolicy => "no_policy",
            Self::PolicySignature(_) => "policy_not_signed",
            Self::PolicyContent(_) => "policy_not_acceptable",
            Self::NotUnderstood { .. } => "not_understood",
            Self::OtherGroup(_) => "policy_for_other_group",
            Self::PolicyExpired(_) => "policy_expired",
            Self::Rollback { .. } => "policy_rolled_back",
            Self::Equivocation(_) => "policy_equivocation",
            Self::Placement(_) => "placement_invalid",
            Self::PlacementRollback { .. } => "placement_rolled_back",
            Self::PlacementEquivocation(_) => "placement_equivocation",
            Self::Timestamp(_) => "timestamp_invalid",
            Self::TimestampRollback(_) => "timestamp_rolled_back",
            Self::NotCurrent { .. } => "policy_not_current",
            Self::LeftOut(_) => "policy_left_out",
            Self::Stale { .. } => "policy_stale",
            Self::ClockBehind { .. } => "clock_behind",
        }
    }
}

/// What is wrong with a placement.
#[derive(Debug, thiserror::Error)]
pub enum BadPlacement {
    /// Too few signatures, or signed bytes of another form.
    #[error(transparent)]
    Unverified(VerifyError),
    /// It names another device, or a device of another collector.
    #[error("it is for another device")]
    OtherDevice,
    /// It names no group, or a number that no placement has.
    #[error("its group or its number is not one")]
    Unsound,
    /// It follows the one that brought the device here, and names another group than the device's.
    #[error("it moves a device out of the group `{0}`, in which this device is not")]
    OtherGroup(String),
    /// Whoever has to approve what the group's policy collects did not sign that this device is moved there.
    #[error(
        "the policy of its group collects fields of high sensitivity, and that this device is moved there was not approved by {}",
        .0.join(" and by ")
    )]
    NotApproved(Vec<String>),
}

/// What is wrong with a root.
#[derive(Debug, thiserror::Error)]
pub enum BadRoot {
    /// The bytes are of something else.
    #[error("it is not a root document")]
    Unreadable,
    /// Too few good signatures, or signed bytes of another form.
    #[error("{0}")]
    Unverified(VerifyError),
    /// What it says does not fit together.
    #[error("{0}")]
    Unsound(Unsound),
    /// It is not the next one.
    #[error("versions must rise one at a time")]
    Skipped,
    /// It belongs elsewhere.
    #[error("it is for another collector")]
    Foreign,
    /// The timestamp names it, and the device holds another.
    #[error("the device is at version {0}")]
    NotHeld(u64),
}

/// What is wrong with a policy that is validly signed.
#[derive(Debug, thiserror::Error)]
pub enum BadPolicy {
    /// The signed bytes do not have the expected form of a policy.
    #[error("{0}")]
    Unreadable(VerifyError),
    /// It breaks rules of the catalogue.
    #[error("{}", joined(.0))]
    Faulty(Vec<PolicyFault>),
}

fn joined(faults: &[PolicyFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What is wrong with a timestamp.
#[derive(Debug, thiserror::Error)]
pub enum BadTimestamp {
    /// There is none.
    #[error("there is none on this device")]
    Missing,
    /// Too few good signatures, or signed bytes of another form.
    #[error("{0}")]
    Unverified(VerifyError),
    /// The collector gave it when it was past its date.
    #[error("the collector gave one that expired on {0}")]
    Expired(UtcTime),
    /// It lives longer than any may.
    #[error("its life is not between 1 s and 24 h")]
    Life,
}
