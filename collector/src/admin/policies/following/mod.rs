//! What a version changes against the one that it follows, and whether people are told in time.

use crate::store::PublishedPolicy;
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::policy::diff::{Change, Effect, InWords, diff, widens};
use collector_proto::policy::{Announced, Policy, PolicyDocument, Wait};
use collector_proto::time::{Span, UtcTime};
use std::fmt;

/// Seconds of a day: the date that an author is told to set is a midnight, with a day left to sign and publish.
const DAY: u64 = 86_400;

/// A version that follows another one of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Following {
    /// The version.
    pub(crate) version: u64,
    /// The one that it follows.
    pub(crate) before: u64,
    /// What it changes; `None` where this program's catalogue cannot read the one that it follows. What cannot be compared
    /// counts as wider.
    pub(crate) changes: Option<Vec<Change>>,
    /// When it would take effect.
    effective_from: UtcTime,
    /// How long people see what it widens before that.
    period: Span,
    /// When the period is over, if the version is published at once.
    earliest: UtcTime,
}

impl Following {
    /// Compares with the version that was published before it.
    pub(super) fn published(
        before: &PublishedPolicy,
        policy: &Policy,
        announced: &Announced,
        now: UtcTime,
    ) -> Self {
        // A version cannot shorten the time that people were promised before it, by any that stands.
        let period = match announced.announcement().wait {
            Wait::Notice(period) => period,
            Wait::Nothing | Wait::Showing => policy.document().notice_period,
        };
        let changes = opened(&before.envelope).map(|before| diff(&before, policy));
        Self::new(before.reference.version, changes, policy, period, now)
    }

    /// Compares with a policy that need not be published.
    pub(super) fn between(before: &Policy, policy: &Policy, now: UtcTime) -> Self {
        let period = policy.document().notice_period.max(before.document().notice_period);
        Self::new(before.document().version, Some(diff(before, policy)), policy, period, now)
    }

    fn new(before: u64, changes: Option<Vec<Change>>, policy: &Policy, period: Span, now: UtcTime) -> Self {
        let document = policy.document();
        Self {
            version: document.version,
            before,
            changes,
            effective_from: document.effective_from,
            period,
            earliest: document.notice_from.max(now).plus_seconds(period.seconds()),
        }
    }

    /// Whether people have to be told of it before it takes effect.
    pub(crate) fn widens(&self) -> bool {
        self.changes.as_deref().is_none_or(widens)
    }

    /// Whether it would widen before people were told for the whole period.
    pub(crate) fn is_too_soon(&self) -> bool {
        self.widens() && self.period.seconds() > 0 && self.effective_from < self.earliest
    }

    /// A date that leaves a day to sign and publish.
    fn advised(&self) -> String {
        self.earliest.plus_seconds(2 * DAY - 1).date()
    }
}

/// Why it is too soon, and what to do about it.
impl fmt::Display for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, before, effective_from, .. } = self;
        let (period, earliest, advised) = (self.period.words(), self.earliest, self.advised());
        write!(
            f,
            "version {version} lets more be known about people than version {before} and says that it takes effect on \
             {effective_from}; people have to be told for {period} first, until {earliest}. Set \
             `effective_from = \"{advised}T00:00:00Z\"` or a later date"
        )?;
        match &self.changes {
            None => write!(
                f,
                ". This program's catalogue cannot read version {before}, so all of it counts as wider"
            ),
            Some(changes) => {
                let wider: Vec<_> =
                    changes.iter().filter(|change| change.effect == Effect::Wider).cloned().collect();
                write!(f, ". {}", InWords(&wider))
            }
        }
    }
}

/// A policy out of its envelope, whose signatures were verified when it was published.
fn opened(envelope: &Envelope) -> Option<Policy> {
    let payload = envelope.unverified_payload().ok()?;
    Policy::check(PolicyDocument::read(&payload).ok()?).ok()
}

#[cfg(test)]
mod tests;
