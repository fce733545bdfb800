//! The versions that were published for one group: what of them holds at an instant, and which of them a report may still name.

use crate::refusal::{Reason, RequestRefusal};
use collector_proto::limits::CLOCK_TOLERANCE_SECONDS;
use collector_proto::policy::{
    Announcements, MAX_COMING, Named, Policy, PolicyDocument, PolicyRef, Versions,
};
use collector_proto::time::UtcTime;
use std::sync::Arc;

/// Every version of a group in the order of publication, which is that of their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    announced: Announcements,
    versions: Vec<Version>,
    /// Newer ones that this program's catalogue cannot read. They are named all the same: a device may understand them.
    unread: Vec<PolicyRef>,
}

/// What stays known of a version for ever. It is small; the policies of old ones are read again where a report needs them.
#[derive(Debug, Clone)]
struct Version {
    reference: PolicyRef,
    /// When it can have taken effect on a device at the earliest; `None` for one that cannot be read.
    earliest: Option<UtcTime>,
    published_at: UtcTime,
    /// Until when it was its group's newest.
    until: Option<UtcTime>,
}

impl History {
    /// Takes up the next version. `policy` is `None` where this program cannot read it.
    pub(super) fn take(&mut self, reference: PolicyRef, policy: Option<Arc<Policy>>, published_at: UtcTime) {
        if let Some(last) = self.versions.last_mut() {
            last.until = Some(published_at);
        }
        let earliest = policy.and_then(|policy| self.announced.publish(policy, reference, published_at));
        if earliest.is_some() {
            self.unread.clear();
        } else {
            self.unread.push(reference);
            self.unread.drain(..self.unread.len().saturating_sub(MAX_COMING));
        }
        self.versions.push(Version { reference, earliest, published_at, until: None });
    }

    /// The version that was published last.
    pub(crate) fn newest(&self) -> Option<PolicyRef> {
        self.versions.last().map(|version| version.reference)
    }

    /// The versions that stand once this one is published as well, the last of them. `None` where it would have to wait beside as many
    /// as a device keeps: it would forget what is in force.
    pub(crate) fn with(
        &self,
        reference: PolicyRef,
        policy: Arc<Policy>,
        now: UtcTime,
    ) -> Option<Announcements> {
        let waiting = self.named(now).coming.len();
        let mut announced = self.announced.clone();
        let _earliest = announced.publish(policy, reference, now);
        let takes_effect = announced.in_force(now).base().is_some_and(|base| base.reference() == reference);
        (takes_effect || waiting < MAX_COMING).then_some(announced)
    }

    /// What a timestamp of this instant names.
    pub(crate) fn named(&self, now: UtcTime) -> Named {
        let mut named = self.announced.in_force(now).named();
        named.coming.extend(&self.unread);
        let surplus = named.coming.len().saturating_sub(MAX_COMING);
        named.coming.drain(..surplus);
        named
    }

    /// When a version can have taken effect on a device at the earliest.
    pub(crate) fn earliest(&self, reference: PolicyRef) -> Option<UtcTime> {
        self.readable(reference).ok().map(|(_, earliest)| earliest)
    }

    /// When a version was published that this program can read.
    pub(super) fn published(&self, reference: PolicyRef) -> Result<UtcTime, Reason> {
        self.readable(reference).map(|(version, _)| version.published_at)
    }

    /// Every version that this program can read, and when it was published, oldest first.
    pub(super) fn readable_versions(&self) -> impl Iterator<Item = (PolicyRef, UtcTime)> {
        let readable = self.versions.iter().filter(|version| version.earliest.is_some());
        readable.map(|version| (version.reference, version.published_at))
    }

    /// The policies that stand or are coming, oldest first.
    pub(crate) fn standing(&self) -> Vec<Arc<Policy>> {
        self.announced.versions().iter().map(|version| Arc::clone(version.policy())).collect()
    }

    /// The versions that stand on a device of this group that is moved now to another, by the instants of publication.
    pub(crate) fn moved_to(&self, other: &Self, placement: u64, now: UtcTime) -> Announcements {
        let mut announced = self.announced.clone();
        for version in other.announced.in_force(now).standing() {
            let (policy, reference) = (Arc::clone(version.policy()), version.reference().under(placement));
            let _earliest = announced.publish(policy, reference, now);
        }
        announced
    }

    /// The policy of a version, if it is at hand.
    pub(super) fn policy(&self, reference: PolicyRef) -> Option<Arc<Policy>> {
        let mut standing = self.announced.versions().iter();
        standing.find(|version| version.reference() == reference).map(|version| Arc::clone(version.policy()))
    }

    /// Whether each of these versions was issued, they stand in order, and the first can be in force on a device.
    pub(super) fn check(&self, named: &Versions, now: UtcTime) -> Result<(), RequestRefusal> {
        for reference in named.all() {
            self.readable(reference)?;
        }
        if !named.all().map(|reference| reference.version).is_sorted_by(|a, b| a < b) {
            return Err(RequestRefusal::new(
                Reason::Invalid,
                "the versions of the policy do not stand in order",
            ));
        }
        let (_, earliest) = self.readable(named.base())?;
        if earliest.seconds_since(now) > CLOCK_TOLERANCE_SECONDS {
            return Err(RequestRefusal::new(
                Reason::SupersededPolicy,
                "the version of the policy that the report rests on cannot be in force on any device yet",
            ));
        }
        Ok(())
    }

    /// Whether a device may rightly hold a version to be the newest: it is, or it was at most `max_stale` of
    /// the terms ago, and it has not expired. Of a group that the device left it is no longer from then on.
    pub(super) fn check_newest(
        &self,
        newest: PolicyRef,
        terms: &PolicyDocument,
        left: Option<UtcTime>,
        now: UtcTime,
    ) -> Result<(), RequestRefusal> {
        let (version, _) = self.readable(newest)?;
        let until = [version.until, left].into_iter().flatten().min();
        // A device goes by its own clock, which may stand a little behind.
        let is_stale = until.is_some_and(|until| {
            let limit = i64::try_from(terms.max_stale.seconds()).unwrap_or(i64::MAX);
            now.seconds_since(until) >= limit.saturating_add(CLOCK_TOLERANCE_SECONDS)
        });
        if is_stale {
            return Err(RequestRefusal::new(
                Reason::SupersededPolicy,
                "the policy was replaced so long ago that no device may go by it any more",
            ));
        }
        if now >= terms.expires {
            return Err(RequestRefusal::new(Reason::SupersededPolicy, "the policy has expired"));
        }
        Ok(())
    }

    /// A version that was issued, of this very digest, and that this program can read.
    fn readable(&self, reference: PolicyRef) -> Result<(&Version, UtcTime), Reason> {
        let place = self.versions.binary_search_by_key(&reference.version, |known| known.reference.version);
        let version = place.ok().map(|place| &self.versions[place]);
        version
            .filter(|version| version.reference == reference)
            .and_then(|version| Some((version, version.earliest?)))
            .ok_or(Reason::UnknownPolicy)
    }
}

#[cfg(test)]
mod tests;
