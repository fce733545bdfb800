//! How much room is left for what devices send.
//!
//! The last of it is kept for administrators: with it a device is revoked, what is past its date deleted, a bundle made. And before that
//! the room that is left is kept for all devices: each may have only a little more of it on a day, so that one that sends as much as it
//! may does not take what the others need.

use std::fmt;
use std::sync::Arc;

/// Part of a disk, or of what the database may have, that is kept for administrators.
const KEPT_OF: u64 = 16;

/// Least and most of a disk that is kept, in bytes. The write-ahead log alone may take the least of it.
const LEAST_KEPT: u64 = 64 << 20;
const MOST_KEPT: u64 = 512 << 20;

/// Times what is kept, below which room is tight.
const TIGHT: u64 = 4;

/// Bytes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What is left.
    pub left: u64,
    /// All that there is.
    pub all: u64,
}

/// The room of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// On the disk, without what the write-ahead log still needs there; `None` where that is not known.
    pub disk: Option<Space>,
    /// Of what the database may have; `None` where the disk alone bounds it.
    pub database: Option<Space>,
}

/// How much room there is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing but what is kept for administrators.
    None,
    /// A little for each device.
    Tight,
    /// Enough.
    Ample,
}

impl Room {
    /// How much there is.
    pub fn level(&self) -> Level {
        let disk = self.disk.map(|disk| (disk.left, (disk.all / KEPT_OF).clamp(LEAST_KEPT, MOST_KEPT)));
        // Administrators write beside this bound.
        let database = self.database.map(|database| (database.left, database.all / KEPT_OF));
        let level = |(left, kept): (u64, u64)| match left {
            left if left < kept => Level::None,
            left if left < TIGHT * kept => Level::Tight,
            _ => Level::Ample,
        };
        disk.into_iter().chain(database).map(level).min().unwrap_or(Level::Ample)
    }

    /// Bytes that are left of what is shorter; `None` where neither is known.
    pub fn left(&self) -> Option<u64> {
        self.disk.into_iter().chain(self.database).map(|space| space.left).min()
    }
}

/// Says how full the disk of a store is.
#[derive(Clone)]
pub struct Disk(Arc<dyn Fn() -> Option<Space> + Send + Sync>);

impl Disk {
    /// One that is read by this.
    pub fn read_by(read: impl Fn() -> Option<Space> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub(super) fn space(&self) -> Option<Space> {
        (self.0)()
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shorter_counts_and_the_last_of_it_is_kept() {
        const GIB: u64 = 1 << 30;
        let room = |disk: Option<(u64, u64)>, database: Option<(u64, u64)>| {
            let [disk, database] = [disk, database].map(|space| space.map(|(left, all)| Space { left, all }));
            Room { disk, database }.level()
        };
        for (left, level) in [
            (MOST_KEPT - 1, Level::None),
            (MOST_KEPT, Level::Tight),
            (TIGHT * MOST_KEPT - 1, Level::Tight),
            (TIGHT * MOST_KEPT, Level::Ample),
        ] {
            assert_eq!(room(Some((left, 100 * GIB)), None), level, "{left} of a large disk");
        }
        assert_eq!(room(Some((LEAST_KEPT - 1, GIB)), None), Level::None);
        assert_eq!(room(Some((LEAST_KEPT, GIB)), None), Level::Tight);
        assert_eq!(room(Some((GIB, 2 * GIB)), Some((15, 256))), Level::None);
        assert_eq!(room(Some((GIB, 2 * GIB)), Some((16, 256))), Level::Tight);
        assert_eq!(room(None, Some((64, 256))), Level::Ample);
        assert_eq!(room(None, None), Level::Ample);
        let both = Room { disk: Some(Space { left: 7, all: 9 }), database: Some(Space { left: 5, all: 9 }) };
        assert_eq!(both.left(), Some(5));
    }
}
