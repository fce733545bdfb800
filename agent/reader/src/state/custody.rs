//! `custody.json`: the last hand-over of the device. The newest replaces the one before; the device keeps no history.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::{Condition, Direction, Handover};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustodyFile {
    v: Version1,
    direction: Direction,
    condition: Condition,
    at: UtcTime,
}

impl StateFile for CustodyFile {
    const NAME: &'static str = "custody.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "type it in again with `candor custody`";
}

impl State {
    /// The last hand-over; `None` when there was none.
    pub(crate) fn handover(&self) -> Result<Option<Handover>, StateError> {
        let file = self.directory.read::<CustodyFile>()?;
        Ok(file.map(|CustodyFile { v: Version1, direction, condition, at }| Handover {
            direction,
            condition,
            at,
        }))
    }

    /// Keeps a hand-over, replacing an earlier one.
    pub(crate) fn keep_handover(&self, handover: &Handover, _: &Lock) -> Result<(), StateError> {
        let Handover { direction, condition, at } = handover.clone();
        self.directory.write(&CustodyFile { v: Version1, direction, condition, at })
    }
}
