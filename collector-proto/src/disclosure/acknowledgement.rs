//! That the notice of a policy was shown and acknowledged, as the reader keeps it.
//!
//! ```text
//! {"policy":{"version":7,"sha256":"sha256:…"},"language":"en","at":"2026-11-25T08:00:00Z","notice":"sha256:…"}
//! ```
//!
//! An acknowledgement is not consent and never counts as such: it allows nothing that the policy does not allow anyway.

use crate::digest::Digest;
use crate::policy::PolicyRef;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};

/// One acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The policy that the notice was of: a changed one has to be read again.
    pub policy: PolicyRef,
    /// Language in which it was shown.
    pub language: String,
    /// When it was acknowledged, by the reader's clock.
    pub at: UtcTime,
    /// Digest of the very bytes that were shown.
    pub notice: Digest,
}
