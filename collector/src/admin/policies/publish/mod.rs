//! Makes a signed policy its group's current one.

use super::{Following, PolicyError};
use crate::admin::{Actor, Admin, Operation, placements};
use crate::policies::history;
use crate::store::{Published, WithoutValues};
use crate::verify::{TrustRoot, VerifiedPlacement, VerifiedPolicy};
use collector_proto::contract::{self, Contract, KNOWN, Names};
use collector_proto::envelope::Envelope;
use collector_proto::policy::{Announced, Announcements, PolicyRef, Wait};
use collector_proto::time::UtcTime;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

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
    /// When it takes effect; `None` where nothing was published.
    pub(crate) effect: Option<TakesEffect>,
}

/// When a version takes effect on devices.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct TakesEffect {
    /// What it waits for on each device.
    pub(crate) waits_for: Wait,
    /// When that can be over at the earliest.
    pub(crate) earliest: UtcTime,
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
    let root = store.current_root().await?;
    let verified = VerifiedPolicy::verify(envelope, &root, now)?;
    let (reference, group) = (verified.reference(), verified.group().to_owned());
    let refusing = Refusing::count(KNOWN, verified.envelope(), &store.contracts(&group).await?)?;
    // What is not above the newest version is not published whatever it widens; that is found when it is stored.
    let current = store.current_policy(&group).await?;
    let (mut following, mut effect) = (None, None);
    if current.as_ref().is_none_or(|current| current.reference.version < reference.version) {
        let policy = Arc::new(verified.policy().clone());
        let stand = history(store, &group).await?.with(reference, policy, now);
        let announced = stand.as_ref().and_then(Announcements::newest);
        let announced = announced.ok_or_else(|| PolicyError::TooMany { group: group.clone() })?;
        following = current.map(|current| Following::published(&current, verified.policy(), announced, now));
        effect = Some(TakesEffect::of(announced, now));
    }
    if too_soon == TooSoon::Refused
        && let Some(following) = following.as_ref().filter(|following| following.is_too_soon())
    {
        return Err(PolicyError::TooSoon(Box::new(following.clone())));
    }
    let (devices, names) = not_approved(store, &root, &verified).await?;
    if !devices.is_empty() {
        return Err(PolicyError::MovedWithoutApproval { group, devices, names });
    }
    match store.publish(verified, now).await? {
        Published::New => {
            Ok(Publication { group, reference, was_before: false, refusing, following, effect })
        }
        Published::Before => {
            let (following, effect) = (None, None);
            Ok(Publication { group, reference, was_before: true, refusing, following, effect })
        }
        Published::NotAbove(published) => {
            Err(PolicyError::NotAbove { group, offered: reference.version, published })
        }
        Published::OtherRoot => Err(PolicyError::OtherRoot),
    }
}

/// The devices that were moved to the policy's group without the approval that it needs, and who is asked for that.
async fn not_approved(
    store: &dyn WithoutValues,
    root: &TrustRoot,
    policy: &VerifiedPolicy,
) -> Result<(Vec<Uuid>, Vec<String>), PolicyError> {
    let (mut devices, mut names) = (Vec::new(), BTreeSet::new());
    for (device, placement) in placements::newest(store).await? {
        if placement.group != policy.group() {
            continue;
        }
        // What is not signed as the root in force demands is not signed by anybody.
        let signers = VerifiedPlacement::verify(placement.envelope, root)
            .map(|placement| placement.signers().clone())
            .unwrap_or_default();
        let missing = root.document().missing_approval(policy.policy().document(), &signers);
        if !missing.is_empty() {
            devices.push(device);
            names.extend(missing);
        }
    }
    Ok((devices, names.into_iter().collect()))
}

impl TakesEffect {
    pub(in crate::admin) fn of(announced: &Announced, now: UtcTime) -> Self {
        let earliest = announced.effect().unwrap_or(now);
        Self { waits_for: announced.announcement().wait, earliest }
    }
}

impl fmt::Display for TakesEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let earliest = self.earliest;
        match self.waits_for {
            Wait::Nothing => {
                f.write_str("It widens nothing: it holds on each device as soon as the device hears of it")
            }
            Wait::Showing => {
                write!(
                    f,
                    "It is the first: it takes effect on each device once it was shown there, from {earliest} on"
                )
            }
            Wait::Notice(period) => write!(
                f,
                "What it narrows holds on each device as soon as the device hears of it. What it widens takes effect {} after \
                 it was shown on the device, on {earliest} at the earliest",
                period.words()
            ),
        }
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
