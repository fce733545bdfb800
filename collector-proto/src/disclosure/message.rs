//! A disclosure on its way from the reader to candor.

use super::{Disclosure, NotPermitted};
use crate::catalog::{FieldId, Section};
use crate::messages::{Absence, FailedSources};
use crate::policy::{Permit, Standing};
use crate::value::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A disclosure on its way from the reader to candor. Becomes a [`Disclosure`] under a permit.
///
/// There are three ways to one: the reader's treatments make it, a disclosure is written as it, and it is parsed from what
/// the reader wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureMessage {
    /// Treated rows by section.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub(super) sections: BTreeMap<Section, Vec<Row>>,
    /// Fields without a value and why.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub(super) absent: BTreeMap<FieldId, Absence>,
    /// Sources that could not be read and why.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub(super) failed: FailedSources,
}

impl DisclosureMessage {
    /// What the treatments made. `cargo xtask check-imports` refuses this name outside the reader's `treat/`.
    pub fn of_treated(
        sections: BTreeMap<Section, Vec<Row>>,
        absent: BTreeMap<FieldId, Absence>,
        failed: FailedSources,
    ) -> Self {
        Self { sections, absent, failed }
    }

    /// The disclosure that it is under this permit, if it is one: whoever takes a message checks it.
    pub fn under<S: Standing>(self, permit: &Permit<S>) -> Result<Disclosure<S>, NotPermitted> {
        Disclosure::check(permit, self)
    }

    /// Rows by section.
    pub fn sections(&self) -> &BTreeMap<Section, Vec<Row>> {
        &self.sections
    }

    /// Fields without a value and why.
    pub fn absent(&self) -> &BTreeMap<FieldId, Absence> {
        &self.absent
    }

    /// Sources that could not be read and why.
    pub fn failed(&self) -> &FailedSources {
        &self.failed
    }
}
