//! `custody.json`: the last hand-over of the device. The newest replaces the one before; the device keeps no history.

use super::{State, StateError};
use collector_proto::disclosure::{Condition, Direction, Handover};
use collector_proto::policy::Version1;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

const CUSTODY: &str = "custody.json";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustodyFile {
    v: Version1,
    direction: Direction,
    condition: Condition,
    at: UtcTime,
}

impl State {
    /// The last hand-over; `None` when there was none.
    pub fn handover(&self) -> Result<Option<Handover>, StateError> {
        let file = match self.directory.read::<CustodyFile>(CUSTODY) {
            Err(StateError::Damaged { path, .. }) => return Err(StateError::Handover { path }),
            other => other?,
        };
        Ok(file.map(|CustodyFile { v: Version1, direction, condition, at }| Handover {
            direction,
            condition,
            at,
        }))
    }

    /// Keeps a hand-over in the place of an earlier one. The caller holds the lock.
    pub fn keep_handover(&self, handover: &Handover) -> Result<(), StateError> {
        let Handover { direction, condition, at } = handover.clone();
        self.directory.write(CUSTODY, &CustodyFile { v: Version1, direction, condition, at })
    }
}
