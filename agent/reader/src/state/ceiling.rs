//! `ceiling.json`: the most that may ever be collected on this device. A ceiling that was lifted is written as `null`.
//!
//! That there is such a file is remembered beside it, in `floor.json`: a device that had a ceiling and finds none reads nothing,
//! however the file was lost. To remove both is to enrol again.

use super::directory::StateFile;
use super::{Damage, Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::PolicyChange;
use collector_proto::policy::Ceiling;
use collector_proto::policy::ceiling::CeilingChange;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CeilingFile {
    v: Version1,
    // A missing member would be read as `null`.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    ceiling: Ceiling,
    /// When accounts were last added about which nothing is read; it stays when they are taken out.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    named_at: Option<UtcTime>,
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
        Ok(self.ceiling_file()?.ceiling)
    }

    /// The ceiling that is kept, and when accounts were last added about which nothing is read.
    pub(crate) fn ceiling_and_naming(&self) -> Result<(Ceiling, Option<UtcTime>), StateError> {
        let CeilingFile { ceiling, named_at, .. } = self.ceiling_file()?;
        Ok((ceiling, named_at))
    }

    fn ceiling_file(&self) -> Result<CeilingFile, StateError> {
        match self.directory.read::<CeilingFile>()? {
            Some(file) => Ok(file),
            None if self.had_ceiling()? => Err(self.directory.damaged::<CeilingFile>(Damage::Missing)),
            None => Ok(CeilingFile { v: Version1, ceiling: Ceiling::Unset, named_at: None }),
        }
    }

    /// Sets the ceiling, replacing an earlier one, also one that is damaged: then every account in it counts as added. What that does is
    /// put on record.
    pub fn keep_ceiling(&self, ceiling: &Ceiling, now: UtcTime, lock: &Lock) -> Result<(), StateError> {
        let kept = self.ceiling_and_naming();
        let was_damaged = kept.is_err();
        let (before, named_at) = kept.unwrap_or((Ceiling::Unset, None));
        let adds_accounts = ceiling.never().any(|account| before.never().all(|known| known != account));
        let named_at = if adds_accounts { Some(now) } else { named_at };
        // First that there is one: whatever happens in between, nothing is read without it.
        self.remember_ceiling(lock)?;
        // Then that it is another one: a crash leaves one that is told and does not hold, never one that holds and nobody is told of.
        if let Some(change) = ceiling.change_from(&before).or(was_damaged.then_some(CeilingChange::Lifted)) {
            self.record_event(now, None, PolicyChange::Ceiling { change, was_damaged }, lock)?;
        }
        self.directory.write(&CeilingFile { v: Version1, ceiling: ceiling.clone(), named_at })
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
