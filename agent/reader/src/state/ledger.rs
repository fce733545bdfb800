//! `ledger.json`: the newest entry of the agent's ledger that the reader was told of. It only rises.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::LedgerHead;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerFile {
    v: Version1,
    head: LedgerHead,
}

impl StateFile for LedgerFile {
    const NAME: &'static str = "ledger.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it: the ledger is then taken as it is from its next report on";
}

impl State {
    /// The newest entry that is known; `None` while the reader was told of none.
    pub(crate) fn ledger_head(&self) -> Result<Option<LedgerHead>, StateError> {
        Ok(self.directory.read::<LedgerFile>()?.map(|file| file.head))
    }

    /// Keeps a newer one.
    pub(crate) fn keep_ledger_head(&self, head: LedgerHead, _: &Lock) -> Result<(), StateError> {
        self.directory.write(&LedgerFile { v: Version1, head })
    }
}
