//! `acknowledgements.json`: the policies whose notice was shown and acknowledged. The first acknowledgement of each is kept.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::Acknowledgement;
use serde::{Deserialize, Serialize};

/// Most acknowledgements that are kept, the newest ones. Each is of another policy that was accepted here, and the one in force
/// is the newest: years of changes every week.
const MOST: usize = 256;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcknowledgementsFile {
    v: Version1,
    acknowledgements: Vec<Acknowledgement>,
}

impl StateFile for AcknowledgementsFile {
    const NAME: &'static str = "acknowledgements.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str =
        "remove it and acknowledge the notice again with `candor notice --acknowledge`";
}

impl State {
    /// What was acknowledged, oldest first.
    pub(crate) fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StateError> {
        let file = self.directory.read::<AcknowledgementsFile>()?;
        Ok(file.map(|file| file.acknowledgements).unwrap_or_default())
    }

    /// Keeps an acknowledgement, unless the policy has one; returns the one that is kept.
    pub(crate) fn keep_acknowledgement(
        &self,
        acknowledgement: Acknowledgement,
        _: &Lock,
    ) -> Result<Acknowledgement, StateError> {
        let mut acknowledgements = self.acknowledgements()?;
        if let Some(kept) = acknowledgements.iter().find(|kept| kept.policy == acknowledgement.policy) {
            return Ok(kept.clone());
        }
        acknowledgements.push(acknowledgement.clone());
        let surplus = acknowledgements.len().saturating_sub(MOST);
        acknowledgements.drain(..surplus);
        self.directory.write(&AcknowledgementsFile { v: Version1, acknowledgements })?;
        Ok(acknowledgement)
    }
}
