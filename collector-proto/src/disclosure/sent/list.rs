//! What is listed of the ledger.

use crate::json::bounded_list;
use crate::messages::ProblemKind;
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};

/// Most lines that are told: a report every half an hour for 400 days. More would not fit an answer of the reader.
pub const MAX_SENT_LINES: usize = 20_000;

/// Every report and every record of dropped ones, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentList {
    /// A line for each, at most [`MAX_SENT_LINES`].
    #[serde(deserialize_with = "most_lines")]
    pub lines: Vec<SentLine>,
    /// How many older ones are left out.
    pub left_out: u64,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SentLine {
    /// A report.
    Report {
        /// Number of the entry.
        entry: u64,
        /// When it was made, to the minute.
        created: UtcTime,
        /// Its stream.
        #[serde(deserialize_with = "stream")]
        stream: String,
        /// Its number in the stream.
        seq: u64,
        /// Version of the policy that permitted it.
        policy_version: u64,
        /// Size of its head and of the parts that are there.
        bytes: u64,
        /// What happened to it.
        state: Fate,
        /// When the collector received it.
        received_at: Option<UtcTime>,
        /// When the collector deletes the last value of it.
        stored_until: Option<UtcTime>,
        /// Why the collector refused it.
        problem: Option<ProblemKind>,
    },
    /// Reports that were dropped to keep the ledger within its bounds.
    Dropped {
        /// Number of the first entry.
        first: u64,
        /// Number of the last entry.
        last: u64,
        /// When the last of them was dropped.
        at: UtcTime,
        /// What had happened to them.
        state: Fate,
        /// Why they were dropped.
        why: Bound,
    },
}

/// What happened to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The collector confirmed it.
    Receipted,
    /// The collector refused it for good.
    Refused,
    /// It has no answer; it may have left.
    Unsent,
}

impl Fate {
    /// The word in listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipted => "receipted",
            Self::Refused => "refused",
            Self::Unsent => "unsent",
        }
    }
}

/// The bound that a dropped report exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Too old.
    Age,
    /// The ledger was too large.
    Bytes,
}

fn most_lines<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<SentLine>, D::Error> {
    bounded_list(d, MAX_SENT_LINES)
}

/// 128 bits in hex: nothing else reaches a terminal in their place.
fn stream<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let text = String::deserialize(d)?;
    let is_one = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_one { Ok(text) } else { Err(serde::de::Error::custom("a stream is not named by 128 bits in hex")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_named_in_hex_and_in_nothing_that_acts() {
        let line = |stream: &str| {
            let line = serde_json::json!({
                "kind": "report", "entry": 1, "created": "2026-11-22T08:00:00Z", "stream": stream, "seq": 1,
                "policy_version": 1, "bytes": 2, "state": "unsent", "received_at": null, "stored_until": null,
                "problem": null,
            });
            serde_json::from_value::<SentLine>(line)
        };
        assert!(line(&"0f".repeat(16)).is_ok());
        for bad in [String::new(), "0F".repeat(16), "0f".repeat(17), format!("{}\u{9b}", "0".repeat(30))] {
            assert!(line(&bad).is_err(), "{bad:?}");
        }
    }
}
