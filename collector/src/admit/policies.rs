//! The policies that were issued, checked once and kept at hand.

use crate::store::{StoreError, issued_policy};
use collector_proto::digest::Digest;
use collector_proto::policy::{Policy, PolicyDocument, PolicyRef};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Most policies kept at hand. A fleet uses one or two a group at a time.
const CAPACITY: usize = 256;

/// Issued policies by group and digest. A policy never changes once it is published, so an entry never goes stale.
#[derive(Default)]
pub struct PolicyCache(Mutex<BTreeMap<(String, Digest), Arc<Policy>>>);

impl PolicyCache {
    /// The policy, if this very version and digest was issued to the group.
    pub fn issued(
        &self,
        connection: &Connection,
        group: &str,
        reference: PolicyRef,
    ) -> Result<Option<Arc<Policy>>, StoreError> {
        let name = (group.to_owned(), reference.sha256);
        let known = self.0.lock().ok().and_then(|cache| cache.get(&name).cloned());
        let policy = match known {
            Some(policy) => policy,
            None => match issued(connection, group, &reference.sha256)? {
                Some(policy) => policy,
                None => return Ok(None),
            },
        };
        if let Ok(mut cache) = self.0.lock() {
            if cache.len() >= CAPACITY {
                cache.clear();
            }
            cache.insert(name, Arc::clone(&policy));
        }
        Ok((policy.document().version == reference.version).then_some(policy))
    }
}

/// The policy of this digest, if it was issued to the group and is of this program's catalogue.
pub fn issued(
    connection: &Connection,
    group: &str,
    digest: &Digest,
) -> Result<Option<Arc<Policy>>, StoreError> {
    let Some(published) = issued_policy(connection, group, digest)? else { return Ok(None) };
    // The signatures were verified when it was published, by the keys of that time.
    let payload = published.envelope.unverified_payload().map_err(|_| StoreError::Corrupt("policy"))?;
    let document: PolicyDocument =
        serde_json::from_slice(&payload).map_err(|_| StoreError::Corrupt("policy"))?;
    match Policy::check(document) {
        Ok(policy) => Ok(Some(Arc::new(policy))),
        Err(faults) => {
            // Its fields mean something else in this program's catalogue, so nothing can be checked against it.
            tracing::warn!(
                version = published.reference.version,
                faults = faults.len(),
                "a stored policy is not of this catalogue"
            );
            Ok(None)
        }
    }
}
