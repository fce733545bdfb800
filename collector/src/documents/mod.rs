//! The documents of a device's group: roots after the first, its policy, a fresh timestamp.

mod policies;

pub(crate) use policies::PolicyCache;
pub use policies::issued;

use crate::collector::Collector;
use crate::refusal::{Reason, Refusal};
use crate::store::{NonceUse, StoreError};
use collector_proto::http_signature::{self, NONCE_SECONDS, ReceivedHeaders, RequestParts};
use collector_proto::messages::Documents;

impl Collector {
    /// The documents of the group of whoever signed the request.
    pub async fn documents_for(
        &self,
        parts: RequestParts<'_>,
        headers: ReceivedHeaders<'_>,
    ) -> Result<Documents, Refusal> {
        let authority = parts.authority.to_ascii_lowercase();
        if !self.authorities.contains(authority.strip_suffix(":443").unwrap_or(&authority)) {
            return Err(Refusal::new(
                Reason::BadSignature,
                "the request is for a host that this collector is not",
            ));
        }
        let now = (self.clock)();
        let claimed = http_signature::claimed_key(headers, false);
        let claimed = claimed.map_err(|error| Refusal::from_signature(&error))?;
        let owner = self.store.key(&claimed).await?;
        let lookup = |_: &_| owner.as_ref().map(|owner| owner.key.clone());
        let verified = http_signature::verify(parts, headers, None, lookup, now)
            .map_err(|error| Refusal::from_signature(&error))?;
        let owner = owner.ok_or(Reason::BadSignature)?;
        let expires = now.plus_seconds(NONCE_SECONDS.unsigned_abs());
        match self.store.use_nonce(verified.key_id(), verified.nonce(), expires, now).await? {
            NonceUse::First => {}
            NonceUse::Again => {
                return Err(Refusal::new(Reason::BadSignature, "the request was received before"));
            }
            NonceUse::TooMany => {
                return Err(Refusal::new(Reason::Busy, "too many signed requests in ten minutes"));
            }
        }
        if owner.revoked {
            return Err(Reason::Revoked.into());
        }
        self.documents(&owner.group).await
    }

    /// The documents of a group.
    pub(crate) async fn documents(&self, group: &str) -> Result<Documents, Refusal> {
        let now = (self.clock)();
        let roots = self.store.roots().await?;
        let current = roots.last().ok_or(StoreError::Corrupt("root"))?.reference();
        let policy = self.store.current_policy(group).await?;
        let timestamp = self.timestamps.current(group, current, policy.as_ref().map(|p| p.reference), now)?;
        Ok(Documents {
            roots: roots.iter().skip(1).map(|root| root.envelope().clone()).collect(),
            policy: policy.map(|policy| policy.envelope),
            timestamp: Some(timestamp),
        })
    }
}
