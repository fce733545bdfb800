//! `history`: what happened to the policy of this device. Reads nothing of the machine.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::HistoryAnswer;
use collector_proto::disclosure::request::ShowHistory;

impl Handle for ShowHistory {
    fn handle(self, reader: &Reader<'_>) -> Result<HistoryAnswer, Refused> {
        reader.pinned()?;
        Ok(reader.state.history()?)
    }
}
