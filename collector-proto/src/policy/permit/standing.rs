//! Where a permit comes from: a policy that was signed and accepted, or an author's draft.

use crate::digest::Digest;
use crate::policy::trust::AcceptedPolicy;
use crate::policy::{Policy, Versions};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// Marks what comes from a policy that was signed, fresh and accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {}

/// Marks what comes from an author's draft. Nothing that takes [`Signed`] takes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {}

/// [`Signed`] or [`Draft`], and nothing else.
pub trait Standing: private::Closed {
    /// The policy that a permit of this standing is derived from.
    type Policy;
    /// What names that policy. A draft has no name that a report could carry.
    type Reference: Debug + Clone + PartialEq + Eq;

    /// The checked policy.
    fn checked(policy: &Self::Policy) -> &Policy;

    /// What names it.
    fn reference(policy: &Self::Policy) -> Self::Reference;
}

impl Standing for Signed {
    type Policy = AcceptedPolicy;
    type Reference = Versions;

    fn checked(policy: &AcceptedPolicy) -> &Policy {
        policy.terms()
    }

    fn reference(policy: &AcceptedPolicy) -> Versions {
        policy.versions()
    }
}

impl Standing for Draft {
    type Policy = Policy;
    type Reference = ();

    fn checked(policy: &Policy) -> &Policy {
        policy
    }

    fn reference(_: &Policy) {}
}

mod private {
    pub trait Closed {}
    impl Closed for super::Signed {}
    impl Closed for super::Draft {}
}

/// Which policy something was made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRef {
    /// Number of the placement by which the device was in the policy's group; 0 and not written for the group of its enrolment, and
    /// wherever no device is meant.
    #[serde(default, skip_serializing_if = "crate::json::is_zero")]
    pub placement: u64,
    /// Version of the policy.
    pub version: u64,
    /// Digest of the policy's PAE.
    pub sha256: Digest,
}

impl PolicyRef {
    /// A version of a group's policy, whoever goes by it.
    pub const fn new(version: u64, sha256: Digest) -> Self {
        Self { placement: 0, version, sha256 }
    }

    /// The same as a device goes by it that was moved to the group by a placement.
    #[must_use]
    pub const fn under(self, placement: u64) -> Self {
        Self { placement, ..self }
    }

    /// Its place among the versions of one device: those of different groups are numbered apart.
    pub const fn order(self) -> (u64, u64) {
        (self.placement, self.version)
    }
}
