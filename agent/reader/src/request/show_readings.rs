//! `readings`: what was read on this device, and for whom. It holds no value, so everybody may know.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::ReadingsAnswer;
use collector_proto::disclosure::request::ShowReadings;

impl Handle for ShowReadings {
    fn handle(self, reader: &Reader<'_>) -> Result<ReadingsAnswer, Refused> {
        reader.pinned()?;
        Ok(ReadingsAnswer { readings: reader.state.readings()? })
    }
}
