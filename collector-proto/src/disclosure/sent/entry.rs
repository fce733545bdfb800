//! One entry of the ledger: its report and what the collector said to it.

use super::Fate;
use crate::digest::Digest;
use crate::envelope::{Document as _, pae_digest};
use crate::messages::{Part, PartName, ProblemKind, Report};
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentEntry {
    /// Its number.
    pub entry: u64,
    /// The report's head, the very bytes that were signed.
    pub head: String,
    /// The parts that are there and are for whoever asks, the very bytes whose digests the head names.
    pub parts: Vec<String>,
    /// The parts that are there and about other accounts than who asks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left_out: BTreeSet<PartName>,
    /// Digest of the head's PAE.
    pub digest: Digest,
    /// How many bytes there are, of head and parts.
    pub bytes: u64,
    /// `DSSE-Signature` over the head.
    pub signature: String,
    /// What happened to it.
    pub state: Fate,
    /// The collector's receipt.
    pub receipt: Option<SentReceipt>,
    /// Why the collector refused it.
    pub problem: Option<ProblemKind>,
}

/// What the receipt of a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentReceipt {
    /// When the collector received it.
    pub received_at: UtcTime,
    /// When the collector deletes what it brought or left standing, for each retention of its parts.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub values_until: BTreeMap<Span, UtcTime>,
    /// When the collector deletes the head.
    pub records_until: UtcTime,
    /// Id of the collector.
    pub collector: String,
}

/// A report as its bytes say it, with the parts that are there.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedReport {
    /// The head.
    pub report: Report,
    /// The parts that were shown.
    pub parts: BTreeMap<PartName, Part>,
    /// The parts that the head names and that are there no more, or never were.
    pub missing: BTreeSet<PartName>,
}

/// Why an entry is not a report with its parts. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    /// The head cannot be read.
    #[error("the head of the report cannot be read")]
    Head,
    /// A part cannot be read.
    #[error("a part of the report cannot be read")]
    Part,
    /// The head does not name a part with these bytes.
    #[error("a part of the report is not the one that its head names")]
    NotNamed,
}

impl SentEntry {
    /// Takes head and parts apart, and holds each part to the digest that the head names.
    pub fn open(&self) -> Result<OpenedReport, BadEntry> {
        let report = Report::read(self.head.as_bytes()).map_err(|_| BadEntry::Head)?;
        let mut parts = BTreeMap::new();
        for bytes in &self.parts {
            let part = Part::read(bytes.as_bytes()).map_err(|_| BadEntry::Part)?;
            let named = report.parts.get(&part.part) == Some(&Digest::of(bytes.as_bytes()));
            if !named || parts.insert(part.part, part).is_some() {
                return Err(BadEntry::NotNamed);
            }
        }
        let is_missing = |name: &&PartName| !parts.contains_key(*name) && !self.left_out.contains(*name);
        let missing = report.parts.keys().filter(is_missing).copied().collect();
        Ok(OpenedReport { report, parts, missing })
    }

    /// The entry with what follows from its bytes, whatever it said of them before.
    #[must_use]
    pub fn of_its_bytes(self) -> Self {
        let digest = pae_digest(Report::PAYLOAD_TYPE, self.head.as_bytes());
        let bytes = self.head.len() + self.parts.iter().map(String::len).sum::<usize>();
        Self { digest, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), ..self }
    }
}
