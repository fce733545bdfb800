//! From a policy to an answer: limits → permit → sandbox → reading → disclosure.

use super::Reader;
use super::refused::Refused;
use crate::probe::{self, Own};
use crate::state::{Pinned, StateError};
use crate::treat::{self, HashKeys, Treated};
use collector_proto::catalog::{FieldSet, Platform};
use collector_proto::disclosure::{DisclosureAnswer, Sandbox};
use collector_proto::messages::Absence;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Permit, Policy, Signed, Standing};
use uuid::Uuid;

impl Reader<'_> {
    /// What an accepted policy permits on this enrolled device.
    pub(super) fn collect_accepted(
        &self,
        pinned: &Pinned,
        accepted: &AcceptedPolicy,
    ) -> Result<DisclosureAnswer<Treated>, Refused> {
        let keys = self.state.keys()?.ok_or(Refused::NotEnrolled)?;
        let answer = self.collect::<Signed>(accepted, Some(pinned.device_id()), &keys)?;
        Ok(DisclosureAnswer {
            policy: Some(accepted.reference()),
            fresh_until: Some(accepted.fresh_until()),
            ..answer
        })
    }

    /// What a policy of either standing permits on this machine. The answer names no policy.
    pub(super) fn collect<S: Standing>(
        &self,
        policy: &S::Policy,
        device_id: Option<Uuid>,
        keys: &HashKeys,
    ) -> Result<DisclosureAnswer<Treated>, Refused> {
        let platform = Platform::current();
        let limits = self.state.limits()?;
        let permit = limits.permit::<S>(policy, platform);
        let own = self.own(&permit, device_id)?;
        let sandbox = self.confine(S::checked(policy), &permit)?;
        let treated = treat::treat(probe::read(self.host, &permit, &own), &permit, keys)?;
        let (ceiling, consent) = limits.into_parts();
        Ok(DisclosureAnswer {
            policy: None,
            platform,
            ceiling,
            consent,
            fresh_until: None,
            sandbox,
            disclosure: treated,
        })
    }

    /// What Candor itself knows and the permit grants; the hand-over is looked at only when it is asked for.
    fn own<S: Standing>(&self, permit: &Permit<S>, device_id: Option<Uuid>) -> Result<Own, Refused> {
        if !Own::needs_handover(&permit.fields()) {
            return Ok(Own { device_id, ..Own::default() });
        }
        let handover = match self.state.handover() {
            Ok(handover) => handover.ok_or(Absence::Unavailable),
            // It decides nothing, so it costs its own fields only.
            Err(StateError::Damaged { .. } | StateError::Later { .. }) => Err(Absence::Malformed),
            Err(error) => return Err(error.into()),
        };
        Ok(Own { device_id, handover })
    }

    /// From here on the kernel refuses what the permit does not need; the state was read before.
    fn confine<S: Standing>(&self, policy: &Policy, permit: &Permit<S>) -> Result<Sandbox, Refused> {
        let sandbox = self.confined_to(&permit.fields());
        weakness(policy, sandbox).map_or(Ok(sandbox), Err)
    }
}

impl Reader<'_> {
    /// Gives up what reading these fields does not need, and says what keeps the reader to it.
    pub(super) fn confined_to(&self, fields: &FieldSet) -> Sandbox {
        Sandbox { split: self.split, ..self.confinement.confine(self.host, fields) }
    }
}

/// Why the policy does not allow to read in this sandbox.
pub(super) fn weakness(policy: &Policy, sandbox: Sandbox) -> Option<Refused> {
    let (demanded, reached) = (policy.document().require_sandbox, sandbox.level());
    (reached < demanded).then_some(Refused::Sandbox { demanded, reached })
}
