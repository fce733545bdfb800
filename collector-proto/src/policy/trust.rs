//! Whom to believe: the root and timestamp documents, and the acceptance of a policy.
//!
//! The rules are those of the TUF client workflow (TUF 1.0.34 §5) reduced to one document: roots are walked one
//! version at a time, each signed by the thresholds of both the old and the new root keys; a policy is accepted when
//! enough policy keys signed it, the timestamp names it, and neither is expired, stale or older than what was accepted
//! before. Anything else fails closed: nothing is collected.

use super::{Policy, PolicyDocument, PolicyRef, Version1};
use crate::digest::Digest;
use crate::envelope::{Document, Envelope, KeyId, PublicKey, Verified, VerifyError};
use crate::limits::{MAX_ROOT_STEPS, MAX_TIMESTAMP_SECONDS};
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far the clock may stand before the latest instant that a signed document proved, in seconds: ordinary drift.
const CLOCK_TOLERANCE_SECONDS: i64 = 300;

crate::catalog::vocabulary! {
    /// What a key may sign.
    Role {
        /// Roots. Offline.
        Root = "root",
        /// Policies. Offline.
        Policy = "policy",
        /// Timestamps. Online.
        Timestamp = "timestamp",
        /// Receipts and device records. Online.
        Receipt = "receipt",
    }
}

/// The root of trust of one collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootDocument {
    /// Format version.
    pub v: Version1,
    /// Always `root`.
    #[serde(rename = "type")]
    pub kind: RootKind,
    /// Rises by exactly one with every rotation.
    pub version: u64,
    /// From then on the root is refused.
    pub expires: UtcTime,
    /// Id of the collector, the audience of reports.
    pub collector: String,
    /// Every key by its thumbprint.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// Which keys may sign what, and how many must.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub roles: BTreeMap<Role, RoleKeys>,
}

impl Document for RootDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.root.v1+json";
}

/// The word `root`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RootKind {
    /// `root`
    #[default]
    #[serde(rename = "root")]
    Root,
}

/// The keys of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleKeys {
    /// Thumbprints, each in [`RootDocument::keys`].
    pub keyids: BTreeSet<KeyId>,
    /// How many distinct keys must sign, at least 1.
    pub threshold: usize,
}

impl RootDocument {
    /// The keys of a role and its threshold.
    pub fn role(&self, role: Role) -> (Vec<PublicKey>, usize) {
        let Some(named) = self.roles.get(&role) else { return (Vec::new(), 1) };
        let keys = named.keyids.iter().filter_map(|id| self.keys.get(id).cloned()).collect();
        (keys, named.threshold.max(1))
    }

    /// Whether every role exists with enough distinct keys, and every key stands under its own thumbprint.
    fn is_sound(&self) -> bool {
        self.keys.iter().all(|(id, key)| key.id() == id)
            && Role::ALL.iter().all(|role| {
                self.roles.get(role).is_some_and(|named| {
                    named.threshold >= 1
                        && named.keyids.len() >= named.threshold
                        && named.keyids.iter().all(|id| self.keys.contains_key(id))
                })
            })
    }
}

/// What is current, signed often by an online key: it stops a freeze on an old policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampDocument {
    /// Format version.
    pub v: Version1,
    /// Always `timestamp`.
    #[serde(rename = "type")]
    pub kind: TimestampKind,
    /// When it was signed.
    pub issued: UtcTime,
    /// At most 24 hours later.
    pub expires: UtcTime,
    /// The current root.
    pub root: PolicyRef,
    /// The current policy of each group.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub policies: BTreeMap<String, PolicyRef>,
}

impl Document for TimestampDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.timestamp.v1+json";
}

/// The word `timestamp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TimestampKind {
    /// `timestamp`
    #[default]
    #[serde(rename = "timestamp")]
    Timestamp,
}

/// The documents a device holds: what it was last given, not yet believed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// Roots after the pinned one, in ascending order.
    #[serde(default)]
    pub roots: Vec<Envelope>,
    /// The group's policy.
    #[serde(default)]
    pub policy: Option<Envelope>,
    /// The timestamp.
    #[serde(default)]
    pub timestamp: Option<Envelope>,
}

/// What a device remembers of earlier acceptances. It only ever rises, except where a root rotation forgets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The accepted policy.
    #[serde(default)]
    pub policy: Option<PolicyRef>,
    /// When the last accepted timestamp was issued.
    #[serde(default)]
    pub timestamp_issued: Option<UtcTime>,
    /// The latest instant that a signed document proved to have passed.
    pub max_time_seen: UtcTime,
}

impl Default for Floor {
    fn default() -> Self {
        Self { policy: None, timestamp_issued: None, max_time_seen: UtcTime::from_unix(0) }
    }
}

/// The pinned root of an enrolled device, its group and its floor.
#[derive(Debug, Clone)]
pub struct Trust {
    root: RootDocument,
    root_digest: Digest,
    group: String,
    floor: Floor,
}

/// A policy that was verified, is in force, fresh and not older than any accepted before.
#[derive(Debug, Clone)]
pub struct AcceptedPolicy {
    policy: Policy,
    reference: PolicyRef,
    fresh_until: UtcTime,
}

impl AcceptedPolicy {
    /// The checked policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Version and digest.
    pub fn reference(&self) -> PolicyRef {
        self.reference
    }

    /// Until when it may be used without a fresh timestamp or a new version.
    pub fn fresh_until(&self) -> UtcTime {
        self.fresh_until
    }
}

/// Why nothing may be collected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A root does not verify, skips a version or is unsound.
    #[error("root version {version} is not accepted: {reason}")]
    Root {
        /// Version that was tried.
        version: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The current root is past its date.
    #[error("the root of trust expired on {0}")]
    RootExpired(UtcTime),
    /// There is no policy on this device.
    #[error("there is no policy on this device")]
    NoPolicy,
    /// The policy's signatures or bytes are not good.
    #[error("the policy is not validly signed: {0}")]
    PolicySignature(String),
    /// The policy breaks a rule of the catalogue.
    #[error("the policy cannot be accepted: {0}")]
    PolicyContent(String),
    /// The policy is for another group of devices.
    #[error("the policy is for the group `{0}`, not for this device's")]
    OtherGroup(String),
    /// The policy is past its date.
    #[error("the policy expired on {0}")]
    PolicyExpired(UtcTime),
    /// The policy is not in force yet.
    #[error("the policy takes effect on {0}")]
    NotYetEffective(UtcTime),
    /// The policy is older than one that was accepted.
    #[error("policy version {offered} is older than version {accepted}, which this device accepted before")]
    Rollback {
        /// Version that was offered.
        offered: u64,
        /// Version on the floor.
        accepted: u64,
    },
    /// Two different policies carry the version.
    #[error("policy version {0} differs from the one of the same version that this device accepted before")]
    Equivocation(u64),
    /// There is no timestamp, or it does not verify.
    #[error("the timestamp is not validly signed: {0}")]
    Timestamp(String),
    /// The timestamp is older than one accepted before.
    #[error("the timestamp of {0} is older than one that this device accepted before")]
    TimestampRollback(UtcTime),
    /// The timestamp names another policy than the one on this device.
    #[error(
        "the collector's current policy is version {named}; the version {held} on this device is another document"
    )]
    NotCurrent {
        /// Version that the timestamp names.
        named: u64,
        /// Version on the device.
        held: u64,
    },
    /// No fresh timestamp for longer than the policy allows.
    #[error("the collector has not confirmed the policy since {issued}; it allows {max_stale}")]
    Stale {
        /// When the last timestamp was issued.
        issued: UtcTime,
        /// What the policy allows.
        max_stale: Span,
    },
    /// The clock stands before a time that signed documents proved to have passed.
    #[error("this device's clock shows {now}, but it was already {seen}")]
    ClockBehind {
        /// The clock.
        now: UtcTime,
        /// The proof.
        seen: UtcTime,
    },
}

impl Refusal {
    /// Stable name for messages and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Root { .. } => "root_invalid",
            Self::RootExpired(_) => "root_expired",
            Self::NoPolicy => "no_policy",
            Self::PolicySignature(_) => "policy_not_signed",
            Self::PolicyContent(_) => "policy_not_acceptable",
            Self::OtherGroup(_) => "policy_for_other_group",
            Self::PolicyExpired(_) => "policy_expired",
            Self::NotYetEffective(_) => "policy_not_yet_effective",
            Self::Rollback { .. } => "policy_rolled_back",
            Self::Equivocation(_) => "policy_equivocation",
            Self::Timestamp(_) => "timestamp_invalid",
            Self::TimestampRollback(_) => "timestamp_rolled_back",
            Self::NotCurrent { .. } => "policy_not_current",
            Self::Stale { .. } => "policy_stale",
            Self::ClockBehind { .. } => "clock_behind",
        }
    }
}

impl Trust {
    /// Pins the first root, which came with the enrolment bundle and must carry its own threshold of signatures.
    pub fn pin(root: &Envelope, group: String, floor: Floor) -> Result<Self, Refusal> {
        let unverified: RootDocument = root
            .unverified_payload()
            .ok()
            .and_then(|payload| serde_json::from_slice(&payload).ok())
            .ok_or_else(|| refuse_root(0, "it is not a root document"))?;
        let version = unverified.version;
        let (keys, threshold) = unverified.role(Role::Root);
        let verified =
            root.verify::<RootDocument>(&keys, threshold).map_err(|error| refuse_root(version, error))?;
        if !verified.document().is_sound() {
            return Err(refuse_root(version, "a role lacks keys or a key stands under a foreign id"));
        }
        let root_digest = verified.digest();
        Ok(Self { root: verified.into_document(), root_digest, group, floor })
    }

    /// The current root.
    pub fn root(&self) -> &RootDocument {
        &self.root
    }

    /// Version and digest of the current root.
    pub fn root_reference(&self) -> PolicyRef {
        PolicyRef { version: self.root.version, sha256: self.root_digest }
    }

    /// What is remembered. To be stored after each step.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// The device's group.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Walks to a newer root: exactly the next version, signed by the thresholds of the old and of the new keys.
    pub fn rotate(&mut self, next: &Envelope) -> Result<(), Refusal> {
        let version = self.root.version + 1;
        let (old_keys, old_threshold) = self.root.role(Role::Root);
        let verified = next
            .verify::<RootDocument>(&old_keys, old_threshold)
            .map_err(|error| refuse_root(version, error))?;
        let document = verified.document();
        if document.version != version {
            return Err(refuse_root(document.version, "versions must rise one at a time"));
        }
        if document.collector != self.root.collector || !document.is_sound() {
            return Err(refuse_root(version, "it is for another collector, or a role lacks keys"));
        }
        let (new_keys, new_threshold) = document.role(Role::Root);
        next.verify::<RootDocument>(&new_keys, new_threshold).map_err(|error| refuse_root(version, error))?;
        // Fast-forward recovery (TUF §5.3.11): what a compromised key pushed up is forgotten with the key.
        if [Role::Policy, Role::Timestamp].iter().any(|r| self.root.roles.get(r) != document.roles.get(r)) {
            self.floor.policy = None;
            self.floor.timestamp_issued = None;
        }
        self.root_digest = verified.digest();
        self.root = verified.into_document();
        Ok(())
    }

    /// Notes that a signed document proved the instant to have passed.
    pub fn saw(&mut self, instant: UtcTime) {
        self.floor.max_time_seen = self.floor.max_time_seen.max(instant);
    }

    /// Walks the roots and accepts the policy, or says why nothing may be collected at the instant `now`.
    pub fn accept(&mut self, documents: &Documents, now: UtcTime) -> Result<AcceptedPolicy, Refusal> {
        self.walk_roots(&documents.roots)?;
        if now.seconds_since(self.floor.max_time_seen) < -CLOCK_TOLERANCE_SECONDS {
            return Err(Refusal::ClockBehind { now, seen: self.floor.max_time_seen });
        }
        if now >= self.root.expires {
            return Err(Refusal::RootExpired(self.root.expires));
        }
        let timestamp = self.verify_timestamp(documents, now)?;
        let (policy, reference) = self.verify_policy(documents, now)?;
        let named = timestamp.policies.get(&self.group).copied();
        if named != Some(reference) {
            let named = named.map_or(0, |r| r.version);
            return Err(Refusal::NotCurrent { named, held: reference.version });
        }
        let max_stale = policy.document().max_stale;
        let stale_from = timestamp.issued.plus_seconds(max_stale.seconds());
        if now >= stale_from {
            return Err(Refusal::Stale { issued: timestamp.issued, max_stale });
        }
        self.floor.policy = Some(reference);
        self.floor.timestamp_issued = Some(timestamp.issued);
        self.saw(timestamp.issued);
        let fresh_until = stale_from.min(policy.document().expires).min(self.root.expires);
        Ok(AcceptedPolicy { policy, reference, fresh_until })
    }

    fn walk_roots(&mut self, roots: &[Envelope]) -> Result<(), Refusal> {
        for next in roots.iter().take(MAX_ROOT_STEPS) {
            // A root the device already walked past is not an error: the cache may hold the whole chain.
            let version = next
                .unverified_payload()
                .ok()
                .and_then(|payload| serde_json::from_slice::<VersionOnly>(&payload).ok())
                .map(|document| document.version);
            if version.is_some_and(|version| version <= self.root.version) {
                continue;
            }
            self.rotate(next)?;
        }
        Ok(())
    }

    fn verify_timestamp(&self, documents: &Documents, now: UtcTime) -> Result<TimestampDocument, Refusal> {
        let envelope = documents
            .timestamp
            .as_ref()
            .ok_or_else(|| Refusal::Timestamp("there is none on this device".to_owned()))?;
        let (keys, threshold) = self.root.role(Role::Timestamp);
        let timestamp = envelope
            .verify::<TimestampDocument>(&keys, threshold)
            .map_err(|error| Refusal::Timestamp(error.to_string()))?
            .into_document();
        let life = timestamp.expires.seconds_since(timestamp.issued);
        if !(1..=i64::try_from(MAX_TIMESTAMP_SECONDS).unwrap_or(i64::MAX)).contains(&life) {
            return Err(Refusal::Timestamp("its life is not between 1 s and 24 h".to_owned()));
        }
        if timestamp.issued.seconds_since(now) > CLOCK_TOLERANCE_SECONDS {
            return Err(Refusal::ClockBehind { now, seen: timestamp.issued });
        }
        if self.floor.timestamp_issued.is_some_and(|accepted| timestamp.issued < accepted) {
            return Err(Refusal::TimestampRollback(timestamp.issued));
        }
        if timestamp.root != self.root_reference() {
            return Err(Refusal::Root {
                version: timestamp.root.version,
                reason: format!("the device is at version {}", self.root.version),
            });
        }
        Ok(timestamp)
    }

    fn verify_policy(&self, documents: &Documents, now: UtcTime) -> Result<(Policy, PolicyRef), Refusal> {
        let envelope = documents.policy.as_ref().ok_or(Refusal::NoPolicy)?;
        let (keys, threshold) = self.root.role(Role::Policy);
        let verified = envelope.verify::<PolicyDocument>(&keys, threshold).map_err(|error| match error {
            // Signed, but not of a form this program knows.
            VerifyError::Content(_) => Refusal::PolicyContent(error.to_string()),
            VerifyError::Type { .. } | VerifyError::Signatures { .. } | VerifyError::Base64 => {
                Refusal::PolicySignature(error.to_string())
            }
        })?;
        let reference = PolicyRef { version: verified.document().version, sha256: verified.digest() };
        self.check_floor(reference)?;
        let policy = check_content(verified)?;
        let document = policy.document();
        if document.group != self.group {
            return Err(Refusal::OtherGroup(document.group.clone()));
        }
        if now >= document.expires {
            return Err(Refusal::PolicyExpired(document.expires));
        }
        // A policy is in force from the moment it is made, and a device's clock may stand a little behind its author's.
        if document.effective_from.seconds_since(now) > CLOCK_TOLERANCE_SECONDS {
            return Err(Refusal::NotYetEffective(document.effective_from));
        }
        Ok((policy, reference))
    }

    fn check_floor(&self, offered: PolicyRef) -> Result<(), Refusal> {
        match self.floor.policy {
            Some(accepted) if offered.version < accepted.version => {
                Err(Refusal::Rollback { offered: offered.version, accepted: accepted.version })
            }
            Some(accepted) if offered.version == accepted.version && offered != accepted => {
                Err(Refusal::Equivocation(offered.version))
            }
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

fn check_content(verified: Verified<PolicyDocument>) -> Result<Policy, Refusal> {
    Policy::check(verified.into_document()).map_err(|faults| {
        let all: Vec<_> = faults.iter().map(ToString::to_string).collect();
        Refusal::PolicyContent(all.join("; "))
    })
}

fn refuse_root(version: u64, reason: impl std::fmt::Display) -> Refusal {
    Refusal::Root { version, reason: reason.to_string() }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
