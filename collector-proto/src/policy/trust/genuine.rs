//! Which documents are worth keeping to tell people by, whether or not anything may be collected under them.

use super::accept::find;
use super::{Documents, Refusal, TimestampDocument, Trust, Unsigned};
use crate::envelope::VerifyError;
use crate::policy::{Named, PolicyRef};
use crate::time::UtcTime;

impl Trust {
    /// Whether these documents are genuine, belong together and are no older than what was seen before, whatever the dates in
    /// them or the rules of the catalogue say. Whoever hands documents over can leave some out, or hand over old ones; neither
    /// passes. The roots are walked, and the floor rises to the timestamp's instant, so that what genuine documents took back,
    /// such as a policy, does not come again with older ones.
    pub fn recognise(&mut self, documents: &Documents, now: UtcTime) -> bool {
        let recognised = self
            .walk_roots(&documents.roots)
            .and_then(|()| self.verify_timestamp(documents, now))
            .and_then(|timestamp| {
                let mut moved = self.clone();
                moved.take_placement(documents)?;
                Ok((moved.is_whole(documents, &timestamp)?, timestamp.issued))
            });
        match recognised {
            Ok((true, issued)) => {
                self.issued(issued, now);
                true
            }
            Ok((false, _)) | Err(_) => false,
        }
    }

    /// Whether the policies are those that the timestamp names. Where it names none, because it was withdrawn or there never was
    /// one, there may be none, or the last one.
    fn is_whole(&self, documents: &Documents, timestamp: &TimestampDocument) -> Result<bool, Refusal> {
        let all = timestamp.policies.get(self.group());
        if all.is_some_and(|named| named.all().any(|named| find(documents, named).is_none())) {
            return Ok(false);
        }
        let named = all.and_then(Named::newest);
        let Some(envelope) = documents.policies.last() else { return Ok(named.is_none()) };
        match self.root().verify_policy(envelope) {
            Ok(verified) => {
                let held = PolicyRef::new(verified.document().version, verified.digest());
                self.check_floor(held)?;
                Ok(named.is_none_or(|named| named == held))
            }
            // Signed, but of a form that this program does not know.
            Err(Unsigned::Signatures(VerifyError::NotUnderstood(_) | VerifyError::Content(_))) => {
                let held = envelope.unverified_digest().ok();
                Ok(named.is_some_and(|named| held == Some(named.sha256)))
            }
            Err(error) => Err(Refusal::PolicySignature(error)),
        }
    }
}
