//! What the parts of a notice are put into words with.

use crate::locale::Words;
use collector_proto::policy::PolicyDocument;

/// Puts what the policy says into words. Each part of the notice adds its own methods.
pub(super) struct Phrasing<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) words: &'a Words,
}
