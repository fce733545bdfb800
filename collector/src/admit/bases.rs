//! What admission has to know of what stands for a device.

use crate::store::StoredRows;
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::messages::{Part, PartName, SectionBody};
use std::collections::BTreeSet;

/// What a report builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The sections that its parts name by a digest.
    pub bases: Vec<WantedBase>,
    /// The parts that it names, or says to be gone. All others go on standing, and have to be held to its policy.
    pub named: BTreeSet<PartName>,
    /// The versions of the policy that it was made under. Rows that were held to these need not be read.
    pub under: Digest,
}

/// A stored section of a part that a report builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBase {
    /// The part.
    pub part: PartName,
    /// The section.
    pub section: Section,
    /// Digest of the rows that the report builds on. Other rows are of no use to it.
    pub digest: Digest,
    /// Whether the rows are needed in any case: the report holds a difference from them. Rows that it leaves as they stand are
    /// read only if they have to be held to other versions of the policy than before. Rows are most of what a store reads, and
    /// most sections of most reports are unchanged.
    pub is_changed: bool,
}

/// What stands for a device, as far as a report needs it, at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bases {
    /// The digest over all parts that stand; `None` where nothing does.
    pub standing: Option<Digest>,
    /// Whether all rows that stand were held to the versions that the report names.
    pub is_checked: bool,
    /// The wanted sections that are there, with another digest too.
    pub wanted: Vec<Base>,
    /// Every section of the parts that the report does not name, unless they were checked.
    pub others: Vec<Base>,
}

/// A stored section of a part as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The part.
    pub part: PartName,
    /// The section.
    pub section: Section,
    /// Digest of the rows.
    pub digest: Digest,
    /// The rows with their salt, where they were wanted. They are read where the report is checked.
    pub rows: Option<StoredRows>,
}

/// The sections that parts build on: none where they came in full.
pub(super) fn wanted<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<WantedBase> {
    let of_part = |part: &'p Part| {
        part.sections.iter().filter_map(|(section, body)| {
            let (digest, is_changed) = match body {
                SectionBody::Full { .. } => return None,
                SectionBody::Difference { base, .. } => (*base, true),
                SectionBody::Unchanged { digest } => (*digest, false),
            };
            Some(WantedBase { part: part.part, section: *section, digest, is_changed })
        })
    };
    parts.flat_map(of_part).collect()
}
