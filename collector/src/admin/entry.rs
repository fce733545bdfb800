//! The way into the store: a file of its own, so that no operation has the store by another way.

use super::access::{self, Operation, Shows};
use super::{Actor, AdminError, StatedPurpose};
use crate::clock::{Clock, Random};
use crate::data_dir::{Config, DataDir};
use crate::reverify::{Reverified, reverify};
use crate::store::{
    self, HeldSection, NewAccess, Store, StoreError, StoredReport, ValueStore, WithoutValues,
};
use collector_proto::time::UtcTime;
use std::sync::Arc;
use uuid::Uuid;

/// A collector as its administrators work on it, beside a running server or without one.
pub(crate) struct Admin {
    pub(super) dir: DataDir,
    pub(super) config: Config,
    pub(super) random: Random,
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Admin {
    /// The collector of a directory.
    pub(crate) fn open(dir: DataDir, clock: Clock, random: Random) -> Result<Self, AdminError> {
        // The configuration is written last, so its absence tells an unfinished or foreign directory.
        let config = Config::read(&dir.config())?;
        let store = store::open_beside(&dir.database(), config.journal())?;
        Ok(Self { dir, config, random, store, clock })
    }

    /// The store without the values that devices sent, for an operation that the actor may ask for.
    pub(super) fn enter(
        &self,
        actor: &Actor,
        operation: Operation,
    ) -> Result<&dyn WithoutValues, AdminError> {
        access::authorise(actor, operation)?;
        Ok(self.store.as_ref())
    }

    /// The values of one device, for an operation that the actor may ask for. That they are shown, to whom and for which
    /// purpose, is on record before any can be read.
    pub(super) async fn enter_for_values(
        &self,
        actor: &Actor,
        purpose: &StatedPurpose,
        operation: Operation,
        device: Uuid,
    ) -> Result<ValuesOf<'_>, AdminError> {
        debug_assert_eq!(operation.shows(), Shows::Values);
        access::authorise(actor, operation)?;
        let access = NewAccess {
            operation: operation.name(),
            actor: actor.to_string(),
            purpose: purpose.as_str().to_owned(),
            device,
        };
        self.store.record_access(access, self.now()).await?;
        Ok(ValuesOf { store: self.store.as_ref(), device })
    }

    /// Verifies again everything that is stored. It reads values and shows none: what does not verify is named by its
    /// place.
    pub(super) async fn reverify(&self, actor: &Actor) -> Result<Reverified, AdminError> {
        access::authorise(actor, Operation::VerifyStored)?;
        Ok(reverify(self.store.as_ref()).await?)
    }

    pub(super) fn now(&self) -> UtcTime {
        (self.clock)()
    }
}

/// The values of the device whose access is on record, and of no other. [`Admin::enter_for_values`] alone makes one.
pub(super) struct ValuesOf<'a> {
    store: &'a dyn ValueStore,
    device: Uuid,
}

impl ValuesOf<'_> {
    /// The rows that the device's reports left.
    pub(super) async fn sections(&self) -> Result<Vec<HeldSection>, StoreError> {
        self.store.sections(self.device).await
    }

    /// One of the device's reports.
    pub(super) async fn report(&self, id: i64) -> Result<Option<StoredReport>, StoreError> {
        let device = self.device.to_string();
        Ok(self.store.report(id).await?.filter(|report| report.summary.device_id == device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Answer, ReportSummary, wait};
    use collector_proto::envelope::KeyId;

    /// Has one report, of the device that it consists of.
    struct OneReport(Uuid);

    impl ValueStore for OneReport {
        fn report(&self, id: i64) -> Answer<'_, Option<StoredReport>> {
            let at = UtcTime::from_unix(0);
            let summary = ReportSummary {
                id,
                device_id: self.0.to_string(),
                stream: String::new(),
                seq: 1,
                sha256: String::new(),
                policy_version: 1,
                created: at,
                received: at,
                stored_until: Some(at),
                gap_from: None,
                bytes: 0,
                deleted_at: None,
                records_until: at,
            };
            let (key_id, signature) = (KeyId::from_text("k"), String::new());
            let stored = StoredReport {
                summary,
                prev: None,
                key_id,
                signature,
                receipt: Vec::new(),
                payload: Vec::new(),
                parts: Vec::new(),
            };
            Box::pin(async { Ok(Some(stored)) })
        }

        fn sections(&self, _: Uuid) -> Answer<'_, Vec<HeldSection>> {
            Box::pin(async { Ok(Vec::new()) })
        }
    }

    #[test]
    fn only_the_device_on_record_is_shown() {
        let (device, other) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]));
        let shown = |device| {
            let store = &OneReport(other);
            wait(ValuesOf { store, device }.report(1)).unwrap().is_some()
        };
        assert!(shown(other));
        assert!(!shown(device));
    }
}
