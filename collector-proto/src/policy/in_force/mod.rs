//! What is in force: which versions of a device's policy hold at an instant, and from when the others will. A device that is moved
//! takes up the versions of the other group after those of its own.
//!
//! ```text
//! announced versions, when each came and was shown ──in_force(at)──► base, coming ──terms──► Policy
//! ```
//!
//! The reader keeps [`Announcements`] with the instants of its own device; a collector makes them from those of publication,
//! with [`Announcements::publish`]. Whatever a device does by this is within what the collector computes: a version comes to
//! a device, and is shown there, no earlier than it was published.

use super::diff::{diff, widens};
use super::{MAX_COMING, Named, Policy, PolicyRef, Versions};
use crate::limits::CLOCK_TOLERANCE_SECONDS;
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How far apart widenings count as shown, in seconds: many at once would be one announcement that nobody reads.
const SHOWINGS_APART_SECONDS: u64 = 86_400;

/// What a version waits for before it takes effect. Settled when it comes, by what stood then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// Nothing: it widens nothing.
    Nothing,
    /// To be shown: there was none before it.
    Showing,
    /// To have been shown for so long.
    Notice(Span),
}

/// What is remembered of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// The version.
    pub policy: PolicyRef,
    /// When it came.
    pub came: UtcTime,
    /// What it waits for.
    pub wait: Wait,
    /// Whether only its acknowledgement counts as showing.
    pub asks: bool,
    /// From when on it counts as shown.
    pub shown: Option<UtcTime>,
    /// Whether it was acknowledged, or narrows one that was.
    pub acknowledged: bool,
}

/// One announced version with its policy.
#[derive(Debug, Clone)]
pub struct Announced {
    announcement: Announcement,
    policy: Arc<Policy>,
    /// When it can have taken effect on a device at the earliest. Of use to a collector only.
    earliest: UtcTime,
}

/// The versions that stand, oldest first, at most [`MAX_COMING`] of which wait.
#[derive(Debug, Clone, Default)]
pub struct Announcements {
    versions: Vec<Announced>,
    /// From when on the last widening counts as shown.
    widened: Option<UtcTime>,
    /// Whether there ever was one.
    begun: bool,
}

/// The same without the policies, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// The versions, oldest first.
    pub versions: Vec<Announcement>,
    /// From when on the last widening counts as shown.
    pub widened: Option<UtcTime>,
    /// Whether there ever was one.
    pub begun: bool,
}

impl Announced {
    /// What is remembered of it.
    pub fn announcement(&self) -> &Announcement {
        &self.announcement
    }

    /// Version and digest.
    pub fn reference(&self) -> PolicyRef {
        self.announcement.policy
    }

    /// The policy.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// From when on it is in force by itself; `None` while it waits to be shown.
    pub fn effect(&self) -> Option<UtcTime> {
        Some(self.date()?.max(self.policy.document().effective_from))
    }

    /// The same without the date that its author gave it.
    fn date(&self) -> Option<UtcTime> {
        let Announcement { came, wait, shown, .. } = self.announcement;
        match wait {
            Wait::Nothing => Some(came),
            Wait::Showing => shown,
            Wait::Notice(period) => shown.map(|shown| shown.plus_seconds(period.seconds())),
        }
    }

    /// A policy is in force from the moment it is made, and a device's clock may stand a little behind its author's.
    fn took_effect(&self, at: UtcTime) -> bool {
        self.date().is_some_and(|date| date <= at)
            && self.policy.document().effective_from.seconds_since(at) <= CLOCK_TOLERANCE_SECONDS
    }
}

impl Announcements {
    /// As it was kept. A version whose policy is not there any more is left out, and with it everything before it: what is left
    /// then grants less.
    pub fn recalled(remembered: Remembered, policy: impl Fn(PolicyRef) -> Option<Arc<Policy>>) -> Self {
        let Remembered { versions, widened, begun } = remembered;
        let with = |announcement: Announcement| {
            let earliest = announcement.came;
            policy(announcement.policy).map(|policy| Announced { announcement, policy, earliest })
        };
        let mut versions: Vec<_> = versions.into_iter().rev().map_while(with).collect();
        versions.reverse();
        Self { versions, widened, begun }
    }

    /// What has to be kept of it.
    pub fn remembered(&self) -> Remembered {
        let versions = self.versions.iter().map(|version| version.announcement.clone()).collect();
        Remembered { versions, widened: self.widened, begun: self.begun }
    }

    /// The versions, oldest first.
    pub fn versions(&self) -> &[Announced] {
        &self.versions
    }

    /// The last one that was announced.
    pub fn newest(&self) -> Option<&Announced> {
        self.versions.last()
    }

    /// Takes up a version that came at an instant, unless it is not newer than those that are there. Says whether it was taken up.
    pub fn come(&mut self, policy: Arc<Policy>, reference: PolicyRef, at: UtcTime) -> bool {
        if self.newest().is_some_and(|newest| newest.reference().order() >= reference.order()) {
            return false;
        }
        self.forget(at);
        let base = self.base(at);
        let (wait, asks) = self.wait(&policy, base.is_some());
        let acknowledged =
            wait == Wait::Nothing && self.versions.first().is_some_and(|base| base.announcement.acknowledged);
        let announcement =
            Announcement { policy: reference, came: at, wait, asks, shown: None, acknowledged };
        self.versions.push(Announced { announcement, policy, earliest: at });
        self.begun = true;
        // The base goes with the first that waits: without that one between them, the later ones would give back at once what it took.
        if self.versions.len() > MAX_COMING + usize::from(base.is_some()) {
            self.versions.drain(..self.versions.len() - MAX_COMING);
        }
        true
    }

    /// Forgets what no longer counts: the versions before the one in force.
    pub fn forget(&mut self, at: UtcTime) {
        self.versions.drain(..self.base(at).unwrap_or(0));
    }

    /// Forgets versions that are not older than this one and are not it: new keys sign it, and what the old ones signed beyond it
    /// counts no longer. What is forgotten so does not make it the first.
    pub(super) fn recover(&mut self, reference: PolicyRef) {
        self.versions.retain(|version| {
            version.reference() == reference || version.reference().order() < reference.order()
        });
    }

    /// What a version has to wait for, and whether only an acknowledgement counts as its showing. Where nothing is in force, no version
    /// can be narrower than that.
    fn wait(&self, policy: &Policy, in_force: bool) -> (Wait, bool) {
        let document = policy.document();
        let asks = document.require_acknowledgement;
        let Some(terms) = terms(&self.versions) else {
            let wait = if self.begun { Wait::Notice(document.notice_period) } else { Wait::Showing };
            return (wait, asks);
        };
        let wait = if in_force && !widens(&diff(&terms, policy)) {
            Wait::Nothing
        } else {
            Wait::Notice(document.notice_period.max(terms.document().notice_period))
        };
        let standing = self.versions.iter().any(|version| version.policy.document().require_acknowledgement);
        (wait, asks || standing)
    }

    /// Takes up a version by the instant of its publication: people can be shown it from then on. Gives the instant at which it
    /// can take effect on a device at the earliest, which may be before it does here: a device that joined later, or was late to
    /// take up what came before, has less to compare it with.
    pub fn publish(&mut self, policy: Arc<Policy>, reference: PolicyRef, at: UtcTime) -> Option<UtcTime> {
        let (effective_from, own) = (policy.document().effective_from, policy.document().notice_period);
        if !self.come(policy, reference, at) {
            return None;
        }
        let (newest, before) = self.versions.split_last_mut()?;
        newest.announcement.shown = Some(at);
        newest.announcement.acknowledged = true;
        let date = match newest.announcement.wait {
            Wait::Nothing | Wait::Showing => at,
            Wait::Notice(_) => {
                let narrows = |first: &usize| {
                    terms(&before[*first..]).is_some_and(|terms| !widens(&diff(&terms, &newest.policy)))
                };
                let sooner = (0..before.len()).filter(narrows).map(|first| before[first].earliest.max(at));
                sooner.chain([at.plus_seconds(own.seconds())]).min().unwrap_or(at)
            }
        };
        newest.earliest = date.max(effective_from);
        Some(newest.earliest)
    }

    /// Notes that people could see the notice of this version, and with it of those before it, from an instant on. Those that
    /// are shown for the first time.
    pub fn show(&mut self, policy: PolicyRef, at: UtcTime) -> Vec<PolicyRef> {
        self.seen(policy, at, false)
    }

    /// Notes that the notice of this version, and with it of those before it, was acknowledged. Those that are shown for the
    /// first time by that: one account's word shows nobody else what asks for none.
    pub fn acknowledge(&mut self, policy: PolicyRef, at: UtcTime) -> Vec<PolicyRef> {
        self.seen(policy, at, true)
    }

    fn seen(&mut self, policy: PolicyRef, at: UtcTime, acknowledged: bool) -> Vec<PolicyRef> {
        let Some(last) = self.versions.iter().position(|version| version.reference() == policy) else {
            return Vec::new();
        };
        let mut shown = Vec::new();
        for Announced { announcement, .. } in &mut self.versions[..=last] {
            announcement.acknowledged |= acknowledged;
            if announcement.shown.is_some() || announcement.asks != acknowledged {
                continue;
            }
            let mut from = at;
            if let Wait::Notice(_) = announcement.wait {
                from = self.widened.map_or(at, |last| at.max(last.plus_seconds(SHOWINGS_APART_SECONDS)));
                self.widened = Some(from);
            }
            announcement.shown = Some(from);
            shown.push(announcement.policy);
        }
        shown
    }

    /// What is in force at an instant.
    pub fn in_force(&self, at: UtcTime) -> InForce<'_> {
        InForce { versions: &self.versions, base: self.base(at) }
    }

    fn base(&self, at: UtcTime) -> Option<usize> {
        self.versions.iter().rposition(|version| version.took_effect(at))
    }
}

/// What is in force at one instant.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    versions: &'a [Announced],
    base: Option<usize>,
}

impl<'a> InForce<'a> {
    /// The newest version that took effect by itself; `None` while none has.
    pub fn base(&self) -> Option<&'a Announced> {
        self.versions.get(self.base?)
    }

    /// The later ones, oldest first.
    pub fn coming(&self) -> &'a [Announced] {
        self.versions.get(self.base.map_or(0, |base| base + 1)..).unwrap_or_default()
    }

    /// All of them, oldest first: the base and the later ones.
    pub fn standing(&self) -> &'a [Announced] {
        self.versions.get(self.base.unwrap_or(0)..).unwrap_or_default()
    }

    /// What holds: what the base and every later version allow. `None` while nothing is in force.
    pub fn terms(&self) -> Option<Policy> {
        terms(self.versions.get(self.base?..)?)
    }

    /// What names that in a report.
    pub fn versions(&self) -> Option<Versions> {
        let coming = self.coming().iter().map(Announced::reference).collect();
        Some(Versions::new(self.base()?.reference(), coming))
    }

    /// What names it in a timestamp.
    pub fn named(&self) -> Named {
        let coming = self.coming().iter().map(Announced::reference).collect();
        Named { current: self.base().map(Announced::reference), coming }
    }
}

/// What all of these versions allow, oldest first; `None` where there is none.
fn terms(versions: &[Announced]) -> Option<Policy> {
    super::narrow::terms(versions.iter().map(|version| version.policy.as_ref()))
}

#[cfg(test)]
mod tests;
