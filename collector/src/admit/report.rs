//! A report that may be stored.

use crate::refusal::{Reason, RequestRefusal};
use crate::store::Packed;
use crate::verify::OwnReceipt;
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::messages::{PartName, Report};
use std::collections::BTreeSet;

/// Bytes that a report takes in the store beside what was signed: its row, its receipt, and what finds them.
const HEAD_BESIDE: usize = 2048;

/// The same for each part that it names.
const PART_BESIDE: usize = 512;

/// A report that was verified and admitted. Only [`crate::admit`] makes one.
#[derive(Debug, Clone)]
pub struct NewReport {
    head: ReportHead,
    parts: Vec<ReportPart>,
    missing: BTreeSet<PartName>,
    judged_by: Option<Digest>,
    /// The receipt that it had before a restore lost it.
    original: Option<OwnReceipt>,
    /// The generation of the store for which its sender sent again what was lost.
    sent_again_for: Option<u64>,
}

/// What stays of a report when its parts are gone, beside its receipt.
#[derive(Debug, Clone)]
pub struct ReportHead {
    /// What the device signed.
    pub(crate) report: Report,
    /// Its bytes.
    pub(crate) payload: Vec<u8>,
    pub(crate) digest: Digest,
    pub(crate) group: String,
    pub(crate) key_id: KeyId,
    /// The versions of the policy that it was held to.
    pub(crate) checked_under: Digest,
    /// How long the head is kept, in seconds.
    pub(crate) records: u64,
    /// `DSSE-Signature` as it came.
    pub(crate) signature: String,
}

/// A part that came: bytes that are kept and deleted together, and the rows that they leave.
#[derive(Debug, Clone)]
pub struct ReportPart {
    /// Its name.
    pub(crate) name: PartName,
    /// The bytes that the head names.
    pub(crate) payload: Packed,
    /// What it does to the stored sections. One that is not named here is gone from the part.
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
    /// The rows after it with their salt, as JSON, and their number; `None` leaves them as they stand.
    pub(crate) rows: Option<(Packed, usize)>,
}

impl NewReport {
    pub(super) fn admitted(
        head: ReportHead,
        parts: Vec<ReportPart>,
        missing: BTreeSet<PartName>,
        judged_by: Option<Digest>,
    ) -> Self {
        Self { head, parts, missing, judged_by, original: None, sent_again_for: None }
    }

    /// The same, with what its sender says about a restore. A receipt that has the head kept for longer than the policy lets it is nobody's
    /// promise.
    pub(crate) fn after_a_restore(
        self,
        original: Option<OwnReceipt>,
        sent_again_for: Option<u64>,
    ) -> Result<Self, RequestRefusal> {
        let latest = |own: &OwnReceipt| own.receipt().received_at.plus_seconds(self.head.records);
        if original.as_ref().is_some_and(|own| own.receipt().records_until > latest(own)) {
            return Err(RequestRefusal::new(
                Reason::Malformed,
                "the receipt keeps the report for longer than its policy lets it",
            ));
        }
        Ok(Self { original, sent_again_for, ..self })
    }

    /// The receipt that it had before a restore lost it, if it is sent again.
    pub fn original(&self) -> Option<&OwnReceipt> {
        self.original.as_ref()
    }

    /// The generation of the store for which its sender sent again what was lost.
    pub fn sent_again_for(&self) -> Option<u64> {
        self.sent_again_for
    }

    /// What stays of it.
    pub fn head(&self) -> &ReportHead {
        &self.head
    }

    /// The parts that came.
    pub fn parts(&self) -> &[ReportPart] {
        &self.parts
    }

    /// Parts whose base the collector lacked when it looked.
    pub fn missing(&self) -> &BTreeSet<PartName> {
        &self.missing
    }

    /// How the device's parts stood when it was judged.
    pub fn judged_by(&self) -> Option<Digest> {
        self.judged_by
    }

    /// What is charged to the device's quota for it, in bytes: the head and the parts that came as they were signed, and what
    /// keeping it takes besides. What was signed counts and not what it was compressed to: checking and showing it take that much,
    /// and it is the most that it can take on the disk.
    pub(crate) fn charged(&self) -> usize {
        let parts = self.parts.iter().map(|part| part.payload.length()).sum::<usize>();
        let beside = HEAD_BESIDE + PART_BESIDE * self.head.report.parts.len();
        self.head.payload.len() + parts + beside
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let changes = self.parts.iter().flat_map(|part| &part.sections);
        let rows = changes.filter_map(|change| change.rows.as_ref()).map(|(rows, _)| rows.bytes().len());
        let parts = self.parts.iter().map(|part| part.payload.bytes().len()).sum::<usize>();
        self.head.payload.len() + parts + rows.sum::<usize>() + PART_BESIDE * self.head.report.parts.len()
    }
}
