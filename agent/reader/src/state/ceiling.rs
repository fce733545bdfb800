//! `ceiling.json`: the most that may ever be collected on this device. A ceiling that was lifted is written as `null`.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::Ceiling;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CeilingFile {
    v: Version1,
    // A missing member would be read as `null`.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    only: Ceiling,
}

impl StateFile for CeilingFile {
    const NAME: &'static str = "ceiling.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it and set the ceiling again";
}

impl State {
    pub(super) fn ceiling(&self) -> Result<Ceiling, StateError> {
        Ok(self.directory.read::<CeilingFile>()?.map_or(Ceiling::Unset, |file| file.only))
    }

    /// Sets the ceiling, replacing an earlier one.
    pub fn keep_ceiling(&self, ceiling: Ceiling, _: &Lock) -> Result<(), StateError> {
        self.directory.write(&CeilingFile { v: Version1, only: ceiling })
    }
}
