//! `set_tenant_key`: takes the organisation's next key for keyed hashes. Reads nothing of the machine.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::TenantKeyAnswer;
use collector_proto::disclosure::request::SetTenantKey;

impl Handle for SetTenantKey {
    fn handle(self, reader: &Reader<'_>) -> Result<TenantKeyAnswer, Refused> {
        let lock = reader.state.lock()?;
        let answer = reader.state.set_tenant_key(&self.bundle, reader.now, reader.random, &lock)?;
        answer.ok_or(Refused::NotEnrolled)
    }
}
