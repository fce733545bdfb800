//! `cache/again.json`: for what restore of the collector reports were sent again, and how that went.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::contract::Version1;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

/// Longest file in bytes.
const MAX_BYTES: usize = 4096;

/// A collector is believed that it was restored once in so many seconds: one that asks again and again would have everything sent
/// again and again.
const ONCE_IN: i64 = 86_400;

/// The last time that the collector asked for reports again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentAgain {
    v: Version1,
    /// The generation of the collector's store that asked.
    pub(crate) generation: u64,
    /// When it asked.
    pub(crate) asked: UtcTime,
    /// Whether all was sent that can be.
    pub(crate) is_done: bool,
    /// How many it has again.
    pub(crate) sent: u64,
    /// How many stay here, because what is in force now does not permit what they say.
    pub(crate) withheld: u64,
    /// How many it does not take, or are not here any more: the collector has lost these.
    pub(crate) lost: u64,
}

impl SentAgain {
    /// The collector asks now.
    pub(crate) fn begin(generation: u64, now: UtcTime) -> Self {
        Self { v: Version1, generation, asked: now, is_done: false, sent: 0, withheld: 0, lost: 0 }
    }

    /// Whether the collector may ask for another generation at this instant.
    pub(crate) fn lets_ask(&self, now: UtcTime) -> bool {
        !self.is_done || now.seconds_since(self.asked).abs() >= ONCE_IN
    }
}

/// Reads the file. A damaged one is as good as none: the collector asks again.
pub(crate) fn load(paths: &Paths) -> Option<SentAgain> {
    durable::read_json(&paths.again(), MAX_BYTES).ok().flatten()
}

/// Keeps it.
pub(crate) fn store(paths: &Paths, sent: &SentAgain) -> Result<(), FileError> {
    durable::replace_json(&paths.again(), "again", sent)
}
