//! What a device that was moved may be under: versions of the groups that it was in, in the order in which it was there.
//!
//! A device is later than its collector with each step, so what it does lies within what is computed here: nothing of a group reached it
//! before it was placed there or after it was placed elsewhere.

use super::{History, Issued, NoTerms, issued};
use crate::refusal::{Reason, RequestRefusal};
use crate::store::{DocumentStore, StoredPlacement};
use collector_proto::limits::CLOCK_TOLERANCE_SECONDS;
use collector_proto::policy::diff::{diff, widens};
use collector_proto::policy::{Policy, PolicyRef, Versions, terms};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// How a device was moved.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    /// Its placements, oldest first.
    pub(crate) placements: Vec<StoredPlacement>,
    /// Number of the placement on which its first report rested; `None` before that.
    pub(crate) first: Option<u64>,
}

/// A time in one group.
struct Stay {
    /// The placement that began it; 0 for the enrolment.
    number: u64,
    group: String,
    since: Option<UtcTime>,
    until: Option<UtcTime>,
    history: Arc<History>,
}

/// The groups that a device was in, oldest first.
struct Course {
    stays: Vec<Stay>,
    first: Option<u64>,
}

impl Issued {
    /// The same as [`Self::terms`] for a device that was moved.
    pub(super) async fn terms_of_moved(
        &self,
        store: &dyn DocumentStore,
        moves: &Moves,
        named: &Versions,
        now: UtcTime,
    ) -> Result<Arc<Policy>, NoTerms> {
        let (enrolment, placed) = (moves.placements.first(), moves.placements.iter());
        let groups = enrolment.map(|first| &first.from).into_iter().chain(placed.map(|placed| &placed.group));
        let mut histories = BTreeMap::new();
        for group in groups {
            histories.insert(group.as_str(), self.history(store, group).await?);
        }
        Ok(Arc::new(Course::of(moves, &histories).judge(store, named, now).await?))
    }
}

impl Course {
    fn of(moves: &Moves, histories: &BTreeMap<&str, Arc<History>>) -> Self {
        let enrolment = moves.placements.first().map(|first| (0, &first.from, None));
        let placed = moves.placements.iter();
        let placed = placed.map(|placed| (placed.reference.number, &placed.group, Some(placed.placed_at)));
        let mut stays: Vec<Stay> = Vec::new();
        for (number, group, since) in enrolment.into_iter().chain(placed) {
            if let Some(last) = stays.last_mut() {
                last.until = since;
            }
            let history = histories.get(group.as_str()).cloned().unwrap_or_default();
            stays.push(Stay { number, group: group.clone(), since, until: None, history });
        }
        Self { stays, first: moves.first }
    }

    /// What the versions allow together, if the device may rightly be under them.
    async fn judge(
        &self,
        store: &dyn DocumentStore,
        named: &Versions,
        now: UtcTime,
    ) -> Result<Policy, NoTerms> {
        let policies = self.policies(store, named).await?;
        if !self.can_be_in_force(store, named.base(), now).await? {
            return Err(RequestRefusal::new(
                Reason::SupersededPolicy,
                "the version of the policy that the report rests on cannot be in force on this device yet",
            )
            .into());
        }
        let together = terms(policies.iter().map(AsRef::as_ref)).ok_or(Reason::UnknownPolicy);
        let together = together.map_err(RequestRefusal::from)?;
        let newest = self.stay(named.newest())?;
        newest.history.check_newest(named.newest().under(0), together.document(), newest.until, now)?;
        Ok(together)
    }

    fn stay(&self, version: PolicyRef) -> Result<&Stay, RequestRefusal> {
        let stay = self.stays.iter().find(|stay| stay.number == version.placement);
        stay.ok_or_else(|| Reason::UnknownPolicy.into())
    }

    /// The policies of these versions, if each can have come to the device and they stand in order.
    async fn policies(
        &self,
        store: &dyn DocumentStore,
        named: &Versions,
    ) -> Result<Vec<Arc<Policy>>, NoTerms> {
        if !named.all().map(PolicyRef::order).is_sorted_by(|a, b| a < b) {
            let detail = "the versions of the policy do not stand in order";
            return Err(RequestRefusal::new(Reason::Invalid, detail).into());
        }
        let mut policies = Vec::new();
        for version in named.all() {
            let stay = self.stay(version)?;
            let published = stay.history.published(version.under(0)).map_err(RequestRefusal::from)?;
            if stay.until.is_some_and(|until| until < published) {
                return Err(RequestRefusal::from(Reason::UnknownPolicy).into());
            }
            policies.push(stay.policy(store, version).await?);
        }
        Ok(policies)
    }

    /// Whether a version can be in force on the device by itself: people were told for its whole period, or it widens nothing against
    /// another one that can be. What holds on a device allows no more than each version that stands there, so that one is enough.
    fn can_be_in_force<'a>(
        &'a self,
        store: &'a dyn DocumentStore,
        version: PolicyRef,
        now: UtcTime,
    ) -> Pin<Box<dyn Future<Output = Result<bool, NoTerms>> + Send + 'a>> {
        Box::pin(async move {
            let has_passed = |instant: UtcTime| instant.seconds_since(now) <= CLOCK_TOLERANCE_SECONDS;
            let stay = self.stay(version)?;
            // A device that never reported before it came here may never have heard of the groups in which it was.
            let began_here = self.first.is_none_or(|first| first >= version.placement);
            let by_itself = stay.history.earliest(version.under(0)).unwrap_or(now);
            let since = match stay.since {
                Some(since) if !began_here => since,
                since => return Ok(has_passed(since.map_or(by_itself, |since| by_itself.max(since)))),
            };
            let came = stay.history.published(version.under(0)).map_err(RequestRefusal::from)?.max(since);
            let policy = stay.policy(store, version).await?;
            let document = policy.document();
            if !has_passed(came.max(document.effective_from)) {
                return Ok(false);
            }
            if has_passed(came.plus_seconds(document.notice_period.seconds())) {
                return Ok(true);
            }
            for before in self.before(version, came) {
                let earlier = self.stay(before)?.policy(store, before).await?;
                if !widens(&diff(&earlier, &policy)) && self.can_be_in_force(store, before, now).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The versions that can have come to the device before one that came at an instant, newest first.
    fn before(&self, version: PolicyRef, came: UtcTime) -> Vec<PolicyRef> {
        let mut all = Vec::new();
        for stay in &self.stays {
            let reached = |published: UtcTime| published <= stay.until.map_or(came, |until| until.min(came));
            let reached = stay.history.readable_versions().filter(|(_, published)| reached(*published));
            all.extend(reached.map(|(before, _)| before.under(stay.number)));
        }
        all.retain(|before| before.order() < version.order());
        all.reverse();
        all
    }
}

impl Stay {
    async fn policy(&self, store: &dyn DocumentStore, version: PolicyRef) -> Result<Arc<Policy>, NoTerms> {
        if let Some(policy) = self.history.policy(version.under(0)) {
            return Ok(policy);
        }
        let found = issued(store, &self.group, &version.sha256).await?;
        found.ok_or_else(|| RequestRefusal::from(Reason::UnknownPolicy).into())
    }
}

#[cfg(test)]
mod tests;
