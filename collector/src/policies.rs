//! The policies that were issued, checked once and kept at hand.

use crate::admit::IssuedPolicy;
use crate::store::{DocumentStore, StoreError};
use collector_proto::digest::Digest;
use collector_proto::envelope::Document as _;
use collector_proto::policy::{Policy, PolicyDocument, PolicyRef};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most policies kept at hand. A fleet uses one or two a group at a time.
const CAPACITY: usize = 256;

/// Issued policies by group and digest. A policy never changes once it is published, so an entry never goes stale.
#[derive(Default)]
pub(crate) struct PolicyCache(Mutex<BTreeMap<(String, Digest), IssuedPolicy>>);

impl PolicyCache {
    /// The policy, if this very version and digest was issued to the group.
    pub(crate) async fn issued(
        &self,
        store: &dyn DocumentStore,
        group: &str,
        reference: PolicyRef,
    ) -> Result<Option<IssuedPolicy>, StoreError> {
        let name = (group.to_owned(), reference.sha256);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        let policy = match known {
            Some(policy) => policy,
            None => match issued(store, group, &reference.sha256).await? {
                Some(policy) => policy,
                None => return Ok(None),
            },
        };
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(name, policy.clone());
        Ok((policy.reference == reference).then_some(policy))
    }
}

/// The policy of this digest, if it was issued to the group and is of this program's catalogue.
pub async fn issued(
    store: &dyn DocumentStore,
    group: &str,
    digest: &Digest,
) -> Result<Option<IssuedPolicy>, StoreError> {
    let Some(published) = store.issued_policy(group, digest).await? else { return Ok(None) };
    // The signatures were verified when it was published, by the keys of that time.
    let payload = published.envelope.unverified_payload().map_err(StoreError::corrupt("policy"))?;
    let document = PolicyDocument::read(&payload).map_err(StoreError::corrupt("policy"))?;
    match Policy::check(document) {
        Ok(policy) => Ok(Some(IssuedPolicy {
            group: published.group,
            reference: published.reference,
            policy: Arc::new(policy),
        })),
        Err(faults) => {
            // It breaks a rule of this program, so nothing can be checked against it.
            tracing::warn!(
                version = published.reference.version,
                faults = faults.len(),
                "a stored policy is not acceptable to this program"
            );
            Ok(None)
        }
    }
}
