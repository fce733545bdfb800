//! Requests to the reader and its answers.

use super::{Condition, Direction, Handover, Sandbox};
use crate::catalog::{FieldId, Platform, Section};
use crate::envelope::Envelope;
use crate::messages::{Absence, FailedSources, TenantKey};
use crate::policy::trust::{Documents, Floor, Refusal, RootRef};
use crate::policy::{Consent, NotInForce, PolicyDocument, PolicyRef};
use crate::time::UtcTime;
use crate::value::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the reader can be asked. One request a process.
#[expect(clippy::large_enum_variant, reason = "one request a process: its size does not matter")]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Pins the first root and takes what came with the enrolment bundle. Refused when another root is pinned.
    Trust {
        /// The bundle's root.
        root: Envelope,
        /// The device's group.
        group: String,
        /// The organisation's key for keyed hashes.
        tenant_key: TenantKey,
        /// The device's random id, read back as the field `device.id`.
        device_id: Uuid,
    },
    /// Verifies the documents, remembers what they prove, reads what they permit, answers a disclosure.
    Disclose {
        /// What the collector last gave.
        documents: Documents,
    },
    /// As `Disclose`, and remembers nothing.
    Preview {
        /// What the collector last gave.
        documents: Documents,
    },
    /// Reads what an unsigned policy would permit. Answered only to a caller who has the reader's own rights.
    Draft {
        /// The policy as it would be signed.
        policy: PolicyDocument,
    },
    /// Verifies the documents and says what the reader remembers. Reads nothing of the machine.
    Status {
        /// What the collector last gave.
        documents: Documents,
    },
    /// Keeps a hand-over in the place of an earlier one. Answered to every local caller: a shared device passes through
    /// the hands of people without rights on it, it is their own statement, and it widens nothing that may be read.
    RecordCustody {
        /// Whether the device was taken or given back.
        direction: Direction,
        /// What the person wrote about its state.
        condition: Condition,
    },
    /// Shows the hand-over that is kept, to every local caller: who takes a device wants to know how it was left.
    Custody,
}

/// What the reader answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The root is pinned.
    Trusted {
        /// Version and digest of the root.
        root: RootRef,
    },
    /// A disclosure and what the permit was derived from, so that the asker derives the same one.
    Disclosure {
        /// The accepted policy; `None` for a draft.
        policy: Option<PolicyRef>,
        /// Platform of the permit.
        platform: Platform,
        /// Fields of the ceiling; `None` means no ceiling.
        ceiling: Option<Vec<FieldId>>,
        /// Purposes consented to.
        consent: Consent,
        /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
        fresh_until: Option<UtcTime>,
        /// What kept the reader to the permit while it read.
        sandbox: Sandbox,
        /// Treated rows.
        disclosure: DisclosureMessage,
    },
    /// What the reader remembers.
    Status(ReaderStatus),
    /// The hand-over that is kept; none when `handover` is absent.
    Custody {
        /// The newest hand-over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handover: Option<Handover>,
    },
    /// Nothing was read.
    Refused(RefusalMessage),
}

/// A disclosure on its way from the reader to candor. Becomes a [`super::Disclosure`] again under the same permit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureMessage {
    /// Treated rows by section.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub sections: BTreeMap<Section, Vec<Row>>,
    /// Fields without a value and why.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub absent: BTreeMap<FieldId, Absence>,
    /// Sources that could not be read and why.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub failed: FailedSources,
}

/// What the reader remembers and what it makes of the documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderStatus {
    /// The root in force.
    pub root: RootRef,
    /// What was accepted before.
    pub floor: Floor,
    /// The policy in force; `None` when `refused` says why there is none.
    pub policy: Option<PolicyRef>,
    /// Until when it may be used without a fresh timestamp.
    pub fresh_until: Option<UtcTime>,
    /// Why nothing may be collected.
    pub refused: Option<RefusalMessage>,
    /// Fields of the ceiling; `None` means no ceiling.
    pub ceiling: Option<Vec<FieldId>>,
    /// Purposes consented to.
    pub consent: Consent,
    /// What would keep the reader to a permit on this device.
    pub sandbox: Sandbox,
}

/// Why nothing was read, in a stable word and in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalMessage {
    /// Stable word, such as `policy_expired`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

impl From<&Refusal> for RefusalMessage {
    fn from(refusal: &Refusal) -> Self {
        Self { code: refusal.code().to_owned(), message: refusal.to_string() }
    }
}

impl From<&NotInForce> for RefusalMessage {
    fn from(refused: &NotInForce) -> Self {
        Self { code: refused.code().to_owned(), message: refused.to_string() }
    }
}
