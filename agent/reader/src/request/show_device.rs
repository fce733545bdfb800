//! `device`: whom the device trusts, who it is and the documents that are kept. Reads nothing of the machine.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state::Pinned;
use collector_proto::disclosure::DeviceAnswer;
use collector_proto::disclosure::request::ShowDevice;
use collector_proto::policy::trust::Documents;

impl Handle for ShowDevice {
    fn handle(self, reader: &Reader<'_>) -> Result<DeviceAnswer, Refused> {
        let pinned = reader.pinned()?;
        Ok(device(&pinned, reader.kept_documents()?))
    }
}

/// Who this is, whom it trusts and what is kept.
pub(super) fn device(pinned: &Pinned, documents: Option<Documents>) -> DeviceAnswer {
    DeviceAnswer {
        device_id: pinned.device_id(),
        group: pinned.trust().group().to_owned(),
        placed: pinned.trust().place().placed.clone(),
        collector: pinned.trust().root().collector.clone(),
        root: pinned.root().clone(),
        documents,
    }
}
