//! What is installed by all formats together.

use super::Seen;
use collector_proto::messages::{Absence, SourceName};

/// What is installed.
#[derive(Default)]
pub(in crate::probe::shared) struct Packages {
    /// The packages of the sources that could be read.
    pub(in crate::probe::shared) seen: Vec<Seen>,
    /// Sources that could not be read, or not whole.
    pub(in crate::probe::shared) failed: Vec<(SourceName, Absence)>,
    /// Whether any source answered.
    pub(in crate::probe::shared) is_there: bool,
}

impl Packages {
    /// Why there is nothing, where no source answered.
    pub(in crate::probe::shared) fn absence(&self) -> Option<Absence> {
        let reason = || self.failed.first().map_or(Absence::Unavailable, |(_, reason)| *reason);
        (!self.is_there).then(reason)
    }
}
