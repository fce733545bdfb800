//! `record_custody` and `custody`: the last hand-over of a shared device, kept and shown.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::request::{RecordCustody, ShowCustody};
use collector_proto::disclosure::{CustodyAnswer, Handover};

impl Handle for RecordCustody {
    fn handle(self, reader: &Reader<'_>) -> Result<CustodyAnswer, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let handover = Handover { direction: self.direction, condition: self.condition, at: reader.now };
        reader.state.keep_handover(&handover, &lock)?;
        Ok(CustodyAnswer { handover: Some(handover) })
    }
}

impl Handle for ShowCustody {
    fn handle(self, reader: &Reader<'_>) -> Result<CustodyAnswer, Refused> {
        reader.pinned()?;
        Ok(CustodyAnswer { handover: reader.state.handover()? })
    }
}
