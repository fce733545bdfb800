//! `consent.json`: the purposes that the device's person has consented to. Without the file there is no consent.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::Consent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentFile {
    v: Version1,
    purposes: Consent,
}

impl StateFile for ConsentFile {
    const NAME: &'static str = "consent.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it and consent again";
}

impl State {
    /// The consents that are kept.
    pub(crate) fn consent(&self) -> Result<Consent, StateError> {
        Ok(self.directory.read::<ConsentFile>()?.map(|file| file.purposes).unwrap_or_default())
    }

    /// Keeps the consents, replacing earlier ones.
    pub fn keep_consent(&self, consent: &Consent, _: &Lock) -> Result<(), StateError> {
        self.directory.write(&ConsentFile { v: Version1, purposes: consent.clone() })
    }
}
