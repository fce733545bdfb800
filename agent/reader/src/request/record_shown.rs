//! `shown`: the reader's own side says that it wrote the notice where every account can open it.

use super::refused::Refused;
use super::{Handle, Reader};
use collector_proto::disclosure::ShownAnswer;
use collector_proto::disclosure::request::RecordShown;

impl Handle for RecordShown {
    fn handle(self, reader: &Reader<'_>) -> Result<ShownAnswer, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        // It was written from the kept documents.
        let documents = reader.kept_documents()?;
        let accepted = reader.accept(documents.as_ref(), &mut pinned)??;
        if accepted.newest() != self.policy {
            return Err(Refused::OtherPolicyShown);
        }
        pinned.announced_mut().show(self.policy, reader.now);
        reader.state.remember(&pinned, &documents.unwrap_or_default(), reader.now, &lock)?;
        Ok(ShownAnswer { standing: pinned.announced().remembered() })
    }
}
