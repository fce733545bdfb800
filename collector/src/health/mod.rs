//! Whether the collector can work, how much it works at, and what will stop it if nobody does anything.
//!
//! Everybody may ask. So nothing here tells of a device, of where it is or of what it sent: there are counts alone; and asking costs the
//! store one look a second, however many ask.

mod endings;
mod limited;
mod shown;

pub(crate) use endings::{certificate_ending, endings, root_ending};
pub(crate) use limited::{Limited, Refused};
pub(crate) use shown::ShownCertificate;

use crate::collector::Collector;
use crate::store::{Level, Room};
use collector_proto::time::UtcTime;
use tokio::sync::Semaphore;

/// How many of something that there is so much of are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// Taken.
    pub taken: usize,
    /// All that there are.
    pub of: usize,
}

impl Taken {
    pub(crate) fn of(places: &Semaphore, of: usize) -> Self {
        Self { taken: of.saturating_sub(places.available_permits()), of }
    }
}

/// Whether reports are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    /// They are.
    Ok,
    /// What is left of the disk is kept for administrators.
    NoRoom,
    /// The database does not answer, or cannot be written to.
    NoDatabase,
}

/// What was found when the collector was last looked at.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    at: UtcTime,
    pub(crate) status: Status,
    pub(crate) room: Option<Room>,
    /// Devices that had as much stored today as they may.
    pub(crate) devices_over_quota: Option<u64>,
    /// What ends soon, each with the command that renews it.
    pub(crate) warnings: Vec<String>,
}

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

    /// How the collector is. It is looked at once a second; whoever asks meanwhile waits for that, or is told what was found.
    pub(crate) async fn look(&self) -> Looked {
        let mut last = self.looked_at.lock().await;
        let now = (self.clock)();
        match last.as_ref().filter(|looked| looked.at == now) {
            Some(looked) => looked.clone(),
            None => last.insert(self.look_now(now).await).clone(),
        }
    }

    async fn look_now(&self, now: UtcTime) -> Looked {
        let room = self.store.room().await.ok();
        let status = match room.map(|room| room.level()) {
            Some(Level::None) => Status::NoRoom,
            Some(_) if self.is_healthy().await => Status::Ok,
            _ => Status::NoDatabase,
        };
        let devices_over_quota = self.store.devices_over_quota(now.to_day()).await.ok();
        Looked { at: now, status, room, devices_over_quota, warnings: self.endings().await }
    }
}
