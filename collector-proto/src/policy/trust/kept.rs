//! The versions of a policy that stand on a device, with the envelopes that they came in, as the reader keeps them and tells others:
//! whoever is told computes the same from them.

use super::Documents;
use crate::envelope::{Document as _, Envelope};
use crate::policy::{Announcement, Announcements, Policy, PolicyDocument, PolicyRef, Remembered};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The versions that stand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptVersions {
    /// What is remembered of each.
    pub remembered: Remembered,
    /// Their envelopes.
    pub policies: Vec<Envelope>,
}

impl KeptVersions {
    /// What stands, with the envelopes that are in `documents` or were kept before.
    #[must_use]
    pub fn renewed(&self, announced: &Announcements, documents: &Documents) -> Self {
        let given = documents.policies.iter().chain(&self.policies);
        let named: Vec<_> = given.filter_map(|one| Some((one.unverified_digest().ok()?, one))).collect();
        let envelope = |version: &Announcement| {
            named.iter().find(|(digest, _)| *digest == version.policy.sha256).map(|(_, one)| (*one).clone())
        };
        let remembered = announced.remembered();
        let policies = remembered.versions.iter().filter_map(envelope).collect();
        Self { remembered, policies }
    }

    /// The versions as they stand. Their signatures were verified when they came, by the keys of that time; here each has to be the one
    /// that is named.
    pub fn recall(&self) -> Announcements {
        Announcements::recalled(self.remembered.clone(), |named| self.policy(named).map(Arc::new))
    }

    fn policy(&self, named: PolicyRef) -> Option<Policy> {
        let is_it = |envelope: &&Envelope| envelope.unverified_digest().ok() == Some(named.sha256);
        let payload = self.policies.iter().find(is_it)?.unverified_payload().ok()?;
        let document = PolicyDocument::read(&payload).ok()?;
        Policy::check(document).ok().filter(|policy| policy.document().version == named.version)
    }
}
