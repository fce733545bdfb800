//! Whether two devices were given the same documents.
//!
//! One device cannot see that another one was given something else. Two of them can, by laying side by side what each was given; and so can
//! a device and whoever holds the policy as it was signed, such as a works council.

mod given;
#[cfg(test)]
mod tests;

pub use given::{GivenDocuments, GivenKind, HadVersion, MAX_HAD_VERSIONS};

use super::{Role, RootDocument, TimestampDocument, Trust};
use crate::catalog::DocumentKind;
use crate::digest::Digest;
use crate::envelope::{Document, Envelope};
use crate::policy::{Named, PolicyDocument};
use crate::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// How far the instants of two timestamps may lie apart before their order counts: a policy is published and a timestamp signed by processes
/// that need not share a clock.
const TOLERANCE_SECONDS: i64 = 300;

/// What two devices were given, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// How the newest versions of their group's policy stand to each other.
    pub newest: Newest,
    /// Number of the newest version that this device had.
    pub here: u64,
    /// Number of the newest version that the other one had.
    pub there: u64,
    /// How many versions both had, as the same document.
    pub in_common: usize,
    /// What cannot be, were both given the same.
    pub conflicts: Vec<Conflict>,
}

/// How the newest version here stands to the newest one there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Newest {
    /// The numbers are the same.
    Same,
    /// This device has not had the other's.
    Behind,
    /// The other one has not had this device's.
    Ahead,
}

/// Something that cannot be, were both given the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Conflict {
    /// Two documents have one number.
    OtherContent {
        /// Which document.
        document: DocumentKind,
        /// The number.
        version: u64,
        /// Digest of what this device had.
        here: Digest,
        /// Digest of what the other one had.
        there: Digest,
        /// Whether the other's is signed by those whom this device believes. Otherwise there is only the file's word.
        proved: bool,
    },
    /// One of the two was told later of an older version.
    Withheld {
        /// Whether that was this device.
        from_here: bool,
        /// What was named first.
        version: u64,
        /// When.
        named: UtcTime,
        /// What the other one was told later to be the newest.
        then: u64,
        /// When.
        then_named: UtcTime,
        /// Whether the other's timestamp is signed by those whom this device believes.
        proved: bool,
    },
}

/// Why nothing can be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// Another collector.
    #[error("it was given by the collector {0:?}, and this device's is {1:?}")]
    Collector(String, String),
    /// Another group.
    #[error("it is for the group {0:?}, and this device is in {1:?}: groups have policies of their own")]
    Group(String, String),
    /// Nothing to compare.
    #[error("{0} had no policy")]
    Nothing(&'static str),
}

impl Trust {
    /// Compares what this device was given with what another one says that it was given, of which nothing is believed without a signature.
    pub fn compare(&self, here: &GivenDocuments, there: &GivenDocuments) -> Result<Comparison, Incomparable> {
        // A policy by itself does not name the collector.
        if let Some(collector) =
            there.collector.as_ref().filter(|other| Some(*other) != here.collector.as_ref())
        {
            let own = here.collector.clone().unwrap_or_default();
            return Err(Incomparable::Collector(collector.clone(), own));
        }
        if there.group != here.group {
            return Err(Incomparable::Group(there.group.clone(), here.group.clone()));
        }
        let mut believed = self.clone();
        // As far as they can be walked: what stops the walk is another root under the same number, or not signed.
        let _ = believed.walk_roots(&here.roots);
        let _ = believed.walk_roots(&there.roots);
        let (own, others) = (here.versions(), there.versions());
        let (here_at, there_at) = (newest_of(&own, "this device")?, newest_of(&others, "the other device")?);
        let mut conflicts = other_roots(&believed, here, there);
        conflicts.extend(other_policies(&believed, there, &own, &others));
        conflicts.extend(withheld(&believed, here, there));
        let newest = match here_at.cmp(&there_at) {
            std::cmp::Ordering::Less => Newest::Behind,
            std::cmp::Ordering::Equal => Newest::Same,
            std::cmp::Ordering::Greater => Newest::Ahead,
        };
        let in_common = own.iter().filter(|(version, digest)| others.get(version) == Some(digest)).count();
        Ok(Comparison { newest, here: here_at, there: there_at, in_common, conflicts })
    }
}

fn newest_of(versions: &BTreeMap<u64, Digest>, whose: &'static str) -> Result<u64, Incomparable> {
    versions.keys().next_back().copied().ok_or(Incomparable::Nothing(whose))
}

/// Roots of one number that differ.
fn other_roots(believed: &Trust, here: &GivenDocuments, there: &GivenDocuments) -> Vec<Conflict> {
    let own = by_number::<RootDocument>(&here.roots, |root| root.version);
    let others = by_number::<RootDocument>(&there.roots, |root| root.version);
    let differs = |(version, (digest, envelope)): (u64, (Digest, &Envelope))| {
        let own = own.get(&version).map(|(own, _)| *own).filter(|own| *own != digest)?;
        let proved = believed.root().verify::<RootDocument>(Role::Root, envelope).is_ok();
        Some(Conflict::OtherContent {
            document: DocumentKind::Root,
            version,
            here: own,
            there: digest,
            proved,
        })
    };
    others.into_iter().filter_map(differs).collect()
}

/// Policies of one number that differ.
fn other_policies<'a>(
    believed: &Trust,
    there: &'a GivenDocuments,
    own: &'a BTreeMap<u64, Digest>,
    others: &'a BTreeMap<u64, Digest>,
) -> impl Iterator<Item = Conflict> + use<'a> {
    let brought = by_number::<PolicyDocument>(&there.policies, |policy| policy.version);
    let is_signed = |(digest, envelope): &(Digest, &Envelope)| {
        believed.root().verify_policy(envelope).is_ok().then_some(*digest)
    };
    let signed: Vec<Digest> = brought.values().filter_map(is_signed).collect();
    others.iter().filter_map(move |(version, digest)| {
        let here = own.get(version).copied().filter(|own| own != digest)?;
        let (there, proved) = (*digest, signed.contains(digest));
        Some(Conflict::OtherContent {
            document: DocumentKind::Policy,
            version: *version,
            here,
            there,
            proved,
        })
    })
}

/// That the later of the two timestamps names the older version.
fn withheld(believed: &Trust, here: &GivenDocuments, there: &GivenDocuments) -> Option<Conflict> {
    let (own, _) = newest_named(believed, here)?;
    let (other, proved) = newest_named(believed, there)?;
    let (from_here, first, then) = if own.0 > other.0 { (true, other, own) } else { (false, own, other) };
    let (named, version) = first;
    let (then_named, then) = then;
    let is_later = then_named.seconds_since(named) > TOLERANCE_SECONDS;
    (is_later && then < version).then_some(Conflict::Withheld {
        from_here,
        version,
        named,
        then,
        then_named,
        proved,
    })
}

/// When the timestamp was issued, the newest version that it names for the group, and whether it is signed by those whom this device believes.
fn newest_named(believed: &Trust, given: &GivenDocuments) -> Option<((UtcTime, u64), bool)> {
    let envelope = given.timestamp.as_ref()?;
    let verified = believed.root().verify::<TimestampDocument>(Role::Timestamp, envelope);
    let (timestamp, proved) = match verified {
        Ok(verified) => (verified.into_document(), true),
        Err(_) => (unverified::<TimestampDocument>(envelope)?, false),
    };
    let newest = timestamp.policies.get(&given.group).and_then(Named::newest)?;
    Some(((timestamp.issued, newest.version), proved))
}

/// Documents by their numbers, as they say themselves.
fn by_number<T: Document>(
    envelopes: &[Envelope],
    number: impl Fn(&T) -> u64,
) -> BTreeMap<u64, (Digest, &Envelope)> {
    let numbered = |envelope| {
        let document = unverified::<T>(envelope)?;
        Some((number(&document), (envelope.unverified_digest().ok()?, envelope)))
    };
    envelopes.iter().filter_map(numbered).collect()
}

/// What a document says, signed or not.
fn unverified<T: Document>(envelope: &Envelope) -> Option<T> {
    let payload = (envelope.payload_type() == T::PAYLOAD_TYPE).then(|| envelope.unverified_payload().ok());
    serde_json::from_slice(&payload.flatten()?).ok()
}
