//! `draft`: what an unsigned policy would permit. Needs no enrolment, and leaves no trace without one.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state;
use crate::treat::Treated;
use collector_proto::disclosure::request::ReadDraft;
use collector_proto::disclosure::{Ask as _, DisclosureAnswer};
use collector_proto::policy::{Draft, Policy};

impl Handle for ReadDraft {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        let policy = Policy::check(self.policy).map_err(Refused::Draft)?;
        let device_id = reader.state.pinned()?.map(|pinned| pinned.device_id());
        let keys = match reader.state.keys()? {
            Some(keys) => keys,
            None => state::draft_keys(reader.random)?,
        };
        reader.collect::<Draft>(&policy, device_id, &keys, (Self::OPERATION, None), None)
    }
}
