//! The verdict on the documents that a device holds: whether anything may be collected, or sent, under its policy.
//!
//! There is one, and whoever collects, sends or tells people about either takes it again: what was in force when a report
//! was made need not be when it leaves.

use super::PolicyRef;
use super::trust::{AcceptedPolicy, Refusal};
use crate::time::UtcTime;

/// What may happen under a device's policy.
#[derive(Debug)]
pub enum Verdict {
    /// The policy is in force, and its notice was acknowledged where it asks for that.
    InForce(AcceptedPolicy),
    /// Nothing may be collected before the notice is acknowledged.
    Unacknowledged(AcceptedPolicy),
    /// No version has taken effect on this device yet.
    Waiting(AcceptedPolicy),
    /// No policy is accepted.
    Refused(Refusal),
}

/// Why nothing may be collected or sent.
#[derive(Debug, thiserror::Error)]
pub enum NotInForce {
    /// No policy is accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The notice of the policy was not acknowledged.
    #[error(
        "policy version {} has to be acknowledged first; read it and do so with `candor notice --acknowledge`",
        .0.version
    )]
    Unacknowledged(PolicyRef),
    /// The notice of the policy was not shown.
    #[error("the notice of policy version {} was not shown on this device yet", .0.version)]
    NotShown(PolicyRef),
    /// The policy is announced, and its date is still to come.
    #[error("policy version {} takes effect on {from}", .policy.version)]
    NotYetEffective {
        /// The first version that will.
        policy: PolicyRef,
        /// When.
        from: UtcTime,
    },
}

impl NotInForce {
    /// Stable name for messages and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Unacknowledged(_) => "not_acknowledged",
            Self::NotShown(_) => "policy_not_shown",
            Self::NotYetEffective { .. } => "policy_not_yet_effective",
        }
    }
}

impl Verdict {
    /// Takes the verdict.
    pub fn of(accepted: Result<AcceptedPolicy, Refusal>) -> Self {
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(refusal) => return Self::Refused(refusal),
        };
        let asks = match accepted.waiting() {
            None => accepted.terms().document().require_acknowledgement,
            Some(first) => first.announcement().asks,
        };
        // Whoever acknowledged a version was shown those before it as well.
        let acknowledged = accepted.standing().iter().any(|version| version.announcement().acknowledged);
        if asks && !acknowledged {
            Self::Unacknowledged(accepted)
        } else if accepted.waiting().is_some() {
            Self::Waiting(accepted)
        } else {
            Self::InForce(accepted)
        }
    }

    /// The policy under which anything may be collected or sent.
    pub fn in_force(self) -> Result<AcceptedPolicy, NotInForce> {
        match self {
            Self::InForce(accepted) => Ok(accepted),
            Self::Unacknowledged(accepted) => Err(NotInForce::Unacknowledged(accepted.newest())),
            Self::Waiting(accepted) => Err(accepted.not_yet()),
            Self::Refused(refusal) => Err(NotInForce::Refused(refusal)),
        }
    }

    /// The accepted policy, whether or not it has taken effect.
    pub fn accepted(&self) -> Option<&AcceptedPolicy> {
        match self {
            Self::InForce(accepted) | Self::Unacknowledged(accepted) | Self::Waiting(accepted) => {
                Some(accepted)
            }
            Self::Refused(_) => None,
        }
    }
}
