//! Whether the collector can work.

use crate::collector::Collector;

impl Collector {
    /// Whether the store answers.
    pub async fn is_healthy(&self) -> bool {
        self.store.current_root().await.is_ok()
    }
}
