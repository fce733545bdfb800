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
        self.versions.push(Version { reference, earliest, until: None });
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

    /// Whether a device may rightly hold the last of these versions to be the newest: it is, or it was at most `max_stale` of
    /// the terms ago, and it has not expired.
    pub(super) fn check_newest(
        &self,
        named: &Versions,
        terms: &PolicyDocument,
        now: UtcTime,
    ) -> Result<(), RequestRefusal> {
        let (version, _) = self.readable(named.newest())?;
        // A device goes by its own clock, which may stand a little behind.
        let is_stale = version.until.is_some_and(|until| {
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
mod tests {
    use super::*;
    use collector_proto::digest::Digest;
    use collector_proto::policy::author::compile;
    use collector_proto::policy::terms;

    const MINIMAL: &str = include_str!("../../../packaging/policies/minimal.toml");
    const DAY: u64 = 86_400;

    fn day(days: u64) -> UtcTime {
        UtcTime::parse("2026-11-22T08:00:00Z").unwrap().plus_seconds(days * DAY)
    }

    fn policy(more_fields: &str) -> Arc<Policy> {
        let text = MINIMAL.replace("\"os.name\"", &format!("\"os.name\"{more_fields}"));
        Arc::new(compile(&text, "policy.toml", day(0)).unwrap().policy)
    }

    const WIDER: &str = ", \"host.name\"";

    fn reference(version: u64) -> PolicyRef {
        PolicyRef { version, sha256: Digest::of(&version.to_be_bytes()) }
    }

    fn versions(numbers: &[u64]) -> Versions {
        Versions::new(reference(numbers[0]), numbers[1..].iter().copied().map(reference).collect())
    }

    /// Version 1 on the first day, the wider version 2 on day 10.
    fn history() -> History {
        let mut history = History::default();
        history.take(reference(1), Some(policy("")), day(0));
        history.take(reference(2), Some(policy(WIDER)), day(10));
        history
    }

    fn judged(history: &History, numbers: &[u64], now: UtcTime) -> Result<(), Reason> {
        let named = versions(numbers);
        let policies: Vec<_> = named.all().filter_map(|version| history.policy(version)).collect();
        let terms = terms(policies.iter().map(AsRef::as_ref)).unwrap();
        let checked = history.check(&named, now);
        checked.and_then(|()| history.check_newest(&named, terms.document(), now)).map_err(|e| e.reason())
    }

    #[test]
    fn a_timestamp_names_the_old_version_until_people_were_told_of_the_new_one() {
        let history = history();
        let named = |now| {
            let named = history.named(now);
            (named.current.map(|current| current.version), named.coming.iter().map(|v| v.version).collect())
        };
        assert_eq!(named(day(10)), (Some(1), vec![2]));
        let before = UtcTime::from_unix(day(17).unix() - 1);
        assert_eq!(named(before), (Some(1), vec![2]));
        assert_eq!(named(day(17)), (Some(2), vec![]));
    }

    #[test]
    fn a_version_counts_once_it_can_be_in_force_and_until_no_device_may_go_by_it() {
        let history = history();
        assert_eq!(judged(&history, &[1, 2], day(10)), Ok(()));
        assert_eq!(judged(&history, &[2], day(10)), Err(Reason::SupersededPolicy), "not announced for long");
        assert_eq!(judged(&history, &[2], UtcTime::from_unix(day(17).unix() - 300)), Ok(()));
        // Version 1 alone is what a device goes by that has not heard of version 2, for the `max_stale` of 7 days.
        assert_eq!(judged(&history, &[1], day(17)), Ok(()));
        assert_eq!(judged(&history, &[1], day(17).plus_seconds(300)), Err(Reason::SupersededPolicy));
        // Where version 2 was never shown, the old one runs on below it.
        assert_eq!(judged(&history, &[1, 2], day(300)), Ok(()));
        assert_eq!(judged(&history, &[1, 2], day(365)), Err(Reason::SupersededPolicy), "expired");
    }

    #[test]
    fn no_more_versions_wait_than_a_device_keeps_and_one_that_narrows_never_has_to() {
        let mut history = history();
        for version in 3..18 {
            let next = history.with(reference(version), policy(WIDER), day(11));
            assert!(next.is_some(), "{version}");
            history.take(reference(version), Some(policy(WIDER)), day(11));
        }
        assert_eq!(history.named(day(11)).coming.len(), MAX_COMING);
        assert!(history.with(reference(18), policy(WIDER), day(11)).is_none());
        let narrower = history.with(reference(18), policy(""), day(11)).unwrap();
        assert_eq!(narrower.in_force(day(11)).named(), reference(18).into());
    }

    #[test]
    fn versions_are_those_that_were_issued_and_stand_in_order() {
        let history = history();
        assert_eq!(history.check(&versions(&[2, 1]), day(30)).unwrap_err().reason(), Reason::Invalid);
        assert_eq!(history.check(&versions(&[1, 1]), day(30)).unwrap_err().reason(), Reason::Invalid);
        assert_eq!(history.check(&versions(&[1, 3]), day(30)).unwrap_err().reason(), Reason::UnknownPolicy);
        let forged = PolicyRef { version: 2, sha256: Digest::of(b"another") };
        let named = Versions::new(reference(1), vec![forged]);
        assert_eq!(history.check(&named, day(30)).unwrap_err().reason(), Reason::UnknownPolicy);
    }

    #[test]
    fn a_version_that_this_program_cannot_read_is_named_and_no_report_is_taken_under_it() {
        let mut history = history();
        history.take(reference(3), None, day(12));
        assert_eq!(history.named(day(12)).coming, [reference(2), reference(3)]);
        let refused = history.check(&versions(&[1, 2, 3]), day(12)).unwrap_err();
        assert_eq!(refused.reason(), Reason::UnknownPolicy);
        history.take(reference(4), Some(policy("")), day(13));
        assert_eq!(history.named(day(13)).newest(), Some(reference(4)));
        assert!(!history.named(day(13)).coming.contains(&reference(3)));
    }
}
