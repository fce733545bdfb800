//! What is set on the device itself, and the permit that it leaves: the one place where the reader derives one.

use super::last_reading::Daily;
use super::{State, StateError};
use collector_proto::catalog::Platform;
use collector_proto::policy::ceiling::NeverAccount;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Ceiling, Consent, Permit, Signed, Standing};
use collector_proto::time::UtcTime;

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

    /// What a policy permits of what is sent at most once a day where no ceiling is set, which says whether it has to be read again; `None`
    /// where it names nothing of the kind.
    pub(crate) fn daily(&self, policy: &AcceptedPolicy, platform: Platform) -> Option<Daily> {
        let permit = Permit::<Signed>::derive(policy, platform, &Ceiling::Unset, &self.consent);
        permit.daily_terms().map(|terms| Daily { terms, fields: permit.daily_fields() })
    }

    /// Until when nothing is read for a report; `None` outside of quiet hours.
    pub(crate) fn quiet_until(&self, now: UtcTime) -> Option<UtcTime> {
        self.ceiling.quiet_until(now)
    }

    /// The accounts about which nothing is read.
    pub(crate) fn never(&self) -> Vec<NeverAccount> {
        self.ceiling.never().cloned().collect()
    }

    /// Both, for the answer that says what the permit was derived from.
    pub(crate) fn into_parts(self) -> (Ceiling, Consent) {
        (self.ceiling, self.consent)
    }
}
