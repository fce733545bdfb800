//! The policies that were issued: checked once, kept at hand, and which of them hold.
//!
//! What a group was issued only grows, and other processes publish too. So each question asks the store for versions above the
//! newest known one, which is nearly always answered with none.

mod history;
mod moved;

pub(crate) use history::History;
pub(crate) use moved::Moves;

use crate::admit::IssuedPolicy;
use crate::refusal::RequestRefusal;
use crate::store::{DocumentStore, PublishedPolicy, StoreError, StoredPlacement};
use collector_proto::digest::Digest;
use collector_proto::envelope::Document as _;
use collector_proto::policy::{Policy, PolicyDocument, Versions, terms};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most combinations of versions whose terms are kept at hand. A group's devices are under one or two at a time.
const CAPACITY: usize = 256;

/// A group and the digests of versions.
type Name = (String, Vec<Digest>);

/// The histories of the groups that were asked about, and the terms that reports were checked against. A version never changes
/// once it is published, so neither goes stale.
#[derive(Default)]
pub(crate) struct Issued {
    histories: Mutex<BTreeMap<String, Arc<History>>>,
    terms: Mutex<BTreeMap<Name, Arc<Policy>>>,
}

/// Why no terms can be given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTerms {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No report is taken under these versions.
    #[error(transparent)]
    Refused(#[from] RequestRefusal),
}

impl Issued {
    /// The history of a group up to now.
    pub(crate) async fn history(
        &self,
        store: &dyn DocumentStore,
        group: &str,
    ) -> Result<Arc<History>, StoreError> {
        let known = locked(&self.histories).get(group).cloned().unwrap_or_default();
        let newest = known.newest();
        let history = continued(store, group, known).await?;
        if history.newest() != newest {
            let mut histories = locked(&self.histories);
            let version = |history: &History| history.newest().map(|newest| newest.version);
            // Another request may have come further in between.
            if histories.get(group).is_none_or(|other| version(other) < version(&history)) {
                histories.insert(group.to_owned(), Arc::clone(&history));
            }
        }
        Ok(history)
    }

    /// What the versions that a report names allow together, if a device of the group that was moved like this may rightly be under them at
    /// this instant.
    pub(crate) async fn terms(
        &self,
        store: &dyn DocumentStore,
        group: &str,
        moves: &Moves,
        versions: &Versions,
        now: UtcTime,
    ) -> Result<IssuedPolicy, NoTerms> {
        if !moves.placements.is_empty() {
            let policy = self.terms_of_moved(store, moves, versions, now).await?;
            return Ok(IssuedPolicy { group: group.to_owned(), versions: versions.clone(), policy });
        }
        let history = self.history(store, group).await?;
        history.check(versions, now)?;
        let name = (group.to_owned(), versions.all().map(|version| version.sha256).collect::<Vec<_>>());
        let known = locked(&self.terms).get(&name).cloned();
        let policy = match known {
            Some(policy) => policy,
            None => together(store, &history, group, versions).await?,
        };
        history.check_newest(versions.newest(), policy.document(), None, now)?;
        let mut known = locked(&self.terms);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(name, Arc::clone(&policy));
        Ok(IssuedPolicy { group: group.to_owned(), versions: versions.clone(), policy })
    }
}

/// The history of a group as the store has it.
pub(crate) async fn history(store: &dyn DocumentStore, group: &str) -> Result<Arc<History>, StoreError> {
    continued(store, group, Arc::default()).await
}

async fn continued(
    store: &dyn DocumentStore,
    group: &str,
    mut history: Arc<History>,
) -> Result<Arc<History>, StoreError> {
    loop {
        let newest = history.newest().map_or(0, |newest| newest.version);
        let next = store.published_after(group, newest).await?;
        if next.is_empty() {
            return Ok(history);
        }
        let longer = Arc::make_mut(&mut history);
        for published in next {
            longer.take(published.reference, readable(&published), published.published_at);
        }
    }
}

/// What the versions allow together. Those that stand are at hand; a device may rest on one that does not, if it was shown no other
/// since, and that one is read again.
async fn together(
    store: &dyn DocumentStore,
    history: &History,
    group: &str,
    versions: &Versions,
) -> Result<Arc<Policy>, NoTerms> {
    let mut policies = Vec::new();
    for version in versions.all() {
        let policy = match history.policy(version) {
            Some(policy) => Some(policy),
            None => issued(store, group, &version.sha256).await?,
        };
        policies
            .push(policy.ok_or_else(|| StoreError::Corrupt("policy", "an issued version is gone".into()))?);
    }
    if let [alone] = policies.as_slice() {
        return Ok(Arc::clone(alone));
    }
    let together = terms(policies.iter().map(AsRef::as_ref));
    Ok(Arc::new(together.ok_or_else(|| StoreError::Corrupt("policy", "there is none".into()))?))
}

/// What the versions allow together under which a report of a device was taken, if all are of this program's catalogue.
pub(crate) async fn terms_of(
    store: &dyn DocumentStore,
    group: &str,
    placements: &[StoredPlacement],
    versions: &Versions,
) -> Result<Option<Arc<Policy>>, StoreError> {
    let mut policies = Vec::new();
    for version in versions.all() {
        let placed = placements.iter().find(|placed| placed.reference.number == version.placement);
        let first = placements.first().map_or(group, |first| first.from.as_str());
        let group = placed.map_or(first, |placed| placed.group.as_str());
        let Some(policy) = issued(store, group, &version.sha256).await? else { return Ok(None) };
        policies.push(policy);
    }
    Ok(terms(policies.iter().map(AsRef::as_ref)).map(Arc::new))
}

/// The policy of this digest, if it was issued to the group and is of this program's catalogue.
pub async fn issued(
    store: &dyn DocumentStore,
    group: &str,
    digest: &Digest,
) -> Result<Option<Arc<Policy>>, StoreError> {
    Ok(store.issued_policy(group, digest).await?.and_then(|published| readable(&published)))
}

/// The policy, where this program can read it. The signatures were verified when it was published, by the keys of that time.
fn readable(published: &PublishedPolicy) -> Option<Arc<Policy>> {
    let document = published.envelope.unverified_payload().ok();
    let policy = document
        .and_then(|payload| PolicyDocument::read(&payload).ok())
        .and_then(|document| Policy::check(document).ok());
    if policy.is_none() {
        // It breaks a rule of this program, so nothing can be checked against it.
        let (group, version) = (&published.group, published.reference.version);
        tracing::warn!(group, version, "a stored policy is not acceptable to this program");
    }
    policy.map(Arc::new)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
