//! `disclose`: verifies the documents, remembers what they prove, reads what they permit once that was acknowledged where the
//! policy asks for it.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::treat::Treated;
use collector_proto::disclosure::DisclosureAnswer;
use collector_proto::disclosure::request::Disclose;

impl Handle for Disclose {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        let accepted = pinned.trust_mut().accept(&self.documents, reader.now);
        // A walk to a newer root holds even where the policy is refused.
        reader.state.remember(&pinned, &self.documents, &lock)?;
        drop(lock);
        let accepted = reader.verdict(accepted)?.in_force()?;
        reader.collect_accepted(&pinned, &accepted)
    }
}
