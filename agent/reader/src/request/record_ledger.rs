//! `ledger`: the agent tells where its ledger ends, and the reader keeps the highest entry, and which refused documents the collector
//! was told of by it.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::LedgerAnswer;
use collector_proto::disclosure::request::RecordLedger;

impl Handle for RecordLedger {
    fn handle(self, reader: &Reader<'_>) -> Result<LedgerAnswer, Refused> {
        reader.pinned()?;
        let told = self.end.head().ok_or(Refused::LedgerEnd)?;
        let lock = reader.state.lock()?;
        let known = reader.state.ledger_head()?;
        if let Some(known) = known {
            self.end.continues(&known)?;
        }
        if known != Some(told) {
            reader.state.keep_ledger_head(told, &lock)?;
            reader.state.reading_recorded(told.entries, &lock)?;
        }
        // That the ledger is kept does not depend on it: `status` says where it is damaged.
        if let Err(error) = reader.state.told(&self.told, &lock) {
            tracing::warn!(%error, "what the collector was told of refused documents is not put on record");
        }
        Ok(LedgerAnswer { head: told })
    }
}
