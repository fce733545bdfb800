//! The documents of a device's group: roots after the first, the policy in force and those that are coming, a fresh timestamp.

use crate::collector::Collector;
use crate::refusal::{Reason, RequestRefusal};
use crate::signed_request::Asker;
use crate::store::StoreError;
use crate::verify::DeviceKey;
use collector_proto::contract::{self, Contract, KNOWN, Names};
use collector_proto::envelope::Envelope;
use collector_proto::http_signature::{ReceivedHeaders, RequestParts};
use collector_proto::messages::{Documents, followed};
use collector_proto::policy::trust::Role;
use std::sync::Arc;
use uuid::Uuid;

impl Collector {
    /// The documents of the group of whoever signed the request.
    pub async fn documents_for(
        &self,
        parts: RequestParts<'_>,
        headers: ReceivedHeaders<'_>,
    ) -> Result<Documents, RequestRefusal> {
        let Asker { device: owner, .. } = self.asker(parts, headers).await?;
        self.note_followed(&owner, parts.query).await?;
        let served = self.documents(owner.device_id, &owner.group, parts.contract).await;
        if let Err(refusal) = &served
            && refusal.reason() == Reason::NotUnderstood
        {
            tracing::warn!(device = %owner.device_id, group = owner.group, "{refusal}");
            self.record(&refusal.clone().about(owner.device_id, None)).await;
        }
        served
    }

    /// Notes which root the device says it follows: who renews the authority has to know whether every device would believe it.
    async fn note_followed(&self, owner: &DeviceKey, query: Option<&str>) -> Result<(), RequestRefusal> {
        let Some(query) = query else { return Ok(()) };
        let unknown = || {
            RequestRefusal::new(Reason::Malformed, "the query of a question for documents is root=<version>")
        };
        let root = followed::parse(query).ok_or_else(unknown)?;
        // What is not there nobody follows.
        if root != owner.root && root <= self.store.current_root().await?.reference().version {
            self.store.note_root(owner.device_id, root).await?;
        }
        Ok(())
    }

    /// The documents of a device of this group and contract.
    pub(crate) async fn documents(
        &self,
        device: Uuid,
        group: &str,
        contract: Contract,
    ) -> Result<Documents, RequestRefusal> {
        let now = (self.clock)();
        let roots = self.store.roots().await?;
        let current = roots.last().ok_or_else(|| StoreError::Corrupt("root", "there is none".into()))?;
        let current = self.take_up(Arc::new(current.clone()), now);
        // One look says both: between two the device might be moved.
        let newest = self.store.placements(device).await?.pop();
        let group = newest.as_ref().map_or(group, |newest| newest.group.as_str());
        let named = self.policies.history(self.store.as_ref(), group).await?.named(now);
        let mut policies = Vec::new();
        for version in named.all() {
            let issued = self.store.issued_policy(group, &version.sha256).await?;
            let gone = || StoreError::Corrupt("policy", "an issued version is gone".into());
            policies.push(issued.ok_or_else(gone)?.envelope);
        }
        let key = self.key_of(Role::Timestamp, &current)?;
        let timestamp = self.timestamps.current(&key, group, current.reference(), named, now)?;
        let documents = Documents {
            roots: roots.iter().skip(1).map(|root| root.envelope().clone()).collect(),
            policies,
            timestamp: Some(timestamp),
            placement: newest.map(|newest| newest.envelope),
        };
        understood(KNOWN, &documents, contract)?;
        Ok(documents)
    }
}

/// Whether a device of this contract understands the documents.
fn understood(names: Names, documents: &Documents, contract: Contract) -> Result<(), RequestRefusal> {
    let Documents { roots, policies, timestamp, placement } = documents;
    for envelope in roots.iter().chain(policies).chain(timestamp).chain(placement) {
        let needed = needed(names, envelope)?;
        if needed > contract {
            return Err(RequestRefusal::needs_contract(needed, contract));
        }
    }
    Ok(())
}

/// The oldest contract that understands a signed document. Where this collector does not, it should not have it.
fn needed(names: Names, envelope: &Envelope) -> Result<Contract, RequestRefusal> {
    let internal = || RequestRefusal::from(Reason::Internal);
    let payload = envelope.unverified_payload().map_err(|error| internal().caused_by(error))?;
    let requires = contract::requires(&payload).map_err(|error| internal().caused_by(error))?;
    names.oldest_for(&requires).map_err(|error| internal().caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::contract::CONTRACT;

    #[test]
    fn a_device_is_served_what_it_understands() {
        let names = Names(&[("hold", 2)]);
        let policy = |body: &str| Documents {
            policies: vec![Envelope::assemble("application/vnd.candor.policy.v1+json", body.as_bytes(), &[])],
            ..Documents::default()
        };
        let plain = policy(r#"{"v":1}"#);
        let newer = policy(r#"{"v":1,"hold":1,"requires":["hold"]}"#);
        let two = Contract::new(2).unwrap();
        for (documents, contract, good) in
            [(&plain, CONTRACT, true), (&plain, two, true), (&newer, CONTRACT, false), (&newer, two, true)]
        {
            let served = understood(names, documents, contract);
            assert_eq!(served.is_ok(), good, "{contract}");
            if let Err(refusal) = served {
                assert_eq!(refusal.reason(), Reason::NotUnderstood);
                assert!(refusal.to_string().contains("need contract 2"), "{refusal}");
            }
        }
        let foreign = policy(r#"{"v":1,"requires":["fold"]}"#);
        assert_eq!(understood(names, &foreign, two).unwrap_err().reason(), Reason::Internal);
    }
}
