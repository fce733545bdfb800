//! Answers a request: verify → permit → read → treat → disclosure.

use crate::host::Host;
use crate::probe::{self, Own};
use crate::sandbox::Confinement;
use crate::state::{self, Enrolment, Limits, Pin, PinError, State, StateError};
use crate::treat::{self, HashKeys};
use collector_proto::catalog::{FieldSet, Platform, SandboxLevel};
use collector_proto::disclosure::{
    Answer, Condition, Direction, Disclosure, Handover, NotPermitted, ReaderStatus, RefusalMessage, Request,
    Sandbox,
};
use collector_proto::messages::Absence;
use collector_proto::policy::trust::{AcceptedPolicy, Documents, Refusal};
use collector_proto::policy::{Ceiling, Permit, Policy, PolicyDocument, PolicyFault, Standing};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::error::Error;
use uuid::Uuid;

/// What the caller may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Has the reader's own rights, or is root: may do by itself whatever the reader does for it.
    Equal,
    /// Someone else, who gets what the signed policy permits and nothing more.
    Other,
}

/// Everything an answer depends on besides the request.
pub struct Reader<'a> {
    /// The machine.
    pub host: &'a Host,
    /// What is remembered.
    pub state: &'a State,
    /// The clock.
    pub now: UtcTime,
    /// Random numbers for new keys.
    pub random: &'a dyn SecureRandom,
    /// Who asks.
    pub caller: Caller,
    /// What holds the process to the permit.
    pub confinement: Confinement,
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("this device is not enrolled")]
    NotEnrolled,
    #[error("only root or the reader's own user may ask for this")]
    Rights,
    #[error(transparent)]
    Trust(#[from] Refusal),
    #[error("the draft cannot be accepted: {}", join(.0))]
    Draft(Vec<PolicyFault>),
    #[error(
        "the policy demands the sandbox level `{demanded}`, and this system reaches `{reached}`; \
         `candor status` says what is missing"
    )]
    Sandbox { demanded: SandboxLevel, reached: SandboxLevel },
    #[error(transparent)]
    Pin(#[from] PinError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the reader made something that the policy does not permit; this is a fault of the program")]
    NotPermitted(#[from] NotPermitted),
}

impl Refused {
    const fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::Rights => "no_rights",
            Self::Trust(refusal) | Self::Pin(PinError::Root(refusal)) => refusal.code(),
            Self::Draft(_) => "policy_not_acceptable",
            Self::Sandbox { .. } => "sandbox_too_weak",
            Self::Pin(PinError::OtherRoot(_)) => "other_root_pinned",
            Self::Pin(PinError::TenantKey(_)) => "tenant_key_invalid",
            Self::Pin(PinError::State(_)) | Self::State(_) => "state_unusable",
            Self::NotPermitted(_) => "not_permitted",
        }
    }

    /// The stable word and the whole chain of causes in one sentence.
    fn to_message(&self) -> RefusalMessage {
        let mut message = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        RefusalMessage { code: self.code().to_owned(), message }
    }
}

impl Reader<'_> {
    /// Answers one request. A refusal is an answer too: then nothing of the machine was read.
    pub fn answer(&self, request: Request) -> Answer {
        self.try_answer(request).unwrap_or_else(|refused| {
            tracing::info!(code = refused.code(), "refused");
            Answer::Refused(refused.to_message())
        })
    }

    fn try_answer(&self, request: Request) -> Result<Answer, Refused> {
        match request {
            Request::Trust { root, group, tenant_key, device_id } => {
                self.require_equal()?;
                self.trust(Pin { root, group, tenant_key, device_id })
            }
            Request::Disclose { documents } => self.disclose(&documents),
            Request::Preview { documents } => self.preview(&documents),
            Request::Draft { policy } => {
                self.require_equal()?;
                self.draft(policy)
            }
            Request::Status { documents } => self.status(&documents),
            Request::RecordCustody { direction, condition } => self.record_custody(direction, condition),
            Request::Custody => self.custody(),
        }
    }

    fn require_equal(&self) -> Result<(), Refused> {
        if self.caller == Caller::Equal { Ok(()) } else { Err(Refused::Rights) }
    }

    fn trust(&self, pin: Pin) -> Result<Answer, Refused> {
        let _lock = self.state.lock()?;
        Ok(Answer::Trusted { root: self.state.pin(pin, self.random)? })
    }

    fn disclose(&self, documents: &Documents) -> Result<Answer, Refused> {
        // Unenrolled devices are told so before anything is written.
        self.enrolment()?;
        let lock = self.state.lock()?;
        let mut enrolment = self.enrolment()?;
        let accepted = enrolment.trust_mut().accept(documents, self.now);
        // A walk to a newer root holds even where the policy is refused.
        self.state.remember(&enrolment, documents)?;
        drop(lock);
        self.under_policy(&enrolment, &accepted?)
    }

    fn preview(&self, documents: &Documents) -> Result<Answer, Refused> {
        let mut enrolment = self.enrolment()?;
        let accepted = enrolment.trust_mut().accept(documents, self.now)?;
        self.under_policy(&enrolment, &accepted)
    }

    fn under_policy(&self, enrolment: &Enrolment, accepted: &AcceptedPolicy) -> Result<Answer, Refused> {
        let limits = self.state.limits()?;
        let keys = self.state.keys()?.ok_or(Refused::NotEnrolled)?;
        let ceiling = limits.ceiling.map(Ceiling::of);
        let permit = Permit::derive(accepted, Platform::current(), ceiling.as_ref(), &limits.consent);
        let own = self.own(&permit, Some(enrolment.device_id()))?;
        let sandbox = self.confine(accepted.policy(), &permit)?;
        let disclosure = self.read(&permit, &own, &keys)?;
        Ok(answer_with(disclosure, limits, Some(accepted), sandbox))
    }

    fn draft(&self, document: PolicyDocument) -> Result<Answer, Refused> {
        let policy = Policy::check(document).map_err(Refused::Draft)?;
        let limits = self.state.limits()?;
        let device_id = self.state.enrolment()?.map(|enrolment| enrolment.device_id());
        let keys = match self.state.keys()? {
            Some(keys) => keys,
            None => state::draft_keys(self.random)?,
        };
        let ceiling = limits.ceiling.map(Ceiling::of);
        let permit = Permit::draft(&policy, Platform::current(), ceiling.as_ref(), &limits.consent);
        let own = self.own(&permit, device_id)?;
        let sandbox = self.confine(&policy, &permit)?;
        let disclosure = self.read(&permit, &own, &keys)?;
        Ok(answer_with(disclosure, limits, None, sandbox))
    }

    /// What Candor itself knows and the permit grants; the hand-over is looked at only when it is asked for.
    fn own<S: Standing>(&self, permit: &Permit<S>, device_id: Option<Uuid>) -> Result<Own, Refused> {
        if !Own::needs_handover(&permit.fields()) {
            return Ok(Own { device_id, ..Own::default() });
        }
        let handover = match self.state.handover() {
            Ok(handover) => handover.ok_or(Absence::Unavailable),
            Err(StateError::Handover { .. }) => Err(Absence::Malformed),
            Err(error) => return Err(error.into()),
        };
        Ok(Own { device_id, handover })
    }

    /// From here on the kernel refuses what the permit does not need; the state was read before.
    fn confine<S: Standing>(&self, policy: &Policy, permit: &Permit<S>) -> Result<Sandbox, Refused> {
        let sandbox = self.confinement.confine(self.host, &permit.fields());
        weakness(policy, sandbox).map_or(Ok(sandbox), Err)
    }

    fn read<S: Standing>(
        &self,
        permit: &Permit<S>,
        own: &Own,
        keys: &HashKeys,
    ) -> Result<Disclosure<S>, Refused> {
        Ok(treat::treat(probe::read(self.host, permit, own), permit, keys)?)
    }

    fn status(&self, documents: &Documents) -> Result<Answer, Refused> {
        let mut enrolment = self.enrolment()?;
        let limits = self.state.limits()?;
        let outcome = enrolment.trust_mut().accept(documents, self.now);
        let accepted = outcome.as_ref().ok();
        // The last thing this process does: nothing needs a file any more.
        let sandbox = self.confinement.confine(self.host, &FieldSet::EMPTY);
        let too_weak = accepted.and_then(|accepted| weakness(accepted.policy(), sandbox));
        Ok(Answer::Status(ReaderStatus {
            root: enrolment.trust().root_reference(),
            floor: enrolment.trust().floor().clone(),
            policy: accepted.map(AcceptedPolicy::reference),
            fresh_until: accepted.map(AcceptedPolicy::fresh_until),
            refused: match &outcome {
                Err(refusal) => Some(refusal.into()),
                Ok(_) => too_weak.map(|refused| refused.to_message()),
            },
            ceiling: limits.ceiling.map(|fields| fields.iter().collect()),
            consent: limits.consent,
            sandbox,
        }))
    }

    fn record_custody(&self, direction: Direction, condition: Condition) -> Result<Answer, Refused> {
        // Unenrolled devices are told so before anything is written.
        self.enrolment()?;
        let _lock = self.state.lock()?;
        let handover = Handover { direction, condition, at: self.now };
        self.state.keep_handover(&handover)?;
        Ok(Answer::Custody { handover: Some(handover) })
    }

    fn custody(&self) -> Result<Answer, Refused> {
        self.enrolment()?;
        Ok(Answer::Custody { handover: self.state.handover()? })
    }

    fn enrolment(&self) -> Result<Enrolment, Refused> {
        self.state.enrolment()?.ok_or(Refused::NotEnrolled)
    }
}

/// Why the policy does not allow to read in this sandbox.
fn weakness(policy: &Policy, sandbox: Sandbox) -> Option<Refused> {
    let (demanded, reached) = (policy.document().require_sandbox, sandbox.level());
    (reached < demanded).then_some(Refused::Sandbox { demanded, reached })
}

fn answer_with<S: Standing>(
    disclosure: Disclosure<S>,
    limits: Limits,
    accepted: Option<&AcceptedPolicy>,
    sandbox: Sandbox,
) -> Answer {
    Answer::Disclosure {
        policy: accepted.map(AcceptedPolicy::reference),
        platform: Platform::current(),
        ceiling: limits.ceiling.map(|fields| fields.iter().collect()),
        consent: limits.consent,
        fresh_until: accepted.map(AcceptedPolicy::fresh_until),
        sandbox,
        disclosure: disclosure.into_message(),
    }
}

fn join(faults: &[PolicyFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
