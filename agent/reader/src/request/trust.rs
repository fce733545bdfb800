//! `trust`: pins the first root and keeps what came with the enrolment bundle.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state::Pin;
use collector_proto::disclosure::Trusted;
use collector_proto::disclosure::request::Trust;

impl Handle for Trust {
    fn handle(self, reader: &Reader<'_>) -> Result<Trusted, Refused> {
        let Self { root, group, tenant_key, device_id } = self;
        let lock = reader.state.lock()?;
        let root = reader.state.pin(Pin { root, group, tenant_key, device_id }, reader.random, &lock)?;
        Ok(Trusted { root })
    }
}
