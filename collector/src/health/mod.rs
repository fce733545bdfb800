//! Whether the collector can work, and what will stop it if nobody does anything.

use crate::admin::roots::{WARN_DAYS, days_left, ending};
use crate::collector::Collector;
use crate::data_dir::DataDir;
use crate::pki;
use crate::verify::TrustRoot;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;

impl Collector {
    /// Whether the store answers what is read and takes what is written.
    pub async fn is_healthy(&self) -> bool {
        self.store.current_root().await.is_ok() && self.store.can_write().await.is_ok()
    }

    /// What ends soon, each with the command that renews it.
    pub async fn endings(&self) -> Vec<String> {
        match self.root_in_force().await {
            Ok(root) => endings(&root, &self.dir, (self.clock)()),
            Err(_) => Vec::new(),
        }
    }
}

/// What ends soon of a collector, each with the command that renews it.
pub(crate) fn endings(root: &TrustRoot, dir: &DataDir, now: UtcTime) -> Vec<String> {
    ending(root, now).into_iter().chain(certificate_ending(dir, now)).collect()
}

fn certificate_ending(dir: &DataDir, now: UtcTime) -> Option<String> {
    let until = match pki::shown_until(dir) {
        Ok(until) => until,
        Err(error) => return Some(chain(&error)),
    };
    let left = days_left(until, now);
    let what = match left {
        WARN_DAYS.. => return None,
        0.. => {
            format!("the server's certificate ends on {until}, in {left} days; then no device can connect")
        }
        _ => format!("the server's certificate ended on {until}: no device can connect"),
    };
    Some(format!("{what}. Renew it: `certificate renew`, then start the server again"))
}
