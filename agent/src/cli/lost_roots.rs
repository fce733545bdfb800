//! The roots that followed the pinned one, where the agent lost those that it keeps (`cache/roots.json`). They say where the collector is reached
//! today and who signed what it receipted, so without them it would be looked for in vain, and its receipts would seem forged.

use super::Context;
use crate::documents;
use crate::identity::{Enrolment, IdentityError};
use crate::reader_client::ReaderClient;
use collector_proto::envelope::Envelope;

impl Context {
    /// The enrolment with the roots that followed, as the documents that the agent keeps have them where it lost its own, or else those of the
    /// reader. Nothing is believed for that: each root has to follow from the one before it.
    pub(super) fn enrolment_by(&self, reader: &ReaderClient) -> Result<Enrolment, IdentityError> {
        let mut enrolment = Enrolment::load(&self.paths)?;
        if !enrolment.knows_what_followed
            && let Some(roots) = self.known_roots(reader)
        {
            enrolment.follow(&self.paths, &roots)?;
        }
        Ok(enrolment)
    }

    /// The same for a cycle, which keeps them again.
    pub(super) fn enrolment_for_cycle(&self, reader: &ReaderClient) -> Result<Enrolment, IdentityError> {
        let mut enrolment = Enrolment::load(&self.paths)?;
        if !enrolment.knows_what_followed
            && let Some(roots) = self.known_roots(reader)
        {
            enrolment.follow_and_keep(&self.paths, &roots)?;
        }
        Ok(enrolment)
    }

    /// `None` where nobody says.
    fn known_roots(&self, reader: &ReaderClient) -> Option<Vec<Envelope>> {
        let kept = documents::load(&self.paths).unwrap_or_default();
        if kept.timestamp.is_some() {
            return Some(kept.roots.clone());
        }
        match reader.device() {
            Ok(device) => Some(device.documents.unwrap_or_default().roots),
            Err(error) => {
                tracing::warn!(%error, "the reader does not say which roots followed the pinned one; the collector is asked for them");
                None
            }
        }
    }
}
