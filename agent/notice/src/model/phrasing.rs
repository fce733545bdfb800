//! What the parts of a notice are put into words with.

use super::kept::Confirmed;
use crate::locale::{LocaleError, Words};
use collector_proto::policy::PolicyDocument;
use collector_proto::text::plain;
use collector_proto::time::UtcTime;

/// Puts what the policy says into words. Each part of the notice adds its own methods.
pub(super) struct Phrasing<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) words: &'a Words,
    /// When the collector would receive a report that leaves now.
    pub(super) received: UtcTime,
    /// What the collector confirmed so far.
    pub(super) confirmed: Option<&'a Confirmed>,
}

impl Phrasing<'_> {
    /// A sentence that names the organisation as the one who states it.
    pub(super) fn stated(&self, id: &str) -> Result<String, LocaleError> {
        let organisation = plain(&self.document.controller.name);
        self.words.text_with(id, &[("organisation", organisation.as_ref().into())])
    }
}
