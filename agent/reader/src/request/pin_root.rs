//! `trust`: verifies an enrolment bundle, pins the first root and keeps what came with it.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::state::{Pin, PinError};
use collector_proto::disclosure::RootPinned;
use collector_proto::disclosure::request::PinRoot;
use collector_proto::policy::trust::SignedBundle;

impl Handle for PinRoot {
    fn handle(self, reader: &Reader<'_>) -> Result<RootPinned, Refused> {
        let Self { bundle, root, device_id } = self;
        let bundle = SignedBundle::verify(bundle)
            .and_then(|bundle| bundle.has_root(root))
            .map_err(PinError::Bundle)?;
        let lock = reader.state.lock()?;
        let pin = Pin { bundle: &bundle, device_id, now: reader.now };
        Ok(RootPinned { root: reader.state.pin(&pin, reader.random, &lock)? })
    }
}
