//! Makes a signed policy its group's current one.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::store::Published;
use crate::verify::VerifiedPolicy;
use collector_proto::envelope::Envelope;
use collector_proto::policy::diff::{Change, Effect, diff, widens};
use collector_proto::policy::{Policy, PolicyDocument, PolicyRef};
use collector_proto::time::UtcTime;
use std::fmt;

/// A policy that is published.
pub(crate) struct Publication {
    pub(crate) group: String,
    pub(crate) reference: PolicyRef,
    /// Whether this very policy was published before; nothing changed then.
    pub(crate) was_before: bool,
    /// What the publisher has to be warned of. The policy is published all the same.
    pub(crate) warning: Option<Warning>,
}

/// Publishes a signed policy once the root's policy keys are found to have signed it. Versions only rise.
pub(crate) async fn publish(
    admin: &Admin,
    actor: &Actor,
    envelope: Envelope,
) -> Result<Publication, PolicyError> {
    let (store, now) = (admin.enter(actor, Operation::PublishPolicy)?, admin.now());
    let verified = VerifiedPolicy::verify(envelope, &store.current_root().await?, now)?;
    let (reference, group) = (verified.reference(), verified.group().to_owned());
    let current = store.current_policy(&group).await?;
    let warning = current.and_then(|current| Warning::of(&current.envelope, verified.policy()));
    match store.publish(verified, now).await? {
        Published::New => Ok(Publication { group, reference, was_before: false, warning }),
        Published::Before => Ok(Publication { group, reference, was_before: true, warning: None }),
        Published::NotAbove(published) => {
            Err(PolicyError::NotAbove { group, offered: reference.version, published })
        }
        Published::OtherRoot => Err(PolicyError::OtherRoot),
    }
}

/// What a publisher has to be warned of when a policy follows the current one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// The two cannot be compared.
    NotComparable,
    /// It is wider and takes effect before people were told for the notice period.
    TooSoon {
        version: u64,
        effective_from: UtcTime,
        /// When the notice period is over.
        earliest: UtcTime,
        wider: Vec<Change>,
    },
}

impl Warning {
    fn of(current: &Envelope, policy: &Policy) -> Option<Self> {
        let document: Option<PolicyDocument> =
            current.unverified_payload().ok().and_then(|payload| serde_json::from_slice(&payload).ok());
        match document.and_then(|document| Policy::check(document).ok()) {
            Some(current) => Self::too_soon(&current, policy),
            None => Some(Self::NotComparable),
        }
    }

    /// The notice period is the longer of both versions' periods: a version cannot shorten the time that people were
    /// promised before it.
    fn too_soon(current: &Policy, policy: &Policy) -> Option<Self> {
        let changes = diff(current, policy);
        let document = policy.document();
        let period = document.notice_period.seconds().max(current.document().notice_period.seconds());
        let earliest = document.notice_from.plus_seconds(period);
        if !widens(&changes) || document.effective_from >= earliest {
            return None;
        }
        Some(Self::TooSoon {
            version: document.version,
            effective_from: document.effective_from,
            earliest,
            wider: changes.into_iter().filter(|change| change.effect == Effect::Wider).collect(),
        })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotComparable => f.write_str(
                "WARNING: the version before cannot be compared with this one: this program's catalogue differs from \
                 the one it was made with",
            ),
            Self::TooSoon { version, effective_from, earliest, wider } => {
                write!(
                    f,
                    "WARNING: version {version} is wider than the current one and takes effect on {effective_from}, \
                     before the notice period is over on {earliest}; devices do not wait for that. Publish another \
                     version with a later `effective_from` if people must be told first. Wider:"
                )?;
                wider.iter().try_for_each(|change| write!(f, "\n  {change}"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
