//! What the parts of a notice are put into words with.

use crate::locale::{LocaleError, Words};
use collector_proto::policy::PolicyDocument;
use collector_proto::text::plain;

/// Puts what the policy says into words. Each part of the notice adds its own methods.
pub(super) struct Phrasing<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) words: &'a Words,
}

impl Phrasing<'_> {
    /// A sentence that names the organisation as the one who states it.
    pub(super) fn stated(&self, id: &str) -> Result<String, LocaleError> {
        let organisation = plain(&self.document.controller.name);
        self.words.text_with(id, &[("organisation", organisation.as_ref().into())])
    }
}
