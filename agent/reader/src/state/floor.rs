//! `floor.json`: what was accepted before. It only rises.

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
        self.directory.write(&FloorFile { v: Version1, floor: floor.clone() })
    }
}
