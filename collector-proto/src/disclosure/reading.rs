//! One reading of the machine, as the reader keeps it on record. It holds no value.
//!
//! ```text
//! {"at":"2026-11-26T08:00:00Z","asked_by":"agent","operation":"disclose","policy":{"version":7,"sha256":"sha256:…"},
//!  "fields":["os.name", …],"sources":["/etc/os-release", …],"entry":42}
//! ```

use super::Operation;
use crate::catalog::FieldId;
use crate::policy::PolicyRef;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};

/// One reading of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// When it began, by the reader's clock.
    pub at: UtcTime,
    /// Who asked.
    pub asked_by: AskedBy,
    /// What was asked for.
    pub operation: Operation,
    /// The policy it was read under; `None` for a draft.
    pub policy: Option<PolicyRef>,
    /// The fields that the permit granted.
    pub fields: Vec<FieldId>,
    /// The sources that were touched, as the catalogue declares them; `None` of a reading that did not come to its end.
    pub sources: Option<Vec<String>>,
    /// The entry of the agent's ledger that it went into; without one it did not leave this device, as far as the agent told.
    pub entry: Option<u64>,
}

/// Who asked the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// The user that talks to the collector.
    Agent,
    /// Whoever started the reader, with the rights that it has then.
    Starter,
    /// An account of this machine, by its number or identifier.
    Account(String),
    /// An account other than the one that is told.
    OtherAccount,
    /// The operating system did not say.
    Unknown,
}
