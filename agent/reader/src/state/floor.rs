//! `floor.json`: what was accepted before, which only rises, and whether the device ever had a ceiling.

use super::directory::{ENROL_AGAIN, StateFile};
use super::{Damage, Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::trust::Floor;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FloorFile {
    v: Version1,
    floor: Floor,
    /// Whether a ceiling has to be kept beside it, if only one that was lifted.
    had_ceiling: bool,
}

impl StateFile for FloorFile {
    const NAME: &'static str = "floor.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = ENROL_AGAIN;
}

impl State {
    /// The floor of an enrolled device, which has one.
    pub(super) fn floor(&self) -> Result<Floor, StateError> {
        let file = self.directory.read::<FloorFile>()?;
        Ok(file.ok_or_else(|| self.directory.damaged::<FloorFile>(Damage::Missing))?.floor)
    }

    pub(super) fn keep_floor(&self, floor: &Floor, _: &Lock) -> Result<(), StateError> {
        // One that was set before the device was enrolled, or put there by hand, counts from here on.
        let had_ceiling = self.had_ceiling()? || self.has_ceiling_file()?;
        self.directory.write(&FloorFile { v: Version1, floor: floor.clone(), had_ceiling })
    }

    /// Whether a ceiling was ever set on this device.
    pub(super) fn had_ceiling(&self) -> Result<bool, StateError> {
        Ok(self.directory.read::<FloorFile>()?.is_some_and(|file| file.had_ceiling))
    }

    /// Remembers that a ceiling was set. A device that is not enrolled has nothing to remember it in, and reads nothing for anybody.
    pub(super) fn remember_ceiling(&self, _: &Lock) -> Result<(), StateError> {
        match self.directory.read::<FloorFile>()? {
            Some(file) if !file.had_ceiling => self.directory.write(&FloorFile { had_ceiling: true, ..file }),
            Some(_) | None => Ok(()),
        }
    }
}
