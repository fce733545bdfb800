//! Deletes what is past its retention.

use crate::collector::Collector;
use crate::store::{Lease, RetentionStore, StoreError, Swept};
use collector_proto::time::UtcTime;
use std::time::Duration;

/// Time between two sweeps: retention is counted in days, and a sweep that finds nothing is one look into an index.
pub const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// How long a process that sweeps keeps others from it, in seconds: a little less than the time between two sweeps, so
/// that the next one is anybody's and a process that died is replaced within the hour.
const LEASE_SECONDS: u64 = 3300;

/// Deletes everything whose retention has ended by `now`.
pub async fn sweep(store: &dyn RetentionStore, now: UtcTime) -> Result<Swept, StoreError> {
    let mut all = store.sweep(now).await?;
    while all.more {
        let swept = store.sweep(now).await?;
        all.parts.extend(swept.parts);
        all.sections.extend(swept.sections);
        all.heads.extend(swept.heads);
        all.devices.extend(swept.devices);
        all.more = swept.more;
    }
    Ok(all)
}

impl Collector {
    /// Deletes everything whose retention has ended, whoever else does so: nothing is answered from what should be
    /// gone.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        sweep(self.store.as_ref(), (self.clock)()).await
    }

    /// The same, unless another process on the same store did it within the hour.
    pub async fn sweep_in_turn(&self) -> Result<Option<Swept>, StoreError> {
        let now = (self.clock)();
        let until = now.plus_seconds(LEASE_SECONDS);
        if self.store.take_lease(Lease::Sweep, self.process, until, now).await? {
            return Ok(Some(self.sweep().await?));
        }
        Ok(None)
    }
}
