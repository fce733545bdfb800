//! The agent's ledger as it is told of: what its service is asked, what it says, and what of that the reader passes on.
//!
//! ```text
//! candor ──ListSent, …──► reader ──LedgerRequest───► ledger's service        a line of JSON
//! candor ◄──SentList, …── reader ◄──LedgerReply───── ledger's service        JSON to the end
//! ```
//!
//! The service runs as the agent's user, so what it says is that user's word. The reader holds it to the newest entry that it
//! knows, whose very bytes it has to be shown, and leaves out what is not for the account that asks.

mod end;
mod entry;
mod list;

pub use end::{Held, KnownEntry, SentEnd};
pub use entry::{BadEntry, OpenedReport, SentEntry, SentReceipt};
pub use list::{Bound, Fate, MAX_SENT_LINES, SentLine, SentList};

use super::{LedgerHead, OtherLedger};
use crate::envelope::Envelope;
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most bytes of a question: the roots among the largest documents that the reader keeps, and what stands around them.
pub const MAX_LEDGER_QUESTION_BYTES: usize = crate::limits::MAX_READER_REQUEST_BYTES + 1024;

/// Most bytes of a reply: the largest report as a text in JSON, where quotation marks take two bytes, and what stands around it.
pub const MAX_LEDGER_REPLY_BYTES: usize = 2 * crate::limits::MAX_REPORT_BYTES;

/// A question to the ledger's service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRequest {
    /// What is asked.
    pub question: LedgerQuestion,
    /// The roots that followed the pinned one, as the reader knows them: receipts are signed by the keys of the newest, and the agent may have
    /// lost what says so. Each counts as far as it follows from the one before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<Envelope>,
}

/// What the ledger's service is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum LedgerQuestion {
    /// Every report and every record of dropped ones.
    List {},
    /// One report.
    Show {
        /// Number of the entry.
        entry: u64,
    },
    /// Whether every entry verifies.
    Verify {
        /// The newest entry that the reader knows of; it has to be shown.
        known: Option<u64>,
    },
    /// How many there are.
    Summarise {
        /// As for `Verify`.
        known: Option<u64>,
    },
}

/// What the ledger's service says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum LedgerReply {
    /// See [`LedgerQuestion::List`].
    Listed(SentList),
    /// See [`LedgerQuestion::Show`].
    Shown(SentEntry),
    /// See [`LedgerQuestion::Verify`].
    Verified(SentFindings),
    /// See [`LedgerQuestion::Summarise`].
    Summarised(SentSummary),
    /// There is no answer, and why.
    Failed(LedgerFault),
}

/// Why the ledger's service has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerFault {
    /// Whether an entry is not what was signed.
    pub tampered: bool,
    /// A sentence for people.
    pub message: String,
}

/// What a verification looked at, and where the ledger ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentFindings {
    /// What was counted.
    pub findings: Findings,
    /// Where the ledger ends.
    pub end: SentEnd,
}

/// What a verification looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Reports whose signature and chain are good.
    pub reports: u64,
    /// Receipts that are the collector's and are about their report.
    pub receipts: u64,
    /// Reports that the collector refused for good.
    pub refused: u64,
    /// Reports that have still to be sent.
    pub unsent: u64,
    /// Entries that are only recorded as dropped.
    pub dropped: u64,
}

/// How many reports there are and what happened to the last of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentSummary {
    /// What was counted.
    pub counts: SentCounts,
    /// Where the ledger ends.
    pub end: SentEnd,
}

/// How many reports there are and what happened to the last of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentCounts {
    /// Number of the newest entry.
    pub last_entry: u64,
    /// Reports that have still to be sent.
    pub pending: u64,
    /// When the newest report that is kept was made.
    pub newest_made: Option<UtcTime>,
    /// The newest receipt.
    pub last_receipt: Option<LastReceipt>,
    /// When the last value goes of everything that was confirmed, as far back as the ledger reaches.
    pub last_value_until: Option<UtcTime>,
}

/// The newest receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastReceipt {
    /// Number of the entry.
    pub entry: u64,
    /// When the collector received the report.
    pub received_at: UtcTime,
    /// When it deletes what the report brought or left standing, for each retention of its parts.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub values_until: BTreeMap<Span, UtcTime>,
    /// When it deletes the record of the report, which names no value.
    pub records_until: UtcTime,
}

/// A verification as the reader passes it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifiedSent {
    /// What the agent's user counted.
    pub findings: Findings,
    /// The newest entry that the reader knows of.
    pub known: Option<LedgerHead>,
    /// Whether that entry was shown; `None` where none is known.
    pub held: Option<Held>,
    /// Why it is not the ledger that the reader knows.
    pub other: Option<OtherLedger>,
}

/// A summary as the reader passes it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummarisedSent {
    /// What the agent's user counted.
    pub counts: SentCounts,
    /// Why it is not the ledger that the reader knows.
    pub other: Option<OtherLedger>,
}

impl SentFindings {
    /// The same, held to what the reader knows.
    pub fn against(self, known: Option<LedgerHead>) -> VerifiedSent {
        let compared = known.map(|known| self.end.against(&known));
        let (held, other) = split(compared);
        VerifiedSent { findings: self.findings, known, held, other }
    }
}

impl SentSummary {
    /// The same, held to what the reader knows.
    pub fn against(self, known: Option<LedgerHead>) -> SummarisedSent {
        let (_, other) = split(known.map(|known| self.end.against(&known)));
        SummarisedSent { counts: self.counts, other }
    }
}

fn split(compared: Option<Result<Held, OtherLedger>>) -> (Option<Held>, Option<OtherLedger>) {
    match compared {
        None => (None, None),
        Some(Ok(held)) => (Some(held), None),
        Some(Err(other)) => (None, Some(other)),
    }
}
