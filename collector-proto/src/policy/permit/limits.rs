//! What is set on the device and only ever narrows a permit: the ceiling and the consents.
//!
//! The reader's state keeps both. Nothing here reads or writes them.

use crate::catalog::{FieldId, FieldSet};
use crate::policy::PolicyDocument;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most that may ever be collected on a device. Written as a list of fields, or `null` where none is set.
///
/// There is no default: whoever says that no ceiling is set has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Vec<FieldId>>", into = "Option<Vec<FieldId>>")]
pub enum Ceiling {
    /// No ceiling is set: the policy alone decides.
    Unset,
    /// These fields and no others.
    Only(FieldSet),
}

impl Ceiling {
    /// Whether the field lies under the ceiling.
    pub fn admits(&self, field: FieldId) -> bool {
        match self {
            Self::Unset => true,
            Self::Only(fields) => fields.contains(field),
        }
    }
}

impl From<Option<Vec<FieldId>>> for Ceiling {
    fn from(written: Option<Vec<FieldId>>) -> Self {
        written.map_or(Self::Unset, |fields| Self::Only(fields.into_iter().collect()))
    }
}

impl From<Ceiling> for Option<Vec<FieldId>> {
    fn from(ceiling: Ceiling) -> Self {
        match ceiling {
            Ceiling::Unset => None,
            Ceiling::Only(fields) => Some(fields.iter().collect()),
        }
    }
}

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
