//! One entry of the ledger: its report and what the collector said to it.

use super::Fate;
use crate::catalog::Section;
use crate::digest::Digest;
use crate::envelope::{Document as _, pae_digest};
use crate::messages::{ProblemKind, Report};
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentEntry {
    /// Its number.
    pub entry: u64,
    /// The report.
    pub report: ShownReport,
    /// Digest of the signed bytes' PAE.
    pub digest: Digest,
    /// How many signed bytes there are.
    pub bytes: u64,
    /// `DSSE-Signature` over them.
    pub signature: String,
    /// What happened to it.
    pub state: Fate,
    /// The collector's receipt.
    pub receipt: Option<SentReceipt>,
    /// Why the collector refused it.
    pub problem: Option<ProblemKind>,
}

/// What is shown of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownReport {
    /// The very bytes that were signed.
    Whole(String),
    /// Its content without some sections. These are not the bytes that were signed.
    InPart {
        /// What is left of it.
        report: Box<Report>,
        /// The sections that are left out.
        left_out: BTreeSet<Section>,
    },
}

/// What the receipt of a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentReceipt {
    /// When the collector received it.
    pub received_at: UtcTime,
    /// Until when the collector keeps the last of it.
    pub stored_until: UtcTime,
    /// Id of the collector.
    pub collector: String,
}

impl SentEntry {
    /// The entry with these signed bytes, whatever it said of them before.
    #[must_use]
    pub fn of_bytes(self, body: String) -> Self {
        let digest = pae_digest(Report::PAYLOAD_TYPE, body.as_bytes());
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Self { digest, bytes, report: ShownReport::Whole(body), ..self }
    }
}

impl ShownReport {
    /// Without the sections that can hold rows about accounts: a row of a report does not say whose it is. What has none of them
    /// still is not the signed bytes, so that nobody learns by their form which report has.
    pub fn without_accounts(mut report: Report) -> Self {
        let left_out: BTreeSet<Section> =
            report.sections.keys().copied().filter(|section| section.is_about_accounts()).collect();
        report.sections.retain(|section, _| !left_out.contains(section));
        Self::InPart { report: Box::new(report), left_out }
    }
}
