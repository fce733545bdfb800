//! `ceiling.json`: the most that may ever be collected on this device. A ceiling that was lifted is written as `null`.
//!
//! That there is such a file is remembered beside it, in `floor.json`: a device that had a ceiling and finds none reads nothing,
//! however the file was lost. To remove both is to enrol again.

use super::directory::StateFile;
use super::{Damage, Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::policy::Ceiling;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CeilingFile {
    v: Version1,
    // A missing member would be read as `null`.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    ceiling: Ceiling,
}

impl StateFile for CeilingFile {
    const NAME: &'static str = "ceiling.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "set the ceiling again, as root, with `candor ceiling set`";
}

impl StateError {
    /// Whether it is the ceiling that cannot be understood or is gone.
    pub(crate) fn is_about_the_ceiling(&self) -> bool {
        match self {
            Self::Damaged { path, .. } | Self::Later { path, .. } => path.ends_with(CeilingFile::NAME),
            Self::Distrusted(_) | Self::Read { .. } | Self::Write { .. } | Self::Random => false,
        }
    }
}

impl State {
    /// The ceiling that is kept.
    pub(crate) fn ceiling(&self) -> Result<Ceiling, StateError> {
        match self.directory.read::<CeilingFile>()? {
            Some(file) => Ok(file.ceiling),
            None if self.had_ceiling()? => Err(self.directory.damaged::<CeilingFile>(Damage::Missing)),
            None => Ok(Ceiling::Unset),
        }
    }

    /// Sets the ceiling, replacing an earlier one, also one that is damaged.
    pub fn keep_ceiling(&self, ceiling: &Ceiling, lock: &Lock) -> Result<(), StateError> {
        // First that there is one: whatever happens in between, nothing is read without it.
        self.remember_ceiling(lock)?;
        self.directory.write(&CeilingFile { v: Version1, ceiling: ceiling.clone() })
    }

    /// Whether a ceiling is kept, if only one that cannot be understood.
    pub(super) fn has_ceiling_file(&self) -> Result<bool, StateError> {
        match self.directory.read::<CeilingFile>() {
            Ok(file) => Ok(file.is_some()),
            Err(StateError::Damaged { .. } | StateError::Later { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
