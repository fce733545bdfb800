//! How much room a store has: on its disk, and of what the database may have.

use super::{StoreError, events, unsigned};
use crate::platform;
use crate::refusal::EventKind;
use crate::store::{Disk, Level, Quota, Room, Space};
use collector_proto::time::UtcTime;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What is looked at.
#[derive(Clone)]
pub(super) struct Place {
    disk: Disk,
    /// The write-ahead log. What is in it has still to come into the database, for which the disk needs as much again.
    log: PathBuf,
    /// Most pages that the database may have.
    max_pages: Option<u32>,
}

impl Place {
    /// Of the database of this path.
    pub(super) fn of(database: &Path, log: PathBuf, disk: Option<Disk>, max_pages: Option<u32>) -> Self {
        let directory = candor_durable::directory_of(database).to_owned();
        let disk = disk.unwrap_or_else(|| Disk::read_by(move || platform::space(&directory)));
        Self { disk, log, max_pages }
    }

    /// How much room there is now.
    pub(super) fn room(&self, connection: &Connection) -> Result<Room, StoreError> {
        let in_log = std::fs::metadata(&self.log).map_or(0, |log| log.len());
        let disk = self.disk.space().map(|disk| Space { left: disk.left.saturating_sub(in_log), ..disk });
        let database = self.max_pages.map(|most| of_database(connection, most)).transpose()?;
        Ok(Room { disk, database })
    }

    /// What a device may have stored as long as there is this much room; `None` where there is none. It goes on record either way, for an
    /// administrator has to make some.
    pub(super) fn quota(
        &self,
        connection: &Connection,
        quota: Quota,
        now: UtcTime,
    ) -> Result<Option<Quota>, StoreError> {
        let event = |kind| events::record(connection, kind, Uuid::nil(), None, now);
        Ok(match self.room(connection)?.level() {
            Level::Ample => Some(quota),
            Level::Tight => {
                event(EventKind::RoomTight)?;
                Some(quota.when_tight())
            }
            Level::None => {
                event(EventKind::NoRoom)?;
                None
            }
        })
    }
}

fn of_database(connection: &Connection, most: u32) -> Result<Space, StoreError> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(unsigned);
    let (page, pages, free) = (number("page_size")?, number("page_count")?, number("freelist_count")?);
    let used = pages.saturating_sub(free);
    Ok(Space { left: page * u64::from(most).saturating_sub(used), all: page * u64::from(most) })
}
