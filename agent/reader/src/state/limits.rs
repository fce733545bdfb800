//! What is set on the device itself, and the permit that it leaves: the one place where the reader derives one.

use super::{State, StateError};
use collector_proto::catalog::Platform;
use collector_proto::policy::{Ceiling, Consent, Permit, Standing};

/// What is set on the device itself and only ever narrows a permit.
///
/// `State::limits` alone makes them, from what is kept: nobody can ask for a permit without a ceiling, or with a consent
/// that nobody gave.
#[derive(Debug)]
pub struct Limits {
    ceiling: Ceiling,
    consent: Consent,
}

impl State {
    /// The ceiling and the consents that are kept.
    pub(crate) fn limits(&self) -> Result<Limits, StateError> {
        Ok(Limits { ceiling: self.ceiling()?, consent: self.consent()? })
    }
}

impl Limits {
    /// What a policy of this standing permits on this device.
    pub(crate) fn permit<S: Standing>(&self, policy: &S::Policy, platform: Platform) -> Permit<S> {
        Permit::derive(policy, platform, &self.ceiling, &self.consent)
    }

    /// Both, for the answer that says what the permit was derived from.
    pub(crate) fn into_parts(self) -> (Ceiling, Consent) {
        (self.ceiling, self.consent)
    }
}
