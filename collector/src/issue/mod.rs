//! What the running collector signs with its online keys: receipts, device records, timestamps; and the challenges
//! that it recognises as its own.

mod challenge;
mod timestamp;

pub use challenge::{BadNonce, Challenges};
pub use timestamp::Timestamps;

use crate::store::{NewReport, Receipted, StoreError};
use collector_proto::envelope::{KeyId, SigningKey};
use collector_proto::messages::{DeviceRecord, Receipt};
use collector_proto::policy::Version1;
use collector_proto::time::UtcTime;
use uuid::Uuid;

/// Signs a receipt and gives its envelope.
pub fn receipt(
    key: &SigningKey,
    collector: &str,
    report: &NewReport,
    receipted: &Receipted,
) -> Result<Vec<u8>, StoreError> {
    let receipt = Receipt {
        v: Version1,
        report_sha256: report.digest,
        device_id: report.device_id,
        stream: report.stream.clone(),
        seq: report.seq,
        received_at: receipted.received,
        policy_version_current: receipted.policy_version_current,
        stored_until: receipted.stored_until,
        collector: collector.to_owned(),
        gap_from: receipted.gap_from,
    };
    let sealed = key.seal(&receipt).map_err(|_| StoreError::Corrupt("report"))?;
    Ok(sealed.to_envelope().to_json())
}

/// Signs a device's record and gives its envelope.
pub fn device_record(
    key: &SigningKey,
    collector: &str,
    device_id: Uuid,
    key_id: &KeyId,
    group: &str,
    now: UtcTime,
) -> Result<Vec<u8>, StoreError> {
    let record = DeviceRecord {
        v: Version1,
        device_id,
        key_id: key_id.clone(),
        group: group.to_owned(),
        enrolled_at: now.to_minute(),
        collector: collector.to_owned(),
    };
    let sealed = key.seal(&record).map_err(|_| StoreError::Corrupt("device"))?;
    Ok(sealed.to_envelope().to_json())
}
