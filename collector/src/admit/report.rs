//! A report that may be stored.

use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A report that was verified and admitted. Only [`crate::admit`] makes one.
#[derive(Debug, Clone)]
pub struct NewReport {
    head: ReportHead,
    parts: Vec<ReportPart>,
    missing: BTreeSet<Section>,
}

/// What stays of a report when its parts are gone, beside its receipt.
#[derive(Debug, Clone)]
pub struct ReportHead {
    pub(crate) device_id: Uuid,
    pub(crate) group: String,
    pub(crate) stream: String,
    pub(crate) seq: u64,
    pub(crate) digest: Digest,
    pub(crate) prev: Option<Digest>,
    pub(crate) key_id: KeyId,
    pub(crate) policy: PolicyRef,
    pub(crate) created: UtcTime,
    /// How long what remains of it is kept, in seconds.
    pub(crate) records: u64,
    /// `DSSE-Signature` as it came.
    pub(crate) signature: String,
}

/// What is kept and deleted together: signed bytes, and the rows that they leave. A report has one part; one that is
/// signed in several would have one for each.
#[derive(Debug, Clone)]
pub struct ReportPart {
    /// The bytes that are signed.
    pub(crate) payload: Vec<u8>,
    /// Longest retention of the purposes concerned, in seconds.
    pub(crate) retention: u64,
    /// What it does to the stored sections.
    pub(crate) sections: Vec<SectionChange>,
}

/// What a part does to a section.
#[derive(Debug, Clone)]
pub struct SectionChange {
    /// The section.
    pub(crate) section: Section,
    /// Digest of the rows that must stand before the change; `None` when it replaces whatever stands.
    pub(crate) base: Option<Digest>,
    /// Digest of the rows after it.
    pub(crate) digest: Digest,
    /// The rows after it, as JSON, and their number; `None` leaves them as they stand.
    pub(crate) rows: Option<(Vec<u8>, usize)>,
}

impl NewReport {
    pub(super) fn admitted(head: ReportHead, parts: Vec<ReportPart>, missing: BTreeSet<Section>) -> Self {
        Self { head, parts, missing }
    }

    /// What stays of it.
    pub fn head(&self) -> &ReportHead {
        &self.head
    }

    /// What is kept for a time.
    pub fn parts(&self) -> &[ReportPart] {
        &self.parts
    }

    /// Sections whose base the collector lacked when it looked.
    pub fn missing(&self) -> &BTreeSet<Section> {
        &self.missing
    }

    /// Bytes that were signed.
    pub(crate) fn payload_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.payload.len()).sum()
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let changes = self.parts.iter().flat_map(|part| &part.sections);
        let rows = changes.filter_map(|change| change.rows.as_ref()).map(|(json, _)| json.len());
        self.payload_bytes() + rows.sum::<usize>()
    }
}
