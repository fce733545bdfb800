//! What the running collector signs with its online keys: receipts, device records, heads, timestamps.

mod timestamp;

pub use timestamp::Timestamps;

use crate::admit::ReportHead;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::ReceiptFacts;
use collector_proto::contract::Version1;
use collector_proto::envelope::{KeyId, SigningKey};
use collector_proto::http_signature::Nonce;
use collector_proto::messages::{DeviceRecord, Head, Receipt, StreamHead};
use collector_proto::time::UtcTime;
use uuid::Uuid;

/// A document cannot be written as JSON, so that it cannot be signed.
#[derive(Debug, thiserror::Error)]
#[error("a document cannot be signed")]
pub struct NotSigned(#[from] serde_json::Error);

impl From<NotSigned> for RequestRefusal {
    fn from(error: NotSigned) -> Self {
        tracing::error!(cause = &error.0 as &dyn std::error::Error, "{error}");
        Reason::Internal.into()
    }
}

/// Signs a receipt and gives its envelope.
pub fn receipt(
    key: &SigningKey,
    collector: &str,
    report: &ReportHead,
    facts: &ReceiptFacts,
) -> Result<Vec<u8>, NotSigned> {
    let receipt = Receipt {
        v: Version1,
        report_sha256: report.digest,
        device_id: report.report.device_id,
        stream: report.report.stream.clone(),
        seq: report.report.seq,
        received_at: facts.received,
        policy_version_current: facts.policy_version_current,
        values_until: facts.values_until.clone(),
        records_until: facts.records_until,
        collector: collector.to_owned(),
        gap_from: facts.gap_from,
    };
    Ok(key.seal(&receipt)?.to_envelope().to_json())
}

/// Signs a device's record and gives its envelope.
pub fn device_record(
    key: &SigningKey,
    collector: &str,
    device_id: Uuid,
    key_id: &KeyId,
    group: &str,
    now: UtcTime,
) -> Result<Vec<u8>, NotSigned> {
    let record = DeviceRecord {
        v: Version1,
        device_id,
        key_id: key_id.clone(),
        group: group.to_owned(),
        enrolled_at: now.to_minute(),
        collector: collector.to_owned(),
    };
    Ok(key.seal(&record)?.to_envelope().to_json())
}

/// Signs which reports of a device are stored, for the request with this nonce, and gives the envelope.
pub fn head(
    key: &SigningKey,
    collector: &str,
    device_id: Uuid,
    nonce: &Nonce,
    streams: Vec<StreamHead>,
    now: UtcTime,
) -> Result<Vec<u8>, NotSigned> {
    let (nonce, collector) = (nonce.to_string(), collector.to_owned());
    let head = Head { v: Version1, device_id, collector, nonce, at: now, streams };
    Ok(key.seal(&head)?.to_envelope().to_json())
}
