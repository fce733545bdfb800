//! The verdict on the documents that a device holds: whether anything may be collected, or sent, under its policy.
//!
//! There is one, and whoever collects, sends or tells people about either takes it again: what was in force when a report
//! was made need not be when it leaves.

use super::PolicyRef;
use super::trust::{AcceptedPolicy, Refusal};

/// What may happen under a device's policy.
#[derive(Debug)]
pub enum Verdict {
    /// The policy is accepted, and its notice was acknowledged where it asks for that.
    InForce(AcceptedPolicy),
    /// The policy is accepted, and nothing may be collected before its notice is acknowledged.
    Unacknowledged(AcceptedPolicy),
    /// No policy is accepted; one that only takes effect later is among the reasons.
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
}

impl NotInForce {
    /// Stable name for messages and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Unacknowledged(_) => "not_acknowledged",
        }
    }
}

impl Verdict {
    /// Takes the verdict. `acknowledged` tells whether the notice of this very policy was acknowledged, since a changed
    /// one has to be read again; it is asked only where the policy demands it.
    pub fn take<E>(
        accepted: Result<AcceptedPolicy, Refusal>,
        acknowledged: impl FnOnce(PolicyRef) -> Result<bool, E>,
    ) -> Result<Self, E> {
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(refusal) => return Ok(Self::Refused(refusal)),
        };
        let demanded = accepted.policy().document().require_acknowledgement;
        Ok(if !demanded || acknowledged(accepted.reference())? {
            Self::InForce(accepted)
        } else {
            Self::Unacknowledged(accepted)
        })
    }

    /// The policy under which anything may be collected or sent.
    pub fn in_force(self) -> Result<AcceptedPolicy, NotInForce> {
        match self {
            Self::InForce(accepted) => Ok(accepted),
            Self::Unacknowledged(accepted) => Err(NotInForce::Unacknowledged(accepted.reference())),
            Self::Refused(refusal) => Err(NotInForce::Refused(refusal)),
        }
    }

    /// The accepted policy, whether or not its notice was acknowledged.
    pub fn accepted(&self) -> Option<&AcceptedPolicy> {
        match self {
            Self::InForce(accepted) | Self::Unacknowledged(accepted) => Some(accepted),
            Self::Refused(_) => None,
        }
    }
}
