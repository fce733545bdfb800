//! What a catalogue must satisfy beyond its form.

use super::load::Problem;
use super::model::Catalogue;

/// Every mistake.
pub(crate) fn check(_catalogue: &Catalogue) -> Vec<Problem> {
    Vec::new()
}
