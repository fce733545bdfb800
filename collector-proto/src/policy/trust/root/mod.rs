//! The root of trust: which keys may sign what, who holds them, and where the collector is reached.

use crate::catalog::{FieldId, Sensitivity};
use crate::contract::Version1;
use crate::envelope::{Document, Envelope, KeyId, PublicKey, Verified, VerifyError};
use crate::limits::MAX_ROOT_KEYS;
use crate::policy::PolicyDocument;
use crate::text::class::disturbs;
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Where devices reach the collector. Missing: as their bundle says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Endpoints>,
    /// Every key by its thumbprint, at most [`MAX_ROOT_KEYS`].
    #[serde(deserialize_with = "few_keys")]
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// Which keys may sign what, and how many must.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub roles: BTreeMap<Role, RoleKeys>,
    /// Who holds which of the offline keys, by a short name such as `it` or `works-council`.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub holders: BTreeMap<String, KeyHolder>,
    /// Who has to sign, beyond the thresholds.
    #[serde(default, skip_serializing_if = "Approval::is_empty")]
    pub approval: Approval,
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
pub struct RoleKeys {
    /// Thumbprints, each in [`RootDocument::keys`].
    pub keyids: BTreeSet<KeyId>,
    /// How many distinct keys must sign, at least 1.
    pub threshold: usize,
}

/// Where devices reach the collector, and by which certificates they know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// `https://host:port` addresses, tried in this order. None: those of the device's bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// PEM of each certificate authority to which the collector's certificate can chain: while one takes the place of another, both.
    pub authorities: Vec<String>,
}

/// Who holds offline keys: an office that signs, not a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHolder {
    /// What people call it, such as `Works council`.
    pub name: String,
    /// Thumbprints of its keys. Each key has one holder.
    pub keyids: BTreeSet<KeyId>,
}

/// Who has to sign, beyond the thresholds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Holders each of whom has to sign a policy that collects a field of high sensitivity, however it is treated.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub high: BTreeSet<String>,
}

/// Why a policy does not count as signed.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// Too few good signatures, or signed bytes of another form.
    #[error(transparent)]
    Signatures(#[from] VerifyError),
    /// A holder did not sign whose approval it needs.
    #[error("it collects fields of high sensitivity, and this was not approved by {}", .0.join(" and by "))]
    NotApproved(Vec<String>),
}

impl Approval {
    fn is_empty(&self) -> bool {
        self.high.is_empty()
    }
}

impl RootDocument {
    /// The keys of a role and its threshold.
    pub fn role(&self, role: Role) -> (Vec<PublicKey>, usize) {
        let Some(named) = self.roles.get(&role) else { return (Vec::new(), 1) };
        let keys = named.keyids.iter().filter_map(|id| self.keys.get(id).cloned()).collect();
        (keys, named.threshold.max(1))
    }

    /// Verifies a document that keys of the role signed. A holder counts once towards the threshold, however many keys it holds: what
    /// two have to agree to, one alone cannot sign.
    pub fn verify<T: Document>(&self, role: Role, envelope: &Envelope) -> Result<Verified<T>, VerifyError> {
        let (keys, needed) = self.role(role);
        let verified = envelope.verify::<T>(&keys, needed)?;
        let good = self.parties(verified.signers()).len();
        if good < needed { Err(VerifyError::Signatures { good, needed }) } else { Ok(verified) }
    }

    /// Verifies a policy: the threshold, and whose approval it needs beyond that.
    pub fn verify_policy(&self, envelope: &Envelope) -> Result<Verified<PolicyDocument>, Unsigned> {
        let verified = self.verify::<PolicyDocument>(Role::Policy, envelope)?;
        let missing = self.missing_approval(verified.document(), verified.signers());
        if missing.is_empty() { Ok(verified) } else { Err(Unsigned::NotApproved(missing)) }
    }

    /// The holders, by their names, that still have to sign a policy because of what it collects.
    pub fn missing_approval(&self, policy: &PolicyDocument, signers: &BTreeSet<KeyId>) -> Vec<String> {
        let is_high = |field: FieldId| field.field().sensitivity == Sensitivity::High;
        if !policy.rules.iter().filter_map(|rule| rule.field.field()).any(is_high) {
            return Vec::new();
        }
        let lacks =
            |id: &&String| self.holders.get(*id).is_none_or(|holder| holder.keyids.is_disjoint(signers));
        self.approval.high.iter().filter(lacks).map(|id| self.name_of(id)).collect()
    }

    /// What people call a holder.
    fn name_of(&self, holder: &str) -> String {
        self.holders.get(holder).map_or_else(|| holder.to_owned(), |holder| holder.name.clone())
    }

    /// The short name of a key's holder, and what people call it.
    pub fn holder_of(&self, key: &KeyId) -> Option<(&str, &KeyHolder)> {
        let mut holders = self.holders.iter().filter(|(_, holder)| holder.keyids.contains(key));
        holders.next().map(|(id, holder)| (id.as_str(), holder))
    }

    /// How many holders these keys are.
    pub fn count<'a>(&'a self, keys: impl IntoIterator<Item = &'a KeyId>) -> usize {
        self.parties(keys).len()
    }

    /// Who signed with these keys. A key without a holder counts as one of its own.
    fn parties<'a>(&'a self, keys: impl IntoIterator<Item = &'a KeyId>) -> BTreeSet<Party<'a>> {
        let party = |key| self.holder_of(key).map_or(Party::Key(key), |(id, _)| Party::Holder(id));
        keys.into_iter().map(party).collect()
    }

    /// Why nothing could be signed under it, or not what it says; `None` where everything fits together.
    pub fn unsound(&self) -> Option<Unsound> {
        if self.keys.iter().any(|(id, key)| key.id() != id) {
            return Some(Unsound::ForeignId);
        }
        for role in Role::ALL {
            let Some(named) = self.roles.get(role) else { return Some(Unsound::NoRole(*role)) };
            if !named.keyids.iter().all(|id| self.keys.contains_key(id)) {
                return Some(Unsound::NoKey(*role));
            }
            if named.threshold == 0 || self.parties(&named.keyids).len() < named.threshold {
                return Some(Unsound::Threshold(*role));
            }
        }
        if self.endpoints.as_ref().is_some_and(|endpoints| endpoints.authorities.is_empty()) {
            return Some(Unsound::NoAuthority);
        }
        self.unsound_holders()
    }

    fn unsound_holders(&self) -> Option<Unsound> {
        let mut held = BTreeSet::new();
        for (id, holder) in &self.holders {
            if !is_short_name(id) || holder.name.is_empty() || holder.name.chars().any(disturbs) {
                return Some(Unsound::HolderName(id.clone()));
            }
            if !holder.keyids.iter().all(|key| self.keys.contains_key(key) && held.insert(key)) {
                return Some(Unsound::HolderKeys(id.clone()));
            }
        }
        let signs_policies = |id: &String| {
            let policy = self.roles.get(&Role::Policy).map(|named| &named.keyids);
            let held = self.holders.get(id).map(|holder| &holder.keyids);
            held.zip(policy).is_some_and(|(held, policy)| !held.is_disjoint(policy))
        };
        self.approval.high.iter().find(|id| !signs_policies(id)).cloned().map(Unsound::Approval)
    }
}

/// Counted while they are read.
fn few_keys<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<KeyId, PublicKey>, D::Error> {
    let mut left = MAX_ROOT_KEYS;
    crate::json::unique_map_with(d, |_| {
        left = left.checked_sub(1).ok_or("a root has more keys than any may have")?;
        Ok(())
    })
}

/// Who counts once towards a threshold.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Party<'a> {
    Holder(&'a str),
    Key(&'a KeyId),
}

/// Longest short name of a holder.
const MAX_SHORT_NAME: usize = 64;

fn is_short_name(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_SHORT_NAME).contains(&id.len()) && id.bytes().all(is_plain)
}

/// What does not fit together in a root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// A key is listed under an id that is not its thumbprint.
    #[error("a key is listed under an id that is not its own")]
    ForeignId,
    /// A role is missing.
    #[error("the role `{0}` is missing")]
    NoRole(Role),
    /// A role names a key that is not there.
    #[error("the role `{0}` names a key that is not among the keys")]
    NoKey(Role),
    /// A role's threshold cannot be met.
    #[error("the role `{0}` has a threshold of zero, or fewer holders than its threshold")]
    Threshold(Role),
    /// No certificate authority vouches for the collector.
    #[error("the collector's addresses are given without a certificate authority")]
    NoAuthority,
    /// A holder's name is not one.
    #[error(
        "the holder `{0}` needs a short name of lower-case letters, digits and hyphens, and a name to be shown"
    )]
    HolderName(String),
    /// A holder's key is not there, or is another holder's too.
    #[error("the holder `{0}` has a key that is not among the keys, or that another holder has")]
    HolderKeys(String),
    /// An approval that nobody could give.
    #[error("the holder `{0}` has to approve policies and holds no policy key")]
    Approval(String),
}

#[cfg(test)]
mod tests;
