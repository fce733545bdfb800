//! The consents that a permit needs. The reader's state keeps them; nothing here reads or writes them.

use crate::policy::PolicyDocument;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The purposes that the device's person has consented to. Defaults to none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent(BTreeSet<String>);

impl Consent {
    /// Consent to exactly these purposes.
    pub fn to(purposes: impl IntoIterator<Item = String>) -> Self {
        Self(purposes.into_iter().collect())
    }

    /// Consent to every purpose of a policy: what has to be assumed by whoever is not told.
    pub fn to_all_of(document: &PolicyDocument) -> Self {
        Self::to(document.purposes.keys().cloned())
    }

    /// Whether the other covers every purpose that this one does.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether the purpose was consented to.
    pub fn covers(&self, purpose: &str) -> bool {
        self.0.contains(purpose)
    }
}
