//! The receipt: the collector's signed word that a report is durably stored.

use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::Document;
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A receipt for one report. The same report always gets the same receipt, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Format version.
    pub v: Version1,
    /// Digest of the report's PAE.
    pub report_sha256: Digest,
    /// The device.
    pub device_id: Uuid,
    /// The report's stream.
    pub stream: String,
    /// The report's number.
    pub seq: u64,
    /// When the collector received it, to the minute.
    pub received_at: UtcTime,
    /// The group's current policy version: a hint to fetch it.
    pub policy_version_current: u64,
    /// When what it brought or left standing is deleted, for each retention that its parts have.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub values_until: BTreeMap<Span, UtcTime>,
    /// When its head and this receipt are deleted: they name no value and live longer.
    pub records_until: UtcTime,
    /// Id of the collector.
    pub collector: String,
    /// First missing number before this report, where some are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_from: Option<u64>,
}

impl Receipt {
    /// When the last value is deleted; `None` where no part was there.
    pub fn last_value_until(&self) -> Option<UtcTime> {
        self.values_until.values().max().copied()
    }
}

impl Document for Receipt {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.receipt.v1+json";
}
