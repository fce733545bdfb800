//! Backups, restores and the journal: what a store offers for them.

use super::{Answer, Cause};
use crate::journal::{Note, Position};
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use std::path::PathBuf;

/// How a copy goes on. It is called between two pieces and decides how long the next one waits.
pub type CopyPace = Box<dyn FnMut(Progress) -> Result<(), Cause> + Send>;

/// How much of a copy is done.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Pieces done.
    pub done: u64,
    /// All pieces.
    pub all: u64,
}

/// For how long a copy may be kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptFor {
    /// When it is made.
    pub made: UtcTime,
    /// When it is deleted at the latest.
    pub until: UtcTime,
}

/// Where a store stands between backups and restores.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Condition {
    /// How often it came from a backup.
    pub generation: u64,
    /// When it did so last.
    pub restored_at: Option<UtcTime>,
    /// When the newest backup was made.
    pub backup_at: Option<UtcTime>,
    /// Whether nothing is served until somebody accepts what the restore lost.
    pub held: bool,
    /// Whether something happened that no journal was told of.
    pub unwritten: bool,
}

/// What makes a store out of a copy of one.
#[derive(Debug)]
pub struct Recovery {
    /// The generation that it gets.
    pub generation: u64,
    /// When the backup was made.
    pub made: UtcTime,
    /// What the journal says that happened since; `None` where there is no journal that says all of it.
    pub since: Option<Vec<Note>>,
    /// Whether what is lost is accepted already.
    pub accepted: bool,
}

/// What was made good, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Recovered {
    /// Devices that enrolled since the backup.
    pub devices_enrolled: usize,
    /// Devices that were revoked since.
    pub devices_revoked: usize,
    /// Moves of devices to other groups since.
    pub devices_placed: usize,
    /// Tokens that were taken back since.
    pub tokens_revoked: usize,
    /// Roots that were published since.
    pub roots_published: usize,
    /// Policies that were published since.
    pub policies_published: usize,
    /// Tokens that are not known to be unused, and were revoked for that.
    pub tokens_distrusted: usize,
}

/// Backups, restores and the journal.
pub trait RecoveryStore: Send + Sync {
    /// Where the store stands.
    fn condition(&self) -> Answer<'_, Condition>;

    /// How many devices, those revoked left out, have not sent again yet what the last restore lost of them.
    fn lacking_devices(&self) -> Answer<'_, u64>;

    /// Tells the journal what it has still to be told; where no journal is set, only notes that it was not.
    fn tell_journal(&self) -> Answer<'_, ()>;

    /// Where the journal ends; what stands before that is in every copy that is begun afterwards. `None` where none is set.
    fn journal_end(&self, now: UtcTime) -> Answer<'_, Option<Position>>;

    /// Copies the store as it is at one instant into an empty file, while others work on it. Left out is every value whose date comes
    /// before the copy's own, and what stands: that is the devices' to say.
    fn copy(&self, to: PathBuf, kept: KeptFor, pace: CopyPace) -> Answer<'_, ()>;

    /// Notes that a backup was made.
    fn note_backup(&self, manifest: Digest, now: UtcTime) -> Answer<'_, ()>;

    /// Makes a store of its own out of a copy that nobody works on.
    fn recover(&self, recovery: Recovery, now: UtcTime) -> Answer<'_, Recovered>;

    /// Serves again although something was lost; `false` where nothing is held.
    fn accept_loss(&self, now: UtcTime) -> Answer<'_, bool>;

    /// Examines the whole store, and says what is damaged. Names places, never content.
    fn examine(&self) -> Answer<'_, Vec<String>>;
}
