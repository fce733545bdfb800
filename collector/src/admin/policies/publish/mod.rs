//! Makes a signed policy its group's current one.

use super::{Following, PolicyError};
use crate::admin::{Actor, Admin, Operation};
use crate::store::Published;
use crate::verify::VerifiedPolicy;
use collector_proto::contract::{self, Contract, KNOWN, Names};
use collector_proto::envelope::Envelope;
use collector_proto::policy::PolicyRef;
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
    /// What it changes against the version before it; `None` for a group's first, and where nothing was published.
    pub(crate) following: Option<Following>,
}

/// What becomes of a version that widens before people were told for the whole period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooSoon {
    /// It is refused.
    Refused,
    /// It is published.
    Published,
}

/// Publishes a signed policy once the root's policy keys are found to have signed it. Versions only rise.
pub(crate) async fn publish(
    admin: &Admin,
    actor: &Actor,
    envelope: Envelope,
    too_soon: TooSoon,
) -> Result<Publication, PolicyError> {
    let (store, now) = (admin.enter(actor, Operation::PublishPolicy)?, admin.now());
    let verified = VerifiedPolicy::verify(envelope, &store.current_root().await?, now)?;
    let (reference, group) = (verified.reference(), verified.group().to_owned());
    let current = store.current_policy(&group).await?;
    let refusing = Refusing::count(KNOWN, verified.envelope(), &store.contracts(&group).await?)?;
    // What is not above the newest version is not published whatever it widens; that is found below.
    let below = current.filter(|current| current.reference.version < reference.version);
    let following = below.map(|current| Following::published(&current, verified.policy(), now));
    if too_soon == TooSoon::Refused
        && let Some(following) = following.as_ref().filter(|following| following.is_too_soon())
    {
        return Err(PolicyError::TooSoon(Box::new(following.clone())));
    }
    match store.publish(verified, now).await? {
        Published::New => Ok(Publication { group, reference, was_before: false, refusing, following }),
        Published::Before => {
            Ok(Publication { group, reference, was_before: true, refusing, following: None })
        }
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
        let refusing = self.would_refuse.values().sum::<u64>();
        match self.devices {
            0 => return f.write_str("no device is enrolled in the group"),
            1 => f.write_str("1 device is enrolled in the group")?,
            devices => write!(f, "{devices} devices are enrolled in the group")?,
        }
        write!(f, "; {refusing} of them would refuse the policy")?;
        for (contract, count) in &self.would_refuse {
            write!(f, "; {count} run agents of contract {contract}, and it needs {}", self.needs_contract)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
