//! Published policies.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::policies::{History, history};
use crate::store::{Listed, Page, PublishedPolicy};
use collector_proto::envelope::Document as _;
use collector_proto::policy::PolicyDocument;
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which published policies are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Those that are in force or coming.
    Standing,
    /// All of them.
    All,
}

/// What a published policy is by the instants of publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The newest that took effect by itself.
    InForce,
    /// It was published after that one.
    Coming,
    /// Before it.
    Superseded,
}

/// A published policy as it is shown.
#[derive(serde::Serialize)]
pub(crate) struct ShownPolicy {
    pub(crate) group: String,
    pub(crate) version: u64,
    pub(crate) sha256: String,
    pub(crate) published: String,
    pub(crate) state: State,
    /// When it takes effect on a device at the earliest.
    pub(crate) from: Option<String>,
    pub(crate) document: PolicyDocument,
}

impl State {
    /// The state in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Coming => "coming",
            Self::Superseded => "superseded",
        }
    }

    fn of(policy: &PublishedPolicy, history: &History, now: UtcTime) -> Self {
        let named = history.named(now);
        if named.current == Some(policy.reference) {
            Self::InForce
        } else if named.coming.contains(&policy.reference) {
            Self::Coming
        } else {
            Self::Superseded
        }
    }
}

/// Shows published policies, of one group or of all.
pub(crate) async fn published(
    admin: &Admin,
    actor: &Actor,
    group: Option<&str>,
    which: Shown,
    page: Page,
) -> Result<Listed<ShownPolicy>, PolicyError> {
    let (store, now) = (admin.enter(actor, Operation::ShowPolicies)?, admin.now());
    let listed = store.policies(page).await?;
    let mut histories: BTreeMap<String, Arc<History>> = BTreeMap::new();
    let mut items = Vec::new();
    for policy in listed.items.into_iter().filter(|policy| group.is_none_or(|group| policy.group == group)) {
        if !histories.contains_key(&policy.group) {
            histories.insert(policy.group.clone(), history(store, &policy.group).await?);
        }
        let Some(history) = histories.get(&policy.group) else { continue };
        let state = State::of(&policy, history, now);
        if which == Shown::All || state != State::Superseded {
            items.push(shown(policy, state, history)?);
        }
    }
    Ok(Listed { items, next: listed.next })
}

fn shown(policy: PublishedPolicy, state: State, history: &History) -> Result<ShownPolicy, PolicyError> {
    let payload = policy.envelope.unverified_payload()?;
    Ok(ShownPolicy {
        document: PolicyDocument::read(&payload)?,
        version: policy.reference.version,
        sha256: policy.reference.sha256.to_string(),
        published: policy.published_at.to_string(),
        state,
        from: history.earliest(policy.reference).map(|earliest| earliest.to_string()),
        group: policy.group,
    })
}
