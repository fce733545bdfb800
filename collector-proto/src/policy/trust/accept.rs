//! The acceptance: from a pinned root, what is remembered and what the collector gave to a policy in force, or a refusal.

use super::documents::{Documents, RootRef, TimestampDocument};
use super::placement::{Place, PlacementRef};
use super::refusal::{BadPolicy, BadRoot, BadTimestamp, Refusal};
use super::root::{Role, RootDocument, Unsigned};
use crate::contract;
use crate::digest::Digest;
use crate::envelope::{Envelope, KeyId, Verified, VerifyError};
use crate::limits::{CLOCK_TOLERANCE_SECONDS, MAX_ROOT_STEPS, MAX_TIMESTAMP_SECONDS};
use crate::policy::{
    Announced, Announcements, NotInForce, Policy, PolicyDocument, PolicyRef, Versions, terms,
};
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a device remembers of earlier acceptances. It only ever rises, except where a root rotation forgets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The accepted policy of each group that the device was in.
    #[serde(default, deserialize_with = "crate::json::unique_map")]
    pub policies: BTreeMap<String, PolicyRef>,
    /// The accepted placement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementRef>,
    /// When the last accepted timestamp was issued.
    #[serde(default)]
    pub timestamp_issued: Option<UtcTime>,
    /// The latest instant that a signed document proved to have passed.
    pub max_time_seen: UtcTime,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            policies: BTreeMap::new(),
            placement: None,
            timestamp_issued: None,
            max_time_seen: UtcTime::from_unix(0),
        }
    }
}

/// The pinned root of an enrolled device, its place and its floor.
#[derive(Debug, Clone)]
pub struct Trust {
    pub(super) root: RootDocument,
    root_digest: Digest,
    pub(super) place: Place,
    pub(super) floor: Floor,
}

/// What is accepted on a device at an instant: the versions of its policy that stand, the newest of which is verified, fresh, not
/// expired and not older than any accepted before.
#[derive(Debug, Clone)]
pub struct AcceptedPolicy {
    terms: Policy,
    standing: Vec<Announced>,
    newest: PolicyRef,
    is_in_force: bool,
    fresh_until: UtcTime,
}

impl AcceptedPolicy {
    /// What all versions that stand allow: what holds or, while none has taken effect, what would.
    pub fn terms(&self) -> &Policy {
        &self.terms
    }

    /// The versions that stand, oldest first. The first is in force, unless [`Self::waiting`] says that none is.
    pub fn standing(&self) -> &[Announced] {
        &self.standing
    }

    /// What names them.
    pub fn versions(&self) -> Versions {
        let mut all = self.standing.iter().map(Announced::reference);
        let base = all.next().unwrap_or(self.newest);
        Versions::new(base, all.collect())
    }

    /// The newest one.
    pub fn newest(&self) -> PolicyRef {
        self.newest
    }

    /// What a report was made under, where it was made under the first of the versions that stand: the later ones had not come.
    pub fn terms_of(&self, versions: &Versions) -> Option<Policy> {
        let named: Vec<PolicyRef> = versions.all().collect();
        let stood = self.standing.get(..named.len())?;
        let same = stood.iter().map(Announced::reference).eq(named);
        same.then(|| terms(stood.iter().map(|version| version.policy().as_ref()))).flatten()
    }

    /// Those that are announced and have not taken effect by themselves, oldest first, each with the instant from which it does
    /// ([`Announced::effect`]).
    pub fn coming(&self) -> &[Announced] {
        self.standing.get(usize::from(self.is_in_force)..).unwrap_or_default()
    }

    /// The one whose effect is waited for, where none has taken effect.
    pub fn waiting(&self) -> Option<&Announced> {
        if self.is_in_force { None } else { self.standing.first() }
    }

    /// Why nothing is in force, where that is so.
    pub(in crate::policy) fn not_yet(&self) -> NotInForce {
        let effects =
            self.standing.iter().filter_map(|version| Some((version.effect()?, version.reference())));
        match effects.min_by_key(|(from, _)| *from) {
            Some((from, policy)) => NotInForce::NotYetEffective { policy, from },
            None => NotInForce::NotShown(self.newest),
        }
    }

    /// Until when it may be used without a fresh timestamp or a new version.
    pub fn fresh_until(&self) -> UtcTime {
        self.fresh_until
    }
}

impl Trust {
    /// Pins the first root, which came with the enrolment bundle and must carry its own threshold of signatures.
    pub fn pin(root: &Envelope, place: impl Into<Place>, floor: Floor) -> Result<Self, Refusal> {
        let unverified: RootDocument = root
            .unverified_payload()
            .ok()
            .and_then(|payload| contract::read(&payload).ok())
            .ok_or(Refusal::Root { version: 0, reason: BadRoot::Unreadable })?;
        let version = unverified.version;
        let verified = unverified
            .verify::<RootDocument>(Role::Root, root)
            .map_err(|error| not_verified(version, error))?;
        if let Some(why) = verified.document().unsound() {
            return Err(Refusal::Root { version, reason: BadRoot::Unsound(why) });
        }
        let root_digest = verified.digest();
        Ok(Self { root: verified.into_document(), root_digest, place: place.into(), floor })
    }

    /// The current root.
    pub fn root(&self) -> &RootDocument {
        &self.root
    }

    /// Version and digest of the current root.
    pub fn root_reference(&self) -> RootRef {
        RootRef { version: self.root.version, sha256: self.root_digest }
    }

    /// What is remembered. To be stored after each step.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// The device's group.
    pub fn group(&self) -> &str {
        &self.place.group
    }

    /// Its group, and the placement that brought it there.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Walks to a newer root: exactly the next version, signed by the thresholds of the old and of the new keys.
    pub fn rotate(&mut self, next: &Envelope) -> Result<(), Refusal> {
        let version = self.root.version + 1;
        let verified = self
            .root
            .verify::<RootDocument>(Role::Root, next)
            .map_err(|error| not_verified(version, error))?;
        let document = verified.document();
        if document.version != version {
            return Err(Refusal::Root { version: document.version, reason: BadRoot::Skipped });
        }
        if document.collector != self.root.collector {
            return Err(Refusal::Root { version, reason: BadRoot::Foreign });
        }
        if let Some(why) = document.unsound() {
            return Err(Refusal::Root { version, reason: BadRoot::Unsound(why) });
        }
        document.verify::<RootDocument>(Role::Root, next).map_err(|error| not_verified(version, error))?;
        // Fast-forward recovery (TUF §5.3.11): what a compromised key pushed up is forgotten with that key. Other keys could not
        // have pushed it up, so a rotation of theirs forgets nothing of it.
        let rotated = |role: Role| self.root.roles.get(&role) != document.roles.get(&role);
        if rotated(Role::Policy) {
            self.floor.policies.clear();
            self.floor.placement = None;
        }
        if rotated(Role::Timestamp) {
            self.floor.timestamp_issued = None;
        }
        self.root_digest = verified.digest();
        self.root = verified.into_document();
        Ok(())
    }

    /// Notes when the newest genuine timestamp was issued: an older one takes nothing back of it. One that is ahead of the clock
    /// counts as issued now, or the honest ones of the next minutes would look older than it.
    pub(super) fn issued(&mut self, instant: UtcTime, now: UtcTime) {
        self.floor.timestamp_issued = self.floor.timestamp_issued.max(Some(instant.min(now)));
    }

    /// Notes that a signed document proved the instant to have passed. `now` is the clock when it came. What a key signs that is on
    /// line is believed no further than a clock may drift: whoever holds it could otherwise name an instant that no clock reaches
    /// in years, and until then nothing would be collected.
    pub fn saw(&mut self, instant: UtcTime, now: UtcTime) {
        let drifted = now.plus_seconds(CLOCK_TOLERANCE_SECONDS.unsigned_abs());
        self.floor.max_time_seen = self.floor.max_time_seen.max(instant.min(drifted));
    }

    /// Holds the clock to what was proved: one that stands further behind than a clock drifts would have old documents pass for
    /// fresh ones.
    pub fn check_clock(&self, now: UtcTime) -> Result<(), Refusal> {
        let seen = self.floor.max_time_seen;
        if is_behind(now, seen) { Err(Refusal::ClockBehind { now, seen }) } else { Ok(()) }
    }

    /// Walks the roots, takes up the versions of the policy that the documents name and the device does not know, and accepts what
    /// stands by then; or says why nothing may be collected at the instant `now`.
    pub fn accept(
        &mut self,
        documents: &Documents,
        announced: &mut Announcements,
        now: UtcTime,
    ) -> Result<AcceptedPolicy, Refusal> {
        self.walk_roots(&documents.roots)?;
        self.check_clock(now)?;
        if now >= self.root.expires {
            return Err(Refusal::RootExpired(self.root.expires));
        }
        let timestamp = self.verify_timestamp(documents, now)?;
        let newest = self.move_and_take_up(documents, &timestamp, announced, now)?;
        announced.forget(now);
        let in_force = announced.in_force(now);
        let is_in_force = in_force.base().is_some();
        let standing: Vec<Announced> =
            in_force.base().into_iter().chain(in_force.coming()).cloned().collect();
        let terms =
            terms(standing.iter().map(|version| version.policy().as_ref())).ok_or(Refusal::NoPolicy)?;
        let document = terms.document();
        let max_stale = document.max_stale;
        let stale_from = timestamp.issued.plus_seconds(max_stale.seconds());
        if now >= stale_from {
            return Err(Refusal::Stale { issued: timestamp.issued, max_stale });
        }
        self.floor.policies.insert(self.place.group.clone(), newest.under(0));
        self.issued(timestamp.issued, now);
        self.saw(timestamp.issued, now);
        let fresh_until = stale_from.min(document.expires).min(self.root.expires);
        Ok(AcceptedPolicy { terms, standing, newest, is_in_force, fresh_until })
    }

    /// Moves to the group of a placement that is new, and takes up what is announced there; without the latter the device stays
    /// where it is.
    fn move_and_take_up(
        &mut self,
        documents: &Documents,
        timestamp: &TimestampDocument,
        announced: &mut Announcements,
        now: UtcTime,
    ) -> Result<PolicyRef, Refusal> {
        let mut moved = self.clone();
        let placement = moved.take_placement(documents)?;
        let newest = moved.take_up(documents, timestamp, announced, now)?;
        self.place = moved.place;
        if placement.is_some() {
            self.floor.placement = placement;
        }
        Ok(newest)
    }

    /// Takes up every version that the timestamp names and that is newer than those that are known, oldest first. None may be
    /// left out; but of those before the newest, one that this program cannot accept, or that keys of the past signed, is skipped:
    /// it could only have narrowed what the newest allows.
    fn take_up(
        &self,
        documents: &Documents,
        timestamp: &TimestampDocument,
        announced: &mut Announcements,
        now: UtcTime,
    ) -> Result<PolicyRef, Refusal> {
        let envelope = documents.policies.last().ok_or(Refusal::NoPolicy)?;
        let (newest, reference) = self.verify_policy(envelope)?;
        self.check_floor(reference)?;
        let expires = newest.document().expires;
        if now >= expires {
            return Err(Refusal::PolicyExpired(expires));
        }
        let named =
            timestamp.policies.get(self.group()).cloned().unwrap_or_default().under(self.place.number());
        if named.newest() != Some(reference) {
            let named = named.newest().map_or(0, |newest| newest.version);
            return Err(Refusal::NotCurrent { named, held: reference.version });
        }
        announced.recover(reference);
        for before in named.all().filter(|before| *before != reference) {
            if announced.newest().is_some_and(|known| known.reference().order() >= before.order()) {
                continue;
            }
            let envelope = find(documents, before).ok_or(Refusal::LeftOut(before.version))?;
            if let Ok((policy, found)) = self.verify_policy(envelope)
                && found == before
            {
                announced.come(Arc::new(policy), before, now);
            }
        }
        announced.come(Arc::new(newest), reference, now);
        Ok(reference)
    }

    /// Whether documents that the collector gives now may take the place of those that are kept, as far as their time goes: a
    /// timestamp that is past its date was handed out too late, and one that is further ahead of the clock than a clock drifts would
    /// have every later cycle wait for its time. What else is wrong with them is for [`Self::accept`] to say.
    pub fn receives(&self, documents: &Documents, now: UtcTime) -> Result<(), Refusal> {
        let mut trust = self.clone();
        // One of the past is expired, whatever came after it.
        trust.floor.timestamp_issued = None;
        match trust.walk_roots(&documents.roots).and_then(|()| trust.verify_timestamp(documents, now)) {
            Ok(timestamp) if now >= timestamp.expires => {
                Err(Refusal::Timestamp(BadTimestamp::Expired(timestamp.expires)))
            }
            Err(refusal @ Refusal::ClockBehind { .. }) => Err(refusal),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    pub(super) fn walk_roots(&mut self, roots: &[Envelope]) -> Result<(), Refusal> {
        for next in roots.iter().take(MAX_ROOT_STEPS) {
            if !self.is_past(next) {
                self.rotate(next)?;
            }
        }
        Ok(())
    }

    /// Whether a root is no newer than the current one, as it says itself. One that was walked past is not an error: what a collector gives is
    /// the whole chain.
    pub fn is_past(&self, root: &Envelope) -> bool {
        let payload = root.unverified_payload().ok();
        let version = payload.and_then(|payload| serde_json::from_slice::<VersionOnly>(&payload).ok());
        version.is_some_and(|document| document.version <= self.root.version)
    }

    pub(super) fn verify_timestamp(
        &self,
        documents: &Documents,
        now: UtcTime,
    ) -> Result<TimestampDocument, Refusal> {
        let envelope = documents.timestamp.as_ref().ok_or(Refusal::Timestamp(BadTimestamp::Missing))?;
        let timestamp = self
            .root
            .verify::<TimestampDocument>(Role::Timestamp, envelope)
            .map_err(|error| match error {
                VerifyError::NotUnderstood(what) => Refusal::NotUnderstood { document: "timestamp", what },
                error => Refusal::Timestamp(BadTimestamp::Unverified(error)),
            })?
            .into_document();
        let life = timestamp.expires.seconds_since(timestamp.issued);
        if !(1..=i64::try_from(MAX_TIMESTAMP_SECONDS).unwrap_or(i64::MAX)).contains(&life) {
            return Err(Refusal::Timestamp(BadTimestamp::Life));
        }
        if is_behind(now, timestamp.issued) {
            return Err(Refusal::ClockBehind { now, seen: timestamp.issued });
        }
        if self.floor.timestamp_issued.is_some_and(|accepted| timestamp.issued < accepted) {
            return Err(Refusal::TimestampRollback(timestamp.issued));
        }
        if timestamp.root != self.root_reference() {
            return Err(Refusal::Root {
                version: timestamp.root.version,
                reason: BadRoot::NotHeld(self.root.version),
            });
        }
        Ok(timestamp)
    }

    fn verify_policy(&self, envelope: &Envelope) -> Result<(Policy, PolicyRef), Refusal> {
        let verified = self.root.verify_policy(envelope).map_err(|error| match error {
            // Signed, but not of a form this program knows.
            Unsigned::Signatures(VerifyError::NotUnderstood(what)) => {
                Refusal::NotUnderstood { document: "policy", what }
            }
            Unsigned::Signatures(error @ VerifyError::Content(_)) => {
                Refusal::PolicyContent(BadPolicy::Unreadable(error))
            }
            error => Refusal::PolicySignature(error),
        })?;
        let reference =
            PolicyRef::new(verified.document().version, verified.digest()).under(self.place.number());
        let policy = check_content(verified)?;
        let group = &policy.document().group;
        if *group != self.place.group {
            return Err(Refusal::OtherGroup(group.clone()));
        }
        self.check_placement_approved(policy.document())?;
        Ok((policy, reference))
    }

    /// The keys whose signatures under a version are good.
    pub fn signers(&self, documents: &Documents, named: PolicyRef) -> BTreeSet<KeyId> {
        find(documents, named)
            .and_then(|envelope| self.root.verify_policy(envelope).ok())
            .map(|verified| verified.signers().clone())
            .unwrap_or_default()
    }

    pub(super) fn check_floor(&self, offered: PolicyRef) -> Result<(), Refusal> {
        match self.floor.policies.get(self.group()) {
            Some(accepted) if offered.version < accepted.version => {
                Err(Refusal::Rollback { offered: offered.version, accepted: accepted.version })
            }
            Some(accepted) if offered.version == accepted.version && offered.sha256 != accepted.sha256 => {
                Err(Refusal::Equivocation(offered.version))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the clock stands further behind an instant than a clock drifts.
pub fn is_behind(now: UtcTime, instant: UtcTime) -> bool {
    instant.seconds_since(now) > CLOCK_TOLERANCE_SECONDS
}

/// The envelope of a version.
pub(super) fn find(documents: &Documents, named: PolicyRef) -> Option<&Envelope> {
    documents.policies.iter().find(|envelope| envelope.unverified_digest().ok() == Some(named.sha256))
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

fn check_content(verified: Verified<PolicyDocument>) -> Result<Policy, Refusal> {
    Policy::check(verified.into_document())
        .map_err(|faults| Refusal::PolicyContent(BadPolicy::Faulty(faults)))
}

fn not_verified(version: u64, error: VerifyError) -> Refusal {
    match error {
        VerifyError::NotUnderstood(what) => Refusal::NotUnderstood { document: "root", what },
        error => Refusal::Root { version, reason: BadRoot::Unverified(error) },
    }
}
