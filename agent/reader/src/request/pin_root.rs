//! `trust`: pins the first root and keeps what came with the enrolment bundle.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state::Pin;
use collector_proto::disclosure::RootPinned;
use collector_proto::disclosure::request::PinRoot;

impl Handle for PinRoot {
    fn handle(self, reader: &Reader<'_>) -> Result<RootPinned, Refused> {
        let Self { root, group, tenant_key, device_id } = self;
        let lock = reader.state.lock()?;
        let root = reader.state.pin(Pin { root, group, tenant_key, device_id }, reader.random, &lock)?;
        Ok(RootPinned { root })
    }
}
