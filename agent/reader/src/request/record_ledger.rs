//! `ledger`: the agent tells where its ledger ends, and the reader keeps the highest entry.

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
        Ok(LedgerAnswer { head: told })
    }
}
