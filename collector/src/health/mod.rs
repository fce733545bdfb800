//! Whether the collector can work, and what will stop it if nobody does anything.

mod endings;
mod shown;

pub(crate) use endings::{certificate_ending, endings, root_ending};
pub(crate) use shown::ShownCertificate;

use crate::collector::Collector;

impl Collector {
    /// Whether the store answers what is read and takes what is written.
    pub async fn is_healthy(&self) -> bool {
        self.store.current_root().await.is_ok() && self.store.can_write().await.is_ok()
    }

    /// What ends soon, each with the command that renews it.
    pub async fn endings(&self) -> Vec<String> {
        let now = (self.clock)();
        match self.root_in_force().await {
            Ok(root) => root_ending(&root, now).into_iter().chain(self.certificate.ending(now)).collect(),
            Err(_) => Vec::new(),
        }
    }
}
