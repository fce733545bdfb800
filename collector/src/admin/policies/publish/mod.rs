//! Makes a signed policy its group's current one.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::store::Published;
use crate::verify::VerifiedPolicy;
use collector_proto::contract::{self, Contract, KNOWN, Names};
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::policy::diff::{Change, Effect, diff, widens};
use collector_proto::policy::{Policy, PolicyDocument, PolicyRef};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::fmt;

/// A policy that is published.
pub(crate) struct Publication {
    pub(crate) group: String,
    pub(crate) reference: PolicyRef,
    /// Whether this very policy was published before; nothing changed then.
    pub(crate) was_before: bool,
    /// Enrolled devices whose agents would refuse it.
    pub(crate) refusing: Refusing,
    /// What the publisher has to be warned of. The policy is still published.
    pub(crate) warning: Option<Warning>,
}

/// Publishes a signed policy once the root's policy keys are found to have signed it. Versions only rise.
pub(crate) async fn publish(
    admin: &Admin,
    actor: &Actor,
    envelope: Envelope,
) -> Result<Publication, PolicyError> {
    let (store, now) = (admin.enter(actor, Operation::PublishPolicy)?, admin.now());
    let verified = VerifiedPolicy::verify(envelope, &store.current_root().await?, now)?;
    let (reference, group) = (verified.reference(), verified.group().to_owned());
    let current = store.current_policy(&group).await?;
    let refusing = Refusing::count(KNOWN, verified.envelope(), &store.contracts(&group).await?)?;
    let warning = current.and_then(|current| Warning::of(&current.envelope, verified.policy()));
    match store.publish(verified, now).await? {
        Published::New => Ok(Publication { group, reference, was_before: false, refusing, warning }),
        Published::Before => Ok(Publication { group, reference, was_before: true, refusing, warning: None }),
        Published::NotAbove(published) => {
            Err(PolicyError::NotAbove { group, offered: reference.version, published })
        }
        Published::OtherRoot => Err(PolicyError::OtherRoot),
    }
}

/// How many devices would refuse a policy because they do not understand what it requires.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Refusing {
    /// The oldest contract that understands the policy.
    pub(crate) needs_contract: Contract,
    /// Devices of the group.
    pub(crate) devices: u64,
    /// Those that would refuse it, by the contract of their agents.
    pub(crate) would_refuse: BTreeMap<u16, u64>,
}

impl Refusing {
    /// Counts among the enrolled devices, by the contract of their agents, those that do not know all `names` that the
    /// policy requires.
    fn count(
        names: Names,
        policy: &Envelope,
        enrolled: &BTreeMap<Contract, u64>,
    ) -> Result<Self, PolicyError> {
        let requires = contract::requires(&policy.unverified_payload()?)?;
        let needs_contract = names.oldest_for(&requires).map_err(PolicyError::NotUnderstood)?;
        let older = enrolled.iter().filter(|(contract, _)| **contract < needs_contract);
        Ok(Self {
            needs_contract,
            devices: enrolled.values().sum(),
            would_refuse: older.map(|(contract, count)| (contract.number(), *count)).collect(),
        })
    }
}

impl fmt::Display for Refusing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (refusing, all) = (self.would_refuse.values().sum::<u64>(), self.devices);
        write!(f, "{refusing} of {all} enrolled devices run agents that would refuse it")?;
        for (contract, count) in &self.would_refuse {
            write!(f, "; {count} of contract {contract}, and it needs {}", self.needs_contract)?;
        }
        Ok(())
    }
}

/// What a publisher has to be warned of when a policy follows the current one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// The two cannot be compared.
    NotComparable,
    /// It is wider and takes effect before people were told for the notice period.
    TooSoon {
        version: u64,
        effective_from: UtcTime,
        /// When the notice period is over.
        earliest: UtcTime,
        wider: Vec<Change>,
    },
}

impl Warning {
    fn of(current: &Envelope, policy: &Policy) -> Option<Self> {
        let document: Option<PolicyDocument> =
            current.unverified_payload().ok().and_then(|payload| PolicyDocument::read(&payload).ok());
        match document.and_then(|document| Policy::check(document).ok()) {
            Some(current) => Self::too_soon(&current, policy),
            None => Some(Self::NotComparable),
        }
    }

    /// The notice period is the longer of both versions' periods: a version cannot shorten the time that people were
    /// promised before it.
    fn too_soon(current: &Policy, policy: &Policy) -> Option<Self> {
        let changes = diff(current, policy);
        let document = policy.document();
        let period = document.notice_period.seconds().max(current.document().notice_period.seconds());
        let earliest = document.notice_from.plus_seconds(period);
        if !widens(&changes) || document.effective_from >= earliest {
            return None;
        }
        Some(Self::TooSoon {
            version: document.version,
            effective_from: document.effective_from,
            earliest,
            wider: changes.into_iter().filter(|change| change.effect == Effect::Wider).collect(),
        })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotComparable => f.write_str(
                "WARNING: the version before cannot be compared with this one: this program's catalogue differs from \
                 the one it was made with",
            ),
            Self::TooSoon { version, effective_from, earliest, wider } => {
                write!(
                    f,
                    "WARNING: version {version} is wider than the current one and takes effect on {effective_from}, \
                     before the notice period is over on {earliest}; devices do not wait for that. Publish another \
                     version with a later `effective_from` if people must be told first. Wider:"
                )?;
                wider.iter().try_for_each(|change| write!(f, "\n  {change}"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
