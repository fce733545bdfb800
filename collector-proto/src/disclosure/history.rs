//! What happened to the policy and the ceiling of a device, as the reader keeps it: one line for each event, with the digest of the line before it.
//!
//! ```text
//! {"v":1,"at":"2026-11-25T08:00:00Z","policy":{"version":8,"sha256":"sha256:…"},
//!  "event":{"came":{"signed_by":["…"],"from":null,"changes":[…]}},"prev":"sha256:…"}
//! {"v":1,"at":"2026-11-25T08:03:00Z","event":{"refused":{"attack":"rollback","document":"policy",…}},"prev":"sha256:…"}
//! {"v":1,"at":"2026-11-25T08:04:00Z","event":{"ceiling":{"change":"widened"}},"prev":"sha256:…"}
//! {"v":1,"at":"2026-11-25T08:05:00Z","policy":{…},"event":{"shown":{"from":"2026-12-02T08:05:00Z"}},"prev":"sha256:…"}
//! ```

use crate::catalog::{Attack, DocumentKind};
use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::KeyId;
use crate::messages::NamedDocument;
use crate::policy::PolicyRef;
use crate::policy::ceiling::CeilingChange;
use crate::policy::diff::Change;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyEvent {
    /// Format version.
    pub v: Version1,
    /// When it happened, by the reader's clock.
    pub at: UtcTime,
    /// The version that it happened to; none of what is about documents as they were given, or about the ceiling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
    /// What happened.
    pub event: PolicyChange,
    /// Digest of the line before it; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PolicyChange {
    /// It came.
    Came {
        /// The keys whose signatures were verified.
        signed_by: BTreeSet<KeyId>,
        /// From when on it is in force by itself; `None` while that depends on when it is shown.
        from: Option<UtcTime>,
        /// What it changed against the version before it; nothing for the first.
        changes: Vec<Change>,
    },
    /// Its notice was written where every account can open it.
    Shown {
        /// From when on it is in force by itself.
        from: Option<UtcTime>,
    },
    /// Its notice was acknowledged.
    Acknowledged {
        /// From when on it is in force by itself.
        from: Option<UtcTime>,
    },
    /// The collector gave documents that were refused, for the first time in this way.
    Refused {
        /// What it looked like.
        attack: Attack,
        /// The document that it was about.
        document: DocumentKind,
        /// What was offered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offered: Option<NamedDocument>,
        /// What the device held then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<NamedDocument>,
    },
    /// It gave documents that were accepted, for the first time since.
    Well {},
    /// Root of the device set its ceiling. What the ceiling says is not here, not even as a digest: every account is told of this, and
    /// could test guesses at the accounts that the ceiling names.
    Ceiling {
        /// What was done.
        change: CeilingChange,
        /// Whether the one before could not be understood any more, or was gone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        was_damaged: bool,
    },
}
