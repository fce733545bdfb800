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
mod tests {
    use super::*;
    use collector_proto::policy::author::compile;

    const MINIMAL: &str = include_str!("../../../../packaging/policies/minimal.toml");

    fn now() -> UtcTime {
        UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
    }

    fn policy(more_fields: &str, dates: &str) -> Policy {
        let text = MINIMAL
            .replace("\"os.name\"", &format!("\"os.name\"{more_fields}"))
            .replace("[policy]\n", &format!("[policy]\n{dates}\n"));
        compile(&text, "policy.toml", now()).unwrap_or_else(|found| panic!("{found}")).policy
    }

    const WIDER: &str = ", \"host.name\"";

    fn too_soon(before: &Policy, policy: &Policy) -> bool {
        Following::between(before, policy, now()).is_too_soon()
    }

    #[test]
    fn what_is_wider_and_too_soon_is_named_with_a_date_that_is_not() {
        let current = policy("", "");
        let period = current.document().notice_period.seconds();
        assert!(period > 0);
        let text = Following::between(&current, &policy(WIDER, ""), now()).to_string();
        assert!(text.contains("told for 7 days first, until 2026-11-29T08:00:00Z"), "{text}");
        assert!(text.contains("Wider:\n  host.name is collected, as read, for `operations`"), "{text}");
        let advised = "effective_from = \"2026-12-01T00:00:00Z\"";
        assert!(text.contains(advised), "{text}");
        assert!(!too_soon(&current, &policy(WIDER, advised)));

        let late = |seconds| format!("effective_from = \"{}\"", now().plus_seconds(seconds));
        assert!(too_soon(&current, &policy(WIDER, &late(period - 1))));
        assert!(!too_soon(&current, &policy(WIDER, &late(period))));
        assert!(!too_soon(&policy(WIDER, ""), &current), "narrower");
        assert!(!too_soon(&current, &current), "the same");
    }

    /// A date of notice that has passed tells nobody anything: people see a version once it is published.
    #[test]
    fn the_period_begins_when_a_version_is_published() {
        let current = policy("", "");
        let period = current.document().notice_period.seconds();
        let wider = policy(WIDER, &format!("effective_from = \"{}\"", now().plus_seconds(period)));
        assert!(!Following::between(&current, &wider, now()).is_too_soon());
        assert!(Following::between(&current, &wider, now().plus_seconds(1)).is_too_soon());
    }

    #[test]
    fn a_version_cannot_shorten_the_period_that_was_promised() {
        let current = policy("", "");
        let with_period = |span: &str| {
            let mut document = policy(WIDER, "").document().clone();
            document.notice_period = Span::parse(span).unwrap();
            document.effective_from = document.notice_from.plus_seconds(2);
            Policy::check(document).unwrap()
        };
        assert!(too_soon(&current, &with_period("1s")));
        // Where people were promised nothing, nothing is waited for.
        assert!(!too_soon(&with_period("0s"), &with_period("0s")));
    }

    #[test]
    fn what_cannot_be_compared_counts_as_wider() {
        let policy = policy("", "");
        let following = Following::new(1, None, &policy, policy.document().notice_period, now());
        assert!(following.is_too_soon());
        assert!(following.to_string().contains("cannot read version 1"), "{following}");
    }
}
