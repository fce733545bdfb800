//! What admission has to know of the stored sections.

use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::messages::{Report, SectionBody};
use collector_proto::value::Row;

/// A stored section that a report builds on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBase {
    /// The section.
    pub section: Section,
    /// Digest of the rows that the report builds on. Other rows are of no use to it.
    pub digest: Digest,
    /// Whether the rows are needed beside the digest.
    pub rows: RowsWanted,
}

/// When a base's rows are needed. They are most of what a store reads, and most sections of most reports are unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsWanted {
    /// The report holds a difference from them.
    Always,
    /// The report leaves them as they stand; they have to be held to its policy unless they were before.
    UnlessCheckedUnder(Digest),
}

/// A stored section as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The section.
    pub section: Section,
    /// Digest of its rows.
    pub digest: Digest,
    /// Digest of the policy under which the rows were last checked.
    pub checked_under: Digest,
    /// The rows, where they were wanted.
    pub rows: Option<Vec<Row>>,
}

/// What a report builds on: nothing for sections that came in full.
pub(super) fn wanted(report: &Report) -> Vec<WantedBase> {
    let of_section = |(section, body): (&Section, &SectionBody)| {
        let (digest, rows) = match body {
            SectionBody::Full { .. } => return None,
            SectionBody::Difference { base, .. } => (*base, RowsWanted::Always),
            SectionBody::Unchanged { digest } => {
                (*digest, RowsWanted::UnlessCheckedUnder(report.policy.sha256))
            }
        };
        Some(WantedBase { section: *section, digest, rows })
    };
    report.sections.iter().filter_map(of_section).collect()
}
