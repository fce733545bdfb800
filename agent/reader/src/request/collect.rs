//! From a policy to an answer: limits → permit → sandbox → reading → what its viewer sees → disclosure.

use super::Reader;
use super::refused::Refused;
use crate::caller::Caller;
use crate::probe::{self, Own};
use crate::state::{Began, Journal, Pinned, StateError};
use crate::treat::{self, HashKeys, Treated};
use collector_proto::catalog::{Platform, SourcePlace};
use collector_proto::digest::hex;
use collector_proto::disclosure::{DisclosureAnswer, Operation, Sandbox};
use collector_proto::messages::{Absence, DailyReading};
use collector_proto::policy::trust::{AcceptedPolicy, Documents, KeptVersions};
use collector_proto::policy::{Permit, Policy, PolicyRef, Signed, Standing};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Reader<'_> {
    /// What an accepted policy permits on this enrolled device. `daily` says whether what is sent at most once a day is read for a
    /// report; people look at all of it.
    pub(super) fn collect_accepted(
        &self,
        pinned: &Pinned,
        accepted: &AcceptedPolicy,
        documents: Option<&Documents>,
        operation: Operation,
        daily: Option<DailyReading>,
    ) -> Result<DisclosureAnswer<Treated>, Refused> {
        let keys = self.state.keys()?.ok_or(Refused::NotEnrolled)?;
        let versions = accepted.versions();
        let asked = (operation, Some(versions.base()));
        let answer = self.collect::<Signed>(accepted, Some(pinned.device_id()), &keys, asked, daily)?;
        let standing = pinned.standing(documents);
        Ok(DisclosureAnswer {
            policy: Some(versions),
            standing,
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
        asked: (Operation, Option<PolicyRef>),
        daily: Option<DailyReading>,
    ) -> Result<DisclosureAnswer<Treated>, Refused> {
        let platform = Platform::current();
        let limits = self.state.limits()?;
        let permit = limits.permit::<S>(policy, platform);
        let permit = match daily {
            // No probe, no place that only these fields need, no mention in the journal.
            Some(DailyReading::Kept(_)) => permit.between_days(),
            Some(DailyReading::Read(_)) | None => permit,
        };
        let tenant_key = self.state.tenant_keys()?.pop();
        let own = self.own(&permit, device_id)?;
        let never = self.host.who(limits.never()).map_err(Refused::Accounts)?;
        let (ceiling, consent) = limits.into_parts();
        // Whoever asks is told before the sandbox is put up: then the machine's accounts are not read any more.
        let ceiling = self.told_of(ceiling, asked.0);
        self.host.leave_alone(never);
        let journal = self.on_record(asked, &permit)?;
        let sandbox = self.confine(S::checked(policy), &permit)?;
        let reading = probe::read(self.host, &permit, &own);
        if let Some(mut journal) = journal {
            journal.touched(&self.host.touched())?;
        }
        let (reading, left_out) = reading.seen_by(&self.viewer);
        let treated = treat::treat(reading, &permit, keys, daily)?;
        let consent = self.may_know_consents(asked.0).then_some(consent);
        Ok(DisclosureAnswer {
            policy: None,
            standing: KeptVersions::default(),
            platform,
            ceiling,
            consent,
            fresh_until: None,
            sandbox,
            tenant_key,
            left_out,
            read_at: self.now,
            to_tell: Vec::new(),
            disclosure: treated,
        })
    }

    /// Puts the reading on record before it begins. A device that is not enrolled keeps no record: there a person looks at drafts.
    fn on_record<S: Standing>(
        &self,
        (operation, policy): (Operation, Option<PolicyRef>),
        permit: &Permit<S>,
    ) -> Result<Option<Journal>, Refused> {
        if self.state.pinned()?.is_none() {
            return Ok(None);
        }
        let mut id = [0; 8];
        self.random.fill(&mut id).map_err(|_| StateError::Random)?;
        let began = Began {
            at: self.now,
            asked_by: self.asked_by.clone(),
            operation,
            policy,
            fields: permit.fields().iter().collect(),
        };
        Ok(Some(self.state.begin_reading(hex(&id), began, &self.state.lock()?)?))
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
        let sandbox = self.confined_to(&permit.sources(Platform::current()));
        weakness(policy, sandbox).map_or(Ok(sandbox), Err)
    }
}

impl Reader<'_> {
    /// Whether the answer says what was consented to. What goes into a report, or onto a page that the agent can open as well, does
    /// not, so that nobody who holds either learns who refused.
    pub(super) fn may_know_consents(&self, operation: Operation) -> bool {
        match operation {
            Operation::Disclose | Operation::PreviewForEverybody => false,
            _ => self.caller != Caller::Agent,
        }
    }

    /// Gives up what reading from these places does not need, and says what keeps the reader to it.
    pub(super) fn confined_to(&self, sources: &BTreeSet<SourcePlace>) -> Sandbox {
        Sandbox { split: self.split, ..self.confinement.confine(self.host, sources) }
    }
}

/// Why the policy does not allow to read in this sandbox.
pub(super) fn weakness(policy: &Policy, sandbox: Sandbox) -> Option<Refused> {
    let (demanded, reached) = (policy.document().require_sandbox, sandbox.level());
    (reached < demanded).then_some(Refused::Sandbox { demanded, reached })
}
