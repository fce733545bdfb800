//! What the agent itself signs into the ledger beside reports: that reports were dropped, and that one was refused.

use super::entry::LedgerDocument;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
pub use collector_proto::disclosure::sent::{Bound, Fate};
use collector_proto::envelope::Document;
use collector_proto::messages::Problem;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Reports that were dropped to keep the ledger within its bounds: consecutive entries of one stream, with one fate,
/// for one reason. A neighbour of the same kind is taken into the record, so that these do not grow without end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropRecord {
    /// Format version.
    pub v: Version1,
    /// The device.
    pub device_id: Uuid,
    /// First dropped entry.
    pub first: u64,
    /// Last dropped entry.
    pub last: u64,
    /// Stream of the reports.
    pub stream: String,
    /// Number of the first report.
    pub first_seq: u64,
    /// Number of the last report.
    pub last_seq: u64,
    /// Digest before the first report, which its `prev` named; absent where that report began the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
    /// Digest of the last report, which the next one names.
    pub last_report: Digest,
    /// What had happened to them.
    pub fate: Fate,
    /// Why they were dropped.
    pub why: Bound,
    /// When the last of them was dropped.
    pub created: UtcTime,
}

impl Document for DropRecord {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.dropped.v1+json";
}

impl LedgerDocument for DropRecord {
    fn stream(&self) -> &str {
        &self.stream
    }
    fn seq(&self) -> u64 {
        self.last_seq
    }
    fn created(&self) -> UtcTime {
        self.created
    }
    fn device_id(&self) -> Uuid {
        self.device_id
    }
}

/// A report that the collector refused for good. It is kept and shown, and not sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalNote {
    /// Format version.
    pub v: Version1,
    /// The device.
    pub device_id: Uuid,
    /// Stream of the report.
    pub stream: String,
    /// Number of the report.
    pub seq: u64,
    /// Digest of the report.
    pub report_sha256: Digest,
    /// What the collector said.
    pub problem: Problem,
    /// When.
    pub created: UtcTime,
}

impl Document for RefusalNote {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.refused.v1+json";
}

impl LedgerDocument for RefusalNote {
    fn stream(&self) -> &str {
        &self.stream
    }
    fn seq(&self) -> u64 {
        self.seq
    }
    fn created(&self) -> UtcTime {
        self.created
    }
    fn device_id(&self) -> Uuid {
        self.device_id
    }
}
