//! What the running collector signs with its online keys: receipts, device records, heads, timestamps.

mod timestamp;

pub use timestamp::Timestamps;

use crate::admit::ReportHead;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::{ReceiptFacts, StoreError};
use collector_proto::contract::Version1;
use collector_proto::envelope::{Document as _, Envelope, KeyId, SigningKey};
use collector_proto::http_signature::Nonce;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
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

/// A receipt that is given once more, because the first one did not arrive. Devices take no key of the past, so where it was signed with one the same
/// bytes are signed again; what is stored stays as it was signed then.
pub(crate) fn receipt_again(stored: Vec<u8>, key: &SigningKey) -> Result<Vec<u8>, StoreError> {
    let envelope = Envelope::parse(&stored, MAX_DOCUMENT_BYTES).map_err(StoreError::corrupt("receipt"))?;
    if envelope.verify::<Receipt>(std::slice::from_ref(key.public()), 1).is_ok() {
        return Ok(stored);
    }
    let payload = envelope.unverified_payload().map_err(StoreError::corrupt("receipt"))?;
    let signature = key.sign_payload(Receipt::PAYLOAD_TYPE, &payload);
    Ok(Envelope::assemble(Receipt::PAYLOAD_TYPE, &payload, &[signature]).to_json())
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
