//! Whether the collector can work.

use crate::collector::Collector;

impl Collector {
    /// Whether the store answers what is read and takes what is written.
    pub async fn is_healthy(&self) -> bool {
        self.store.current_root().await.is_ok() && self.store.can_write().await.is_ok()
    }
}
