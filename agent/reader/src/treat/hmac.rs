//! `hmac`: a keyed hash ([`collector_proto::keyed_hash`]) with this device's key or the organisation's.

use super::Made;
use super::owner::{Owner, Viewer};
use super::reading::Raw;
use collector_proto::catalog::FieldId;
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::Holder;
use collector_proto::policy::KeyScope;
use std::collections::BTreeSet;

/// The keys by scope.
#[derive(Debug, Clone)]
pub struct HashKeys {
    device: HashKey,
    tenant: Option<HashKey>,
}

impl HashKeys {
    /// This device's key and the organisation's, where there is one.
    pub const fn of(device: HashKey, tenant: Option<HashKey>) -> Self {
        Self { device, tenant }
    }

    /// Whom rows of this owner are about, by a name that nobody can trace without the device's key. What is about several
    /// accounts is about each of them.
    pub(crate) fn holders(&self, owner: &Owner) -> Vec<Holder> {
        match owner {
            Owner::Machine => vec![self.device.holder("machine")],
            Owner::Accounts(accounts) if accounts.is_empty() => vec![self.device.holder("unknown")],
            Owner::Accounts(accounts) => {
                accounts.iter().map(|account| self.device.holder(&format!("account {account}"))).collect()
            }
        }
    }

    /// The holders of what an account may see: the machine, and itself.
    pub(crate) fn seen_by(&self, viewer: &Viewer) -> BTreeSet<Holder> {
        let mut seen: BTreeSet<Holder> = self.holders(&Owner::Machine).into_iter().collect();
        if let Viewer::Account(account) = viewer {
            seen.extend(self.holders(&Owner::account(account.clone())));
        }
        seen
    }

    pub(super) const fn of_scope(&self, scope: KeyScope) -> Option<&HashKey> {
        match scope {
            KeyScope::Device => Some(&self.device),
            KeyScope::Tenant => self.tenant.as_ref(),
        }
    }
}

/// The keyed hash of every text of the value.
pub(super) fn keyed_hash(field: FieldId, raw: &Raw, key: &HashKey) -> Made {
    Made::Texts(raw.texts().iter().map(|text| key.hash(field, text)).collect())
}
